"""Attributes filter and split: a part that is split off is what is asked of it alone."""

import pytest
from hypothesis import given, settings

from kundig.errors import ArgumentError
from kundig.journal import Extract, moment, told
from kundig.journeys import deviations, entries_exits, flows, funnel, interlocks, resolutions, variants
from kundig.touchpoints import Touchpoint
from tests.oracles import lives

SEGMENTS = {"ada": "gold", "ben": "gold", "cyd": "new"}
TRAITS = [{"subject": who, "known_at": "2026-01-01", "segment": segment} for who, segment in SEGMENTS.items()]
CATALOGUE = {touchpoint: Touchpoint(department=department) for touchpoint, department in {"shop": "sales", "pay": "finance", "help": "service"}.items()}
ASKED = {
    "deviations": lambda journal, **asked: deviations(journal, rules="response(shop, pay); existence(help)", unit="customer", level="touchpoint", ended_after="0 days", **asked),
    "entries_exits": entries_exits,
    "flows": flows,
    "funnel": lambda journal, **asked: funnel(journal, stages="shop, help?, pay", level="touchpoint", ended_after="0 days", **asked),
    "interlocks": lambda journal, **asked: interlocks(journal, unit="customer", **asked),
    "resolutions": lambda journal, **asked: resolutions(journal, unit="customer", **asked),
    "variants": variants,
}


def rows(table, group):
    return [{name: value for name, value in row.items() if name != "group"} for row in table.to_pyarrow().to_pylist() if row["group"] == group]


@pytest.mark.parametrize("name", ASKED)
@given(events=lives())
@settings(max_examples=2, deadline=None)
def test_a_group_is_what_is_asked_of_it_alone(name, events):
    journal = told(events, TRAITS, touchpoints=CATALOGUE)
    split = ASKED[name](journal, by="segment")
    for segment in ("gold", "new"):
        assert rows(split, segment) == rows(ASKED[name](journal, where=f"segment={segment}"), None)


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
