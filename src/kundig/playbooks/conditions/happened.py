"""Happened: an event came, or the n-th of its kind within a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from kundig.playbooks.conditions.condition import Condition, decided, earlier, later
from kundig.playbooks.looks import Look
from kundig.playbooks.meant import Meant, known_versions
from kundig.playbooks.narrowed import uncorrected
from kundig.playbooks.same import Same, keyed
from kundig.settings.lengths import Clock
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


class Happened(Condition):
    """An event came; or, with `times`, the n-th such event in a stretch of time.

    The customer is the event's; the cause is the event, of several the last in time. It is due when it was known, of several
    when enough of them were. A correction after which the event is no such event takes the match back; of several events that
    of the last, or of the one by which there were enough. Each event that is at least the n-th matches: whether a customer
    comes again is for the playbook to say.

    Attributes:
        event: which events are meant.
        times: how many of them.
        within: in which stretch of time; any time before, if it is left out.
        same: what they must have in common: `customer`, `case`, `product`, or `properties.NAME`.

    >>> from kundig.journal import told
    >>> journal = told([("ada", "complaint", "2026-03-01"), ("ada", "complaint", "2026-03-03"), ("ben", "complaint", "2026-03-02")])
    >>> twice = Happened(event=Meant(kind=("complaint",)), times=2, within="14 days")
    >>> twice.matches(journal).select("customer_id", "cause").to_pyarrow().to_pylist()
    [{'customer_id': 'ada', 'cause': 'e1'}]
    """

    event: Meant
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    within: Clock | None = None
    same: Same = "customer"

    @model_validator(mode="after")
    def _stretch(self) -> Happened:
        if self.within is not None and self.times == 1:
            raise ValueError(f"within: a stretch of {self.within} needs `times:`, how many events must come in it")
        return self

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        found = occurrences(journal, self.event, self.same)
        if self.times == 1:
            return decided(found, journal, since)
        within = None if self.within is None else round(span(self.within).total_seconds())
        return decided(_counted(found.drop("local_at", "known_at", "source"), self.times, within), journal, since)

    @property
    def own(self) -> bool:
        """See Condition."""
        return self.same in {"customer", "case", "product"}

    @property
    def looks(self) -> tuple[Look, ...]:
        """See Condition."""
        back = timedelta(0) if self.times == 1 else None if self.within is None else span(self.within)
        return (Look(self.event, back, cases=self.same == "case"),)

    def __str__(self) -> str:
        """In short words."""
        return f"{self.event}" + (f", {self.times} times" if self.times > 1 else "") + (f" within {self.within}" if self.within else "")


def occurrences(journal: Journal, event: Meant, same: Same = "customer") -> ir.Table:
    """One row for each event that was ever told as meant, as it was told then first: MATCHES, with `source`, `known_at` and `local_at`."""
    import ibis  # noqa: PLC0415 -- slow import

    versions = event.versions(journal)
    if uncorrected(journal):
        plain = versions.mutate(key=keyed(versions, same))
        never = ibis.null("timestamp('UTC')")
        return plain.select(
            "customer_id", "key", "source", "local_at", "known_at",
            taken_back_at=never, cause=plain.event_id, at=plain.occurred_at, due_at=later(plain.known_at, plain.occurred_at),
        )  # fmt: skip
    told = versions.mutate(key=keyed(versions, same)).select("event_id", "customer_id", "key", "source", "occurred_at", "local_at", "known_at", "known_until")
    # Few events were ever corrected; for all others the one version is the first, and it stands.
    corrected = told.filter(told.known_until.notnull()).select("event_id").distinct()
    several = told.semi_join(corrected, "event_id")
    first = several.mutate(place=ibis.row_number().over(ibis.window(group_by="event_id", order_by=["known_at", "occurred_at"]))).filter(lambda table: table.place == 0).drop("place")
    otherwise = first.join(_otherwise(journal, event, corrected), "event_id").filter(lambda table: table.otherwise_at > table.known_at)
    back = otherwise.group_by("event_id").agg(taken_back_at=otherwise.otherwise_at.min())
    joined = told.anti_join(corrected, "event_id").union(first).left_join(back, "event_id")
    return joined.select(
        "customer_id", "key", "source", "local_at", "known_at", "taken_back_at",
        cause=joined.event_id, at=joined.occurred_at, due_at=later(joined.known_at, joined.occurred_at),
    )  # fmt: skip


def _otherwise(journal: Journal, event: Meant, of: ir.Table) -> ir.Table:
    """The versions of corrected events that are not meant: `event_id` and `otherwise_at`, when that was known."""
    versions = known_versions(journal).semi_join(of, "event_id")
    meant = event.among(versions, journal.touchpoints).select("event_id", "known_at")
    return versions.anti_join(meant, ["event_id", "known_at"]).select("event_id", otherwise_at="known_at")


def _counted(found: ir.Table, times: int, within: int | None) -> ir.Table:
    """The events that are at least the n-th of the stretch before them."""
    import ibis  # noqa: PLC0415 -- slow import

    one, other = found, found.view()
    inside = [
        one.key == other.key,
        (other["at"] < one["at"]) | ((other["at"] == one["at"]) & (other.cause < one.cause)),
        other.taken_back_at.isnull() | (other.taken_back_at > one.due_at),
    ]
    if within is not None:
        inside.append(other["at"] > one["at"] - ibis.interval(seconds=within))
    pairs = one.join(other, inside, rname="{name}_before")
    # It counts once enough of the others were known.
    ranked = pairs.mutate(place=ibis.row_number().over(ibis.window(group_by="cause", order_by=[pairs.due_at_before, pairs.cause_before])))
    nth = ranked.filter(ranked.place == times - 2)
    return nth.select("customer_id", "key", "cause", "at", due_at=later(nth.due_at, nth.due_at_before), taken_back_at=earlier(nth.taken_back_at, nth.taken_back_at_before))
