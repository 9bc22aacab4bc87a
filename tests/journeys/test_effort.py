from datetime import timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import effort
from kundig.touchpoints import Touchpoint
from tests.answers import answer
from tests.oracles import START, matters

DAY = 86400.0
CATALOGUE = {"hotline": Touchpoint(department="service"), "desk": Touchpoint(department="billing")}


def rows(table):
    return table.to_pyarrow().to_pylist()


def did(kind, day, *, subject="ada", touchpoint="hotline", channel="phone", concern="bill", **more):
    return {"subject": subject, "kind": kind, "touchpoint": touchpoint, "channel": channel, "occurred_at": START + timedelta(days=day), "properties": {"concern": concern}, **more}


ADA = [did("call", 0), did("message_in", 2, touchpoint="desk", channel="email"), did("message_out", 5, channel="email"), did("call", 6, concern="router")]
BEN = [did("call", 1, subject="ben"), did("message_out", 2, subject="ben")]


def test_ada_calls_writes_and_waits_while_ben_is_answered_at_once():
    journal = told([*ADA, *BEN], touchpoints=CATALOGUE).as_of(START + timedelta(days=60))
    assert rows(effort(journal, floor=2)) == [{
        "group": None, "period": None, "state": "ok", "n": 3, "customers": 2, "open": 0,
        "contacts": pytest.approx(4 / 3), "low": pytest.approx(-0.1, abs=0.3), "high": pytest.approx(2.77, abs=0.3),
        "once": pytest.approx(2 / 3), "once_low": pytest.approx(0.2077, abs=1e-4), "once_high": pytest.approx(0.9385, abs=1e-4),
        "switches": pytest.approx(1 / 3), "told_again": pytest.approx(1 / 3), "waiting_seconds": DAY, "total_seconds": DAY, "customer_share": pytest.approx(4 / 6),
        "change": None, "change_low": None, "change_high": None, "verdict": None,
    }]  # fmt: skip


def test_a_matter_that_may_go_on_is_open_and_in_no_figure():
    journal = told([*ADA, *BEN], touchpoints=CATALOGUE).as_of(START + timedelta(days=17))
    [row] = rows(effort(journal, floor=2))
    assert (row["state"], row["n"], row["open"], row["contacts"]) == ("too few matters", 1, 2, None)


def test_when_customers_must_call_twice_it_has_become_harder():
    once = [did("call", day, subject=f"a{day}") for day in range(20)]
    twice = [did("call", 31 + day + again, subject=f"b{day}") for day in range(20) for again in (0, 1)]
    found = rows(effort(told([*once, *twice]).as_of(START + timedelta(days=100)), every="month"))
    assert [(row["n"], row["contacts"], row["change"], row["verdict"]) for row in found] == [(20, 1.0, None, None), (20, 2.0, 1.0, "harder")]


def test_kinds_that_are_none_say_what_was_expected():
    with pytest.raises(ArgumentError, match="--contacts expects kinds of events with commas between them, such as 'call, message_in', found ' , '"):
        effort(told(ADA), contacts=" , ")
    with pytest.raises(ArgumentError, match="--pause: expected a length of time"):
        effort(told(ADA), pause="soon")


def lives():
    event = st.tuples(st.sampled_from(["call", "message_in", "message_out"]), st.integers(0, 30), st.sampled_from(["ada", "ben"]), st.sampled_from(["bill", "router"]), st.sampled_from(["phone", "email"]))
    return st.lists(event, max_size=14).map(lambda events: [did(kind, day, subject=who, concern=about, channel=channel, event_id=f"e{place:02}") for place, (kind, day, who, about, channel) in enumerate(events)])


@given(lives(), st.integers(1, 6))
@tried(max_examples=30, deadline=None)
def test_every_matter_is_counted_as_plain_python_counts_it(events, pause):
    present = START + timedelta(days=33)
    found = answer(effort, told(events).as_of(present), pause=f"{pause} days", floor=1).to_pylist()
    expected = matters(events, {"call", "message_in"}, timedelta(days=pause))
    closed = [matter for matter in expected if matter["last"] + timedelta(days=pause) <= present]
    assert [(row["n"], row["open"]) for row in found] == ([(len(closed), len(expected) - len(closed))] if expected else [])
    if closed:
        [row] = found
        assert row["contacts"] == pytest.approx(sum(matter["contacts"] for matter in closed) / len(closed))
        assert row["switches"] == pytest.approx(sum(matter["switches"] for matter in closed) / len(closed))
        assert row["waiting_seconds"] == pytest.approx(median(matter["waiting"] for matter in closed))
        assert row["total_seconds"] == pytest.approx(median(matter["total"] for matter in closed))
