"""What is done by itself, and when: the key `schedule:`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from kundig.definition import Definition

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY = re.compile(r"every (\d+) (minute|hour|day)s?")
_CLOCK = re.compile(rf"(?:({'|'.join(DAYS)}) )?([01]\d|2[0-3]):([0-5]\d)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def _rule(text: str) -> str:
    rule = " ".join(text.lower().split())
    every = _EVERY.fullmatch(rule)
    if not (_CLOCK.fullmatch(rule) or (every and int(every[1]))):
        raise ValueError(f"expected `every 30 minutes`, `02:00` for every day, or `monday 06:00`, found {text!r}")
    return rule


Rule = Annotated[str, AfterValidator(_rule)]
"""A time that comes again, on the company's clock."""


class Schedule(Definition):
    """What the worker does by itself.

    Attributes:
        imports: when all sources are imported.
        report: when the weekly report is written, into the folder `reports` of the workspace.
    """

    imports: Rule | None = None
    report: Rule | None = None


def following(rule: str, after: datetime, zone: str) -> datetime:
    """The first time after a moment at which a rule is due.

    A time that the clock leaves out in spring is due when the clock has passed it; one that comes twice in autumn is due
    the first time.

    Args:
        rule: as `Rule` has it.
        after: the moment, with its zone.
        zone: the company's.

    >>> from datetime import timezone
    >>> following("monday 06:00", datetime(2026, 3, 1, 12, tzinfo=timezone.utc), "Europe/Berlin").isoformat()
    '2026-03-02T06:00:00+01:00'
    >>> following("02:30", datetime(2026, 3, 29, 0, 15, tzinfo=timezone.utc), "Europe/Berlin").isoformat()
    '2026-03-29T03:30:00+02:00'
    """
    every = _EVERY.fullmatch(rule)
    if every:
        return after + int(every[1]) * _UNITS[every[2]]
    clock = _CLOCK.fullmatch(rule)
    if clock is None:
        raise ValueError(rule)
    home = ZoneInfo(zone)
    local = after.astimezone(home)
    for days in range(9):
        day = local.date() + timedelta(days=days)
        if clock[1] and DAYS[day.weekday()] != clock[1]:
            continue
        # Through UTC, so that a time that is not there becomes one that is.
        due = datetime(day.year, day.month, day.day, int(clock[2]), int(clock[3]), tzinfo=home).astimezone(ZoneInfo("UTC")).astimezone(home)
        if due > after:
            return due
    raise ValueError(rule)
