"""What was known at past moments: every event with every moment that knew of it, in one pass over the history.

The only door through which foresight sees events. A version of an event is seen at a moment if it was known by then
and not yet corrected, exactly as `journal.as_of` has it, so that a training table cannot hold what came later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from kundig.conformance.parts import of_part
from kundig.errors import ArgumentError
from kundig.touchpoints import span

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.types as ir

    from kundig.conformance.parts import Part
    from kundig.journal import Journal

DAY = 86400


@dataclass(frozen=True)
class Look:
    """Some snapshots, by their numbers, and of the customers one part: a large journal is looked at again and again.

    Attributes:
        snapshots: 0 is the present.
        part: which part of the customers, of how many; None for all.
    """

    snapshots: range
    part: Part | None = None

    @property
    def everybody(self) -> Look:
        """The same snapshots of all customers."""
        return replace(self, part=None)


Which = int | Look
"""So many snapshots, counted back from the present, or a look at some of them."""


def spaced(every: str, snapshots: int) -> timedelta:
    """The time between two snapshots.

    Raises:
        ArgumentError: not a length of time, not positive, or the number of snapshots is not between 1 and 120.
    """
    if not 1 <= snapshots <= 120:  # noqa: PLR2004 -- ten years of months
        raise ArgumentError(f"--snapshots expects a number from 1 to 120, found {snapshots}")
    try:
        length = span(every)
    except ValueError as error:
        raise ArgumentError(f"--every: {error}") from None
    if length < timedelta(hours=1):
        raise ArgumentError(f"--every expects at least 1 hour, found {every!r}")
    return length


def numbers(snapshots: Which) -> range:
    """The numbers of the snapshots, 0 the present."""
    return range(snapshots) if isinstance(snapshots, int) else snapshots.snapshots


def own(rows: ir.Table, snapshots: Which) -> ir.Table:
    """The rows of the customers who are looked at."""
    part = None if isinstance(snapshots, int) else snapshots.part
    return rows if part is None else of_part(rows.filter(rows.customer_id.notnull()), part, "customer_id")


def present(journal: Journal) -> ir.Table:
    """One row with the moment that counts as now: the journal's own, or the latest at which anything became known."""
    import ibis  # noqa: PLC0415 -- slow import

    # Corrections become known too: their moment counts as well, as it does for whoever asks today.
    latest = journal.history.agg(present=journal.history.known_at.max())
    if journal.at is None:
        return latest
    return latest.select(present=ibis.literal(journal.at).cast("timestamp('UTC')"))


def moment(table: ir.Table, snapshots: Which, every: timedelta) -> ir.TimestampValue:
    """The moment of each row's `snapshot`, from the `present` beside it."""
    import ibis  # noqa: PLC0415 -- slow import

    first, *others = _moments(table, snapshots, every).items()
    return ibis.cases(*((table.snapshot == number, at) for number, at in others), else_=first[1]) if others else first[1]


def _moments(table: ir.Table, snapshots: Which, every: timedelta) -> dict[int, Any]:
    """The moment of each snapshot, from the `present` of a row."""
    import ibis  # noqa: PLC0415 -- slow import

    return {number: table.present - ibis.interval(seconds=round(every.total_seconds()) * number) if number else table.present for number in numbers(snapshots)}


def seen(journal: Journal, snapshots: Which = 1, every: timedelta = timedelta(days=30), of: Callable[[ir.Table], ir.Table] | None = None, *, anybody: bool = False) -> ir.Table:
    """One row for each event and each snapshot that knows it: the event's columns, `customer_id`, `snapshot` and `age`.

    `snapshot` counts back from 0, the present, in steps of `every`; `age` is how many seconds before its snapshot the
    event occurred, below zero for what was announced and had still to come.

    Args:
        journal: what is known.
        snapshots: how many moments, or which, and of whom.
        every: time between two of them.
        of: takes a part of the versions of events, or adds to them what does not hang on the moment.
        anybody: also events of which nobody knows whose they are.
    """
    rows = spread(ranged(journal, snapshots, every, of, anybody=anybody), journal, snapshots, every)
    return rows.mutate(age=rows.ago - rows.snapshot * round(every.total_seconds())).drop("ago")


def ranged(journal: Journal, snapshots: Which, every: timedelta, of: Callable[[ir.Table], ir.Table] | None = None, *, anybody: bool = False) -> ir.Table:
    """One row for each version of an event that any snapshot knows, with `ago`, its seconds before the present, and the snapshots that know it."""
    versions = journal.history if of is None else of(journal.history)
    if journal.at is not None:
        versions = versions.filter(versions.known_at <= journal.at)
    if not anybody:
        versions = versions.filter(versions.subject.notnull())
    held = versions.cross_join(present(journal))
    # Before versions are repeated for each snapshot: reading a clock costs more than all that follows.
    # Whole seconds of either clock: engines differ in what they do with the rest.
    held = held.mutate(ago=(held.present.epoch_seconds().floor() - held.occurred_at.epoch_seconds().floor()).cast("int64"))
    return _knowing(held, snapshots, every, until="known_until")


def spread(ranged: ir.Table, journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """Rows of `ranged`, or what was grouped from them, once for each snapshot that knows them, with `customer_id`."""
    return _whose(_unfolded(ranged), journal, snapshots, every)


def said(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """What sources had said of each customer by each snapshot: `customer_id`, `snapshot`, `segment`."""
    import ibis  # noqa: PLC0415 -- slow import

    traits = journal.traits.filter(journal.traits.segment.notnull() & journal.traits.subject.notnull())
    if journal.at is not None:
        traits = traits.filter(traits.known_at <= journal.at)
    rows = _whose(_each(traits.cross_join(present(journal)), snapshots, every), journal, snapshots, every)
    newest = ibis.struct({"known_at": rows.known_at, "segment": rows.segment}).max()
    return rows.group_by(["customer_id", "snapshot"]).agg(newest=newest).select("customer_id", "snapshot", segment=lambda table: table.newest["segment"])


def _whose(rows: ir.Table, journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """The rows with `customer_id`, by the links that each row's snapshot knew; of the customers who are looked at."""
    import ibis  # noqa: PLC0415 -- slow import

    if journal.identities is None:
        return own(rows.mutate(customer_id=rows.subject), snapshots)
    others = journal.identities.filter(journal.identities.customer_id != journal.identities.subject)
    always = ibis.literal(datetime(1, 1, 1, tzinfo=timezone.utc)).cast("timestamp('UTC')")
    links = others.select("subject", "customer_id", "until", known_at=others.since.fill_null(always))
    held = _each(links.cross_join(present(journal)), snapshots, every, until="until")
    then = held.select(linked_subject="subject", linked_snapshot="snapshot", linked_customer="customer_id")
    joined = rows.left_join(then, (rows.subject == then.linked_subject) & (rows.snapshot == then.linked_snapshot))
    return own(joined.mutate(customer_id=joined.linked_customer.coalesce(joined.subject)).drop("linked_subject", "linked_snapshot", "linked_customer"), snapshots)


def _each(table: ir.Table, snapshots: Which, every: timedelta, until: str | None = None) -> ir.Table:
    """`table` once for each snapshot between `known_at` and `until`."""
    return _unfolded(_knowing(table, snapshots, every, until))


def _knowing(table: ir.Table, snapshots: Which, every: timedelta, until: str | None = None) -> ir.Table:
    """`table` with the snapshots that know each row: from `snapshot_first`, the newest, until before `snapshot_end`; without rows that none knows."""
    import ibis  # noqa: PLC0415 -- slow import

    moments = _moments(table, snapshots, every)
    newest = min(moments)
    if len(moments) == 1:
        there = table.known_at <= moments[newest]
        if until:
            there &= table[until].isnull() | (table[until] > moments[newest])
        return table.filter(there).mutate(snapshot_first=ibis.literal(newest, "int64"), snapshot_end=ibis.literal(newest + 1, "int64"))

    def reached(column: Any) -> Any:
        """How many of the snapshots, from the newest back, lie at or after the moment."""
        first, *rest = [(column <= moment).cast("int64") for moment in moments.values()]
        for one in rest:
            first = first + one
        return first.fill_null(0) + newest

    first = reached(table[until]) if until else ibis.literal(newest, "int64")
    held = table.mutate(snapshot_first=first, snapshot_end=reached(table.known_at))
    return held.filter(held.snapshot_first < held.snapshot_end)


def _unfolded(table: ir.Table) -> ir.Table:
    """Each row once for each of its snapshots."""
    import ibis  # noqa: PLC0415 -- slow import

    return table.mutate(snapshot=ibis.range(table.snapshot_first, table.snapshot_end).unnest()).drop("snapshot_first", "snapshot_end")
