"""Changes that are told to those who raised them: what they said, what was done; a letter to each once, and an optional public list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction

from kundig.state.projects import Project

BATCH = 500


class Change(models.Model):
    """Something that was changed because customers raised it. Its words stay as they are once letters went out."""

    project = models.ForeignKey(Project, on_delete=models.SET_NULL, null=True, related_name="changes")
    said = models.JSONField()
    """What customers said, by language."""
    did = models.JSONField()
    """What was changed, by language."""
    raised = models.JSONField(default=dict)
    """By what those are found who raised it: the arguments of `customers.raised`."""
    purpose = models.CharField(max_length=80)
    """What the letter is written for, by which consent and limits go."""
    public = models.BooleanField(default=False)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return str(next(iter(self.said.values()), ""))


class ClosingState(models.TextChoices):
    """What became of the letter to one customer."""

    WAITING = "waiting", "waiting"
    SENT = "sent", "sent"
    WITHHELD = "withheld", "withheld"
    FAILED = "failed", "failed"


class Closing(models.Model):
    """One customer who is told of one change, once."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="closings")
    customer = models.CharField(max_length=240)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ClosingState.choices, default=ClosingState.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    tries = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["change", "customer"], name="told_once")]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["next_at"], name="to_be_told", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.customer}: {self.state}"

    @property
    def key(self) -> str:
        """That of its letter."""
        return f"change:{self.change_id}:{self.customer}"  # type: ignore[attr-defined]  # Django's

    @classmethod
    def of(cls, key: str) -> models.QuerySet[Closing] | None:
        """Whose letter has this key; None where it is no letter about a change."""
        what, _, rest = key.partition(":")
        change, _, customer = rest.partition(":")
        return cls.objects.filter(change=int(change), customer=customer) if what == "change" and change.isdigit() else None


def closings(change: Change) -> models.QuerySet[Closing]:
    """Who is told of a change, or is not."""
    return Closing.objects.filter(change=change)


class ToldError(Exception):
    """Letters about the change went out: what they said stays as it is."""


def kept(change: Change | None, values: Mapping[str, Any], by: str, now: datetime) -> Change:
    """A new change, or one with other words.

    Raises:
        ToldError: customers were told of it already.
    """
    if change is None:
        return Change.objects.create(**values, by=by, at=now)
    with transaction.atomic():
        held = Change.objects.select_for_update().get(pk=change.pk)
        if closings(held).exists():
            raise ToldError
        for name, value in values.items():
            setattr(held, name, value)
        held.by, held.at = by, now
        held.save()
    return held


def told_to(change: Change, customers: Iterable[tuple[str, datetime]], now: datetime) -> int:
    """Put customers among those who are to be told, each with when the matter was raised last; how many are new among them."""
    before = closings(change).count()
    rows = [Closing(change=change, customer=customer, raised_at=at, at=now, next_at=now) for customer, at in customers]
    Closing.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return closings(change).count() - before


def called_off(change: Change, by: str, now: datetime) -> int:
    """Tell nobody more than those who were told; how many are not told for that."""
    waiting = closings(change).filter(state=ClosingState.WAITING)
    return waiting.update(state=ClosingState.WITHHELD, reason=f"called off by {by}"[:200], next_at=None, done_at=now)


def called_on(change: Change, now: datetime) -> int:
    """Take back that it was called off; how many wait again."""
    off = closings(change).filter(state=ClosingState.WITHHELD, reason__startswith="called off by ")
    return off.update(state=ClosingState.WAITING, reason="", next_at=now, done_at=None)


def shown(change: Change, *, public: bool) -> bool:
    """Put it on the public list, or take it from there; False where it is so already."""
    return bool(Change.objects.filter(pk=change.pk, public=not public).update(public=public))


def counted(change: Change) -> list[tuple[str, str, int]]:
    """How many of those who are told stand where, with the reason; the most first."""
    rows = closings(change).values_list("state", "reason").annotate(n=models.Count("pk")).order_by("-n", "state", "reason")
    return [(str(state), str(reason), int(n)) for state, reason, n in rows]
