"""What kundig tells its own journal: written in the transaction of what happened, and handed to the inbox once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from django.db import models


class Told(models.Model):
    """An event or a trait on its way into the journal; gone when the inbox has it on the disk."""

    key = models.CharField(max_length=250, unique=True)
    """What the inbox tells it apart by: told twice, it is there once."""
    source = models.CharField(max_length=80)
    what = models.CharField(max_length=5)
    said = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.key


def tell(key: str, source: Literal["surveys", "playbooks", "work"], what: Literal["event", "trait"], said: Mapping[str, Any], at: datetime) -> None:
    """Have the journal know something, in the transaction that is open; told before under this key, it is not told again.

    Args:
        key: what tells it apart; a correction of an event has a key of its own and the event's `event_id`.
        source: which part of kundig tells it.
        what: which table it goes into.
        said: columns of the table, without `known_at` and `source`; moments as datetimes, amounts as text.
        at: when it is known.
    """
    values = {name: round(value.timestamp() * 1e6) if isinstance(value, datetime) else value for name, value in said.items() if value is not None}
    Told.objects.get_or_create(key=key, defaults={"source": source, "what": what, "said": values, "at": at})
