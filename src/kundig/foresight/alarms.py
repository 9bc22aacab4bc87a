"""Alarms: how well a condition would have warned, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.foresight.churn import SNAPSHOTS
from kundig.foresight.outcomes import Outcome, asked_for, outcomes, panel
from kundig.foresight.snapshots import DAY, spaced
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal


def alarms(  # noqa: PLR0913 -- what can be asked of alarms
    journal: Journal, fired: ir.Table, *, horizon: int = 90, outcome: Outcome = "auto", snapshots: int = SNAPSHOTS, confidence: float = 0.95
) -> Estimate:
    """How often did a condition fire before a loss, and how often before none?

    For playbooks and other rules of one's own: each alarm counts at the first of the monthly snapshots after it, and it
    is seen who was lost within the horizon. Measures, columns and states are those of `backtest`.

    Args:
        journal: what was known.
        fired: `customer_id` and `at`, a row an alarm, each as it would have been known at its moment.
        horizon: days in which to be lost: 30, 90 or 180.
        outcome: what is meant by leaving, as for `churn`.
        snapshots: months to look back.
        confidence: of the intervals.

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 30}])
        >>> alarms(journal, journal.events.select("customer_id", at="occurred_at")).to_pyarrow().select(["measure", "state"]).to_pylist()
        [{'measure': 'verdict', 'state': 'the records are too short'}]
    """
    from kundig.foresight.backtest import TYPES  # noqa: PLC0415 -- it stands beside

    z_value(confidence)
    every = spaced("30 days", snapshots)

    def finish(past: pa.Table, alarms: pa.Table) -> Mapping[str, Any]:
        import numpy as np  # noqa: PLC0415 -- slow import

        from kundig.foresight import ruled  # noqa: PLC0415 -- slow import
        from kundig.foresight.judged import as_rows  # noqa: PLC0415 -- slow import

        meant = asked_for(outcome, past)
        learn, rows = panel(past, every, meant)
        flag = ruled.fired(rows, alarms, every.total_seconds() / DAY)
        test = ruled.alarmed(learn, flag, meant, horizon, "condition")
        found = as_rows(test, np.array(rows["segment"].to_pylist(), dtype=object)[np.isin(learn.snapshot, np.unique(test.rows.snapshot) if test.rows else [])], "alarm", 1, confidence)
        return {name: [row.get(name) for row in found] for name in TYPES}

    return Estimate({"past": outcomes(journal, snapshots + 1, every), "alarms": fired.select("customer_id", "at").filter(lambda table: table.customer_id.notnull())}, TYPES, finish, frozenset({"past"}))
