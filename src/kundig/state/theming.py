"""What was settled about themes on their page, step by step, so that each can be taken back; what holds stands in a file of the workspace."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.db import models, transaction

from kundig.settled import Change, changed, changing, keep


class ThemeStep(models.Model):
    """One change: what each key said before, and what it says since; null where it is not there."""

    before = models.JSONField()
    after = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return ", ".join(name for part in self.after.values() for name in part)

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """Each theme, and the name that it has since: its own where it was pinned, None where the step took it away."""
        names: list[tuple[str, str | None]] = list(self.after.get("renamed", {}).items())
        return [*names, *((name, None if value is None else name) for name, value in self.after.get("themes", {}).items())]


def settle(folder: Path, change: Change, by: str, now: datetime) -> ThemeStep | None:
    """Settle something about themes; None where it is so already.

    Raises:
        ConfigError: it cannot be meant, or the workspace's file cannot be written; nothing is changed then.
    """
    with changing(folder) as of, transaction.atomic():
        new, before, after = changed(of, change)
        if not after:
            return None
        step = ThemeStep.objects.create(before=before, after=after, by=by, at=now)
        keep(folder, new)
        return step


def taken_back(folder: Path, step: ThemeStep, by: str, now: datetime) -> ThemeStep | None:
    """Have the keys of a step say again what they said before it, as a further step; None where they do.

    Raises:
        ConfigError: as `settle` has it.
    """
    before: dict[str, dict[str, Any]] = step.before
    return settle(folder, before, by, now)
