"""Expansion: who is ready to buy more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.foresight.churn import SNAPSHOTS, Horizon
from kundig.foresight.churn import TYPES as CHURN
from kundig.foresight.outcomes import outcomes, panel
from kundig.foresight.snapshots import spaced
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.journal import Journal

SHOWN = ("customer_id", "state", "probability", "low", "high", "at_stake", "reason_1", "times_1", "reason_2", "times_2", "reason_3", "times_3", "change", "segment", "product", "n", "horizon_days", "model")
TYPES = {"yearly_price" if name == "at_stake" else name: CHURN[name] for name in SHOWN}


def expansion(journal: Journal, *, horizon: Horizon = 90, snapshots: int = SNAPSHOTS, confidence: float = 0.95) -> Estimate:
    """Who is ready to buy more?

    The probability that a running contract grows (a `contract` event with the outcome `expanded`) within the horizon,
    learned from past snapshots in the same way as `churn`, with the same signals and the same backtest. It is shown
    only where that backtest holds.

    Args:
        horizon: days in which to buy more.
        snapshots: how many months to learn from.
        confidence: of the intervals.

    Columns:
        customer_id: the customer
        state: `ok`; why the customer does not count (`no contract`, `has left`, `notice was given`); or why nothing can be said (`nobody bought more`, `too few who bought more`, `too few who did not`, `the records are too short`, `no better than chance`, `not calibrated`)
        probability: to buy more within the horizon; null unless the state is `ok`
        low: lower end of its interval
        high: upper end of its interval
        yearly_price: what the customer pays in a year
        reason_1: what raises the odds most
        times_1: by how much it multiplies them
        reason_2: the second
        times_2: by how much
        reason_3: the third
        times_3: by how much
        change: probability less that of a week ago
        segment: newest segment
        product: product of the dearest running contract
        n: events known of the customer
        horizon_days: as asked
        model: the model that was chosen

    Order:
        by probability, highest first, null last, then by customer_id

    Settings:
        journeys, calendar

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 30}])
        >>> expansion(journal).to_pyarrow().select(["customer_id", "state"]).to_pylist()
        [{'customer_id': 'ada', 'state': 'the records are too short'}]

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z_value(confidence)
    every, week = spaced("30 days", snapshots), timedelta(days=7)
    language = journal.settings.company.language

    def finish(past: pa.Table, now: pa.Table) -> Mapping[str, Any]:
        from kundig.foresight.predicted import predicted  # noqa: PLC0415 -- slow import

        before, _ = panel(past, every, "expansion")
        found = predicted(before, now, week, "expansion", horizon, confidence, language)
        return {name: found["at_stake" if name == "yearly_price" else name] for name in TYPES}

    return Estimate({"past": outcomes(journal, snapshots + 1, every), "now": outcomes(journal, 2, week, sample=False)}, TYPES, finish, frozenset({"past", "now"}))


def retold(rows: pa.Table, arguments: Mapping[str, Any], language: str) -> pa.Table:  # noqa: ARG001 -- every analysis that writes texts is asked alike
    """The rows with their reasons in that language."""
    from kundig.foresight.retold import in_language  # noqa: PLC0415 -- only for who reads another language

    return in_language(rows, ("reason_1", "reason_2", "reason_3"), language)
