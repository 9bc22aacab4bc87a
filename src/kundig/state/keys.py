"""Write keys: who may send events, each for one silo. The key itself is shown once and kept nowhere."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from hashlib import sha256
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kundig.errors import KundigError
from kundig.state.people import Person

SOURCE = re.compile(r"\w[\w .-]{0,79}\Z")
FASTEST = 1_000_000
RATE = 50_000
"""Events a second, where nobody says otherwise: more than one machine takes, so that only runaways are slowed."""


class WriteKey(models.Model):
    """A key that can send events of one source, and nothing else: not read, not list, not delete."""

    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(_("source"), max_length=80, validators=[RegexValidator(SOURCE, _("Letters, digits, dots, blanks and - _ only."))], help_text=_("The silo that its events come from."))
    hash = models.CharField(max_length=64, unique=True)
    start = models.CharField(max_length=12)
    rate = models.PositiveIntegerField(_("events a second"), default=RATE, validators=[MinValueValidator(1), MaxValueValidator(FASTEST)])
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    since = models.DateTimeField(auto_now_add=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["source", "name", "pk"]

    def __str__(self) -> str:
        return f"{self.source}: {self.name}"

    @property
    def valid(self) -> bool:
        """Whether events are taken with it."""
        return self.revoked is None


def write_keys() -> models.QuerySet[WriteKey]:
    """All keys that ever were, the revoked ones too."""
    return WriteKey.objects.all()


def made_key(source: str, name: str, *, rate: int = RATE, person: Person | None = None) -> tuple[WriteKey, str]:
    """A new key, and its text, which nobody can tell again.

    Raises:
        KundigError: the source has no name that a source can have, or the rate is none.
    """
    if not SOURCE.match(source):
        raise KundigError(f"a source's name is of letters, digits, dots, blanks and - _, at most 80, found {source!r}")
    if not 1 <= rate <= FASTEST:
        raise KundigError(f"the rate is to be between 1 and 1,000,000 events a second, found {rate}")
    text = f"wk_{secrets.token_urlsafe(24)}"
    made = WriteKey.objects.create(source=source, name=name[:80] or source, hash=sha256(text.encode()).hexdigest(), start=text[:7], rate=rate, person=person)
    return made, text


def revoked_key(number: int, *, now: datetime | None = None) -> WriteKey:
    """The key, which sends nothing from now on.

    Raises:
        KundigError: there is no such key.
    """
    key = WriteKey.objects.filter(pk=number).first()
    if key is None:
        raise KundigError(f"there is no write key {number}; `kundig keys` lists them")
    if key.revoked is None:
        key.revoked = now or timezone.now()
        key.save(update_fields=["revoked"])
    return key
