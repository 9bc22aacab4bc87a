import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest

from kundig.definition import validated
from kundig.errors import ConfigError
from kundig.settings import Calendar
from kundig.settings.business_time import day_length, due, worked

ZONE = "Europe/Berlin"
OFFICE = Calendar(hours={"monday": "09:00-17:00", "tuesday": "09:00-17:00", "thursday": "10:00-20:00", "saturday": "09:00-12:30"}, country="DE", subdivision="BY", closed=("2026-12-24",), open=("2026-05-14",))


def opening(calendar, zone, year=2026):
    """Each open day with its opening and closing in UTC."""
    off = {*calendar.days_off(year, year)}
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        hours = calendar.hours.get(names[day.weekday()])
        if hours and day not in off:
            yield [datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).replace(hour=int(text[:2]), minute=int(text[3:])).astimezone(timezone.utc) for text in hours.split("-")]


def seconds_between(start, end, calendar, zone):
    return sum(max((min(closes, end) - max(opens, start)).total_seconds(), 0) for opens, closes in opening(calendar, zone))


def table(moments):
    rows = [{"occurred_at": moment, "local_at": moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)} for moment in moments]
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema({"occurred_at": pa.timestamp("us", "UTC"), "local_at": pa.timestamp("us")})))


def test_business_time_is_that_of_plain_python_across_holidays_and_changes_of_the_clock():
    rng = random.Random(1)
    moments = sorted(datetime(2026, 1, 2, tzinfo=timezone.utc) + timedelta(minutes=rng.randrange(360 * 1440)) for _ in range(120))
    found = worked(table(moments), OFFICE, ZONE).order_by("occurred_at").to_pyarrow()["worked"].to_pylist()
    assert [value - found[0] for value in found] == [seconds_between(moments[0], moment, OFFICE, ZONE) for moment in moments]


def test_what_is_due_has_had_its_business_time_and_no_more():
    rng = random.Random(2)
    moments = sorted(datetime(2026, 1, 2, tzinfo=timezone.utc) + timedelta(minutes=rng.randrange(300 * 1440)) for _ in range(60))
    length = 2 * day_length(OFFICE)
    for row in due(worked(table(moments), OFFICE, ZONE), length, "due_at", OFFICE, ZONE).to_pyarrow().to_pylist():
        start, end = row["occurred_at"], row["due_at"]
        assert seconds_between(start, end, OFFICE, ZONE) == length
        assert seconds_between(start, end - timedelta(seconds=1), OFFICE, ZONE) == length - 1


def test_ascension_day_is_a_holiday_unless_the_company_works():
    days = Calendar(country="DE").days_off(2026, 2026)
    assert date(2026, 5, 14) in days
    assert date(2026, 5, 14) not in OFFICE.days_off(2026, 2026)
    assert date(2026, 12, 24) in OFFICE.days_off(2026, 2026)


@pytest.mark.parametrize(("given", "message"), [
    ({"hours": {"moonday": "09:00-17:00"}}, "hours: found the unknown day 'moonday'; did you mean 'monday'"),
    ({"hours": {"monday": "17:00-09:00"}}, "expected opening hours such as 09:00-17:00, found '17:00-09:00'"),
    ({"hours": {}}, "hours: expected at least one weekday with opening hours"),
    ({"country": "XX"}, "country: found 'XX'"),
    ({"subdivision": "BY"}, "subdivision: found 'BY' without a country"),
    ({"country": "DE", "subdivision": "XX"}, "subdivision: found 'XX'"),
    ({"closed": ["soon"]}, "expected a date such as 2026-12-24, found 'soon'"),
])  # fmt: skip
def test_a_calendar_that_cannot_be_meant_says_what_was_expected(given, message):
    with pytest.raises(ConfigError) as raised:
        validated(Calendar, given)
    assert message in str(raised.value)
