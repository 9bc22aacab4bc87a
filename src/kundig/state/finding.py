"""The jargon bounty as people enter it: words that they found, and what was decided on each; the journal hears of it, and each can be undone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models, transaction
from django.db.models import F

from kundig.customers.posts import WITHDRAWN
from kundig.feedback.jargon_bounty import FIND
from kundig.state.marks import drawn_mark, mark_of
from kundig.state.told import tell

LONGEST_WORD = 80


class Decision(models.TextChoices):
    """What an entry says of a word."""

    FOUND = "found", "found"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    REWARDED = "rewarded", "rewarded"


class Find(models.Model):
    """One entry of the ledger: a find, or a decision on the word. Its event in the journal names nobody."""

    mark = models.CharField(max_length=40, unique=True)
    """What its event is told apart by."""
    word = models.CharField(max_length=LONGEST_WORD)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.FOUND)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    staff = models.CharField(max_length=40)
    """Who entered it, as the journal calls them."""
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    gone = models.BooleanField(default=False)
    turn = models.PositiveIntegerField(default=0)
    """How often it was taken back or put back: each is a version of one event."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.word} {self.decision}"


@transaction.atomic
def entered(word: str, decision: str, by: str, login: str, now: datetime, *, amount: Decimal | None = None, currency: str = "") -> Find:  # noqa: PLR0913 -- what an entry says
    """Enter a find, or a decision on a word; whoever enters a find is its finder, under a pseudonym."""
    one = Find.objects.create(mark=drawn_mark(), word=" ".join(word.split()), decision=decision, amount=amount, currency=currency if amount is not None else "", staff=pseudonym(login), by=by, at=now)
    _told(one, now)
    return one


@transaction.atomic
def turned(one: Find, now: datetime, *, gone: bool) -> bool:
    """Take an entry back, or put it back; False where it is so already."""
    if not Find.objects.filter(pk=one.pk, gone=not gone).update(gone=gone, turn=F("turn") + 1):
        return False
    one.refresh_from_db()
    _told(one, now)
    return True


def pseudonym(login: str) -> str:
    """What somebody is called in the journal."""
    return f"staff-{mark_of('staff', login)[:12]}"


def _told(one: Find, now: datetime) -> None:
    event_id = f"jargon:{one.mark}"
    outcome = None if one.decision == Decision.FOUND else one.decision
    said = {
        "event_id": event_id, "kind": WITHDRAWN if one.gone else FIND, "occurred_at": one.at, "staff": one.staff,
        "outcome": outcome, "amount": None if one.amount is None else str(one.amount), "currency": one.currency or None, "properties": {"word": one.word},
    }  # fmt: skip
    tell(f"{event_id}:{one.turn}", "work", "event", said, now)
