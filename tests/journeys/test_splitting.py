"""Attributes filter and split: a part that is split off is what is asked of it alone."""

import pytest
from hypothesis import given, settings

from kundig.errors import ArgumentError
from kundig.journal import Extract, moment, told
from kundig.journeys import (
    anomalies,
    consistency,
    decisions,
    deviations,
    effort,
    entries_exits,
    flows,
    funnel,
    interlocks,
    purchase_paths,
    resolutions,
    silences,
    target_draft,
    variants,
    violations,
)
from kundig.settings import Settings
from kundig.touchpoints import Touchpoint
from tests.answers import answer
from tests.oracles import lives

SEGMENTS = {"ada": "gold", "ben": "gold", "cyd": "new"}
TRAITS = [{"subject": who, "known_at": "2026-01-01", "segment": segment} for who, segment in SEGMENTS.items()]
CATALOGUE = {touchpoint: Touchpoint(department=department) for touchpoint, department in {"shop": "sales", "pay": "finance", "help": "service"}.items()}
ASKED = {
    "deviations": (deviations, {"rules": "response(shop, pay); existence(help)", "unit": "customer", "level": "touchpoint", "ended_after": "0 days"}),
    "entries_exits": (entries_exits, {}),
    "flows": (flows, {}),
    "funnel": (funnel, {"stages": "shop, help?, pay", "level": "touchpoint", "ended_after": "0 days"}),
    "interlocks": (interlocks, {"unit": "customer"}),
    "resolutions": (resolutions, {"unit": "customer"}),
    "variants": (variants, {}),
    "violations": (violations, {"rules": "response(shop, pay); existence(help)", "unit": "customer", "level": "touchpoint"}),
}


def rows(table, group):
    return of_group(table.to_pyarrow(), group)


def of_group(table, group):
    return [{name: value for name, value in row.items() if name != "group"} for row in table.to_pylist() if row["group"] == group]


@pytest.mark.parametrize("name", ASKED)
@given(events=lives())
@settings(max_examples=10, deadline=None)
def test_a_group_is_what_is_asked_of_it_alone(name, events):
    journal = told(events, TRAITS, touchpoints=CATALOGUE)
    of, values = ASKED[name]
    split = answer(of, journal, by="segment", **values)
    for segment in ("gold", "new"):
        assert of_group(split, segment) == of_group(answer(of, journal, where=f"segment={segment}", **values), None)


LIFE = [
    {"subject": "ada", "case_id": "1", "touchpoint": "shop", "channel": "web", "occurred_at": "2026-01-01"},
    {"subject": "ada", "case_id": "1", "touchpoint": "pay", "channel": "phone", "occurred_at": "2026-02-01"},
    {"subject": "ben", "case_id": "2", "touchpoint": "shop", "occurred_at": "2026-04-01"},
    {"subject": "ben", "case_id": "2", "touchpoint": "pay", "channel": "phone", "occurred_at": "2026-04-02"},
]


def test_a_journey_has_the_attribute_of_its_first_event_that_has_one_and_stays_whole():
    found = deviations(told(LIFE), rules="response(shop, pay)", level="touchpoint", by="channel", ended_after="0 days")
    assert found.select("rule", "group", "n", "fulfilled").to_pyarrow().to_pylist() == [
        {"rule": "response(shop, pay)", "group": "phone", "n": 1, "fulfilled": 1},
        {"rule": "response(shop, pay)", "group": "web", "n": 1, "fulfilled": 1},
    ]
    assert flows(told(LIFE), unit="case", by="channel").select("group", "source", "target", "n").to_pyarrow().to_pylist() == [
        {"group": "phone", "source": "shop", "target": "pay", "n": 1},
        {"group": "web", "source": "shop", "target": "pay", "n": 1},
    ]


def test_two_attributes_have_to_hold_and_customers_may_be_asked_for_both():
    traits = [{"subject": "ada", "known_at": "2026-01-01", "segment": "gold", "city": "Kiel"}, {"subject": "ben", "known_at": "2026-01-01", "segment": "gold", "city": "Bonn"}]
    journal = told(LIFE, traits)
    asked = {"rules": "response(shop, pay)", "level": "touchpoint", "ended_after": "0 days"}
    assert [deviations(journal, where=where, **asked).select("n").to_pyarrow().to_pylist() for where in ("segment=gold", "segment=gold, city=Bonn")] == [[{"n": 2}], [{"n": 1}]]
    assert variants(journal, where="segment=gold, city=Bonn").select("n").to_pyarrow().to_pylist()[0] == {"n": 1}


def test_a_cohort_is_the_quarter_of_the_customers_first_event_even_where_only_a_part_is_looked_at():
    journal = told(LIFE)
    stages = {"stages": "shop, pay", "level": "touchpoint", "by": "cohort"}
    shown = ("group", "stage", "n", "reached")
    assert funnel(journal, **stages).select(*shown).to_pyarrow().to_pylist() == [
        {"group": "2026-Q1", "stage": "shop", "n": 1, "reached": 1},
        {"group": "2026-Q1", "stage": "pay", "n": 1, "reached": 1},
        {"group": "2026-Q2", "stage": "shop", "n": 1, "reached": 1},
        {"group": "2026-Q2", "stage": "pay", "n": 1, "reached": 1},
    ]
    later = journal.only(Extract(since=moment("2026-01-15"))).only(Extract(until=moment("2026-03-01")))
    assert entries_exits(later, by="cohort").select("group", "end", "step").to_pyarrow().to_pylist() == [
        {"group": "2026-Q1", "end": "entry", "step": "pay"},
        {"group": "2026-Q1", "end": "exit", "step": "pay"},
    ]


def test_what_cannot_be_split_by_says_so():
    with pytest.raises(ArgumentError, match="cannot split by 'cohorte'; did you mean 'cohort'"):
        funnel(told(LIFE), by="cohorte")
    with pytest.raises(ArgumentError, match="--where expects attributes"):
        deviations(told(LIFE), where="segment")


def lost(subject, step, outcome):
    return [{"subject": subject, "case_id": subject, "touchpoint": step, "occurred_at": "2026-03-01"}, {"subject": subject, "case_id": subject, "outcome": outcome, "occurred_at": "2026-03-02"}]


def test_decisions_are_set_beside_the_base_rate_of_their_own_group():
    journal = told([*lost("ada", "shop", "won"), *lost("ben", "shop", "lost"), *lost("cyd", "help", "lost")], TRAITS)
    shown = ("group", "step", "n", "won", "base")
    any_step = decisions(journal, by="segment").filter(lambda table: table.place == "any")
    assert any_step.select(*shown).to_pyarrow().to_pylist() == [{"group": "gold", "step": "shop", "n": 2, "won": 1, "base": 0.5}, {"group": "new", "step": "help", "n": 1, "won": 0, "base": 0.0}]
    for segment in ("gold", "new"):
        assert rows(decisions(journal, by="segment"), segment) == rows(decisions(journal, where=f"segment={segment}"), None)


def test_paths_to_a_purchase_are_shared_out_group_by_group():
    events = [{"subject": who, "kind": kind, "channel": channel, "occurred_at": f"2026-03-0{day}"} for who, channel in (("ada", "web"), ("ben", "shop"), ("cyd", "web")) for kind, day in (("visit", 1), ("order", 2))]
    journal = told(events, TRAITS)
    split = purchase_paths(journal, group="segment", floor=1)
    shown = [(row["group"], row["step"], row["n"], row["first"]) for row in split.to_pyarrow().to_pylist()]
    assert shown == [("gold", None, 2, None), ("gold", "shop", 1, 0.5), ("gold", "web", 1, 0.5), ("new", None, 1, None), ("new", "web", 1, 1.0)]
    for segment in ("gold", "new"):
        assert rows(split, segment) == rows(purchase_paths(journal, where=f"segment={segment}", floor=1), None)


def daily(who, *days):
    return [{"subject": who, "source": "app", "kind": "call", "channel": "web" if who == "ada" else "phone", "metric": "csat", "score": float(day % 5 + 1), "occurred_at": f"2026-{month:02}-{day:02}"} for month in days for day in range(1, 29)]


def test_silences_tell_the_group_and_keep_to_those_that_are_asked_for():
    order = {"starts": "order", "rules": ["response(order, delivery) within 3 days"]}
    owed = [{"subject": who, "case_id": who, "kind": "order", "source": "shop", "occurred_at": "2026-04-01"} for who in ("ada", "cyd")]
    journal = told([*daily("ada", 1, 2, 3, 4), *daily("ben", 1, 2, 3), *daily("cyd", 1, 2, 3), *owed], TRAITS, settings=Settings.model_validate({"journeys": {"order": order}}))
    shown = ("what", "group", "customer_id")
    found = silences(journal, by="segment").filter(lambda table: table.what != "source").select(*shown).to_pyarrow().to_pylist()
    assert found == [
        {"what": "customer", "group": "gold", "customer_id": "ben"}, {"what": "customer", "group": "new", "customer_id": "cyd"},
        {"what": "step", "group": "gold", "customer_id": "ada"}, {"what": "step", "group": "new", "customer_id": "cyd"},
    ]  # fmt: skip
    gold = silences(journal, where="segment=gold").select("what", "customer_id").to_pyarrow().to_pylist()
    assert gold == [{"what": "source", "customer_id": None}] * 2 + [{"what": "customer", "customer_id": "ben"}, {"what": "step", "customer_id": "ada"}]


def test_answers_contacts_and_figures_of_some_events_are_those_events_alone():
    both, ada = told([*daily("ada", 1, 2, 3), *daily("ben", 1, 2, 3)], TRAITS), told(daily("ada", 1, 2, 3), TRAITS)
    for asked in (
        lambda journal, **where: consistency(journal, by="weekday", **where),
        lambda journal, **where: effort(journal, floor=1, **where),
        lambda journal, **where: anomalies(journal, by=None, every="day", **where),
        lambda journal, **where: anomalies(journal, by=None, figure="waiting", unit="customer", every="day", **where),
        lambda journal, **where: target_draft(journal, unit="customer", kept=0.1, **where),
    ):
        assert asked(both, where="channel=web").to_pyarrow().to_pylist() == asked(ada).to_pyarrow().to_pylist() != asked(both).to_pyarrow().to_pylist()
