from datetime import datetime, timedelta, timezone
from statistics import median

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import interlocks
from kundig.settings import Settings
from kundig.touchpoints import Promise, Touchpoint
from tests.answers import answer
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
    of_one = {"group": None, "n": 1, "journeys": 1, "customers": 1, "median_low_seconds": None, "median_high_seconds": None}
    of_one |= {"promised": 0, "missed": 0, "score_n": 0, **dict.fromkeys(("missed_share", "missed_low", "missed_high", "score", "other_score", "score_difference", "score_low", "score_high"))}
    assert rows(interlocks(journal)) == [
        {"source": "finance", "target": "sales", **of_one, "median_seconds": 0.0, "p90_seconds": 0.0, "working_median_seconds": 0.0, "working_p90_seconds": 0.0,
         "waiting_share": 0.0, "back_median_seconds": None, "sent_back": 0, "sent_back_share": 0.0, "low": 0.0, "high": pytest.approx(0.7935, abs=1e-4)},
        {"source": "finance", "target": "service", **of_one, "median_seconds": 3 * DAY, "p90_seconds": 3 * DAY, "working_median_seconds": DAY, "working_p90_seconds": DAY,
         "waiting_share": 0.6, "back_median_seconds": 6 * DAY, "sent_back": 1, "sent_back_share": 1.0, "low": pytest.approx(0.2065, abs=1e-4), "high": pytest.approx(1.0)},
        {"source": "service", "target": "finance", **of_one, "median_seconds": 2 * DAY, "p90_seconds": 2 * DAY, "working_median_seconds": 2 * DAY,
         "working_p90_seconds": 2 * DAY, "waiting_share": 0.4, "back_median_seconds": None, "sent_back": 0, "sent_back_share": 0.0, "low": 0.0, "high": pytest.approx(0.7935, abs=1e-4)},
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


BILLS = {**CATALOGUE, "pay": Touchpoint(department="finance", promise=(Promise(kind="case_resolved", within="5 days"),))}


def bill(number, *steps, score=None):
    """Steps of one case as `touchpoint day`, or `touchpoint day kind`; answered on the 20th."""
    who = f"customer{number:02}"
    parts = [step.split() for step in steps]
    events = [{"subject": who, "case_id": who, "touchpoint": part[0], "kind": part[-1] if len(part) > 2 else part[0], "occurred_at": f"2026-03-{part[1]}"} for part in parts]
    return [*events, {"subject": who, "case_id": who, "touchpoint": parts[-1][0], "kind": "feedback", "metric": "csat", "score": score, "occurred_at": "2026-03-20"}] if score else events


def test_a_handover_misses_a_promise_that_was_open_then_and_is_kept_late_or_not_at_all():
    kept = bill(1, "pay 02", "help 03", "pay 05 case_resolved")
    late = bill(2, "pay 02", "help 03", "pay 09 case_resolved")
    never = bill(3, "pay 02", "help 03")
    young = bill(4, "pay 06", "help 07")
    off = bill(5, "pay 02", "help 03", "help 04 cancellation")
    settled = bill(6, "pay 02", "pay 03 case_resolved", "help 04")
    journal = told([*kept, *late, *never, *young, *off, *settled], touchpoints=BILLS).as_of("2026-03-09T12:00")
    shown = [(row["source"], row["target"], row["n"], row["promised"], row["missed"], row["missed_share"]) for row in rows(interlocks(journal))]
    assert shown == [("finance", "service", 6, 3, 2, pytest.approx(2 / 3)), ("service", "finance", 2, 2, 1, 0.5)]


def test_the_score_of_handed_over_journeys_stands_beside_that_of_the_others():
    events = [event for n in range(12) for event in bill(n, "pay 02", "help 03", score=1.0 + n % 2)]
    events += [event for n in range(12, 24) for event in bill(n, "pay 02", "pay 03", score=4.0 + n % 2)]
    # An answer from before the handover is none about it, but one about the journey.
    early = [{"subject": "eve", "case_id": "eve", "touchpoint": touchpoint, "kind": "feedback", "metric": "csat", "score": score, "occurred_at": at} for touchpoint, score, at in (("pay", 5.0, "2026-03-01"), ("help", None, "2026-03-02"))]
    [row] = rows(interlocks(told([*events, *early], touchpoints=CATALOGUE)))
    assert (row["score_n"], row["score"], row["other_score"], row["score_difference"]) == (12, 1.5, 4.5, -3.0)
    # Student's 2.201 with 11 degrees of freedom, and a standard error of 0.2132 from two variances of 0.2727.
    assert (row["score_low"], row["score_high"]) == (pytest.approx(-3.4692, abs=1e-3), pytest.approx(-2.5308, abs=1e-3))
    [few] = rows(interlocks(told(events, touchpoints=CATALOGUE), floor=13))
    assert (few["score_n"], few["score"], few["score_low"]) == (12, None, None)


def test_an_answer_without_a_case_is_about_the_latest_case_of_the_last_thirty_days():
    handed, calm = bill(1, "pay 02", "help 03"), bill(2, "pay 02")
    later = [{"subject": "customer01", "case_id": "later", "touchpoint": "pay", "kind": "pay", "occurred_at": "2026-03-10"}]
    said = [("customer01", "2026-03-04", 1.0), ("customer01", "2026-03-11", 5.0), ("customer02", "2026-03-05", 4.0), ("customer02", "2026-05-05", 2.0)]
    answers = [{"subject": who, "kind": "feedback", "metric": "csat", "score": score, "occurred_at": at} for who, at, score in said]
    more = [event for n in (3, 4) for event in [*bill(n, "pay 02", "help 03", score=1.0), *bill(n + 2, "pay 02", score=4.0)]]
    [row] = rows(interlocks(told([*handed, *calm, *later, *answers, *more], touchpoints=CATALOGUE), floor=2))
    # The other journeys: the calm one's 4 (its 2 came too late), the later case's 5, and two of 4.
    assert (row["score_n"], row["score"], row["other_score"]) == (3, 1.0, 4.25)


def test_a_metric_that_there_is_not_is_refused():
    with pytest.raises(ArgumentError, match="--metric expects one of"):
        interlocks(told([]), metric="joy")


def test_a_median_of_nine_lies_between_the_second_and_the_eighth():
    events = [event for n in range(1, 10) for event in case(("shop", "2026-03-02"), ("pay", f"2026-03-02T0{n}:00"), subject=f"customer{n}")]
    found = rows(interlocks(told(events, touchpoints=CATALOGUE)))
    assert [(row["n"], row["median_low_seconds"] / 3600, row["median_seconds"] / 3600, row["median_high_seconds"] / 3600) for row in found] == [(9, 2.0, 5.0, 8.0)]


@given(st.integers(-10**5, 10**5), st.integers(0, 2000))
@tried(max_examples=60, deadline=None)
def test_time_without_weekends_is_what_counting_hours_gives(start, length):
    begin = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(hours=start)
    end = begin + timedelta(hours=length)
    [found] = answer(interlocks, told(case(("shop", begin), ("pay", end)), touchpoints=CATALOGUE), unit="customer").to_pylist() if length else [{"working_median_seconds": 0}]
    assert found["working_median_seconds"] == working_seconds(begin, end)


@given(lives(), st.sampled_from(["customer", "case"]), st.sampled_from([("shop", "pay", "help"), ("shop", "pay")]))
@tried(max_examples=60, deadline=None)
def test_handovers_are_what_plain_python_counts(events, unit, known):
    found = answer(interlocks, told(events, touchpoints={name: CATALOGUE[name] for name in known}), unit=unit).to_pylist()
    expected = {}
    for source, target, seconds, back in handovers(events, {name: DEPARTMENTS[name] for name in known}, unit):
        expected.setdefault((source or None, target or None), []).append((seconds, back))
    assert {(row["source"], row["target"]): (row["n"], row["median_seconds"], row["sent_back"]) for row in found} == {
        pair: (len(passed), median(seconds for seconds, _ in passed), sum(back for _, back in passed) if all(pair) else None) for pair, passed in expected.items()
    }
