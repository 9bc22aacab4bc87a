"""Absent: what ought to have followed has not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kundig.playbooks.conditions.condition import Condition, decided, earlier, later
from kundig.playbooks.conditions.happened import occurrences
from kundig.playbooks.conditions.heard import heard
from kundig.playbooks.meant import Meant
from kundig.playbooks.same import Same, keyed
from kundig.settings.business_time import due, worked
from kundig.settings.lengths import Clock, Within, length
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


class Absent(Condition):
    """After an event another was expected within a time, with the same key, and has not come.

    It is DECLARE's response(after, expected) with a deadline, broken. The match is dated at the deadline, whenever somebody
    looks. It is acted upon when the grace is over and a source of what is expected has told of something that happened after
    the deadline: while the source is silent, nobody can say that the customer is. What happened at the very instant of the
    event, or on the deadline, is in time. What happened in time and becomes known later than the grace takes the match back.

    Attributes:
        after: the event that sets the clock; each sets one of its own.
        expected: what ought to follow.
        within: how soon, by the clock or in business time, such as `2 business days`.
        same: what both must have in common: `customer`, `case`, `product`, or `properties.NAME`.
        grace: how long after the deadline word of what was in time may still arrive.

    >>> from kundig.journal import told
    >>> order = {"kind": "order", "occurred_at": "2026-03-01"}
    >>> journal = told([
    ...     {"subject": "ada", "case_id": "1", **order}, {"subject": "ada", "case_id": "1", "kind": "delivery", "occurred_at": "2026-03-03"},
    ...     {"subject": "ben", "case_id": "2", **order}, {"subject": "cyd", "case_id": "3", "kind": "delivery", "occurred_at": "2026-03-09"},
    ... ])
    >>> late = Absent(after=Meant(kind=("order",)), expected=Meant(kind=("delivery",)), within="3 days", same="case")
    >>> late.matches(journal).select("customer_id", "key", "cause").to_pyarrow().to_pylist()
    [{'customer_id': 'ben', 'key': '2', 'cause': 'e2'}]
    """

    after: Meant
    expected: Meant
    within: Within
    same: Same = "customer"
    grace: Clock = "1 day"

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        import ibis  # noqa: PLC0415 -- slow import

        asked = occurrences(journal, self.after, self.same)
        asked = asked.filter(asked.key.notnull() & asked.customer_id.notnull())
        versions = self.expected.versions(journal)
        expected = versions.mutate(key=keyed(versions, self.same))
        grace = ibis.interval(seconds=round(span(self.grace).total_seconds()))
        dated = _dated(asked, self.within, journal)
        waiting = dated.mutate(decided_at=later(dated.deadline + grace, dated.due_at)).drop("due_at", "local_at", "source", "known_at")
        return decided(unmet(heard(waiting, journal, expected), expected), journal, since)

    def __str__(self) -> str:
        """In short words."""
        return f"no {self.expected} within {self.within} after {self.after}"


def _dated(asked: ir.Table, within: str, journal: Journal) -> ir.Table:
    """The rows with `deadline`."""
    import ibis  # noqa: PLC0415 -- slow import

    meant = length(within)
    if not meant.business:
        return asked.mutate(deadline=asked["at"] + ibis.interval(seconds=round(meant.clock.total_seconds())))
    calendar, zone = journal.settings.calendar, journal.settings.company.timezone
    timed = worked(asked.mutate(occurred_at=asked["at"]), calendar, zone)
    return due(timed, meant.opening_seconds(calendar), "deadline", calendar, zone).drop("worked", "occurred_at")


def unmet(asked: ir.Table, expected: ir.Table, *, strictly: bool = False) -> ir.Table:
    """The rows to which nothing expected came in time, as far as was known at their `due_at`; dated at the deadline.

    Args:
        asked: rows with `cause`, `key`, `at`, `deadline`, `due_at` and `taken_back_at`.
        expected: versions of events with `event_id`, `key`, `occurred_at`, `known_at` and `known_until`.
        strictly: what comes at the same instant does not count.
    """
    ready = asked.filter(asked.due_at.notnull() & (asked.taken_back_at.isnull() | (asked.taken_back_at > asked.due_at)))
    came = expected.select(came_key="key", came_id="event_id", came_at="occurred_at", told_at="known_at", until="known_until")
    follows = came.came_at > ready["at"] if strictly else came.came_at >= ready["at"]
    pairs = ready.left_join(came, [ready.key == came.came_key, follows, came.came_at <= ready.deadline, came.came_id != ready.cause])
    known = (pairs.told_at <= pairs.due_at) & (pairs.until.isnull() | (pairs.until > pairs.due_at))
    # What sets the clock and what is expected can lie many to one: each cause is one row again.
    found = pairs.group_by(["customer_id", "cause", "key", "deadline", "due_at", "taken_back_at"]).agg(
        met=known.cast("int64").sum(), word_at=pairs.told_at.min(where=pairs.told_at > pairs.due_at)
    )
    open_ = found.filter((found.met == 0) | found.met.isnull())
    return open_.select("customer_id", "cause", "key", "due_at", at=open_.deadline, taken_back_at=earlier(open_.taken_back_at, open_.word_at))
