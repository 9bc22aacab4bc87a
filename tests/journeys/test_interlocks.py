from datetime import datetime, timedelta, timezone
from statistics import median

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from kundig.journal import told
from kundig.journeys import interlocks
from kundig.settings import Settings
from kundig.touchpoints import Touchpoint
from tests.oracles import handovers, lives, working_seconds

DAY = 86400.0
DEPARTMENTS = {"shop": "sales", "pay": "finance", "help": "service"}
CATALOGUE = {touchpoint: Touchpoint(department=department) for touchpoint, department in DEPARTMENTS.items()}


def rows(table):
    return table.to_pyarrow().to_pylist()


def case(*steps, subject="ada"):
    return [{"subject": subject, "case_id": subject, "touchpoint": touchpoint, "occurred_at": at} for touchpoint, at in steps]


def test_ada_is_sent_from_finance_to_service_and_back_over_a_weekend():
    journal = told(case(("pay", "2026-03-06"), ("help", "2026-03-09"), ("help", "2026-03-10"), ("pay", "2026-03-12"), ("shop", "2026-03-12")), touchpoints=CATALOGUE)
    of_one = {"n": 1, "journeys": 1, "customers": 1, "median_low_seconds": None, "median_high_seconds": None}
    assert rows(interlocks(journal)) == [
        {"source": "finance", "target": "sales", **of_one, "median_seconds": 0.0, "p90_seconds": 0.0, "working_median_seconds": 0.0, "working_p90_seconds": 0.0,
         "sent_back": 0, "sent_back_share": 0.0, "low": 0.0, "high": pytest.approx(0.7935, abs=1e-4)},
        {"source": "finance", "target": "service", **of_one, "median_seconds": 3 * DAY, "p90_seconds": 3 * DAY, "working_median_seconds": DAY, "working_p90_seconds": DAY,
         "sent_back": 1, "sent_back_share": 1.0, "low": pytest.approx(0.2065, abs=1e-4), "high": pytest.approx(1.0)},
        {"source": "service", "target": "finance", **of_one, "median_seconds": 2 * DAY, "p90_seconds": 2 * DAY, "working_median_seconds": 2 * DAY,
         "working_p90_seconds": 2 * DAY, "sent_back": 0, "sent_back_share": 0.0, "low": 0.0, "high": pytest.approx(0.7935, abs=1e-4)},
    ]  # fmt: skip


def test_a_handover_over_night_and_a_closed_day_waits_for_opening_hours_alone():
    calendar = {"hours": dict.fromkeys(("monday", "tuesday", "friday"), "09:00-17:00"), "closed": ["2026-03-09"]}
    settled = Settings.model_validate({"calendar": calendar})
    journal = told(case(("pay", "2026-03-06T16:00"), ("help", "2026-03-10T10:00")), touchpoints=CATALOGUE, settings=settled)
    assert [(row["median_seconds"], row["working_median_seconds"]) for row in rows(interlocks(journal))] == [(3.75 * DAY, 7200.0)]


def test_touchpoints_without_a_department_are_shown_and_not_passed_over():
    journal = told(case(("pay", "2026-03-02"), ("walk", "2026-03-03"), ("talk", "2026-03-04"), ("pay", "2026-03-05")), touchpoints=CATALOGUE)
    assert [(row["source"], row["target"], row["n"], row["sent_back"]) for row in rows(interlocks(journal))] == [
        (None, None, 1, None),
        (None, "finance", 1, None),
        ("finance", None, 1, None),
    ]


def test_a_median_of_nine_lies_between_the_second_and_the_eighth():
    events = [event for n in range(1, 10) for event in case(("shop", "2026-03-02"), ("pay", f"2026-03-02T0{n}:00"), subject=f"customer{n}")]
    found = rows(interlocks(told(events, touchpoints=CATALOGUE)))
    assert [(row["n"], row["median_low_seconds"] / 3600, row["median_seconds"] / 3600, row["median_high_seconds"] / 3600) for row in found] == [(9, 2.0, 5.0, 8.0)]


@given(st.integers(-10**5, 10**5), st.integers(0, 2000))
@tried(max_examples=60, deadline=None)
def test_time_without_weekends_is_what_counting_hours_gives(start, length):
    begin = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(hours=start)
    end = begin + timedelta(hours=length)
    [found] = rows(interlocks(told(case(("shop", begin), ("pay", end)), touchpoints=CATALOGUE), unit="customer")) if length else [{"working_median_seconds": 0}]
    assert found["working_median_seconds"] == working_seconds(begin, end)


@given(lives(), st.sampled_from(["customer", "case"]), st.sampled_from([("shop", "pay", "help"), ("shop", "pay")]))
@tried(max_examples=60, deadline=None)
def test_handovers_are_what_plain_python_counts(events, unit, known):
    found = rows(interlocks(told(events, touchpoints={name: CATALOGUE[name] for name in known}), unit=unit))
    expected = {}
    for source, target, seconds, back in handovers(events, {name: DEPARTMENTS[name] for name in known}, unit):
        expected.setdefault((source or None, target or None), []).append((seconds, back))
    assert {(row["source"], row["target"]): (row["n"], row["median_seconds"], row["sent_back"]) for row in found} == {
        pair: (len(passed), median(seconds for seconds, _ in passed), sum(back for _, back in passed) if all(pair) else None) for pair, passed in expected.items()
    }
