"""When one thing is due: a moment, and so much later on the company's calendar; `business_time` is the same for tables."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from kundig.settings.calendar import WEEKDAYS, Calendar, seconds
from kundig.settings.lengths import Length

MOST_DAYS = 3660


def due_after(at: datetime, length: Length, calendar: Calendar, zone: str) -> datetime:
    """When the length of time has passed since `at`: by the clock, or in opening hours.

    >>> from kundig.settings.lengths import length
    >>> friday = datetime(2026, 3, 6, 17, tzinfo=timezone.utc)
    >>> due_after(friday, length("1 business day"), Calendar(), "UTC").isoformat()
    '2026-03-09T17:00:00+00:00'

    Raises:
        ValueError: within ten years there are not so many opening hours.
    """
    if not length.business:
        return at + length.clock
    left = length.opening_seconds(calendar)
    hours = {WEEKDAYS.index(day): seconds(text) for day, text in calendar.hours.items()}
    local = at.astimezone(ZoneInfo(zone))
    off = set(calendar.days_off(local.year, local.year + MOST_DAYS // 365))
    for day in (local.date() + timedelta(days=number) for number in range(MOST_DAYS)):
        if day.weekday() not in hours or day in off:
            continue
        opens, closes = hours[day.weekday()]
        # Opening hours count as they stand on the clock; on the day of a change the day is as long as it is written.
        midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) - (datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta(0))
        start = max(midnight + timedelta(seconds=opens), at)
        open_for = (midnight + timedelta(seconds=closes) - start).total_seconds()
        if open_for >= left:
            return start + timedelta(seconds=left)
        left -= max(open_for, 0.0)
    raise ValueError(f"within {MOST_DAYS // 365} years the calendar has no {length.clock} of opening hours; look at `calendar:` in kundig.yaml")
