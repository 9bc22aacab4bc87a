"""Enrolments: who is in which playbook, where he stands, and until when he waits there.

A timer is a column with an index: `until`. A move is a row, dated when it was settled and not when somebody looked. Two workers
that come to the same enrolment agree by its `moved`: whoever counts it up has made the move, and the other has not.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models

from kundig.state.playbooks import PlaybookVersion


class EnrolmentState(models.TextChoices):
    """Where an enrolment stands."""

    ASKS = "asks", "asks"
    RUNNING = "running", "running"
    GOAL = "goal", "goal"
    TAKEN_BACK = "taken back", "taken back"
    ENDED = "ended", "ended"


class Enrolment(models.Model):
    """A customer in a playbook, by one cause; `row` is customer and cause in one, and comes once for each playbook."""

    version = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="enrolments")
    playbook = models.CharField(max_length=80)
    row = models.CharField(max_length=500)
    customer = models.CharField(max_length=240, db_index=True)
    cause = models.CharField(max_length=240)
    key = models.CharField(max_length=240, null=True)  # noqa: DJ001 -- no key is another thing than an empty one
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    held_out = models.BooleanField()
    state = models.CharField(max_length=12, choices=EnrolmentState.choices, default=EnrolmentState.RUNNING)
    until = models.DateTimeField(null=True)
    listens = models.BooleanField(default=False)
    moved = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    let_in_by = models.CharField(max_length=120, blank=True)
    """Who said yes where too many would have come in at once."""

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "at", "row"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["playbook", "row"], name="once_for_each_cause")]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["until"], name="timers", condition=models.Q(state="running")),
            models.Index(fields=["playbook", "state"], name="of_a_playbook"),
            models.Index(fields=["version", "at"], name="on_the_way", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.customer} in {self.playbook}"


class Move(models.Model):
    """A step that was settled, once for each enrolment."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="moves")
    path = models.CharField(max_length=120)
    step = models.CharField(max_length=20)
    outcome = models.CharField(max_length=80)
    reached_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["enrolment", "path"], name="each_step_once")]

    def __str__(self) -> str:
        return f"{self.path}: {self.outcome}"


def let_in(playbook: str, by: str) -> int:
    """Let those in who were too many to come in unasked; how many. They walk from when they became due."""
    return Enrolment.objects.filter(playbook=playbook, state=EnrolmentState.ASKS).update(state=EnrolmentState.RUNNING, until=models.F("due_at"), let_in_by=by)


def drawn(playbook: str, without: Collection[int] = ()) -> dict[str, list[Any]]:
    """Everybody who was ever drawn for a playbook, as columns: `row`, `customer_id`, `due_at`, `held_out`; whoever waits to be let in is not drawn yet.

    Args:
        playbook: its name.
        without: versions whose enrolments are left out, by number in the database.
    """
    rows = Enrolment.objects.filter(playbook=playbook).exclude(state=EnrolmentState.ASKS).exclude(version__in=list(without)).order_by("due_at", "row").values_list("row", "customer", "due_at", "held_out")
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return dict(zip(("row", "customer_id", "due_at", "held_out"), map(list, columns), strict=True))
