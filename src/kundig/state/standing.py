"""Who is where in a playbook: counts that agree with each other, and with the list of those behind them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, QuerySet, Subquery

from kundig.playbooks.standing import following
from kundig.playbooks.steps import walked
from kundig.state.enrolments import Enrolment, EnrolmentState, Move
from kundig.state.playbooks import PlaybookVersion

THROUGH = "through"
"""Where somebody is who has no step before him any more."""


@dataclass
class Standing:
    """A version's enrolments, without those who are left alone.

    Attributes:
        came: how many came in.
        alone: how many were left alone beside them.
        asks: how many wait to be let in.
        reached: by step, how many came to it.
        here: by step, how many are there now.
        flows: by step and outcome, how many went on from it.
        stopped: by step and how (`goal`, `taken back`), how many left the playbook before it.
        through: how many came to the end.
    """

    came: int = 0
    alone: int = 0
    asks: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    here: Counter[str] = field(default_factory=Counter)
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)
    stopped: Counter[tuple[str, str]] = field(default_factory=Counter)
    through: int = 0


def settled(version: PlaybookVersion) -> QuerySet[Enrolment]:
    """The enrolments of a version with `last_path` and `last_outcome`, of the step that was settled last."""
    last = Move.objects.filter(enrolment=OuterRef("pk")).order_by("-at", "-pk")
    return Enrolment.objects.filter(version=version).annotate(last_path=Subquery(last.values("path")[:1]), last_outcome=Subquery(last.values("outcome")[:1]))


def standing(version: PlaybookVersion) -> Standing:
    """Where those of a version stand now."""
    found, steps = Standing(), version.playbook.steps
    all_of = Enrolment.objects.filter(version=version)
    found.asks = all_of.filter(state=EnrolmentState.ASKS).count()
    found.alone = all_of.filter(held_out=True).exclude(state=EnrolmentState.ASKS).count()
    treated = settled(version).filter(held_out=False).exclude(state=EnrolmentState.ASKS)
    for state, path, outcome, n in treated.values_list("state", "last_path", "last_outcome").annotate(n=Count("pk")).order_by():
        found.came += n
        following_ = following(steps, path, outcome)
        if state == EnrolmentState.RUNNING:
            found.here[following_ or THROUGH] += n
        elif state == EnrolmentState.ENDED:
            found.through += n
        else:
            found.stopped[following_ or THROUGH, state] += n
    moves = Move.objects.filter(enrolment__version=version, enrolment__held_out=False)
    for path, outcome, n in moves.values_list("path", "outcome").annotate(n=Count("pk")).order_by():
        found.flows[path, outcome] += n
        found.reached[path] += n
    for path, _ in walked(steps):
        found.reached[path] += found.here[path] + sum(n for (at, _), n in found.stopped.items() if at == path)
    return found


def those(version: PlaybookVersion, *, at: str = "", state: str = "", alone: bool | None = None) -> list[int]:
    """The enrolments behind a count, by number.

    Args:
        version: of the playbook.
        at: the step at which they are now; everywhere, if it is empty.
        state: `running`, `goal` and the like; all, if it is empty.
        alone: those who are left alone, or those who are not; both, if None.
    """
    rows = settled(version).exclude(state=EnrolmentState.ASKS) if state != EnrolmentState.ASKS else settled(version)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(held_out=alone) if alone is not None else rows
    if not at:
        return list(rows.order_by("-due_at", "pk").values_list("pk", flat=True))
    steps = version.playbook.steps
    found = rows.filter(state=EnrolmentState.RUNNING).order_by("-due_at", "pk").values_list("pk", "last_path", "last_outcome")
    return [pk for pk, path, outcome in found if (following(steps, path, outcome) or THROUGH) == at]
