"""Churn: who is likely to leave, how sure that is, why, and what it would cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from kundig.estimates import Estimate
from kundig.foresight.outcomes import Outcome, asked_for, outcomes, panel
from kundig.foresight.snapshots import spaced
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.journal import Journal

Horizon = Literal[30, 90, 180]
SNAPSHOTS = 24
"""Two years of months: on simulated companies more of them ranked no worse and mostly better than one and a half."""
TYPES = {
    "customer_id": "string", "state": "string", "probability": "float64", "low": "float64", "high": "float64", "at_stake": "decimal(18, 4)",
    **{f"{name}_{rank}": type_ for rank in (1, 2, 3) for name, type_ in (("reason", "string"), ("times", "float64"))},
    "play": "string", "playbook": "string", "change": "float64", "changed_by": "string", "expected_loss": "decimal(18, 4)",
    "probability_30": "float64", "probability_90": "float64", "probability_180": "float64", "segment": "string", "product": "string", "n": "int64",
    "outcome": "string", "horizon_days": "int64", "model": "string",
}  # fmt: skip


def churn(journal: Journal, *, horizon: Horizon = 90, outcome: Outcome = "auto", snapshots: int = SNAPSHOTS, confidence: float = 0.95) -> Estimate:
    """Who is likely to leave, how sure is that, why, and what is at stake?

    Learned from past snapshots, 30 days apart, of the same signals that are known of each customer today; nothing
    that became known later gets in. At risk is who has a running contract and has not given notice. The hazard of
    leaving in the next 30 days, in the 60 after them and in the 90 after those is a logistic regression with an
    absolute penalty; boosted trees take its place only where they are better on unseen customers beyond noise.
    Probabilities are calibrated on customers that the model had not seen.

    A probability is shown only if the same method, with the knowledge of some months ago, told leavers apart and met
    their number since then; otherwise the state says why not. The interval is a jackknife over customers: how sure the
    model is of a customer like this one, not whether this one leaves.

    Reasons are what raises the odds of this customer most against the mean of all; they go with leaving, and need not
    cause it.

    Args:
        horizon: days in which to leave.
        outcome: the end of the last contract, that or notice, or for buyers no order within the horizon; auto is the end of contracts where there are any.
        snapshots: how many months to learn from.
        confidence: of the intervals.

    Columns:
        customer_id: the customer
        state: `ok`; why the customer is not at risk (`no contract`, `has left`, `notice was given`, `no order yet`, `no order in a year`); or why nothing can be said (`no leaver`, `too few leavers`, `everybody left`, `too few who stayed`, `the records are too short`, `no better than chance`, `not calibrated`)
        probability: to leave within the horizon; null unless the state is `ok`
        low: lower end of its interval
        high: upper end of its interval
        at_stake: what the customer pays in a year
        reason_1: what raises the odds most
        times_1: by how much it multiplies them
        reason_2: the second
        times_2: by how much
        reason_3: the third
        times_3: by how much
        play: what usually helps against the first reason that anybody can act on
        playbook: the stable name of that, for playbooks to go by: `case`, `invoice`, `start`, `silence`, `price`, `mood`, `project` or `payment`
        change: probability less that of a week ago
        changed_by: the signal that moved it most, as it is now
        expected_loss: that times the probability
        probability_30: to leave within 30 days
        probability_90: to leave within 90 days
        probability_180: to leave within 180 days; null if the records are too short
        segment: newest segment
        product: product of the dearest running contract
        n: events known of the customer
        outcome: what is meant by leaving
        horizon_days: as asked
        model: the model that was chosen, with its penalty

    Order:
        by probability, highest first, null last, then by customer_id

    Settings:
        journeys, calendar

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 30}])
        >>> churn(journal).to_pyarrow().select(["customer_id", "state", "probability"]).to_pylist()
        [{'customer_id': 'ada', 'state': 'the records are too short', 'probability': None}]

    Raises:
        ArgumentError: `confidence` or `snapshots` cannot be meant.
    """
    z_value(confidence)
    every = spaced("30 days", snapshots)
    week = timedelta(days=7)
    language = journal.settings.company.language

    def finish(past: pa.Table, now: pa.Table) -> Mapping[str, Any]:
        from kundig.foresight.predicted import predicted  # noqa: PLC0415 -- slow import

        meant = asked_for(outcome, now)
        before, _ = panel(past, every, meant)
        return predicted(before, now, week, meant, horizon, confidence, language)

    return Estimate({"past": outcomes(journal, snapshots + 1, every), "now": outcomes(journal, 2, week, sample=False)}, TYPES, finish, frozenset({"past", "now"}))


def retold(rows: pa.Table, arguments: Mapping[str, Any], language: str) -> pa.Table:  # noqa: ARG001 -- every analysis that writes texts is asked alike
    """The rows with their reasons in that language."""
    from kundig.foresight.retold import in_language  # noqa: PLC0415 -- only for who reads another language

    return in_language(rows, ("changed_by", "reason_1", "reason_2", "reason_3", "play"), language)
