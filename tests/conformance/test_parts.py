"""A large journal is looked at in parts, and says the same."""

from dataclasses import replace

import pytest

from kundig.conformance import parts
from kundig.conformance.parts import of_part, parts_of
from kundig.conformance.steps import steps
from kundig.journal import told
from kundig.journeys import deviations

RULES = "response(order, delivery) within 3 days; existence(feedback); absence(complaint)"


def lives():
    """Thirty cases of ten customers: every third is late, every fifth complains."""
    events = []
    for case in range(30):
        of = {"subject": f"c{case % 10}", "case_id": str(case), "channel": "web" if case % 2 else "shop" if case % 7 else None}
        events += [of | {"kind": "order", "occurred_at": "2026-03-01"}, of | {"kind": "delivery", "occurred_at": f"2026-03-0{3 + 4 * (case % 3 == 0)}"}]
        events += [of | {"kind": "complaint", "occurred_at": "2026-03-09"}] if case % 5 == 0 else []
    return told(events)


@pytest.mark.parametrize(("size", "number"), [(None, 1), (0, 1), (50_000_000, 1), (50_000_001, 2), (500_000_000, 10)])
def test_a_journal_has_a_part_for_every_fifty_million_events(size, number):
    assert parts_of(replace(lives(), size=size)) == number


def test_each_journey_is_in_one_part_and_whole():
    table = steps(lives(), "case", "kind")
    found = [sorted(of_part(table, (number, 4)).journey.execute()) for number in range(4)]
    assert sorted(one for journeys in found for one in journeys) == sorted(table.journey.execute())
    assert sum(len(set(journeys)) for journeys in found) == 30
    assert all(found)


@pytest.mark.parametrize("by", [None, "channel"])
def test_rules_are_counted_the_same_in_parts_and_at_once(monkeypatch, by):
    journal = lives()
    asked = {"rules": RULES, "ended_after": "0 days", "by": by}
    whole = deviations(journal, **asked).to_pyarrow().to_pylist()
    monkeypatch.setattr(parts, "AT_ONCE", 20)
    found = deviations(replace(journal, size=72), **asked)
    assert len(found.tables) == 4
    assert found.to_pyarrow().to_pylist() == [{**row, "low": pytest.approx(row["low"], abs=1e-12), "high": pytest.approx(row["high"], abs=1e-12)} for row in whole]
    assert [row["n"] for row in whole if row["rule"] == "absence(complaint)"] == ([30] if by is None else [12, 15, 3])


def test_a_rule_that_nothing_activates_has_no_share_in_parts_either(monkeypatch):
    monkeypatch.setattr(parts, "AT_ONCE", 20)
    found = deviations(replace(lives(), size=72), rules="response(visit, order)", ended_after="0 days").to_pyarrow().to_pylist()
    assert [(row["n"], row["share"], row["low"], row["high"]) for row in found] == [(0, None, None, None)]


def test_no_journey_at_all_has_no_rows_in_parts_either(monkeypatch):
    monkeypatch.setattr(parts, "AT_ONCE", 20)
    assert deviations(replace(told([]), size=72), rules=RULES).to_pyarrow().num_rows == 0


