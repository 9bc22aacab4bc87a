from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.journal import told
from kundig.journeys import flows
from kundig.touchpoints import Touchpoint
from tests.answers import answer
from tests.oracles import flow_counts, lives


def rows(table):
    return table.to_pyarrow().to_pylist()


def test_ada_goes_from_shop_to_pay_in_a_day():
    journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02")])
    assert rows(flows(journal)) == [
        {"group": None, "source": "shop", "target": "pay", "n": 1, "customers": 1, "cases": 1, "median_seconds": 86400.0, "p90_seconds": 86400.0}
    ]


def test_a_single_event_leads_nowhere():
    assert rows(flows(told([("cyd", "shop", "2026-03-01")]))) == []


def test_a_case_is_a_journey_of_its_own():
    journal = told([
        {"subject": "ada", "touchpoint": "open", "case_id": "t1", "occurred_at": "2026-03-01"},
        {"subject": "ada", "touchpoint": "open", "case_id": "t2", "occurred_at": "2026-03-02"},
        {"subject": "ada", "touchpoint": "solve", "case_id": "t1", "occurred_at": "2026-03-03"},
        {"subject": "ada", "touchpoint": "solve", "case_id": "t2", "occurred_at": "2026-03-06"},
    ])
    assert rows(flows(journal, unit="case")) == [
        {"group": None, "source": "open", "target": "solve", "n": 2, "customers": 1, "cases": 2, "median_seconds": 3 * 86400.0, "p90_seconds": 3.8 * 86400.0}
    ]


def test_a_step_can_follow_itself():
    journal = told([("ben", "call", "2026-03-01T10:00"), ("ben", "call", "2026-03-01T10:30")])
    assert [(row["source"], row["target"], row["median_seconds"]) for row in rows(flows(journal))] == [("call", "call", 1800.0)]


def test_at_one_instant_the_alphabet_decides():
    journal = told([("ada", "pay", "2026-03-01"), ("ada", "shop", "2026-03-01")])
    assert [(row["source"], row["target"]) for row in rows(flows(journal))] == [("pay", "shop")]


def test_flows_between_departments_use_the_catalogue():
    catalogue = {"bill": Touchpoint(department="finance"), "fix": Touchpoint(department="technology")}
    journal = told([("ada", "bill", "2026-03-01"), ("ada", "fix", "2026-03-02"), ("ada", "walk", "2026-03-03")], touchpoints=catalogue)
    assert [(row["source"], row["target"]) for row in rows(flows(journal, level="department"))] == [("finance", "technology")]


@given(lives(), st.sampled_from(["customer", "case"]))
@settings(deadline=None)
def test_flows_are_what_plain_python_counts(events, unit):
    found = {(row["source"], row["target"]): row["n"] for row in answer(flows, told(events), unit=unit).to_pylist()}
    assert found == dict(flow_counts(events, unit))
