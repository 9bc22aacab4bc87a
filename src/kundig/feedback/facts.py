"""Facts before a moment: what a customer had to do, wait and put up with, each as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.promises import promises

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

DAY = 86_400
REPEATED = 7 * DAY
CONTACTS = ("call", "message_in", "case_opened", "complaint")
FACTS = {
    "contacts": "how often the customer called, wrote, complained or opened a case",
    "repeats": "contacts within seven days of the one before",
    "handovers": "cases passed on to another department",
    "waiting": "mean quantity of calls: as sources give it, the wait",
    "resolving": "mean days from opening a case to resolving it",
    "lateness": "mean days by which promises that were due are late; 0 for those kept",
}


def facts(journal: Journal, base: ir.Table, within: int) -> ir.Table:
    """`row`, `name`, `value`: the facts of the seconds `within` before each row of `base`, which has `row`, `key` and `at`.

    `key` is `customer …` or `case …`. Counts are 0 where there is nothing; times are missing where nobody waited.
    """
    import ibis  # noqa: PLC0415 -- slow import

    before = _both(journal.events.mutate(at=journal.events.local_at.epoch_seconds().cast("int64")))
    contact = before.filter(before.kind.isin(CONTACTS))
    follows = contact.mutate(again=(contact.at - contact.at.lag().over(group_by="key", order_by=["at", "event_id"]) <= REPEATED).fill_null(False))  # noqa: FBT003 -- the value of a column
    solved = before.filter(before.kind.isin(["case_opened", "case_resolved"]) & before.case_id.notnull()).group_by(["key", "case_id"])
    cases = solved.agg(opened=lambda t: t.at.min(where=t.kind == "case_opened"), at=lambda t: t.at.max(where=t.kind == "case_resolved"))
    counted = [
        follows.select("key", "at", name=ibis.literal("contacts"), value=ibis.literal(1.0)),
        follows.select("key", "at", name=ibis.literal("repeats"), value=follows.again.cast("float64")),
        before.filter(before.kind == "case_handover").select("key", "at", name=ibis.literal("handovers"), value=ibis.literal(1.0)),
    ]
    meant = [
        before.filter((before.kind == "call") & before.quantity.notnull()).select("key", "at", name=ibis.literal("waiting"), value="quantity"),
        cases.filter(cases.at >= cases.opened).select("key", "at", name=ibis.literal("resolving"), value=(cases.at - cases.opened).cast("float64") / DAY),
    ]
    sums = _joined(base, counted[0].union(*counted[1:]), within).group_by(["row", "name"]).agg(value=lambda t: t.value.sum())
    names = [base.select("row", name=ibis.literal(name)) for name in ("contacts", "repeats", "handovers")]
    every = names[0].union(*names[1:])
    whole = every.left_join(sums, ["row", "name"]).select("row", "name", value=ibis.coalesce(sums.value, 0.0))
    means = _joined(base, meant[0].union(meant[1]), within).group_by(["row", "name"]).agg(value=lambda t: t.value.mean())
    return whole.union(means.select("row", "name", "value"), _lateness(journal, base, within))


def _both(events: ir.Table) -> ir.Table:
    """Each event under its customer and under its case."""
    import ibis  # noqa: PLC0415 -- slow import

    names = ("event_id", "case_id", "kind", "quantity", "at")
    customers = events.filter(events.customer_id.notnull())
    cases = events.filter(events.case_id.notnull())
    return customers.select(*names, key=ibis.literal("customer ") + customers.customer_id).union(cases.select(*names, key=ibis.literal("case ") + cases.case_id))


def _joined(base: ir.Table, told: ir.Table, within: int) -> ir.Table:
    there = told.select(its_key="key", its_at="at", name="name", value="value")
    return base.select("row", "key", "at").inner_join(there, [("key", "its_key")]).filter(lambda t: (t.its_at <= t.at) & (t.its_at >= t.at - within))


def _lateness(journal: Journal, base: ir.Table, within: int) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    promised = promises(journal)
    times = ("made_at", "due_at", "came_at", "called_off_at")
    keyed = promised.filter(promised.customer_id.notnull()).select(*times, its_key=ibis.literal("customer ") + promised.customer_id)
    keyed = keyed.union(promised.filter(promised.case_id.notnull()).select(*times, its_key=ibis.literal("case ") + promised.case_id))
    met = base.select("row", "key", "at").inner_join(keyed, [("key", "its_key")])
    met = met.mutate(came=ibis.ifelse((met.came_at <= met.at).fill_null(False), met.came_at, met.at))  # noqa: FBT003 -- the value of a column
    off = (met.called_off_at <= met.at).fill_null(False) & (met.came_at.isnull() | (met.came_at > met.at))  # noqa: FBT003 -- the value of a column
    # A promise counts once it is due, or has been kept; nobody waits for what was called off.
    decided = met.filter((met.made_at <= met.at) & (met.made_at >= met.at - within) & ((met.due_at <= met.at) | (met.came_at <= met.at).fill_null(False)) & ~off)  # noqa: FBT003 -- the value of a column
    late = decided.mutate(days=(decided.came - decided.due_at).clip(lower=0).cast("float64") / DAY)
    return late.group_by("row").agg(value=late.days.mean()).select("row", name=ibis.literal("lateness"), value="value")
