"""Business time: how much of the company's opening hours has passed, and when so much more of it will have."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kundig.settings.calendar import WEEKDAYS, Calendar, seconds

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAY = 86400
FIRST, LAST = 1990, 2060
"""Years for which the calendar is laid out; moments outside of them have no business time."""
_EPOCH = date(1970, 1, 1)
_THURSDAY = 3
_CODE = 200_000
"""Larger than any change of a clock in seconds, so that a day and a change fit into one number."""


def day_length(calendar: Calendar) -> float:
    """What a business day counts: the mean opening hours of the days that are open, in seconds."""
    spans = [seconds(hours) for hours in calendar.hours.values()]
    return sum(closes - opens for opens, closes in spans) / len(spans)


def worked(table: ir.Table, calendar: Calendar, zone: str) -> ir.Table:
    """`table` with `worked`: seconds of opening hours since 1990 at `occurred_at`, whose day is that of `local_at`."""
    import ibis  # noqa: PLC0415 -- slow import

    days = _days(calendar, zone)
    own = table.mutate(_day=(table.local_at.epoch_seconds() / DAY).floor().cast("int64"))
    joined = own.left_join(days, own._day == days.day)  # noqa: SLF001 -- a column
    passed = joined.occurred_at.epoch_seconds() - joined.opens_at
    inside = ibis.greatest(ibis.least(passed, joined.length), ibis.literal(0, "int64"))
    return joined.select(*table.columns, worked=(joined.before + inside).cast("float64"))


def due(table: ir.Table, length: float, name: str, calendar: Calendar, zone: str) -> ir.Table:
    """`table` with a column `name`: when `length` seconds of opening hours have passed since `worked`."""
    open_days = _days(calendar, zone).filter(lambda days: days.length > 0)
    ends = open_days.select(bucket=((open_days.before + open_days.length) / DAY).floor().cast("int64"), opens_at="opens_at", length="length", before="before")
    starts = open_days.select(bucket=(open_days.before / DAY).floor().cast("int64"), opens_at="opens_at", length="length", before="before")
    # A day of opening hours touches at most two stretches of 86,400 seconds of them: that makes the search a join.
    days = starts.union(ends, distinct=True)
    asked = table.mutate(_target=table.worked + length, _bucket=((table.worked + length) / DAY).floor().cast("int64"))
    target = asked._target  # noqa: SLF001 -- a column
    joined = asked.left_join(days, [asked._bucket == days.bucket, target > days.before, target <= days.before + days.length])  # noqa: SLF001 -- a column
    moment = (joined.opens_at + joined._target - joined.before).round().cast("int64").as_timestamp("s").cast("timestamp('UTC')")  # noqa: SLF001 -- a column
    return joined.select(*table.columns, **{name: moment})


def _days(calendar: Calendar, zone: str) -> ir.Table:
    """Each day of the calendar: `day` after 1970, `opens_at` in seconds after it, `length` of its opening hours, and all of them `before`."""
    import ibis  # noqa: PLC0415 -- slow import

    hours: dict[int, tuple[int, int]] = {WEEKDAYS.index(day): seconds(text) for day, text in calendar.hours.items()}
    first, last = (date(FIRST, 1, 1) - _EPOCH).days, (date(LAST + 1, 1, 1) - _EPOCH).days
    days = ibis.range(first, last).unnest().name("day").as_table()
    weekday = (days.day + _THURSDAY) % 7
    off = [(day - _EPOCH).days for day in calendar.days_off(FIRST, LAST)]
    closed = ibis.literal([*off, -1], "array<int64>").unnest().name("closed").as_table()
    changes = ibis.literal([*_changes(zone), -1], "array<int64>").unnest().name("code").as_table()
    changed = changes.select(on=(changes.code / (2 * _CODE)).floor().cast("int64"), by=changes.code % (2 * _CODE) - _CODE)
    opened = days.select("day", opens=_of(weekday, {day: opens for day, (opens, _) in hours.items()}), length=_of(weekday, {day: closes - opens for day, (opens, closes) in hours.items()}))
    without = opened.left_join(closed, opened.day == closed.closed)
    known = without.left_join(changed, without.day == changed.on)
    length = ibis.ifelse(known.closed.notnull(), 0, known.length)
    so_far, earlier = ibis.window(order_by="day", rows=(None, 0)), ibis.window(order_by="day", rows=(None, -1))
    laid = known.select("day", "opens", length=length, by=known.by.fill_null(0))
    offset = _offset(zone, first) + laid.by.sum().over(so_far)
    # Seconds after 1970 need more bits than some engines number days with.
    return laid.select("day", opens_at=laid.day.cast("int64") * DAY + laid.opens - offset, length="length", before=laid.length.sum().over(earlier).fill_null(0))


def _of(weekday: Any, values: dict[int, int]) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.cases(*((weekday == day, ibis.literal(value, "int64")) for day, value in sorted(values.items())), else_=ibis.literal(0, "int64"))


def _offset(zone: str, day: int) -> int:
    """Seconds by which the clock is ahead of UTC at noon of a day."""
    noon = datetime(1970, 1, 1, 12, tzinfo=timezone.utc) + timedelta(days=day)
    ahead = noon.astimezone(ZoneInfo(zone)).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


@lru_cache(maxsize=16)
def _changes(zone: str) -> tuple[int, ...]:
    """The days on which the clock changes, each with by how much, in one number."""
    first, last = (date(FIRST, 1, 1) - _EPOCH).days, (date(LAST + 1, 1, 1) - _EPOCH).days
    offsets = [_offset(zone, day) for day in range(first, last)]
    return tuple((first + place) * 2 * _CODE + now - then + _CODE for place, (then, now) in enumerate(pairwise(offsets), start=1) if then != now)
