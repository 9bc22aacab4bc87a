"""Signals see what was known at their moment, on every snapshot as on that day."""

import math
from datetime import datetime, timedelta, timezone

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundig.errors import ArgumentError
from kundig.events import schema
from kundig.foresight.backtest import backtest
from kundig.foresight.churn import churn
from kundig.foresight.expansion import expansion
from kundig.foresight.health import health
from kundig.foresight.renewal_forecast import renewal_forecast
from kundig.foresight.signals import NAMES, signals
from kundig.foresight.words import WORDS
from kundig.journal import told
from kundig.settings import Settings
from kundig.texts.readings import READINGS, text_hash

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
KINDS = ["usage", "call", "order", "complaint", "payment", "case_opened", "case_handover", "case_resolved", "contract", "cancellation", "feedback", "milestone", "letter"]


def lives():
    """Random events that become known late, and are corrected later still."""
    event = st.fixed_dictionaries({
        "number": st.integers(0, 8),
        "subject": st.sampled_from(["ada", "ben", "cyd"]),
        "kind": st.sampled_from(KINDS),
        "case_id": st.sampled_from(["c1", "c2", None]),
        "hours": st.integers(0, 24 * 100),
        "late": st.sampled_from([0, 1, 24 * 20, 24 * 45, -24 * 10]),
        "outcome": st.sampled_from(["started", "ended", "failed", "expanded", None]),
        "score": st.sampled_from([None, 1.0, 9.0]),
        "amount": st.sampled_from([None, -5, 30]),
    })  # fmt: skip
    return st.lists(event, min_size=1, max_size=14)


def rows_of(drawn):
    rows, seen = [], set()
    for event in drawn:
        at = START + timedelta(hours=event["hours"])
        known = at + timedelta(hours=event["late"])
        if (event["number"], known) in seen:
            continue
        seen.add((event["number"], known))
        rows.append({
            "event_id": f"e{event['number']}", "subject": event["subject"], "kind": event["kind"], "case_id": event["case_id"], "occurred_at": at, "known_at": known,
            "outcome": event["outcome"], "metric": "nps" if event["score"] else None, "score": event["score"], "amount": event["amount"], "quantity": 2.0, "product": "S",
        })  # fmt: skip
    return rows


def rounded(table):
    return [{name: round(value, 6) if isinstance(value, float) and math.isfinite(value) else value for name, value in row.items()} for row in table.to_pylist()]


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives())
def test_every_snapshot_is_what_its_day_knew(drawn):
    as_their_days(drawn)


@pytest.mark.soak
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lives())
def test_every_snapshot_is_what_its_day_knew_on_many_lives(drawn):
    as_their_days(drawn)


def as_their_days(drawn):
    journal = told(rows_of(drawn))
    now = max(row["known_at"] for row in rows_of(drawn))
    together = rounded(signals(journal, snapshots=3).to_pyarrow())
    apart = [row for back in (2, 1, 0) for row in rounded(signals(journal.as_of(now - timedelta(days=30 * back))).to_pyarrow())]
    assert together == apart


def test_a_correction_and_a_late_event_cannot_be_reached_before_they_are_known():
    row = {"subject": "ada", "kind": "feedback", "metric": "nps", "score": 9.0, "occurred_at": "2026-01-05", "event_id": "answer"}
    told_then = [row, {"subject": "ada", "kind": "call", "occurred_at": "2026-02-01", "event_id": "call"}]
    leak = [
        {**row, "score": 0.0, "known_at": "2026-03-03"},
        {"subject": "ada", "kind": "complaint", "occurred_at": "2026-01-20", "known_at": "2026-03-03", "event_id": "late"},
        {"subject": "ada", "kind": "contract", "outcome": "ended", "occurred_at": "2026-01-25", "known_at": "2026-03-03", "event_id": "end"},
    ]
    now = [row["at"] for row in signals(told(told_then + leak), snapshots=2).to_pyarrow().to_pylist()]
    [then, today] = signals(told(told_then + leak), snapshots=2).to_pyarrow().to_pylist()
    [alone] = signals(told(told_then).as_of(then["at"])).to_pyarrow().to_pylist()
    assert (len(now), then, [today[name] for name in ("complaints_90d", "score_365d")]) == (2, alone, [1.0, 0.0])


def test_the_figures_of_a_customer():
    events = [
        {"subject": "ada", "kind": "contract", "outcome": "started", "occurred_at": "2025-03-01", "amount": 30, "product": "S", "case_id": "k"},
        {"subject": "ada", "kind": "contract", "outcome": "expanded", "occurred_at": "2026-03-10", "amount": 33, "product": "S", "case_id": "k"},
        {"subject": "ada", "kind": "case_opened", "occurred_at": "2026-03-01", "case_id": "t1"},
        {"subject": "ada", "kind": "case_handover", "occurred_at": "2026-03-02", "case_id": "t1"},
        {"subject": "ada", "kind": "case_handover", "occurred_at": "2026-03-03", "case_id": "t1"},
        {"subject": "ada", "kind": "case_resolved", "occurred_at": "2026-03-06", "case_id": "t1"},
        {"subject": "ada", "kind": "case_opened", "occurred_at": "2026-03-20", "case_id": "t2"},
        {"subject": "ada", "kind": "invoice_correction", "occurred_at": "2026-03-11", "amount": -5},
        {"subject": "ada", "kind": "feedback", "metric": "csat", "score": 2.0, "occurred_at": "2026-03-12"},
        {"subject": "ada", "kind": "usage", "occurred_at": "2026-03-31", "quantity": 3.0},
    ]
    [found] = signals(told(events)).to_pyarrow().to_pylist()
    asked = {
        "price": 33.0, "price_change_365d": pytest.approx(0.1), "contract_changes_365d": 1.0, "tenure_days": 395.0, "days_since_renewal": 21.0, "handovers_worst_120d": 2.0, "open_cases": 1.0,
        "oldest_open_days": 11.0, "longest_wait_days": 11.0, "waiting_days": 8.0, "repeated_cases_365d": 1.0, "credits_90d": 1.0, "score_365d": 0.25, "low_scores_365d": 1.0, "contacts_30d": 1.0,
        "usage_30d": 1.0, "quantity_30d": 3.0, "days_since_usage": 0.0, "breadth": 3.0, "products": 1.0,
    }  # fmt: skip
    assert {name: found[name] for name in asked} == asked


def test_two_orders_of_one_hour_are_no_rhythm():
    """Ada orders every ten days; Ben ordered twice within a minute, and was never seen to come again."""
    orders = [("ada", "2026-03-01"), ("ada", "2026-03-11"), ("ada", "2026-03-21"), ("ben", "2026-03-01T10:00:00"), ("ben", "2026-03-01T10:00:40"), ("cyd", "2026-04-10")]
    found = signals(told([(who, "order", at) for who, at in orders])).select("customer_id", "orders_overdue").to_pyarrow().to_pylist()
    assert [(row["customer_id"], row["orders_overdue"]) for row in found] == [("ada", 2.0), ("ben", None), ("cyd", None)]


def test_what_is_said_again_weighs_more_than_what_is_said_once():
    def answers(who, *scores, metric="nps"):
        return [{"subject": who, "kind": "feedback", "metric": metric, "score": float(score), "occurred_at": f"2023-0{month}-01"} for month, score in enumerate(scores, 1)]

    events = [*answers("ada", 10, 10, 10), *answers("ben", 10), *answers("cyd", 0), *answers("dan", 5, metric="csat")]
    found = {row["customer_id"]: row["loyalty"] for row in signals(told(events)).to_pyarrow().to_pylist()}
    # All together say 0.8; each is drawn to it as if one answer more had said so.
    assert found == {"ada": pytest.approx(3.8 / 4), "ben": pytest.approx(1.8 / 2), "cyd": pytest.approx(0.8 / 2), "dan": None}


def test_moods_are_those_of_the_texts_that_were_known_and_missing_where_none_was_read():
    texts = {"Danke!": ("positive", 0.1, 0.9), "Again no call": ("negative", 0.8, 0.1), "So late": ("negative", 0.9, 0.0), "We call you": ("negative", 0.9, 0.0)}
    rows = [{**dict.fromkeys(column.name for column in READINGS), "text_hash": text_hash(text), "mood": mood, "negative": bad, "positive": good} for text, (mood, bad, good) in texts.items()]
    readings = ibis.memtable(pa.Table.from_pylist(rows, schema=schema(READINGS).to_pyarrow()), schema=schema(READINGS))
    wrote = [("Danke!", "2026-03-05", "message_in"), ("Again no call", "2026-01-01", "feedback"), ("So late", "2025-02-01", "post"), ("We call you", "2026-03-06", "message_out"), ("Unread", "2026-03-07", "post")]
    events = [{"subject": "ada", "kind": kind, "occurred_at": day, "text": text} for text, day, kind in wrote]
    late = {"subject": "ada", "kind": "post", "occurred_at": "2026-03-10", "known_at": "2026-04-10", "text": "So late"}
    journal = told([*events, late, {"subject": "ben", "kind": "post", "occurred_at": "2026-03-01", "text": "Unread"}], readings=readings)
    shown = ("negative_texts_90d", "negative_texts_365d", "mood_365d", "days_since_negative")
    found = {(row["customer_id"], row["at"].month): [row[name] for name in shown] for row in signals(journal, snapshots=2).to_pyarrow().to_pylist()}
    assert found == {("ada", 3): [1.0, 1.0, pytest.approx(0.05), 69.0], ("ada", 4): [1.0, 2.0, pytest.approx((0.8 - 0.7 - 0.9) / 3), 31.0], ("ben", 3): [None] * 4, ("ben", 4): [None] * 4}


def test_broken_rules_are_those_of_the_target_journey_as_they_were_known():
    events = [
        {"subject": "ada", "kind": "case_opened", "occurred_at": "2026-03-01", "case_id": "1"},
        {"subject": "ada", "kind": "case_resolved", "occurred_at": "2026-03-06", "case_id": "1"},
        {"subject": "ben", "kind": "case_opened", "occurred_at": "2026-03-01", "case_id": "2"},
        {"subject": None, "kind": "case_resolved", "occurred_at": "2026-03-02", "known_at": "2026-04-10", "case_id": "2"},
        {"subject": "cyd", "kind": "case_opened", "occurred_at": "2026-03-01", "case_id": "3"},
        {"subject": "cyd", "kind": "case_opened", "occurred_at": "2025-06-01", "case_id": "4"},
    ]
    settled = {"rules": ["response(case_opened, case_resolved) within 2 days"], "accepted": [{"rule": "response(case_opened, case_resolved) within 2 days", "journeys": ["3"], "why": "agreed"}]}

    def found(**journeys):
        rows = signals(told(events, settings=Settings.model_validate({"journeys": journeys})), snapshots=2).to_pyarrow().to_pylist()
        return {(row["customer_id"], row["at"].month): (row["violations_90d"], row["violations_365d"]) for row in rows}

    assert found(help=settled) == {
        ("ada", 3): (1.0, 1.0), ("ada", 4): (1.0, 1.0), ("ben", 3): (1.0, 1.0), ("ben", 4): (0.0, 0.0), ("cyd", 3): (0.0, 1.0), ("cyd", 4): (0.0, 1.0),
    }  # fmt: skip
    # Of journeys that are not cases, and where none is named, nothing is known.
    assert [set(found(**journeys).values()) for journeys in ({"life": {"rules": ["response(case_opened, case_resolved)"], "unit": "customer"}}, {})] == [{(None, None)}] * 2


def test_an_outage_stops_the_clock_of_its_source():
    days = [START + timedelta(days=day) for day in range(60)]
    uses = [{"subject": name, "kind": "usage", "source": "meter", "occurred_at": day} for day in days[:40] for name in ("ada", "ben", "cyd")]
    calls = [{"subject": "ada", "kind": "call", "source": "phone", "occurred_at": day} for day in days]
    found = signals(told(uses + calls)).to_pyarrow().to_pylist()
    assert [(row["days_since_usage"], row["usage_30d"]) for row in found] == [(0.0, 30.0)] * 3


def test_one_customers_silence_is_no_outage():
    days = [START + timedelta(days=day) for day in range(60)]
    uses = [{"subject": name, "kind": "usage", "source": "meter", "occurred_at": day} for day in days for name in ("ada", "ben") if name == "ada" or day < days[40]]
    found = signals(told(uses)).to_pyarrow().to_pylist()
    assert [(row["customer_id"], row["days_since_usage"]) for row in found] == [("ada", 0.0), ("ben", 20.0)]


def test_a_project_is_slow_beside_its_own_kind():
    lasted = [("ada", "move", 3), ("ben", "move", 4), ("cyd", "move", 12), ("dan", "rollout", 28), ("eve", "rollout", 28), ("fay", "rollout", 0), ("gus", None, 5)]
    steps = [{"subject": who, "kind": "milestone", "case_id": who, "touchpoint": where, "occurred_at": START + timedelta(days=day)} for who, where, days in lasted for day in {0, days}]
    found = {row["customer_id"]: (row["project_days"], row["project_against_usual"]) for row in signals(told(steps)).to_pyarrow().to_pylist()}
    assert found == {"ada": (3.0, 0.75), "ben": (4.0, 1.0), "cyd": (12.0, 3.0), "dan": (28.0, 1.0), "eve": (28.0, 1.0), "fay": (0.0, 0.0), "gus": (5.0, 1.0)}


def test_the_first_use_counts_in_the_first_year_alone():
    began = {"ada": "2026-02-01", "ben": "2025-01-10", "cyd": "2024-12-01"}
    events = [{"subject": who, "kind": "contract", "outcome": "started", "occurred_at": day, "amount": 30, "case_id": who} for who, day in began.items()]
    events += [{"subject": "dan", "kind": "usage", "occurred_at": "2024-06-01"}, *({"subject": who, "kind": "usage", "occurred_at": "2026-02-11"} for who in began)]
    found = {row["customer_id"]: row["first_usage_days"] for row in signals(told(events)).to_pyarrow().to_pylist()}
    assert found == {"ada": 10.0, "ben": None, "cyd": None, "dan": None}


def test_every_signal_can_be_told_in_words():
    assert sorted(set(NAMES) - set(WORDS)) == []


@pytest.mark.parametrize("given_", [{"snapshots": 0}, {"snapshots": 500}, {"every": "soon"}, {"every": "1 minute"}])
def test_what_cannot_be_meant_is_refused(given_):
    with pytest.raises(ArgumentError):
        signals(told([]), **given_)


@pytest.mark.parametrize("of", [churn, expansion, renewal_forecast, backtest, health])
@pytest.mark.parametrize("snapshots", [0, 121])
def test_months_to_learn_from_are_refused_by_the_number_that_was_given(of, snapshots):
    with pytest.raises(ArgumentError, match=f"^--snapshots expects a number from 1 to 120, found {snapshots}$"):
        of(told([]), snapshots=snapshots)
