"""Conditions together: all of them, any of them, and not one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING

from kundig.playbooks.conditions.condition import Condition, decided, earlier, kept, later, nothing
from kundig.playbooks.found import found
from kundig.playbooks.narrowed import narrowed, near, of
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def every(parts: Sequence[Condition], excluded: Sequence[Condition], within: str | None, journal: Journal, since: datetime | None) -> ir.Table:
    """MATCHES where all `parts` came true for a customer within a stretch of time, and none of `excluded` did.

    It comes true with the last of them; the cause is that one's. The stretch ends there; without `within` any time before
    counts. It is due when all of it was known. It is taken back when one of the parts is, or when something excluded turns
    out to have come.
    """
    nearer, who = _with_news(parts, excluded, journal, since)
    if who is not None and not len(who):
        return nothing()
    came, without = ([_asked(part, nearer, journal, who) for part in several] for several in (parts, excluded))
    whole = [_last(came[place], [other for number, other in enumerate(came) if number != place], without, within) for place in range(len(came))]
    rows = reduce(lambda one, other: one.union(other), whole)
    return decided(_first(rows), journal, since)


def _with_news(parts: Sequence[Condition], excluded: Sequence[Condition], journal: Journal, since: datetime | None) -> tuple[Journal, list[str] | None]:
    """The journal of those of whom something became due since then, and who they are; None for everybody.

    Whoever became due since then has a part that did: of nobody else need the past be looked at.
    """
    # Of a few customers all can be asked at once.
    if since is None or near(journal):
        return journal, None
    news = reduce(lambda one, other: one.union(other), [part.matches(journal, since).select("customer_id") for part in parts])
    who: list[str] = found(news.distinct(), journal)["customer_id"].to_pylist()
    own = any(part.own for part in (*parts, *excluded))
    return (narrowed(journal, who) if own and who else journal), who


def _asked(part: Condition, nearer: Journal, journal: Journal, who: list[str] | None) -> ir.Table:
    rows = part.matches(nearer if part.own else journal)
    return rows if near(journal) else kept(rows if who is None else of(rows, who), journal)


def either(parts: Sequence[Condition], journal: Journal, since: datetime | None) -> ir.Table:
    """MATCHES where one of the conditions came true; for one cause once, as it was due first."""
    rows = reduce(lambda one, other: one.union(other), [part.matches(journal) for part in parts])
    return decided(_first(rows), journal, since)


def _first(rows: ir.Table, order: Sequence[str] = ("due_at", "at", "key")) -> ir.Table:
    """Of rows of one customer and cause the one that was due first; of several, the one that holds longest."""
    import ibis  # noqa: PLC0415 -- slow import

    longest = ibis.desc("taken_back_at", nulls_first=True)
    place = ibis.row_number().over(ibis.window(group_by=["customer_id", "cause"], order_by=[*order, longest]))
    return rows.mutate(place=place).filter(lambda table: table.place == 0).drop("place")


def _last(rows: ir.Table, others: list[ir.Table], excluded: list[ir.Table], within: str | None) -> ir.Table:
    """The rows of one condition before which all the others had come true, and none of the excluded."""
    for other in others:
        rows = _beside(rows, other, within)
    for other in excluded:
        rows = _without(rows, other, within)
    return rows


def _near(rows: ir.Table, other: ir.Table, within: str | None) -> ir.Table:
    """Each row with each row of the other condition that came true before it or with it, in the stretch."""
    import ibis  # noqa: PLC0415 -- slow import

    beside = other.select(customer_beside="customer_id", at_beside="at", due_beside="due_at", back_beside="taken_back_at")
    near = [rows.customer_id == beside.customer_beside, beside.at_beside <= rows["at"]]
    if within is not None:
        near.append(beside.at_beside > rows["at"] - ibis.interval(seconds=round(span(within).total_seconds())))
    return rows.left_join(beside, near)


def _beside(rows: ir.Table, other: ir.Table, within: str | None) -> ir.Table:
    pairs = _near(rows, other, within).filter(lambda table: table.due_beside.notnull() & (table.back_beside.isnull() | (table.back_beside > table.due_at)))
    first = _first(pairs, ["due_beside", "at_beside", "back_beside"])
    return first.select("customer_id", "cause", "key", "at", due_at=later(first.due_at, first.due_beside), taken_back_at=earlier(first.taken_back_at, first.back_beside))


def _without(rows: ir.Table, other: ir.Table, within: str | None) -> ir.Table:
    pairs = _near(rows, other, within)
    there = (pairs.due_beside <= pairs.due_at) & (pairs.back_beside.isnull() | (pairs.back_beside > pairs.due_at))
    counted = pairs.group_by(rows.columns).agg(there=there.cast("int64").sum(), word_at=pairs.due_beside.min(where=pairs.due_beside > pairs.due_at))
    open_ = counted.filter(counted.there.isnull() | (counted.there == 0))
    return open_.select("customer_id", "cause", "key", "at", "due_at", taken_back_at=earlier(open_.taken_back_at, open_.word_at))
