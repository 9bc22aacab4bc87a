"""Silence: a customer who used to come has not come for longer than he ever paused."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from kundig.playbooks.conditions.absent import unmet
from kundig.playbooks.conditions.condition import Condition, decided, later
from kundig.playbooks.conditions.happened import occurrences
from kundig.playbooks.conditions.heard import heard
from kundig.playbooks.meant import Meant
from kundig.playbooks.same import keyed
from kundig.settings.lengths import Clock
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


class Silence(Condition):
    """A customer's pause is longer than each of his own last `pauses`.

    Of someone who has not changed, the next pause is the longest of `pauses` + 1 with the chance 1 / (`pauses` + 1), whatever
    the pauses are distributed like: 1 in 20 as it stands, at each pause, so that whoever comes daily needs more of them. Whoever has paused fewer times has no rhythm yet, and is not
    called silent. The match is dated when the pause became the longest; the cause is the last event before it. A source
    that is silent itself silences none of its customers, see `Absent`.

    Attributes:
        event: what used to come.
        pauses: how many of the last pauses are looked at.
        at_least: shorter pauses are never silence.
        grace: how long word of an event may take to arrive.

    >>> from kundig.journal import told
    >>> days = [("ben", "usage", f"2026-03-{day:02}") for day in range(1, 8)] + [("ada", "usage", f"2026-03-{day:02}") for day in range(1, 20)]
    >>> quiet = Silence(event=Meant(kind=("usage",)), pauses=5, at_least="2 days")
    >>> quiet.matches(told(days)).select("customer_id", "cause").to_pyarrow().to_pylist()
    [{'customer_id': 'ben', 'cause': 'e6'}]
    """

    event: Meant
    pauses: Annotated[int, Field(ge=3, le=365)] = 19
    at_least: Clock = "1 day"
    grace: Clock = "1 day"

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        import ibis  # noqa: PLC0415 -- slow import

        came = occurrences(journal, self.event)
        came = came.filter(came.customer_id.notnull()).mutate(second=came["at"].epoch_seconds())
        floor = round(span(self.at_least).total_seconds())
        asked = _longest(came, self.pauses)
        # One second more than the longest, so that a pause as long as another is none longer.
        asked = asked.mutate(deadline=asked["at"] + ibis.greatest(asked.longest + 1, ibis.literal(floor)) * ibis.interval(seconds=1))
        # Whoever came again in time, and was heard of in time, is met already; only the others are looked at closely.
        surely = (asked.next_at > asked["at"]) & (asked.next_at <= asked.deadline) & (asked.next_due_at <= asked.deadline) & ~asked.next_back
        together = (asked.next_at == asked["at"]) & (asked.next_due_at <= asked.due_at)
        asked = asked.filter(~ibis.coalesce(surely | together, ibis.literal(value=False)))
        versions = self.event.versions(journal)
        expected = versions.mutate(key=keyed(versions, "customer"))
        grace = ibis.interval(seconds=round(span(self.grace).total_seconds()))
        waiting = asked.select("customer_id", "cause", "key", "at", "deadline", "taken_back_at", decided_at=later(asked.deadline + grace, asked.due_at))
        return decided(unmet(heard(waiting, journal, expected), expected, strictly=True), journal, since)

    def __str__(self) -> str:
        """In short words."""
        return f"no {self.event} for longer than each of {self.pauses} pauses before"


def _longest(came: ir.Table, pauses: int) -> ir.Table:
    """Each event with the `longest` of the pauses before it, in seconds, and the event after it; only where there were so many.

    What counts is what was known when the event was: of events whose past was told late, each is looked at by itself.
    """
    import ibis  # noqa: PLC0415 -- slow import

    order = ["at", "cause"]
    in_order, before = ibis.window(group_by="key", order_by=order), ibis.window(group_by="key", order_by=order, preceding=(None, 1))
    last = ibis.window(group_by="key", order_by=order, preceding=pauses - 1, following=0)
    gaps = came.mutate(
        gap=came.second - came.second.lag().over(in_order),
        next_at=came["at"].lead().over(in_order),
        next_due_at=came.due_at.lead().over(in_order),
        next_back=came.taken_back_at.notnull().lead().over(in_order),
        late=ibis.coalesce(came.due_at.max().over(before) > came.due_at, ibis.literal(value=False)),
    )
    known = gaps.mutate(longest=gaps.gap.max().over(last), n=gaps.gap.count().over(last))
    plain = known.filter(~known.late & (known.n == pauses)).drop("late", "n", "gap")
    told_late = known.filter(known.late).drop("longest", "n", "gap", "late")
    other = came.select(other_key="key", other_at="at", other_cause="cause", other_due="due_at", other_second="second")
    earlier_ones = (other.other_at < told_late["at"]) | ((other.other_at == told_late["at"]) & (other.other_cause <= told_late.cause))
    pairs = told_late.join(other, [told_late.key == other.other_key, earlier_ones, other.other_due <= told_late.due_at])
    of_one = ibis.window(group_by="cause", order_by=[ibis.desc("other_at"), ibis.desc("other_cause")])
    spaced = pairs.mutate(gap=pairs.other_second - pairs.other_second.lead().over(of_one), place=ibis.row_number().over(of_one))
    spaced = spaced.filter(spaced.place < pauses)
    alone = spaced.group_by("cause").agg(longest=spaced.gap.max(), n=spaced.gap.count()).filter(lambda table: table.n == pauses).drop("n")
    return plain.union(told_late.join(alone, "cause").select(plain.columns))
