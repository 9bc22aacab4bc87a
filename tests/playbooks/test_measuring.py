import pyarrow as pa
import pytest

from kundig.journal import told
from kundig.playbooks.measuring import effect
from tests.playbooks.test_simulation import at

DAY = pa.timestamp("us", tz="UTC")


def enrolments(n, alone):
    who = [f"c{number:03}" for number in range(n)]
    return pa.table({"row": who, "customer_id": who, "due_at": pa.array([at(2)] * n, DAY), "held_out": [number % alone == 0 for number in range(n)]})


def left(numbers):
    return [{"subject": f"c{number:03}", "kind": "cancellation", "occurred_at": at(20)} for number in numbers]


STAY = [(f"c{number:03}", "visit", "2026-02-01") for number in range(400)] + [("dot", "visit", "2026-12-31")]


def test_those_who_were_left_alone_leave_oftener_and_that_is_the_effect():
    # Of 200 left alone every second leaves, of 200 who came in nobody.
    found = effect(told([*STAY, *left(range(0, 400, 4))]), "late", enrolments(400, 2))
    assert (found["n"], found["treated"], found["control"], found["verdict"]) == (400, 200, 200, "helps")
    assert found["effect"] == pytest.approx(0.5, abs=0.02)
    assert 0.4 < found["low"] < found["effect"] < found["high"] < 0.6


def test_where_nobody_was_left_alone_there_is_no_evidence():
    found = effect(told([*STAY, *left(range(0, 400, 4))]), "late", enrolments(400, 1000).set_column(3, "held_out", [pa.array([False] * 400)]))
    assert (found["state"], found["verdict"]) == ("no evidence possible", "no evidence possible")


def test_with_few_there_is_no_figure_and_with_nobody_nothing():
    assert effect(told([*STAY, *left([0])]), "late", enrolments(20, 2))["state"] == "too few customers"
    assert effect(told(STAY), "late", enrolments(20, 2).slice(0, 0))["state"] in {"nobody came in", "no evidence possible"}
