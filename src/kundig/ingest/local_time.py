"""Hours that come twice: when clocks go back, a local time without zone means two moments."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection


def doubled_hours(zone: str, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans in UTC, between two moments, whose local time had been there before.

    >>> from datetime import datetime, timezone
    >>> year = [datetime(y, 1, 1, tzinfo=timezone.utc) for y in (2026, 2027)]
    >>> [(a.isoformat(), b.isoformat()) for a, b in doubled_hours("Europe/Berlin", *year)]
    [('2026-10-25T01:00:00+00:00', '2026-10-25T02:00:00+00:00')]
    """
    there, step = ZoneInfo(zone), timedelta(days=1)
    day = first.replace(hour=0, minute=0, second=0, microsecond=0) - step
    while day <= last:
        before, after = (_offset(moment, there) for moment in (day, day + step))
        if after < before:
            change = _change(day, day + step, there)
            yield change, change + (before - after)
        day += step


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The moment between two at which the offset changes, to the second."""
    start = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        low, high = (middle, high) if _offset(middle, zone) == start else (low, middle)
    return high


def twice(con: DuckDBPyConnection, files: list[Path], zone: str) -> int:
    """How many events of the staged files fall into an hour that came twice."""
    if not files:
        return 0
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    first, last = (datetime.fromtimestamp(float(moment), timezone.utc) for moment in con.execute(f"SELECT epoch(min(occurred_at)), epoch(max(occurred_at)) FROM read_parquet([{listed}])").fetchall()[0])
    spans = [
        # The first pass of the hour, as far as a source that knows its zone could have meant it, counts as well.
        f"occurred_at >= TIMESTAMPTZ '{start.isoformat()}' AND occurred_at < TIMESTAMPTZ '{end.isoformat()}'"
        for start, end in doubled_hours(zone, first, last)
    ]
    if not spans:
        return 0
    [(count,)] = con.execute(f"SELECT count(*) FROM read_parquet([{listed}]) WHERE {' OR '.join(spans)}").fetchall()
    return int(count)
