"""A tick: what has become due since the last one is settled and written down, once, whoever else does the same.

Each tick asks the same functions of the journal that the simulation asks. It reads a little further back than the last tick
went, since an event can reach the lake after the moment at which it was known; the keys of the rows see to it that nothing
is written twice. What was decided stays decided, whatever becomes known later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from kundig.identity import identified
from kundig.playbooks.compiled import Compiled
from kundig.playbooks.enrolment import candidates
from kundig.playbooks.found import found as found_of
from kundig.playbooks.narrowed import narrowed
from kundig.playbooks.playbook import Playbook
from kundig.playbooks.stopping import back_of, taken_back
from kundig.state.enrolments import Enrolment, EnrolmentState
from kundig.state.entering import come_in
from kundig.state.playbooks import PlaybookVersion, running
from kundig.state.settling import BATCH, on_the_way, settle

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal

OVERLAP = timedelta(days=1)
"""So far back each tick reads again: longer than any event takes from its being known to the lake."""
SLICE = 10_000
"""So many enrolments or customers are looked at together."""
TIMERS = 1_000
"""So many timers are settled at one look."""


@dataclass(frozen=True)
class Ticked:
    """What a tick of one playbook did.

    Attributes:
        came: customers who came in, of them `left_alone` by lot.
        asks: customers who wait because they would have been too many at once.
        moved: steps that were settled.
        stopped: enrolments that reached the goal, or whose cause was taken back.
    """

    playbook: str
    came: int
    left_alone: int
    asks: int
    moved: int
    stopped: int


def tick(journal: Journal, now: datetime, *, beside: bool = False) -> list[Ticked]:
    """Run every playbook that is on up to `now`; those who are on their way go on by the version they came in by.

    Args:
        journal: all that is known.
        now: the moment.
        beside: whether another looks at those who are heard of, and whose timers are due: so these are left to it, that they fire in order.
    """
    then = journal.as_of(now)
    found = {version.name: Counter[str]() for version in running()}
    for version in running():
        for name, counts in come_in({version: candidates(version.playbook, version.name, then, _since(version)).to_pylist()}).items():
            found[name] += counts
    for version in _walking():
        found.setdefault(version.name, Counter()).update(_go_on(version, then, now, timers=not (beside and version.playbook.own)))
    PlaybookVersion.objects.filter(pk__in=[version.pk for version in running()], until__lt=now).update(until=now)
    return _told(found)


def tick_heard(journal: Journal, now: datetime, since: datetime, most: int = SLICE, timers: int = TIMERS, compiled: Compiled | None = None) -> list[Ticked]:  # noqa: PLR0913 -- whom to look at, and how
    """Run playbooks that hang on a customer's own events, for those of whom something became known since then and whose timers are due.

    Whoever comes in by it comes in by `tick` as well, only sooner: of few customers it is known in seconds. What hangs on more
    than their own events, such as an event that did not come, is for `tick`; so is what reaches the lake late.

    Args:
        journal: all that is known.
        now: the moment.
        since: what was known by then was looked at before.
        most: customers that are looked at together.
        timers: so many that are due are settled; the others the next time, so that nobody who was heard of waits behind them.
        compiled: conditions that were put into words before.
    """
    then, found = journal.as_of(now), dict[str, Counter[str]]()
    if not at_once():
        return []
    late = due(now, timers)
    spoke = sorted(_heard(then, since) - set(late))
    for who in [part for whole in (late, spoke) for start in range(0, len(whole), most) if (part := whole[start : start + most])]:
        for one in tick_near(narrowed(known_by(then, now), who, tabled=True), who, now, compiled or Compiled()):
            found.setdefault(one.playbook, Counter()).update({"came": one.came, "left alone": one.left_alone, "asks": one.asks, "moved": one.moved, "stopped": one.stopped})
    return _told(found)


def tick_near(near: Journal, who: Collection[str], now: datetime, compiled: Compiled, solid: Mapping[str, datetime] | None = None, turn: Collection[str] | None = None) -> list[Ticked]:  # noqa: PLR0913 -- whom, by what, until when
    """Run playbooks that hang on a customer's own events for a few customers.

    Args:
        near: their journal, with nothing in it that became known after `now`; it may hold pieces of others.
        who: the customers.
        now: the moment.
        compiled: conditions that were put into words before.
        solid: for each playbook of `at_once` the moment from which on all is in the journal that it needs; what became true before is for `tick`.
        turn: those of the customers whose timers are due next, as `due` has them; a timer of anybody else waits for its turn. By default all have it.
    """
    own = [version for version in running() if version.playbook.own]
    walking = [version for version in _walking() if version.playbook.own]
    found = {version.name: Counter[str]() for version in own}
    came = {version: compiled.candidates(version.playbook, version.name, near) for version in own}
    rows = {version: _newly(these, who, version, now, solid) for version, these in came.items()}
    for name, counts in come_in(rows).items():
        found[name] += counts
    here = on_the_way(who)
    for version in dict.fromkeys([*walking, *(version for version in own if rows[version])]):
        if these := [one for one in here.get(version.pk, []) if one.at >= (solid or {}).get(key(version), _NEVER) and (turn is None or one.customer in turn or not _timed(one, now))]:
            # Whom `who` did not let in is not on the way; whom it does not let in any more is.
            back = back_of(came[version] if version in came and version.playbook.who is None else compiled.rows(version.playbook.when, near))
            found.setdefault(version.name, Counter()).update(settle(version, these, near, now, back, compiled.asked))
    return _told(found)


def _timed(one: Enrolment, now: datetime) -> bool:
    """Whether somebody waits for a timer that is due, and has not just come in."""
    return one.until is not None and one.due_at < one.until <= now


_NEVER = datetime(1, 1, 1, tzinfo=timezone.utc)


def _newly(rows: pa.Table, who: Collection[str], version: PlaybookVersion, now: datetime, solid: Mapping[str, datetime] | None) -> list[dict[str, Any]]:
    """Of candidates the customers who are looked at, and what became due since the playbook was run."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    time = rows["due_at"].type
    new = rows.filter(pc.and_(pc.greater(rows["due_at"], pa.scalar(_since(version), time)), pc.less_equal(rows["due_at"], pa.scalar(now, time))))
    if solid is not None:
        new = new.filter(pc.greater_equal(new["at"], pa.scalar(solid[key(version)], time)))
    return new.filter(pc.is_in(new["customer_id"], pa.array(sorted(who), pa.string()))).to_pylist()


def at_once() -> dict[str, tuple[Playbook, datetime | None]]:
    """The versions that are run or walked as soon as something is heard, by `key`: each with the moment since which somebody is on the way in it; None where nobody is."""
    first = dict(_first().values_list("pk", "first"))
    versions = {version.pk: version for version in [*running(), *_walking()]}
    return {key(version): (playbook, first.get(pk)) for pk, version in sorted(versions.items()) if (playbook := version.playbook).own}


def key(version: PlaybookVersion) -> str:
    """A version's name for whoever looks at several."""
    return f"{version.name} {version.number}"


def due(now: datetime, most: int = TIMERS, solid: Mapping[str, datetime] | None = None) -> list[str]:
    """The customers whose timers are due, first those that are due longest; of versions that are run as soon as something is heard.

    Args:
        now: the moment.
        most: so many timers.
        solid: as `tick_near` has it.
    """
    walking = [Q(version=version, **({"at__gte": solid[key(version)]} if solid is not None else {})) for version in _walking() if version.playbook.own and (solid is None or key(version) in solid)]
    if not walking:
        return []
    overdue = Enrolment.objects.filter(reduce(or_, walking), state=EnrolmentState.RUNNING, until__lte=now).order_by("until", "pk")
    return list(dict.fromkeys(overdue.values_list("customer", flat=True)[:most]))


def known_by(journal: Journal, now: datetime) -> Journal:
    """The journal with nothing in it that became known after a moment."""
    return replace(journal, history=journal.history.filter(journal.history.known_at <= now), traits=journal.traits.filter(journal.traits.known_at <= now))


def _told(found: dict[str, Counter[str]]) -> list[Ticked]:
    return [Ticked(name, counts["came"], counts["left alone"], counts["asks"], counts["moved"], counts["stopped"]) for name, counts in sorted(found.items())]


def _first() -> QuerySet[PlaybookVersion]:
    """All versions, each with `first`, the moment since which somebody is on the way by it; looked up in an index, however many are."""
    there = Enrolment.objects.filter(version=OuterRef("pk"), state=EnrolmentState.RUNNING).order_by("at").values("at")
    return PlaybookVersion.objects.annotate(first=Subquery(there[:1]))


def _walking() -> list[PlaybookVersion]:
    """The versions by which somebody is on the way, by name and number."""
    return list(_first().filter(first__isnull=False).order_by("name", "number"))


def _since(version: PlaybookVersion) -> datetime:
    """Who became due by then is in, or does not come in."""
    since: datetime = max(version.since, (version.until or version.since) - OVERLAP)
    return since


def _go_on(version: PlaybookVersion, then: Journal, now: datetime, *, timers: bool) -> Counter[str]:
    """Settle what is due for all who came in by a version, whose timer is due first."""
    done = Counter[str]()
    waiting = Enrolment.objects.filter(version=version, state=EnrolmentState.RUNNING)
    if not waiting.exists():
        return done
    # What hangs on their own events is asked of these alone; all else of the whole, once.
    first = waiting.order_by("due_at").values_list("due_at", flat=True)[0]
    back = None if version.playbook.own else taken_back(version.playbook, then, first)
    seen: tuple[Any, int] = (_NEVER, 0)
    # By place and not by number: what another worker settles in the meantime makes none be passed over.
    while timers and (late := list(waiting.filter(until__lte=now).filter(Q(until__gt=seen[0]) | Q(until=seen[0], pk__gt=seen[1])).order_by("until", "pk")[:SLICE])):
        seen = (late[-1].until, late[-1].pk)
        done += settle(version, late, narrowed(then, {one.customer for one in late}), now, back)
    heard = _heard(then, (version.until or version.at) - OVERLAP)
    spoke = [pk for pk, customer in waiting.filter(until__gt=now).order_by("until", "pk").values_list("pk", "customer") if customer in heard]
    for part in _sliced(spoke):
        done += settle(version, part, narrowed(then, {one.customer for one in part}), now, back)
    return done


def _sliced(keys: list[int]) -> Iterable[list[Enrolment]]:
    """Enrolments by number, in their order, so many at a time as are looked at together."""
    for start in range(0, len(keys), SLICE):
        these = keys[start : start + SLICE]
        found = {one.pk: one for place in range(0, len(these), BATCH) for one in Enrolment.objects.filter(pk__in=these[place : place + BATCH], state=EnrolmentState.RUNNING)}
        if found:
            yield [found[pk] for pk in these if pk in found]


def _heard(then: Journal, since: datetime) -> set[str]:
    """Customers of whom something became known after a moment."""
    history = then.known
    spoke = history.filter((history.known_at > since) & history.customer_id.notnull()).select("customer_id")
    said = identified(then.traits.filter((then.traits.known_at > since) & (then.traits.known_at <= then.at)), then.identities, then.at).select("customer_id")
    return set(found_of(spoke.union(said).distinct(), then)["customer_id"].to_pylist())
