from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import ibis
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.settings.business_time import due, worked
from kundig.settings.calendar import Calendar
from kundig.settings.lengths import length
from kundig.settings.opening import due_after

HOURS = {"monday": "09:00-17:00", "tuesday": "09:00-17:00", "thursday": "08:00-20:00", "saturday": "10:00-14:00"}
CALENDAR = Calendar(hours=HOURS, country="DE", subdivision="BY")
ZONE = "Europe/Berlin"
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(timezone.utc)).map(lambda at: at.replace(microsecond=0))


@settings(max_examples=3)
@given(st.lists(MOMENTS, min_size=30, max_size=60), st.sampled_from(["1 business day", "5 business hours", "9 business days"]))
def test_one_moment_is_due_when_the_table_says(moments, words):
    of = length(words)
    local = [at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None) for at in moments]
    table = ibis.memtable([{"row": place, "occurred_at": at, "local_at": there} for place, (at, there) in enumerate(zip(moments, local, strict=True))], schema={"row": "int64", "occurred_at": "timestamp('UTC')", "local_at": "timestamp"})
    found = due(worked(table, CALENDAR, ZONE), of.opening_seconds(CALENDAR), "due_at", CALENDAR, ZONE).order_by("row").to_pyarrow()["due_at"].to_pylist()
    assert [due_after(at, of, CALENDAR, ZONE) for at in moments] == [one.astimezone(timezone.utc) for one in found]


def test_by_the_clock_every_hour_counts():
    assert due_after(datetime(2026, 3, 6, tzinfo=timezone.utc), length("36 hours"), CALENDAR, ZONE) == datetime(2026, 3, 6, tzinfo=timezone.utc) + timedelta(hours=36)
