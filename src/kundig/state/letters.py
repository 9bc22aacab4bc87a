"""Letters to customers: each once under its key, for what purpose, and what the post said; and addresses that get nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.utils.crypto import salted_hmac

from kundig.state.marks import drawn_mark
from kundig.state.told import tell


class LetterState(models.TextChoices):
    """What became of it."""

    RESERVED = "reserved", "reserved"
    SENT = "sent", "sent"
    RETURNED = "returned", "returned"
    DROPPED = "dropped", "dropped"


class Letter(models.Model):
    """A letter to a customer; it counts for the limits from when it is reserved, unless it came back or did not go out."""

    key = models.CharField(max_length=700, unique=True)
    mark = models.CharField(max_length=32, default=drawn_mark, unique=True)
    customer = models.CharField(max_length=240)
    purpose = models.CharField(max_length=80)
    address = models.CharField(max_length=64)
    """A keyed hash: whom it went to is in the journal, and nowhere twice."""
    message_id = models.CharField(max_length=250, blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.RESERVED)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer", "at"], name="how_often")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state}"


class Suppressed(models.Model):
    """An address that gets no letters of a purpose; of none at all, where the purpose is empty."""

    address = models.CharField(max_length=64)
    purpose = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["address", "purpose"], name="suppressed_once")]

    def __str__(self) -> str:
        return self.reason


def hashed(address: str) -> str:
    """What is kept of an address; the same however it is written."""
    return salted_hmac("kundig.address", address.strip().casefold(), algorithm="sha256").hexdigest()


def suppress(address: str, purpose: str, reason: str, at: datetime) -> None:
    """From now on the address, as its hash, gets nothing of this purpose; of none at all with an empty one."""
    Suppressed.objects.get_or_create(address=address, purpose=purpose, defaults={"reason": reason[:200], "at": at})


def suppressed(address: str, purpose: str) -> Suppressed | None:
    """Why an address, as its hash, gets no letter of this purpose; None if it may."""
    return Suppressed.objects.filter(address=address, purpose__in=["", purpose]).order_by("purpose").first()


def often(customer: str, since: datetime, until: datetime, purpose: str | None, but: str) -> int:
    """How many letters a customer got after a moment, of one purpose or of all; `but` is the key of one that does not count."""
    found = Letter.objects.filter(customer=customer, at__gt=since, at__lte=until, state__in=[LetterState.RESERVED, LetterState.SENT]).exclude(key=but)
    return found.count() if purpose is None else found.filter(purpose=purpose).count()


def within_minute(now: datetime) -> int:
    """How many letters went out in the minute before."""
    return Letter.objects.filter(at__gt=now - timedelta(minutes=1), state__in=[LetterState.RESERVED, LetterState.SENT]).count()


def token(number: int) -> str:
    """What stands in the link to unsubscribe of a letter; nobody can make one for another letter."""
    return Signer(salt="kundig.unsubscribe").sign(str(number))


def letter_of(text: str) -> Letter | None:
    """The letter of such a link; None if it was not made here."""
    try:
        return Letter.objects.filter(pk=int(Signer(salt="kundig.unsubscribe").unsign(text))).first()
    except (BadSignature, ValueError):
        return None


@transaction.atomic
def unsubscribe(letter: Letter, now: datetime) -> None:
    """The reader of a letter wants no more of its purpose; the journal hears of it as a consent that is withdrawn."""
    suppress(letter.address, letter.purpose, f"unsubscribed from {letter.purpose}", now)
    tell(f"unsubscribed:{letter.mark}:{now:%Y%m%d%H%M%S}", "playbooks", "trait", {"subject": letter.customer, "consents": {letter.purpose: "unsubscribed"}}, now)


@transaction.atomic
def resubscribe(letter: Letter, now: datetime) -> None:
    """The reader takes it back; consents are as they were, and an address that is gone stays gone."""
    if Suppressed.objects.filter(address=letter.address, purpose=letter.purpose).delete()[0]:
        tell(f"resubscribed:{letter.mark}:{now:%Y%m%d%H%M%S}", "playbooks", "trait", {"subject": letter.customer, "consents": {letter.purpose: "yes"}}, now)
