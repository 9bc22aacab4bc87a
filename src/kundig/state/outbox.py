"""The outbox: what is to be done outside, once, under a key that no other row has; and the work of people."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from kundig.state.enrolments import Enrolment


class OutboxState(models.TextChoices):
    """What became of it."""

    WAITING = "waiting", "waiting"
    DONE = "done", "done"
    WITHHELD = "withheld", "withheld"
    FAILED = "failed", "failed"


class Outbox(models.Model):
    """Something that a step asks for; written in the transaction that moved the enrolment, done afterwards."""

    key = models.CharField(max_length=700, unique=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="acts")
    path = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OutboxState.choices, default=OutboxState.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["next_at"], name="to_be_done", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class WorkState(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", "open"
    DONE = "done", "done"


class Work(models.Model):
    """A task of a person or department."""

    act = models.OneToOneField(Outbox, on_delete=models.CASCADE, related_name="work")
    customer = models.CharField(max_length=240, db_index=True)
    department = models.CharField(max_length=80, db_index=True)
    person = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=10, blank=True)
    """How high it has gone: `lead`, `cco`, `ceo`; empty while it is the department's."""
    title = models.JSONField()
    text = models.JSONField(null=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.OPEN)
    outcome = models.CharField(max_length=200, blank=True)
    leeway = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    granted = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    done_by = models.CharField(max_length=120, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "pk"]

    def __str__(self) -> str:
        return str(next(iter(self.title.values()), ""))


class LeewayError(Exception):
    """More was granted than may be granted without asking."""


def finished(work: Work, *, by: str, outcome: str, now: datetime, granted: Any = None) -> bool:
    """Mark work as done with what came of it; False if somebody else did before.

    Raises:
        LeewayError: more was granted than the leeway allows.
    """
    if granted is not None and granted > (work.leeway or 0):
        raise LeewayError(f"{granted} is more than the {work.leeway or 0} that may be granted without asking")
    return bool(Work.objects.filter(pk=work.pk, state=WorkState.OPEN).update(state=WorkState.DONE, outcome=outcome, granted=granted, done_by=by, done_at=now))


def reopened(work: Work) -> bool:
    """Take back that work is done; False if it is open already."""
    return bool(Work.objects.filter(pk=work.pk, state=WorkState.DONE).update(state=WorkState.OPEN, outcome="", granted=None, done_by="", done_at=None))
