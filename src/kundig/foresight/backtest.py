"""The backtest: how well past predictions did, and how much better than a rule of thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.foresight.churn import SNAPSHOTS, Horizon
from kundig.foresight.outcomes import Outcome, asked_for, outcomes, panel
from kundig.foresight.snapshots import spaced
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.journal import Journal

TYPES = {"group": "string", "measure": "string", "state": "string", "n": "int64", "leavers": "int64", "value": "float64", "low": "float64", "high": "float64", "model": "string"}


def backtest(  # noqa: PLR0913 -- what can be asked of a backtest
    journal: Journal, *, horizon: Horizon = 90, outcome: Outcome = "auto", capacity: int = 50, snapshots: int = SNAPSHOTS, confidence: float = 0.95
) -> Estimate:
    """How well would the churn predictions of past months have done?

    The latest snapshots whose outcome is known are kept back, up to four. The model learns from what was known before
    the first of them, and predicts each; then it is seen who left. So it is as it would have been: no later data, and
    customers judged by a model that has not seen their outcome. Intervals are a jackknife over customers, who stand in
    several snapshots.

    Where the row `verdict` is not `ok`, `churn` shows no probability.

    Measures: `auc`, the chance that a leaver was ranked above one who stayed; `average_precision`; `brier`, the mean
    squared error; `calibration_slope`, 1 where odds are right; `calibration_error`, the mean distance of probability
    and share over tenths; `expected_per_observed`; `recall_at_capacity`, the share of leavers among the first
    `capacity` customers of each snapshot; `precision_at_capacity`; `false_alarms_per_week`; `lead_days`, median days
    from the alarm to leaving; `auc over …`, what the model adds to a rule of thumb; `expected tenth …` and
    `observed tenth …`, the calibration curve.

    Args:
        horizon: days in which to leave.
        outcome: what is meant by leaving, as for `churn`.
        capacity: customers that the team can look after at each snapshot.
        snapshots: months of history to use.
        confidence: of the intervals.

    Columns:
        group: segment; null for all customers
        measure: what was measured
        state: `ok`; else why there is no figure, and on the row `verdict` why no probability is shown
        n: predictions judged
        leavers: of them left within the horizon
        value: the figure
        low: lower end of its interval
        high: upper end of its interval
        model: the model that was chosen

    Order:
        all customers first, then by segment; within them by measure

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 30}])
        >>> backtest(journal).to_pyarrow().select(["measure", "state"]).to_pylist()
        [{'measure': 'verdict', 'state': 'the records are too short'}]

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z_value(confidence)
    if capacity < 1:
        raise ArgumentError(f"--capacity expects at least 1, found {capacity}")
    every = spaced("30 days", snapshots + 1)

    def finish(past: pa.Table) -> Mapping[str, Any]:
        import numpy as np  # noqa: PLC0415 -- slow import

        from kundig.foresight.judged import judged  # noqa: PLC0415 -- slow import

        if not past.num_rows:
            return {name: [] for name in TYPES}
        learn, rows = panel(past, every, asked_for(outcome, past))
        segment = np.array(rows["segment"].to_pylist(), dtype=object)
        found = judged(learn, segment, asked_for(outcome, past), horizon, capacity, confidence)
        return {name: [row.get(name) for row in found] for name in TYPES}

    return Estimate({"past": outcomes(journal, snapshots + 1, every)}, TYPES, finish)
