"""Promises: what was to come, and what became of it."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.journal import told
from kundig.promises import promises
from kundig.touchpoints import Promise, Touchpoint

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def days(seconds):
    return None if seconds is None else (seconds - START.timestamp()) / 86_400


def listed(journal):
    rows = promises(journal).to_pyarrow().to_pylist()
    return sorted(((row["promise"], row["case_id"] or "", *(days(row[name]) for name in ("made_at", "due_at", "came_at", "called_off_at"))) for row in rows), key=repr)


def order(case, promised="2026-03-05", who="ada"):
    return {"subject": who, "kind": "order", "case_id": case, "occurred_at": "2026-03-01", "properties": {"promise": "parcel", "promised": promised}}


def test_a_promise_in_an_event_is_kept_by_the_event_it_names_and_a_date_lasts_until_its_end():
    journal = told([order("1"), {"subject": "ada", "kind": "delivery", "touchpoint": "parcel", "case_id": "1", "occurred_at": "2026-03-05T18:00"}])
    assert listed(journal) == [("parcel", "1", 0, pytest.approx(5, abs=1e-4), 4.75, None)]


def test_silence_is_a_promise_without_an_event():
    assert listed(told([order("1"), ("ada", "parcel", "2026-03-02")])) == [("parcel", "1", 0, pytest.approx(5, abs=1e-4), None, None)]


def test_a_cancelled_order_is_called_off_and_not_missing():
    journal = told([order("1"), {"subject": "ada", "kind": "cancellation", "case_id": "1", "occurred_at": "2026-03-03"}])
    assert listed(journal)[0][4:] == (None, 2)


def test_an_event_with_a_date_of_its_own_was_itself_promised():
    journal = told([{"subject": "ada", "kind": "delivery", "touchpoint": "parcel", "case_id": "1", "occurred_at": "2026-03-04", "properties": {"promised": "2026-03-03T12:00:00"}}])
    assert listed(journal) == [("parcel", "1", 3, 2.5, 3, None)]


@pytest.mark.parametrize("promised", ["soon", "", "31.12.2026"])
def test_what_is_no_date_promises_nothing(promised):
    assert listed(told([order("1", promised)])) == []


def test_the_catalogue_promises_by_touchpoint():
    catalogue = {"help": Touchpoint(promise=(Promise(kind="case_resolved", within="2 days"),))}
    journal = told([
        {"subject": "ada", "kind": "case_opened", "touchpoint": "help", "case_id": "1", "occurred_at": "2026-03-01"},
        {"subject": "ada", "kind": "case_resolved", "touchpoint": "help", "case_id": "1", "occurred_at": "2026-03-05"},
        {"subject": "ben", "kind": "case_opened", "touchpoint": "help", "case_id": "2", "occurred_at": "2026-03-01"},
        {"subject": "ben", "kind": "feedback", "touchpoint": "help", "case_id": "3", "metric": "csat", "score": 1.0, "occurred_at": "2026-03-01"},
    ], touchpoints=catalogue)  # fmt: skip
    assert listed(journal) == [("help → case_resolved", "1", 0, 2, 4, None), ("help → case_resolved", "2", 0, 2, None, None)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["order", "parcel", "cancellation"]), st.sampled_from(["1", "2"]), st.integers(0, 9), st.integers(0, 4)), max_size=10))
def test_each_promise_is_what_plain_python_says(told_events):
    events = [
        {"subject": "ada", "kind": kind, "case_id": case, "occurred_at": START + timedelta(days=at), **({"properties": {"promise": "parcel", "promised": f"2026-03-{at + more + 1:02}T00:00:00"}} if kind == "order" else {})}
        for kind, case, at, more in told_events
    ]
    expected = []
    for kind, case, at, more in told_events:
        if kind == "order":
            after = {name: [when for other, of, when, _ in told_events if other == name and of == case and when >= at] for name in ("parcel", "cancellation")}
            expected.append(("parcel", case, at, at + more, min(after["parcel"], default=None), min(after["cancellation"], default=None)))
    assert sorted(listed(told(events)), key=repr) == sorted([(*row[:2], *(None if value is None else float(value) for value in row[2:])) for row in expected], key=repr)
