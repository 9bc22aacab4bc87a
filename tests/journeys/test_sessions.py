from datetime import datetime, timezone

import pytest

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import decisions, deviations, entries_exits, flows, funnel, interlocks, resolutions, target_draft, variants, violations
from kundig.settings import Settings
from kundig.touchpoints import Touchpoint

ADA = [("ada", "shop", "2026-03-01T09:00"), ("ada", "pay", "2026-03-01T09:20"), ("ada", "help", "2026-03-05T09:00"), ("ada", "shop", "2026-03-05T09:31")]
BEN = [{"subject": "ben", "touchpoint": step, "channel": "web", "occurred_at": at} for step, at in (("shop", "2026-03-01T10:00"), ("pay", "2026-03-01T10:05"))]


def rows(table, *columns):
    return table.select(*columns).to_pyarrow().to_pylist()


def test_a_longer_pause_ends_a_session_and_one_as_long_does_not():
    journal = told([*ADA, *BEN])
    assert rows(variants(journal, unit="session", pause="31 minutes"), "variant", "n")[:2] == [{"variant": "shop → pay", "n": 2}, {"variant": "help → shop", "n": 1}]
    assert rows(variants(journal, unit="session", pause="30 minutes"), "variant", "n")[:3] == [{"variant": "shop → pay", "n": 2}, {"variant": "help", "n": 1}, {"variant": "shop", "n": 1}]
    assert rows(flows(journal, unit="session", pause="30 minutes"), "source", "target", "n", "customers", "cases") == [{"source": "shop", "target": "pay", "n": 2, "customers": 2, "cases": 2}]


def test_only_the_events_that_are_asked_for_count():
    traits = [{"subject": "ada", "known_at": "2026-01-01", "segment": "gold"}]
    journal = told([*ADA, *BEN], traits=traits)
    assert rows(entries_exits(journal, where="channel=web"), "end", "step", "n") == [{"end": "entry", "step": "shop", "n": 1}, {"end": "exit", "step": "pay", "n": 1}]
    assert rows(variants(journal, where="segment=gold"), "variant", "n") == [{"variant": "shop → pay → help → shop", "n": 1}, {"variant": "other", "n": 0}]


def test_what_cannot_be_meant_says_what_was_expected():
    with pytest.raises(ArgumentError, match="--pause: expected a length of time"):
        flows(told(ADA), unit="session", pause="long")
    with pytest.raises(ArgumentError, match="--where expects attributes with their values and commas between them, such as 'segment=gold, channel=web', found 'segment'"):
        flows(told(ADA), where="segment")
    with pytest.raises(ArgumentError, match="cannot split by 'chanel'; did you mean 'channel'"):
        flows(told(ADA), where="chanel=web")


HALF_AN_HOUR = {"unit": "session", "pause": "30 minutes"}
CATALOGUE = {step: Touchpoint(department=department) for step, department in (("shop", "sales"), ("pay", "finance"), ("help", "service"))}


def test_rules_are_kept_or_broken_within_a_session():
    journal = told([*ADA, *BEN])
    asked = {"rules": "response(shop, pay); init(shop)", "level": "touchpoint", "ended_after": "0 days"}
    assert rows(deviations(journal, **asked, **HALF_AN_HOUR), "n", "fulfilled", "violated", "missing") == [
        {"n": 3, "fulfilled": 2, "violated": 1, "missing": 1},
        {"n": 4, "fulfilled": 3, "violated": 1, "missing": 1},
    ]
    assert rows(deviations(journal, **asked, unit="customer"), "n", "fulfilled") == [{"n": 3, "fulfilled": 2}, {"n": 2, "fulfilled": 2}]
    assert rows(violations(journal, **asked, **HALF_AN_HOUR), "rule", "journey", "customer_id") == [
        {"rule": "response(shop, pay)", "journey": "ada#2", "customer_id": "ada"}, {"rule": "init(shop)", "journey": "ada#1", "customer_id": "ada"},
    ]  # fmt: skip


def test_a_target_journey_of_kundig_yaml_may_be_of_sessions():
    visit = {"unit": "session", "pause": "30 minutes", "level": "touchpoint", "ended_after": "0 days", "rules": ["response(shop, pay)"]}
    journal = told([*ADA, *BEN], settings=Settings.model_validate({"journeys": {"visit": visit}}))
    assert rows(deviations(journal, journey="visit"), "n", "fulfilled") == [{"n": 3, "fulfilled": 2}]


def test_a_funnel_begins_anew_with_each_session():
    shown = ("stage", "n", "reached", "dropped")
    asked = {"stages": "shop, pay", "level": "touchpoint", "ended_after": "0 days"}
    assert rows(funnel(told([*ADA, *BEN]), **asked, **HALF_AN_HOUR), *shown) == [{"stage": "shop", "n": 4, "reached": 3, "dropped": 1}, {"stage": "pay", "n": 3, "reached": 2, "dropped": 1}]
    assert rows(funnel(told([*ADA, *BEN]), **asked), *shown) == [{"stage": "shop", "n": 2, "reached": 2, "dropped": 0}, {"stage": "pay", "n": 2, "reached": 2, "dropped": 0}]


def test_a_long_pause_between_two_departments_is_no_handover_of_a_session():
    journal = told([*ADA, *BEN], touchpoints=CATALOGUE)
    shown = ("source", "target", "n", "journeys", "customers")
    assert rows(interlocks(journal, **HALF_AN_HOUR), *shown) == [{"source": "sales", "target": "finance", "n": 2, "journeys": 2, "customers": 2}]
    assert len(rows(interlocks(journal, unit="customer"), *shown)) == 3
    assert rows(resolutions(journal, **HALF_AN_HOUR), "shows", "n") == [{"shows": "sales", "n": 3}, {"shows": "service", "n": 1}]


def test_an_answer_is_about_the_latest_session_and_a_promise_holds_for_all_of_them():
    def visit(who, *steps, score):
        lived = [{"subject": who, "touchpoint": step, "occurred_at": f"2026-03-02T09:{number:02}"} for number, step in enumerate(steps)]
        return [*lived, {"subject": who, "kind": "feedback", "metric": "csat", "score": score, "occurred_at": "2026-03-09T09:00"}]

    events = [event for n in range(3) for event in [*visit(f"ada{n}", "shop", "pay", score=1.0 + n), *visit(f"ben{n}", "shop", score=4.0)]]
    events[0] |= {"properties": {"promise": "pay", "promised": "2026-03-01T12:00"}}
    [row] = rows(interlocks(told(events, touchpoints=CATALOGUE), floor=2, **HALF_AN_HOUR).filter(lambda table: table.source == "sales").filter(lambda table: table.target == "finance"), "n", "score_n", "score", "other_score", "promised", "missed")
    assert row == {"n": 3, "score_n": 3, "score": 2.0, "other_score": 4.0, "promised": 1, "missed": 1}


def test_what_nearly_all_sessions_keep_to_is_drafted_and_what_decides_them_is_counted():
    visits = [{"subject": "ada", "touchpoint": step, "outcome": outcome, "occurred_at": datetime(2026, 3, day, 9, minute, tzinfo=timezone.utc)} for day in range(1, 29) for step, minute, outcome in (("shop", 0, None), ("pay", 5, "won"))]
    found = target_draft(told(visits), level="touchpoint", kept=0.8, **HALF_AN_HOUR).to_pyarrow().to_pylist()
    assert ("response(shop, pay) within 1 day", 28) in [(row["rule"], row["n"]) for row in found]
    assert rows(decisions(told(visits), **HALF_AN_HOUR).filter(lambda table: table.place == "any"), "step", "n", "won") == [{"step": "shop", "n": 28, "won": 28}]
