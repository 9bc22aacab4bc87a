"""Why they leave, and why they come: planted on a small scale, with every figure in its interval."""

from datetime import datetime, timedelta, timezone

import pytest

from kundig.errors import ArgumentError
from kundig.foresight.reasons import reasons
from kundig.journal import told

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def event(who, kind, day, **more):
    return {"subject": who, "kind": kind, "occurred_at": START + timedelta(days=day), "event_id": f"{who} {kind} {day}", **more}


def prospects():
    """Two hundred who look around; advice in the shop goes before coming, a newsletter before nothing."""
    rows = []
    for number in range(200):
        who, comes, advised = f"p{number:03}", number % 4 == 0, (number % 4 == 0 and number % 8 < 6) or number % 10 == 1
        rows.append(event(who, "visit", number % 5))
        if advised:
            rows.append(event(who, "inquiry", 10 + number % 5, touchpoint="shop.advice"))
        if number % 3 == 0:
            rows.append(event(who, "message_out", 12 + number % 5, touchpoint="newsletter"))
        if comes:
            rows.append(event(who, "contract", 20 + number % 7, outcome="started", amount=30))
            rows.append(event(who, "entry_interview", 21 + number % 7, text="advice of a friend" if number % 8 else "the price", staff="s1"))
    # One came who was served before: no news of them is a reason for coming.
    return [*rows, event("old", "usage", 1), event("old", "inquiry", 2, touchpoint="shop.advice"), event("old", "order", 25)]


@pytest.fixture(scope="module")
def joining():
    return reasons(told(prospects()), of="joining").to_pyarrow().to_pylist()


def test_advice_goes_with_joining_and_the_newsletter_may_be_chance(joining):
    found = {row["reason"]: row for row in joining if row["part"] == "revealed"}
    advice = found["inquiry at shop.advice"]
    assert (advice["verdict"], found["message_out at newsletter"]["verdict"], advice["n"]) == ("goes with joining", "may be chance", 50)
    assert 1 < advice["low"] < advice["rate_ratio"] < advice["high"]


def test_what_somebody_is_known_by_is_no_reason_for_coming(joining):
    """All two hundred came to notice by a visit: that says nothing of who comes."""
    assert [row["reason"] for row in joining if row["part"] == "revealed"] == ["inquiry at shop.advice", "message_out at newsletter"]


def test_how_long_ago_somebody_came_to_notice_is_no_reason_for_coming():
    """Everybody is shown around a hundred days after the first visit; one in four comes three weeks later, whatever the others have seen by then."""
    rows = []
    for number in range(160):
        who = f"p{number:03}"
        rows += [event(who, "visit", number), event(who, "inquiry", number + 100, touchpoint="shop.tour")]
        if number % 4 == 0:
            rows.append(event(who, "contract", number + 121, outcome="started", amount=30))
    [tour] = [row for row in reasons(told(rows), of="joining").to_pyarrow().to_pylist() if row["part"] == "revealed"]
    assert (tour["reason"], tour["verdict"], tour["exposed"]) == ("inquiry at shop.tour", "may be chance", 40)


def test_what_newcomers_say_stands_apart_and_there_are_no_levers(joining):
    said = [(row["stated"], row["typed_by"], row["n"]) for row in joining if row["part"] == "stated"]
    assert (said, [row for row in joining if row["part"] == "lever"]) == ([("other", "staff", 25), ("price", "staff", 25)], [])


def test_every_share_and_ratio_has_its_interval(joining):
    without = [row for row in joining for name in ("rate_ratio", "once", "often", "recent", "earlier", "share") if row[name] is not None and row["low" if name == "rate_ratio" else f"{name}_low"] is None]
    assert without == []


def test_where_nobody_came_it_is_said():
    [found] = reasons(told([event("ada", "visit", 1), event("cyd", "visit", 30)]), of="joining").to_pyarrow().to_pylist()
    assert (found["state"], found["n"]) == ("nobody came", 0)


def test_who_came_at_the_second_look_had_met_nothing_that_could_be_a_reason():
    """Forty who visit once; every second buys a day later. Nothing happened between."""
    rows = [event(f"p{number:02}", "visit", number % 3) for number in range(40)] + [event(f"p{number:02}", "order", 2 + number % 3) for number in range(0, 40, 2)]
    [found] = reasons(told(rows), of="joining", floor=10).to_pyarrow().to_pylist()
    assert (found["part"], found["state"], found["n"], found["exposed"], found["reason"]) == ("revealed", "too few incidents", 20, 0, None)


def test_no_days_before_are_refused():
    with pytest.raises(ArgumentError, match="--within expects 1 or more, found 0"):
        reasons(told([]), within=0)


def test_a_floor_below_one_is_refused():
    with pytest.raises(ArgumentError, match="--floor expects 1 or more, found -1"):
        reasons(told([]), floor=-1)
