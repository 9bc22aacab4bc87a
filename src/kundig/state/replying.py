"""What was written and waits for an answer: who answers it, the answer, and that none is needed; each can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Max

from kundig.customers.posts import ANSWERS, WITHDRAWN
from kundig.state.marks import mark_of
from kundig.state.told import tell

LONGEST = 4000


class ReplyState(models.TextChoices):
    """What became of it."""

    OPEN = "open", "open"
    ANSWERED = "answered", "answered"
    NONE_NEEDED = "none needed", "none needed"


class Reply(models.Model):
    """A post or feedback that somebody has taken up; what nobody has touched has no row. What was written stays in the journal."""

    event = models.CharField(max_length=250, unique=True)
    about = models.JSONField()
    """Of the event that is answered: `subject`, `customer_id`, `touchpoint`, `department`, `channel`, `language`."""
    person = models.CharField(max_length=120, blank=True)
    """Who answers."""
    state = models.CharField(max_length=12, choices=ReplyState.choices, default=ReplyState.OPEN)
    text = models.CharField(max_length=LONGEST, blank=True)
    by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(null=True)
    """When it was answered, passed over or taken back."""
    turn = models.PositiveIntegerField(default=0)
    """How often it was answered or taken back: each is a version of one event."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "at"], name="replies_of_late")]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"


ABOUT = ("subject", "customer_id", "touchpoint", "department", "channel", "language")


def row_of(post: Mapping[str, Any]) -> Reply:
    """The row of what was written, made if nobody has touched it yet; `post` is a row of `customers.posts`."""
    return Reply.objects.get_or_create(event=post["event_id"], defaults={"about": {name: post.get(name) for name in ABOUT}})[0]


def taken_up(post: Mapping[str, Any], by: str) -> bool:
    """Say who answers; False if somebody else does, or it is done."""
    return bool(Reply.objects.filter(pk=row_of(post).pk, state=ReplyState.OPEN, person__in=["", by]).update(person=by))


def let_go(post: Mapping[str, Any], by: str) -> bool:
    """Leave it to others again; False if it was not this person's."""
    return bool(Reply.objects.filter(event=post["event_id"], state=ReplyState.OPEN, person=by).update(person=""))


@transaction.atomic
def replied(post: Mapping[str, Any], text: str, by: str, now: datetime) -> bool:
    """Record the answer; the journal hears of it as a message of the company. False if it is done already.

    Of two who answer at once one is recorded, and the other is told.
    """
    row = row_of(post)
    if not Reply.objects.filter(pk=row.pk, state=ReplyState.OPEN).update(state=ReplyState.ANSWERED, text=text, by=by, at=now, person=by, turn=F("turn") + 1):
        return False
    row.refresh_from_db()
    _told(row, {"kind": "message_out", "text": text, "language": row.about.get("language"), "properties": {ANSWERS: row.event}}, now)
    return True


def none_needed(post: Mapping[str, Any], why: str, by: str, now: datetime) -> bool:
    """Say that it needs no answer, and why; False if it is done already."""
    return bool(Reply.objects.filter(pk=row_of(post).pk, state=ReplyState.OPEN).update(state=ReplyState.NONE_NEEDED, text=why, by=by, at=now))


@transaction.atomic
def taken_back(row: Reply, now: datetime) -> bool:
    """Take back what became of it; the event in the journal then says that there is no answer. False if it is open already."""
    before = row.state
    if before == ReplyState.OPEN or not Reply.objects.filter(pk=row.pk, state=before).update(state=ReplyState.OPEN, text="", by="", at=now, turn=F("turn") + 1):
        return False
    if before == ReplyState.ANSWERED:
        at = row.at
        row.refresh_from_db()
        _told(row, {"kind": WITHDRAWN, "occurred_at": at, "properties": {ANSWERS: row.event}}, now)
    return True


def _told(row: Reply, more: Mapping[str, Any], now: datetime) -> None:
    event_id = f"reply:{mark_of(row.event)}"
    about = {"subject": row.about["subject"], "touchpoint": row.about.get("touchpoint"), "channel": row.about.get("channel")}
    tell(f"{event_id}:{row.turn}:{now:%Y%m%d%H%M%S%f}", "work", "event", {"event_id": event_id, "occurred_at": now, **about, **more}, now)


def last_taken_back() -> str:
    """When something was last taken back and still waits; empty where nothing is. What was known before is then another question."""
    newest = Reply.objects.filter(state=ReplyState.OPEN).aggregate(at=Max("at"))["at"]
    return newest.isoformat() if newest else ""
