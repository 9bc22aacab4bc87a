"""Going on: what is due of those who are on the way is settled and written down, by a compare-and-swap over many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from kundig.playbooks.found import Ask, asked
from kundig.playbooks.steps import walked as steps_of
from kundig.playbooks.stopping import Back, stops
from kundig.playbooks.walk import walk
from kundig.state.acting import acts
from kundig.state.enrolments import Enrolment, EnrolmentState, Move
from kundig.state.playbooks import PlaybookVersion

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook
    from kundig.settings import Settings

BATCH = 500
AT_ONCE = 5_000
"""So many enrolments are written in one transaction."""


def on_the_way(customers: Collection[str]) -> dict[int, list[Enrolment]]:
    """The enrolments of some customers who are on the way, by version, whose timer is due first.

    Asked by customer alone: of a million who are on the way by one version these are few.
    """
    names, found = sorted(customers), dict[int, list[Enrolment]]()
    for start in range(0, len(names), BATCH):
        for one in Enrolment.objects.filter(customer__in=names[start : start + BATCH], state=EnrolmentState.RUNNING).order_by():
            found.setdefault(one.version_id, []).append(one)  # type: ignore[attr-defined]  # Django's
    for several in found.values():
        several.sort(key=lambda one: (one.until or one.due_at, one.pk))
    return found


def settle(version: PlaybookVersion, due: list[Enrolment], then: Journal, now: datetime, back: Back | None = None, ask: Ask = asked) -> Counter[str]:  # noqa: PLR0913 -- whom, by what, until when
    """Settle what is due for enrolments of a version; how much was done.

    Args:
        version: by which they came in.
        due: the enrolments, whose timer is due first.
        then: what was known of their customers.
        now: the moment.
        back: what was taken back, where it is known already.
        ask: how the engine is asked.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    if not due:
        return Counter()
    time = pa.timestamp("us", tz="UTC")
    entered = pa.table({
        "row": pa.array([one.row for one in due], pa.string()), "customer_id": pa.array([one.customer for one in due], pa.string()), "at": pa.array([one.due_at for one in due], time),
        "cause": pa.array([one.cause for one in due], pa.string()), "came_at": pa.array([one.at for one in due], time),
    })  # fmt: skip
    playbook = version.playbook
    walked = walk(playbook.steps, entered, then, version.name, now, ask)
    stopped = stops(playbook, entered, then, back, ask)
    moves: dict[str, list[dict[str, Any]]] = {}
    place = {path: number for number, (path, _) in enumerate(steps_of(playbook.steps))}
    # In the order in which they were made: the tenth step comes after the ninth.
    for move in sorted(walked.moves.to_pylist(), key=lambda move: (move["reached_at"], place[move["path"]])):
        moves.setdefault(move["row"], []).append(move)
    through = {row: at for table in (walked.through, _ends(walked.moves)) for row, at in zip(table["row"].to_pylist(), table["at"].to_pylist(), strict=True)}
    done = Counter[str]()
    for start in range(0, len(due), AT_ONCE):
        done += _written(playbook, due[start : start + AT_ONCE], _Settled(moves, through, stopped, then.settings, now))
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
    mine = _held(due)
    before: dict[int, dict[str, str]] = {one.pk: {} for one in mine}
    # Whoever has not moved has settled no step.
    for part in _parts([one.pk for one in mine if one.moved]):
        for pk, path, outcome in Move.objects.filter(enrolment__in=part).order_by().values_list("enrolment", "path", "outcome"):
            before[pk][path] = outcome
    made: list[Move] = []
    changed: list[Enrolment] = []
    for one in mine:
        stop = found.stopped.get(one.row)
        own = found.moves.get(one.row, [])
        fresh = [move for move in own if move["path"] not in before[one.pk] and _leads(move["path"], before[one.pk]) and (stop is None or move["reached_at"] < stop[0])]
        settled = [move for move in fresh if move["outcome"] != "waiting" and (stop is None or move["left_at"] <= stop[0] or move["outcome"] == "due")]
        made += [Move(enrolment=one, path=move["path"], step=move["step"], outcome=move["outcome"], reached_at=move["reached_at"], at=move["left_at"]) for move in settled]
        ends = min([at for at in (found.through.get(one.row), stop[0] if stop else None) if at is not None], default=None)
        waits = next((move for move in fresh if move["outcome"] == "waiting"), None)
        stood = (one.until, one.listens, one.state)
        one.until, one.listens = (waits["left_at"], waits["step"] == "wait_until") if waits and ends is None else (None, False)
        if ends is not None:
            one.state = EnrolmentState(stop[1]) if stop and stop[0] == ends else EnrolmentState.ENDED
            one.ended_at = ends
        if settled or stood != (one.until, one.listens, one.state):
            one.moved += 1
            changed.append(one)
        done["moved"] += len(settled)
        done["stopped"] += one.state in {EnrolmentState.GOAL, EnrolmentState.TAKEN_BACK}
    Move.objects.bulk_create(made, batch_size=BATCH)
    acts(playbook, made, found.settings, found.now)
    _change(changed)
    return done


def _held(due: list[Enrolment]) -> list[Enrolment]:
    """Those that stand as they were seen, held until the transaction is over."""
    here: dict[int, int] = {}
    for part in _parts([one.pk for one in due]):
        here.update(Enrolment.objects.select_for_update().filter(pk__in=part, state=EnrolmentState.RUNNING).order_by("pk").values_list("pk", "moved"))
    return [one for one in due if here.get(one.pk) == one.moved]


def _change(changed: list[Enrolment]) -> None:
    """Where each stands now; they are held already."""
    fields: list[Any] = [Enrolment._meta.get_field(of) for of in ("state", "until", "listens", "moved", "ended_at")]  # noqa: SLF001 -- public, whatever it is called
    words = f'UPDATE "{Enrolment._meta.db_table}" SET {", ".join(f"{field.column} = %s" for field in fields)} WHERE id = %s'  # noqa: SLF001 -- as above
    rows = [[*(field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields), one.pk] for one in changed]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(words, rows)


def _parts(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]


def _leads(path: str, settled: dict[str, str]) -> bool:
    """Whether a path lies on the ways that were taken: what was decided stays decided."""
    parts = path.split(".")
    return all(settled.get(".".join(parts[:place]), parts[place]) == parts[place] for place in range(1, len(parts), 2))
