"""Resolutions: where a matter shows, and where it is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.steps import Stretch, steps, surely
from kundig.journeys.passages import UNKNOWN
from kundig.journeys.waiting import waited, waits
from kundig.statistics import wilson, z_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def resolutions(  # noqa: PLR0913 -- what can be asked of resolutions
    journal: Journal,
    *,
    unit: Stretch = "case",
    pause: str = "1 day",
    resolved: str = "case_resolved",
    where: str | None = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> ir.Table:
    """In which department does a matter show, in which was it worked on, and in which is it resolved?

    A journey shows where its first event lies, as the touchpoint catalogue says; of events at the same instant the alphabetically
    first department. It is resolved by its last event of the kind `resolved`, or with the outcome resolved. Who resolved it in
    name need not have done the work: `worked` is the department that acted last before that, other than the one in which the
    matter shows, at or before the resolution; the same department where no other acted at all. What is not resolved so far is
    counted, with a null for where. A department that shows far more than it works on pays for what others cause, or turns
    customers away; the figures say where to look, not why.

    Args:
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        resolved: the kind of event that resolves a matter.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        confidence: of the intervals.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        shows: the department of the first event; null if the catalogue names none
        worked: the department that did the work; null if the catalogue names none, or it is not resolved so far
        resolves: the department of the resolution; null if the catalogue names none, or it is not resolved so far
        state: `resolved`, or `open`
        n: journeys
        share: as a share of all journeys of the group that show there
        low: lower end of the share's interval, after Wilson
        high: upper end of the share's interval
        handovers: handovers until the resolution, the mean
        median_seconds: half of them were resolved after at most this long; null if open
        median_low_seconds: lower end of the median's interval, from order statistics; null if there are too few
        median_high_seconds: upper end of the median's interval; null if there are too few
        p90_seconds: nine in ten were resolved after at most this long

    Order:
        by group, null last; the most frequent first, then by shows, worked, resolves

    Example:
        >>> from kundig.journal import told
        >>> from kundig.touchpoints import Touchpoint
        >>> catalogue = {"bill": Touchpoint(department="billing"), "repair": Touchpoint(department="technology")}
        >>> days = [("case_opened", "bill", "06"), ("case_handover", "repair", "09"), ("case_resolved", "bill", "10")]
        >>> journal = told([{"subject": "ada", "case_id": "1", "kind": k, "touchpoint": t, "occurred_at": f"2026-03-{day}"} for k, t, day in days], touchpoints=catalogue)
        >>> resolutions(journal).select("shows", "worked", "resolves", "n", "handovers").to_pyarrow().to_pylist()
        [{'shows': 'billing', 'worked': 'technology', 'resolves': 'billing', 'n': 1, 'handovers': 2.0}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    z = z_value(confidence)
    settled = _settled(journal, unit, pause, resolved, where, by)
    keys = ["group", "shows", "worked", "resolves", "state"]
    counted = waited(settled.group_by(keys).agg(n=settled.count(), handovers=settled.handovers.mean(), **waits(settled, "seconds")), z)
    total = counted.mutate(all=counted.n.sum().over(group_by=["group", "shows"]).cast("float64"))
    low, high = wilson(total.n, total["all"], z)
    shared = total.mutate(share=total.n / total["all"], low=low, high=high, **{name: total[name].nullif(UNKNOWN) for name in ("shows", "worked", "resolves")})
    places = [ibis.asc(name, nulls_first=False) for name in ("shows", "worked", "resolves")]
    return shared.order_by(ibis.asc("group", nulls_first=False), ibis.desc("n"), *places, "state").select(
        "group", "shows", "worked", "resolves", "state", "n", "share", "low", "high", "handovers", "median_seconds", "median_low_seconds", "median_high_seconds", "p90_seconds",
    )  # fmt: skip


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, unit: Stretch = "case", pause: str = "1 day", resolved: str = "case_resolved", where: str | None = None, by: str | None = None
) -> ir.Table:
    """Whose matters showed, were worked on and were settled where.

    Keys: group, shows, worked, resolves, state
    Counts: n
    """
    rows = _settled(journal, unit, pause, resolved, where, by)
    return rows.select("group", "state", "customer_id", n=rows.state.notnull().cast("int64"), **{name: rows[name].nullif(UNKNOWN) for name in ("shows", "worked", "resolves")})


def _settled(journal: Journal, unit: Stretch, pause: str, resolved: str, where: str | None, by: str | None) -> ir.Table:  # noqa: PLR0913 -- as asked
    """One row a journey: in which departments it showed, was worked on and settled, and how long that took."""
    import ibis  # noqa: PLC0415 -- slow import

    named = steps(journal, unit, "department", where=where, by=by, unnamed=UNKNOWN, pause=pause)
    ends = journal.events.select("event_id", ends=surely(journal.events.kind == resolved) | surely(journal.events.outcome == "resolved"))
    table = named.join(ends, "event_id")
    if by is None:
        table = table.mutate(group=ibis.null("string"))
    event = ibis.struct({"at": table.occurred_at, "department": table.step})
    journey = ibis.window(group_by="journey")
    known = table.mutate(shows=event.min().over(journey)["department"], began=table.occurred_at.min().over(journey), done_at=table.occurred_at.max(where=table.ends).over(journey))
    # Up to the resolution; what is not resolved, as far as it has come.
    until = known.filter(known.done_at.isnull() | (known.occurred_at <= known.done_at))
    in_order = ibis.window(group_by="journey", order_by=["occurred_at", "step", "event_id"])
    moved = until.mutate(moved=surely(until.step != until.step.lag().over(in_order)).cast("int64"))
    its = ibis.struct({"at": moved.occurred_at, "department": moved.step})
    each = moved.group_by(["group", "journey", "shows", "began", "done_at"]).agg(
        other=its.max(where=moved.step != moved.shows)["department"],
        resolves=its.max(where=moved.ends)["department"],
        handovers=moved.moved.sum(),
        customer_id=moved.customer_id.max(),
    )
    is_open = each.done_at.isnull()
    return each.select(
        "group",
        "customer_id",
        "shows",
        "handovers",
        worked=ibis.ifelse(is_open, ibis.null("string"), each.other.coalesce(each.shows)),
        resolves=ibis.ifelse(is_open, ibis.null("string"), each.resolves),
        state=ibis.ifelse(is_open, "open", "resolved"),
        seconds=(each.done_at.epoch_seconds() - each.began.epoch_seconds()).cast("float64"),
    )
