"""A tick: what has become due since the last one is settled and written down, once, whoever else does the same.

Each tick asks the same functions of the journal that the simulation asks. It reads a little further back than the last tick
went, since an event can reach the lake after the moment at which it was known; the keys of the rows see to it that nothing
is written twice. What was decided stays decided, whatever becomes known later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kundig.identity import identified
from kundig.playbooks.compiled import Compiled
from kundig.playbooks.enrolment import again, candidates
from kundig.playbooks.found import found as found_of
from kundig.playbooks.narrowed import narrowed
from kundig.playbooks.steps import walked as steps_of
from kundig.playbooks.stopping import Back, back_of, stops, taken_back
from kundig.playbooks.walk import walk
from kundig.state.acting import acts
from kundig.state.enrolments import Enrolment, EnrolmentState, Move
from kundig.state.playbooks import PlaybookVersion, running

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook
    from kundig.settings import Settings

OVERLAP = timedelta(days=1)
"""So far back each tick reads again: longer than any event takes from its being known to the lake."""
BATCH = 500
SLICE = 10_000
"""So many enrolments or customers are looked at together."""
TIMERS = 2_000
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


def tick(journal: Journal, now: datetime) -> list[Ticked]:
    """Run every playbook that is on up to `now`; those who are on their way go on by the version they came in by."""
    then = journal.as_of(now)
    names = [version.name for version in running()]
    found = {name: Counter[str]() for name in names}
    for version in running():
        found[version.name] += _come_in(version, then)
    for version in _walking():
        found.setdefault(version.name, Counter()).update(_go_on(version, then, now))
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
    then = journal.as_of(now)
    own = [version for version in running() if version.playbook.own]
    walking = [version for version in _walking() if version.playbook.own]
    found = {version.name: Counter[str]() for version in own}
    if not own and not walking:
        return []
    # Whose timer is due first goes first.
    overdue = Enrolment.objects.filter(version__in=[version.pk for version in walking], state=EnrolmentState.RUNNING, until__lte=now).order_by("until", "pk")
    due = list(dict.fromkeys(overdue.values_list("customer", flat=True)[:timers]))
    spoke = sorted(_heard(then, since) - set(due))
    compiled = compiled or Compiled()
    for who in [part for whole in (due, spoke) for start in range(0, len(whole), most) if (part := whole[start : start + most])]:
        near, these = narrowed(known_by(then, now), who, tabled=True), _Those(set(who))
        for version in own:
            these.matches[version.pk] = compiled.rows(version.playbook.when, near)
            found[version.name] += _come_in(version, near, these)
        for version in walking + [version for version in own if version not in walking]:
            if version.pk not in these.matches:
                these.matches[version.pk] = compiled.rows(version.playbook.when, near)
            found.setdefault(version.name, Counter()).update(_go_on(version, near, now, these))
    return _told(found)


@dataclass(frozen=True)
class _Those:
    """A few customers, and what conditions gave of them, by version."""

    customers: set[str]
    matches: dict[int, pa.Table] = field(default_factory=dict)


def known_by(journal: Journal, now: datetime) -> Journal:
    """The journal with nothing in it that became known after a moment."""
    return replace(journal, history=journal.history.filter(journal.history.known_at <= now), traits=journal.traits.filter(journal.traits.known_at <= now))


def _told(found: dict[str, Counter[str]]) -> list[Ticked]:
    return [Ticked(name, counts["came"], counts["left alone"], counts["asks"], counts["moved"], counts["stopped"]) for name, counts in sorted(found.items())]


def _walking() -> list[PlaybookVersion]:
    """The versions by which somebody is on the way, by name and number."""
    numbers = Enrolment.objects.filter(state=EnrolmentState.RUNNING).order_by().values_list("version", flat=True).distinct()
    return list(PlaybookVersion.objects.filter(pk__in=numbers).order_by("name", "number"))


def _come_in(version: PlaybookVersion, then: Journal, only: _Those | None = None) -> Counter[str]:
    """Enrol those whom the condition lets in and who may come again; of some customers alone, or of all."""
    playbook, since = version.playbook, max(version.since, (version.until or version.since) - OVERLAP)
    if only is None:
        rows = candidates(playbook, version.name, then, since).to_pylist()
    else:
        matches = _theirs(only.matches[version.pk], only, since)
        rows = candidates(playbook, version.name, then, since, matches).to_pylist() if matches.num_rows else []
    if not rows:
        return Counter()
    with transaction.atomic():
        # One worker at a time: whether somebody comes in again hangs on who is in.
        PlaybookVersion.objects.select_for_update().get(pk=version.pk)
        new = _new(playbook, version.name, rows)
        asks = len(new) > playbook.limits.ask_above
        state = EnrolmentState.ASKS if asks else EnrolmentState.RUNNING
        made = [
            Enrolment(
                version=version, playbook=version.name, row=row["row"], customer=row["customer_id"], cause=row["cause"], key=row["key"], at=row["at"], due_at=row["due_at"],
                held_out=row["held_out"], state=state, until=None if asks else row["due_at"],
            )
            for row in new
        ]  # fmt: skip
        Enrolment.objects.bulk_create(made, batch_size=BATCH)
    return Counter({"asks": len(made)} if asks else {"came": len(made), "left alone": sum(one.held_out for one in made)})


def _new(playbook: Playbook, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of candidates, in the order of becoming due, those who are not in yet and may come in beside those who are."""
    import numpy as np  # noqa: PLC0415 -- slow import

    customers = sorted({row["customer_id"] for row in rows})
    stored: list[Enrolment] = []
    for start in range(0, len(customers), BATCH):
        stored += Enrolment.objects.filter(playbook=name, customer__in=customers[start : start + BATCH])
    known = {one.row for one in stored}
    asked: list[tuple[str, datetime, datetime, str, float, dict[str, Any] | None]] = [(one.customer, one.due_at, one.at, one.row, _second(one.ended_at), None) for one in stored]
    asked += [(row["customer_id"], row["due_at"], row["at"], row["row"], float("inf"), row) for row in rows if row["row"] not in known]
    # The order of the simulation.
    asked.sort(key=lambda one: one[1:4])
    due = np.array([_second(one[1]) for one in asked]).astype(np.int64)
    kept = again(playbook, [one[0] for one in asked], due, np.array([one[4] for one in asked]))
    return [one[5] for one, comes in zip(asked, kept.tolist(), strict=True) if comes and one[5] is not None]


def _second(at: datetime | None) -> float:
    """Microseconds since 1970; infinity for never."""
    return float("inf") if at is None else (at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


def _theirs(matches: pa.Table, only: _Those, since: datetime) -> pa.Table:
    """What became due since then of the customers who are looked at."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415

    new = matches.filter(pc.greater(matches["due_at"], pa.scalar(since, matches["due_at"].type)))
    return new.filter(pc.is_in(new["customer_id"], pa.array(sorted(only.customers), pa.string())))


def _go_on(version: PlaybookVersion, then: Journal, now: datetime, only: _Those | None = None) -> Counter[str]:
    """Settle what is due for those who came in by a version, whose timer is due first; of some customers alone, or of all."""
    done = Counter[str]()
    waiting = Enrolment.objects.filter(version=version, state=EnrolmentState.RUNNING)
    if not waiting.exists():
        return done
    if only is not None:
        return _settle(version, _of(waiting, only.customers), then, now, back_of(only.matches[version.pk]))
    # What hangs on their own events is asked of these alone; all else of the whole, once.
    first = waiting.order_by("due_at").values_list("due_at", flat=True)[0]
    back = None if version.playbook.own else taken_back(version.playbook, then, first)
    seen: tuple[Any, int] = (datetime(1, 1, 1, tzinfo=timezone.utc), 0)
    # By place and not by number: what another worker settles in the meantime makes none be passed over.
    while due := list(waiting.filter(until__lte=now).filter(Q(until__gt=seen[0]) | Q(until=seen[0], pk__gt=seen[1])).order_by("until", "pk")[:SLICE]):
        seen = (due[-1].until, due[-1].pk)
        done += _settle(version, due, narrowed(then, {one.customer for one in due}), now, back)
    heard = _heard(then, (version.until or version.at) - OVERLAP)
    spoke = [pk for pk, customer in waiting.filter(until__gt=now).order_by("until", "pk").values_list("pk", "customer") if customer in heard]
    for start in range(0, len(spoke), SLICE):
        part = [one for place in range(start, min(start + SLICE, len(spoke)), BATCH) for one in waiting.filter(pk__in=spoke[place : min(place + BATCH, start + SLICE)])]
        if part:
            done += _settle(version, part, narrowed(then, {one.customer for one in part}), now, back)
    return done


def _of(waiting: QuerySet[Enrolment], only: Collection[str]) -> list[Enrolment]:
    """The enrolments of some customers, whose timer is due first."""
    names = sorted(only)
    found = [one for start in range(0, len(names), BATCH) for one in waiting.filter(customer__in=names[start : start + BATCH])]
    return sorted(found, key=lambda one: (one.until or one.due_at, one.pk))


def _heard(then: Journal, since: datetime) -> set[str]:
    """Customers of whom something became known after a moment."""
    history = then.known
    spoke = history.filter((history.known_at > since) & history.customer_id.notnull()).select("customer_id")
    said = identified(then.traits.filter((then.traits.known_at > since) & (then.traits.known_at <= then.at)), then.identities, then.at).select("customer_id")
    return set(found_of(spoke.union(said).distinct(), then)["customer_id"].to_pylist())


def _settle(version: PlaybookVersion, due: list[Enrolment], then: Journal, now: datetime, back: Back | None = None) -> Counter[str]:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    if not due:
        return Counter()
    time = pa.timestamp("us", tz="UTC")
    entered = pa.table({
        "row": [one.row for one in due], "customer_id": [one.customer for one in due], "at": pa.array([one.due_at for one in due], time),
        "cause": [one.cause for one in due], "came_at": pa.array([one.at for one in due], time),
    })  # fmt: skip
    playbook = version.playbook
    walked = walk(playbook.steps, entered, then, version.name, now)
    stopped = stops(playbook, entered, then, back)
    moves: dict[str, list[dict[str, Any]]] = {}
    place = {path: number for number, (path, _) in enumerate(steps_of(playbook.steps))}
    # In the order in which they were made: the tenth step comes after the ninth.
    for move in sorted(walked.moves.to_pylist(), key=lambda move: (move["reached_at"], place[move["path"]])):
        moves.setdefault(move["row"], []).append(move)
    through = {row: at for table in (walked.through, _ends(walked.moves)) for row, at in zip(table["row"].to_pylist(), table["at"].to_pylist(), strict=True)}
    done = Counter[str]()
    for start in range(0, len(due), BATCH):
        done += _written(playbook, due[start : start + BATCH], _Settled(moves, through, stopped, then.settings, now))
    return done


def _ends(moves: pa.Table) -> pa.Table:
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    return moves.filter(pc.equal(moves["outcome"], "ended")).select(["row", "left_at"]).rename_columns(["row", "at"])


@dataclass(frozen=True)
class _Settled:
    """What a walk found, by row."""

    moves: dict[str, list[dict[str, Any]]]
    through: dict[str, datetime]
    stopped: dict[str, tuple[datetime, str]]
    settings: Settings
    now: datetime


@transaction.atomic
def _written(playbook: Playbook, due: list[Enrolment], found: _Settled) -> Counter[str]:
    """Write what was settled; an enrolment that another worker moved in the meantime is left to it."""
    done = Counter[str]()
    seen = {one.pk: one.moved for one in due}
    mine = [one for one in Enrolment.objects.select_for_update().filter(pk__in=list(seen), state=EnrolmentState.RUNNING) if one.moved == seen[one.pk]]
    before: dict[int, dict[str, str]] = {one.pk: {} for one in mine}
    for pk, path, outcome in Move.objects.filter(enrolment__in=mine).values_list("enrolment", "path", "outcome"):
        before[pk][path] = outcome
    made: list[Move] = []
    for one in mine:
        stop = found.stopped.get(one.row)
        own = found.moves.get(one.row, [])
        fresh = [move for move in own if move["path"] not in before[one.pk] and _leads(move["path"], before[one.pk]) and (stop is None or move["reached_at"] < stop[0])]
        settled = [move for move in fresh if move["outcome"] != "waiting" and (stop is None or move["left_at"] <= stop[0] or move["outcome"] == "due")]
        made += [Move(enrolment=one, path=move["path"], step=move["step"], outcome=move["outcome"], reached_at=move["reached_at"], at=move["left_at"]) for move in settled]
        ends = min([at for at in (found.through.get(one.row), stop[0] if stop else None) if at is not None], default=None)
        waits = next((move for move in fresh if move["outcome"] == "waiting"), None)
        one.until, one.listens = (waits["left_at"], waits["step"] == "wait_until") if waits and ends is None else (None, False)
        if ends is not None:
            one.state = EnrolmentState(stop[1]) if stop and stop[0] == ends else EnrolmentState.ENDED
            one.ended_at = ends
        one.moved += 1
        done["moved"] += len(settled)
        done["stopped"] += one.state in {EnrolmentState.GOAL, EnrolmentState.TAKEN_BACK}
    Move.objects.bulk_create(made, batch_size=BATCH)
    acts(playbook, made, found.settings, found.now)
    Enrolment.objects.bulk_update(mine, ["state", "until", "listens", "moved", "ended_at"], batch_size=BATCH)
    return done


def _leads(path: str, settled: dict[str, str]) -> bool:
    """Whether a path lies on the ways that were taken: what was decided stays decided."""
    parts = path.split(".")
    return all(settled.get(".".join(parts[:place]), parts[place]) == parts[place] for place in range(1, len(parts), 2))
