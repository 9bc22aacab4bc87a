"""Whoever is behind a figure is as many as it says."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.customers import Selection, behind
from kundig.journal import told
from kundig.journeys import entries_exits, flows, interlocks, variants
from kundig.touchpoints import Touchpoint
from tests.answers import answer
from tests.oracles import lives

CATALOGUE = {"shop": Touchpoint(department="sales"), "pay": Touchpoint(department="finance")}


def counted(journal, of):
    """Events of customers that are known; `behind` lists no others."""
    return sum(row["n"] for row in answer(behind, journal, of=of).to_pylist())


def known(events):
    """What belongs to somebody: of a case, that of its last name."""
    return [{**event, "subject": event["subject"] or "eve"} for event in events]


@given(events=lives().map(known), unit=st.sampled_from(["customer", "case"]))
@settings(max_examples=8, deadline=None)
def test_behind_ways_passages_ends_and_handovers_are_as_many_as_are_counted(events, unit):
    journal = told(events, touchpoints=CATALOGUE)
    for row in answer(variants, journal, unit=unit).to_pylist():
        assert row["rank"] is None or counted(journal, Selection(way=row["variant"], unit=unit)) == row["n"]
    for row in answer(interlocks, journal, unit=unit).to_pylist():
        assert counted(journal, Selection(handed=True, source=row["source"], target=row["target"], unit=unit)) == row["n"]
    for row in answer(flows, journal, unit=unit).to_pylist():
        assert counted(journal, Selection(source=row["source"], target=row["target"], unit=unit)) == row["n"]
    for row in answer(entries_exits, journal, unit=unit).to_pylist():
        assert counted(journal, Selection(end=row["end"], target=row["step"], unit=unit)) == row["n"]


@pytest.mark.parametrize(("way", "found"), [("shop → pay", {"ada": 1}), ("shop", {"ben": 1}), ("pay → shop", {}), ("help", {})])
def test_a_way_is_taken_by_whoever_took_these_steps_and_no_others(way, found):
    journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ben", "shop", "2026-03-01"), ("cyd", "shop", "2026-03-01"), ("cyd", "pay", "2026-03-02"), ("cyd", "help", "2026-03-03")])
    assert Counter({row["customer_id"]: row["n"] for row in behind(journal, Selection(way=way)).to_pyarrow().to_pylist()}) == found
