"""The backtest: how well past predictions did, and how much better than a rule of thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.foresight.churn import SNAPSHOTS, Horizon
from kundig.foresight.outcomes import Outcome, asked_for, outcomes, panel
from kundig.foresight.snapshots import spaced
from kundig.least import least
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.foresight.judged import Kind
    from kundig.journal import Journal

TYPES = {"group": "string", "measure": "string", "value": "float64", "low": "float64", "high": "float64", "state": "string", "n": "int64", "leavers": "int64", "model": "string"}


def backtest(  # noqa: PLR0913 -- what can be asked of a backtest
    journal: Journal, *, of: str = "churn", horizon: Horizon = 90, outcome: Outcome = "auto", capacity: int = 50, snapshots: int = SNAPSHOTS, confidence: float = 0.95
) -> Estimate:
    """How well would the predictions, the health score or a threshold have done in past months?

    The latest snapshots whose outcome is known are kept back, up to four. The model learns from what was known before
    the first of them, and predicts each; then it is seen who left. So it is as it would have been: no later data, and
    customers judged by a model that has not seen their outcome. Intervals are a jackknife over customers, who stand in
    several snapshots; those of shares are made by their log odds, those of counts and ratios by their logarithm.

    Where the row `verdict` is not `ok`, `churn` shows no probability.

    With `--of health` it is the health score as it stood, with weights from before, that is judged: as a rank, since it
    is no probability. With `--of "days_since_usage >= 30"`, or any other signal and figure, it is an alarm: judged at all
    past snapshots by `alarmed`, the share of customers it fires for; `recall`, the share of leavers among them;
    `precision`, the share of them that leaves; `lost anyway`, that of all; and `times as often`, one by the other, by
    which it is judged whether the alarm is better than chance.

    Measures: `auc`, the chance that a leaver was ranked above one who stayed; `average_precision`; `brier`, the mean
    squared error; `calibration_slope`, 1 where odds are right; `calibration_error`, the mean distance of probability
    and share over tenths; `expected_per_observed`; `recall_at_capacity`, the share of leavers among the first
    `capacity` customers of each snapshot; `precision_at_capacity`; `false_alarms_per_week`; `lead_days`, median days
    from the alarm to leaving; `auc over …`, what the model adds to a rule of thumb; `expected tenth …` and
    `observed tenth …`, the calibration curve.

    Args:
        of: `churn`, `health`, or a threshold of a signal.
        horizon: days in which to leave.
        outcome: what is meant by leaving, as for `churn`.
        capacity: customers that the team can look after at each snapshot.
        snapshots: months of history to use.
        confidence: of the intervals.

    Columns:
        group: segment; null for all customers
        measure: what was measured
        value: the figure
        low: lower end of its interval
        high: upper end of its interval
        state: `ok`; else why there is no figure, and on the row `verdict` why no probability is shown
        n: predictions judged
        leavers: of them left within the horizon
        model: the model that was chosen

    Order:
        all customers first, then by segment; within them by measure

    Settings:
        journeys, calendar

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 30}])
        >>> backtest(journal).to_pyarrow().select(["measure", "state"]).to_pylist()
        [{'measure': 'verdict', 'state': 'the records are too short'}]

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z_value(confidence)
    least(capacity=capacity)
    every = spaced("30 days", snapshots)

    if of not in {"churn", "health"}:
        from kundig.foresight.ruled import threshold  # noqa: PLC0415 -- slow import

        threshold(of)

    def finish(past: pa.Table) -> Mapping[str, Any]:
        import numpy as np  # noqa: PLC0415 -- slow import

        from kundig.foresight import ruled  # noqa: PLC0415 -- slow import
        from kundig.foresight.judged import as_rows  # noqa: PLC0415 -- slow import
        from kundig.foresight.learned import tested  # noqa: PLC0415 -- slow import

        if not past.num_rows:
            return {name: [] for name in TYPES}
        meant = asked_for(outcome, past)
        whole, beside = panel(past, every, meant)
        old = whole.back > 0
        learn, rows = whole.rows(old), beside.filter(old)
        kind: Kind
        if of == "churn":
            test, kind = tested(learn, meant, horizon), "probability"
        elif of == "health":
            test, kind = ruled.healthy(learn, rows, meant, horizon), "score"
        else:
            test, kind = ruled.alarmed(learn, ruled.crossed(learn, of), meant, horizon, of), "alarm"
        segment = np.array(rows["segment"].to_pylist(), dtype=object)
        inside = np.isin(learn.snapshot, np.unique(test.rows.snapshot)) if test.rows is not None else np.zeros(len(learn), dtype=bool)
        found = as_rows(test, segment[inside], kind, capacity, confidence)
        return {name: [row.get(name) for row in found] for name in TYPES}

    return Estimate({"past": outcomes(journal, snapshots + 1, every)}, TYPES, finish, frozenset({"past"}))
