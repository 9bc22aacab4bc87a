"""The week that a report is about: the last one that had ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from kundig.journal import Extract

WEEKS = 13


@dataclass(frozen=True)
class Week:
    """An ISO week on the company's clock.

    >>> week = Week(date(2026, 11, 16), "Europe/Berlin")
    >>> week.name, week.last, week.end.isoformat()
    ('2026-W47', datetime.date(2026, 11, 22), '2026-11-22T23:00:00+00:00')
    """

    monday: date
    zone: str

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=6)

    @property
    def name(self) -> str:
        """As ISO 8601 writes it."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def end(self) -> datetime:
        """The moment at which it is over."""
        return datetime.combine(self.monday + timedelta(days=7), time(), ZoneInfo(self.zone)).astimezone(timezone.utc)

    def before(self, weeks: int) -> Week:
        """So many weeks earlier."""
        return Week(self.monday - timedelta(weeks=weeks), self.zone)

    def extract(self, weeks: int = WEEKS) -> Extract:
        """What happened in the weeks that end with this one."""
        return Extract(self.before(weeks).end, self.end)


def ended(by: datetime, zone: str) -> Week:
    """The last week that was over at a moment; the last microsecond of a Sunday counts as over.

    >>> ended(datetime(2026, 11, 22, 22, 59, 59, 999999, tzinfo=timezone.utc), "Europe/Berlin").name
    '2026-W47'
    >>> ended(datetime(2026, 11, 22, 12, tzinfo=timezone.utc), "Europe/Berlin").name
    '2026-W46'
    """
    local = (by + timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return Week(local - timedelta(days=local.weekday() + 7), zone)
