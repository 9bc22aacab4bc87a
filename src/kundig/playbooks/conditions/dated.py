"""Date: a day comes that follows from an event, such as a renewal or an anniversary."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from kundig.conformance.obligations import present
from kundig.playbooks.conditions.absent import unmet
from kundig.playbooks.conditions.condition import Condition, decided, later, moment
from kundig.playbooks.conditions.happened import occurrences
from kundig.playbooks.looks import Look
from kundig.playbooks.meant import Meant
from kundig.playbooks.same import Same, keyed
from kundig.settings.lengths import Clock
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

MOST = 480
"""Months that are looked ahead: forty years."""


class Dated(Condition):
    """So long before a day that returns every so many months after an event; as long as nothing ended it.

    The match is dated `before` the day. The cause is the event with its day, so that each day comes once. A day that a month
    does not have is its last. An `unless` that happened between the event and the match, and was known by then, ends it.

    Attributes:
        of: the event that sets the days, such as the start of a contract.
        months: after how many months the day comes, again and again.
        before: how long before the day.
        unless: what ends it, such as the end of the contract or a renewal with days of its own.
        same: what an `unless` has in common with the event: `customer`, `case`, `product`, or `properties.NAME`.

    >>> from kundig.journal import told
    >>> started = {"kind": "contract", "outcome": "started", "occurred_at": "2025-06-01"}
    >>> journal = told([{"subject": "ada", **started}, {"subject": "ben", **started}, ("ben", "cancellation", "2025-12-01"), ("cyd", "shop", "2026-04-01")])
    >>> renewal = Dated(of=Meant(outcome=("started",)), months=12, before="90 days", unless=Meant(kind=("cancellation",)))
    >>> [(row["customer_id"], str(row["at"].date())) for row in renewal.matches(journal).to_pyarrow().to_pylist()]
    [('ada', '2026-03-03')]
    """

    of: Meant
    months: Annotated[int, Field(ge=1, le=120)] = 12
    before: Clock = "0 days"
    unless: Meant | None = None
    same: Same = "customer"

    @model_validator(mode="after")
    def _nearer(self) -> Dated:
        if span(self.before).days >= self.months * 28:
            raise ValueError(f"before: expected less than the {self.months} months after which the day comes, found {self.before!r}")
        return self

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        import ibis  # noqa: PLC0415 -- slow import

        set_ = occurrences(journal, self.of, self.same)
        set_ = set_.filter(set_.customer_id.notnull())
        each = set_.mutate(turn=ibis.range(1, MOST // self.months + 1).unnest())
        day = _months_on(each["at"], each.turn * self.months)
        ahead = day - ibis.interval(seconds=round(span(self.before).total_seconds()))
        dated = each.mutate(deadline=ahead, cause=each.cause + ibis.literal("@") + day.cast("timestamp").strftime("%Y-%m-%d"))
        dated = dated.mutate(due_at=later(dated.deadline, dated.due_at)).drop("turn", "local_at", "source", "known_at")
        # Of what lies ahead nothing is due yet.
        if journal.at is not None:
            dated = dated.filter(dated.deadline <= moment(journal.at))
        else:
            dated = dated.cross_join(present(journal)).filter(lambda table: table.deadline <= table.present).drop("present")
        if self.unless is None:
            return decided(dated.mutate(at=dated.deadline).filter(lambda table: table.taken_back_at.isnull() | (table.taken_back_at > table.due_at)), journal, since)
        versions = self.unless.versions(journal)
        return decided(unmet(dated, versions.mutate(key=keyed(versions, self.same)), strictly=True), journal, since)

    @property
    def own(self) -> bool:
        """See Condition."""
        return self.same in {"customer", "case", "product"}

    @property
    def looks(self) -> tuple[Look, ...]:
        """See Condition."""
        return tuple(Look(event, None, cases=self.same == "case") for event in (self.of, self.unless) if event is not None)

    def __str__(self) -> str:
        """In short words."""
        return f"{self.before} before every {self.months} months after {self.of}"


def _months_on(at: Any, months: Any) -> Any:
    """The same time so many months later, on the last day of the month where it has no such day."""
    import ibis  # noqa: PLC0415 -- slow import

    whole = at.year() * 12 + at.month() - 1 + months
    year, month = (whole / 12).floor().cast("int64"), whole % 12 + 1
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    last = ibis.cases((month == 2, ibis.ifelse(leap, 29, 28)), (month.isin([4, 6, 9, 11]), 30), else_=31)  # noqa: PLR2004 -- February
    day = ibis.timestamp(year.cast("int32"), month.cast("int32"), ibis.least(at.day(), last).cast("int32"), at.hour(), at.minute(), at.second())
    return day.cast("timestamp('UTC')")
