"""Versions of playbooks: what was applied when, by whom; whoever is on the way keeps the version he came in by."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

from django.db import models, transaction

from kundig.playbooks.playbook import Playbook


class PlaybookVersion(models.Model):
    """One version of a playbook's definition; the newest of a name holds, and says whether it runs."""

    name = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    on = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)
    """Since when the playbook runs without a break: whoever became due before it does not come in."""
    until = models.DateTimeField(null=True)
    """Up to which moment the playbook was run."""

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["name", "number"], name="one_number_a_version")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def playbook(self) -> Playbook:
        """The definition."""
        return _meant(json.dumps(self.definition))


@lru_cache(maxsize=512)
def _meant(definition: str) -> Playbook:
    """A definition, read once: a worker asks for it every second."""
    return Playbook.model_validate_json(definition)


def newest(name: str) -> PlaybookVersion | None:
    """The version that holds; None where a playbook was never applied."""
    return PlaybookVersion.objects.filter(name=name).order_by("-number").first()


@transaction.atomic
def applied(name: str, playbook: Playbook, by: str, now: datetime) -> tuple[PlaybookVersion, bool]:
    """The version that holds from now on, and whether it is a new one: what is already so makes none.

    Whether it runs is the definition's `on`. A playbook that ran before goes on without a gap.
    """
    last = PlaybookVersion.objects.select_for_update().filter(name=name).order_by("-number").first()
    definition = playbook.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if last is not None and last.definition == definition:
        return last, False
    goes_on = last is not None and last.on and playbook.on
    since = (last.since if goes_on and last else now) if playbook.on else None
    version = PlaybookVersion.objects.create(
        name=name, number=(last.number if last else 0) + 1, definition=definition, by=by, at=now, on=playbook.on, since=since, until=last.until if goes_on and last else since
    )
    return version, True


def running() -> list[PlaybookVersion]:
    """The versions that run: of each name the newest, if it is on."""
    last = PlaybookVersion.objects.filter(name=models.OuterRef("name")).order_by("-number").values("pk")[:1]
    return list(PlaybookVersion.objects.filter(pk=models.Subquery(last), on=True).order_by("name"))
