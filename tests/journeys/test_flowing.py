"""Flows of a large journal, looked at in parts, are the same."""

from dataclasses import replace

import pytest

from kundig.conformance import parts
from kundig.journal import told
from kundig.journeys import flows

STEPS = ("shop", "pay", "call", "visit")


def lives():
    """Forty cases of ten customers; every seventh case is a neighbour's as well."""
    events = []
    for case in range(40):
        for place in range(2 + case % 5):
            who = f"c{(case + 1) % 10 if case % 7 == 0 and place == 1 else case % 10}"
            of = {"subject": who, "case_id": str(case), "channel": "web" if case % 10 > 6 else "shop" if case % 10 > 2 else None}
            events.append(of | {"touchpoint": STEPS[(case * 7 + place * place) % 4], "kind": "order", "occurred_at": f"2026-03-{1 + case % 9:02}T{place:02}:{(case * 13) % 60:02}"})
    return told(events)


@pytest.mark.parametrize("asked", [{}, {"unit": "case"}, {"unit": "session", "pause": "1 hour"}, {"unit": "case", "by": "channel"}, {"level": "kind", "where": "channel=web"}])
def test_flows_are_the_same_in_parts_and_at_once(monkeypatch, asked):
    whole = flows(lives(), **asked).to_pyarrow()
    monkeypatch.setattr(parts, "AT_ONCE", 20)
    found = flows(replace(lives(), size=72), **asked)
    assert len([name for name in found.tables if name.startswith("part_")]) == 4
    assert whole.num_rows > 0
    assert found.to_pyarrow().to_pylist() == [{**row, **{name: pytest.approx(row[name]) for name in ("median_seconds", "p90_seconds")}} for row in whole.to_pylist()]


def test_a_customer_with_cases_in_several_parts_is_counted_once(monkeypatch):
    monkeypatch.setattr(parts, "AT_ONCE", 1)
    events = [{"subject": who, "case_id": case, "touchpoint": step, "occurred_at": f"2026-03-0{day}"} for case, who, other in (("1", "ada", "ben"), ("2", "ben", "ben"), ("3", "cyd", "ben")) for day, step, who in ((1, "open", who), (2, "wait", other), (3, "solve", other))]
    found = flows(replace(told(events), size=40), unit="case").to_pyarrow().to_pylist()
    assert [(row["source"], row["target"], row["n"], row["customers"], row["cases"]) for row in found] == [("open", "wait", 3, 3, 3), ("wait", "solve", 3, 1, 3)]


def test_no_event_at_all_has_no_flow_in_parts_either(monkeypatch):
    monkeypatch.setattr(parts, "AT_ONCE", 20)
    assert flows(replace(told([]), size=72)).to_pyarrow().num_rows == 0
