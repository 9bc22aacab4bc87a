"""Cases as they stood: open or closed, handed around, slow, and how soon the next one came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.foresight.snapshots import DAY, seen

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.foresight.snapshots import Which
    from kundig.journal import Journal

KINDS = ("case_opened", "case_handover", "case_reopened", "case_resolved", "milestone")
AGAIN = 30


def cases(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """One row for each customer and snapshot with any case: those open, their ages, waits, handovers and repeats."""
    import ibis  # noqa: PLC0415 -- slow import

    each = _each(journal, snapshots, every, KINDS)
    opened = each.opened.notnull()
    closed = each.resolved.notnull() & (each.reopened.isnull() | (each.reopened >= each.resolved))
    before = each.opened.lag().over(ibis.window(group_by=["customer_id", "snapshot"], order_by=[ibis.desc("opened", nulls_first=True), "case_id"]))
    marked = each.mutate(
        open=opened & ~closed,
        wait=ibis.ifelse(opened, (each.opened - ibis.ifelse(closed, each.resolved, 0)) / float(DAY), ibis.null("float64")),
        again=(opened & (before - each.opened <= AGAIN * DAY)).fill_null(False),  # noqa: FBT003 -- Ibis takes the value by position
        newest=ibis.coalesce(each.opened, each.first_step),
    )
    # A rollout takes a month and a change of numbers three days: what is slow shows beside its own kind alone, of whomever.
    projects = marked if isinstance(snapshots, int) or snapshots.part is None else _each(journal, snapshots.everybody, every, ("milestone",))
    kept = projects.group_by(["snapshot", "touchpoint"]).agg(usual=projects.project.nullif(0.0).median())
    marked = marked.left_join(kept, [marked.snapshot == kept.snapshot, marked.touchpoint.fill_null("") == kept.touchpoint.fill_null("")], rname="{name}_kept")
    recent = marked.newest < 365 * DAY
    return marked.group_by(["customer_id", "snapshot"]).agg(
        open_cases=marked.open.cast("int64").sum(),
        oldest_open_days=marked.wait.max(where=marked.open),
        repeated_cases_365d=marked.again.cast("int64").sum(where=recent),
        reopened_cases_365d=marked.count(where=marked.reopened < 365 * DAY),
        handovers_365d=marked.handovers.sum(where=recent),
        handovers_worst_120d=marked.handovers.max(where=marked.newest < 120 * DAY),
        waiting_days=marked.wait.mean(where=recent),
        longest_wait_days=marked.wait.max(where=recent),
        project_days=marked.project.max(where=recent),
        project_against_usual=(marked.project / marked.usual).max(where=recent),
    )


def _each(journal: Journal, snapshots: Which, every: timedelta, kinds: tuple[str, ...]) -> ir.Table:
    """One row for each case: when it was opened, solved and opened again, its handovers, and its project."""
    events = seen(journal, snapshots, every, lambda versions: versions.filter(versions.kind.isin(kinds)))
    events = events.filter((events.age >= 0) & events.case_id.notnull())
    kind, age = events.kind, events.age
    each = events.group_by(["customer_id", "snapshot", "case_id"]).agg(
        opened=age.max(where=kind == "case_opened"),
        resolved=age.min(where=kind == "case_resolved"),
        reopened=age.min(where=kind == "case_reopened"),
        handovers=events.count(where=kind == "case_handover"),
        first_step=age.max(where=kind == "milestone"),
        last_step=age.min(where=kind == "milestone"),
        touchpoint=events.touchpoint.min(where=kind == "milestone"),
    )
    return each.mutate(project=(each.first_step - each.last_step) / float(DAY))
