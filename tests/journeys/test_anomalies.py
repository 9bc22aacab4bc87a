from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import anomalies

MONDAY = datetime(2025, 1, 6, tzinfo=timezone.utc)


def rows(table):
    return table.to_pyarrow().to_pylist()


def calls(region, weeks, *, seed=1, mean=60.0, each=12, changed=lambda week: 1.0, more=lambda week: 1.0, start=MONDAY):
    """Calls of a region a week, with seconds of waiting; `changed` stretches the wait, `more` the number."""
    rng = np.random.default_rng(seed)
    return [
        {"subject": f"c{n}", "kind": "call", "touchpoint": "hotline", "channel": "phone", "quantity": float(rng.gamma(4, mean / 4) * changed(week)), "properties": {"region": region},
         "event_id": f"{region}-{week}-{n}", "occurred_at": start + timedelta(weeks=week, days=int(rng.integers(0, 7)), hours=int(rng.integers(8, 20)))}
        for week in range(weeks) for n in range(rng.poisson(each * more(week)))
    ]  # fmt: skip


def test_waiting_in_the_east_is_twice_as_long_since_a_monday_and_nowhere_else():
    events = [*calls("west", 60), *calls("east", 60, seed=2, changed=lambda week: 2.2 if week >= 50 else 1.0), *calls("north", 60, seed=3)]
    asked = {"figure": "quantity", "kind": "call"}
    found = rows(anomalies(told(events), **asked, by="properties.region"))
    assert sorted((row["group"], row["state"]) for row in found) == [("east", "anomaly"), ("north", "as expected"), ("west", "as expected")]
    east = found[0]
    assert (east["since"], east["until"], east["direction"]) == (MONDAY.date() + timedelta(weeks=50), None, "higher")
    assert 1.8 < east["times"] < 2.7
    assert east["low"] < east["expected"] < east["high"] < east["value"]
    [whole] = rows(anomalies(told(events), **asked, by=None, within="properties.region"))
    assert (whole["state"], whole["since"], whole["concentrated_in"]) == ("anomaly", east["since"], "east")
    assert whole["concentrated_share"] > 0.8
    assert 0.25 < whole["usual_share"] < 0.42


def test_a_line_that_is_dead_for_two_weeks_is_found_to_the_day():
    start = MONDAY + timedelta(weeks=20)
    events = [event for event in calls("west", 40, each=40) if not start <= event["occurred_at"] < start + timedelta(days=14)]
    found = [row for row in rows(anomalies(told(events), every="day")) if row["state"] == "anomaly"]
    assert [(row["since"], row["until"], row["direction"], row["n"], row["value"]) for row in found] == [(start.date(), start.date() + timedelta(days=13), "lower", 0, 0.0)]


def test_what_comes_every_december_is_a_season_and_no_anomaly():
    def busy(week):
        return 2.0 if (MONDAY + timedelta(weeks=week)).month == 12 else 1.0

    found = rows(anomalies(told(calls("west", 110, more=busy, each=30)), by=None))
    assert {row["state"] for row in found} == {"every year"}
    assert {row["since"].month for row in found} <= {11, 12}


def test_nothing_is_odd_in_noise_and_little_data_says_so():
    found = rows(anomalies(told([*calls("west", 50), *calls("east", 12, seed=2), *calls("south", 50, seed=3, each=1)]), by="properties.region"))
    assert [(row["group"], row["state"], row["since"]) for row in found] == [("west", "as expected", None), ("east", "too little data", None), ("south", "too little data", None)]


@pytest.mark.parametrize(("each", "more", "longer", "weeks", "odd"), [(3, 200.0, 2.0, 60, 30), (4, 100.0, 3.0, 100, 98)])
def test_a_single_week_is_no_anomaly_even_where_most_of_all_events_fall_into_it(each, more, longer, weeks, odd):
    events = calls("west", weeks, each=each, more=lambda week: more if week == odd else 1.0, changed=lambda week: longer if week == odd else 1.0)
    assert [row["state"] for row in rows(anomalies(told(events), figure="quantity", kind="call", by=None))] == ["as expected"]


def test_an_unfinished_week_is_no_drop():
    events = calls("west", 40, each=30)
    found = rows(anomalies(told(events).as_of(datetime(2025, 9, 30, 12, tzinfo=timezone.utc)), by=None))
    assert [row["state"] for row in found] == ["as expected"]


def test_broken_promises_are_found_by_rule():
    orders, rng = [], np.random.default_rng(6)
    for week in range(60):
        for n in range(12):
            at = MONDAY + timedelta(weeks=week, days=n % 7)
            late = rng.random() < (0.75 if 40 <= week < 46 else 0.1)
            orders += [{"subject": "ada", "case_id": f"{week}-{n}", "kind": kind, "channel": "web", "occurred_at": when} for kind, when in (("order", at), ("delivery", at + timedelta(days=5 if late else 1)))]
    [row] = rows(anomalies(told(orders), figure="deviations", rules="response(order, delivery) within 2 days"))
    assert (row["group"], row["state"], row["since"], row["until"]) == ("response(order, delivery) within 2 days", "anomaly", date(2025, 10, 13), date(2025, 11, 23))
    assert (row["n"], row["value"] > 0.6, row["expected"] < 0.2) == (72, True, True)


def test_arguments_that_cannot_be_meant_say_what_was_expected():
    for given, message in (({"figure": "quantity"}, "--figure quantity needs --kind"), ({"figure": "score", "metric": "mood"}, "--metric expects one of nps"), ({"false_alarms": 2.0}, "--false-alarms expects a share")):
        with pytest.raises(ArgumentError, match=message):
            anomalies(told([]), **given)


def test_waiting_is_measured_along_the_journey_by_the_day_on_which_it_was_over():
    rng, events = np.random.default_rng(5), []
    for week in range(60):
        for n in range(25):
            at = MONDAY + timedelta(weeks=week, hours=float(rng.uniform(8, 150)))
            waited = timedelta(minutes=float(rng.lognormal(4, 0.6)) * (2.5 if week >= 50 else 1))
            events += [{"subject": f"c{n}", "case_id": f"{week}-{n}", "kind": "order", "touchpoint": place, "channel": "web", "occurred_at": when} for place, when in (("shop", at), ("depot", at + waited))]
    found = {row["group"]: row for row in rows(anomalies(told(events), figure="waiting"))}
    assert list(found) == ["depot"]
    assert (found["depot"]["state"], found["depot"]["since"], found["depot"]["until"], found["depot"]["direction"]) == ("anomaly", MONDAY.date() + timedelta(weeks=50), None, "higher")
    assert 2.0 < found["depot"]["times"] < 3.0
    assert 3000 < found["depot"]["expected"] < 5000
