"""Login throttling: after several wrong passwords a login, or the address that tries, must wait."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone

WINDOW = timedelta(minutes=15)
PER_LOGIN = 5
PER_ADDRESS = 20


class Attempt(models.Model):
    """A login that failed; old ones are let go of."""

    login = models.CharField(max_length=60, db_index=True)
    address = models.CharField(max_length=45, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


def must_wait(login: str, address: str) -> bool:
    """Whether too many logins failed of late, under this name or from this address."""
    late = Attempt.objects.filter(at__gt=timezone.now() - WINDOW)
    return late.filter(login=_folded(login)).count() >= PER_LOGIN or late.filter(address=address).count() >= PER_ADDRESS


def failed(login: str, address: str) -> None:
    """Remember a failed login."""
    Attempt.objects.filter(at__lte=timezone.now() - WINDOW).delete()
    Attempt.objects.create(login=_folded(login), address=address)


def succeeded(login: str) -> None:
    """Forget what failed before under this name; the address stays as it is."""
    Attempt.objects.filter(login=_folded(login)).update(login="")


def _folded(login: str) -> str:
    return login.casefold()[:60]
