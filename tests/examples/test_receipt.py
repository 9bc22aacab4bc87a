"""The permit example, end to end on the real log; the figures beside it are those of pm4py."""

import shutil
from collections import defaultdict

import pytest

import kundig
from tests.data import ROOT, real

CHECK, DETERMINE, SEND = "T02 Check confirmation of receipt", "T04 Determine confirmation of receipt", "T05 Print and send confirmation of receipt"
TEMPLATES = ("response", "precedence", "succession", "chain_response", "responded_existence", "not_coexistence")


@pytest.fixture(scope="module")
def permits(tmp_path_factory):
    data = real("event_logs")
    folder = tmp_path_factory.mktemp("receipt")
    shutil.copy(ROOT / "examples/receipt/kundig.yaml", folder)
    workspace = kundig.open(folder, data=data)
    assert [(done.source, done.rows, done.events_added, done.quarantined) for done in workspace.imports()] == [("receipt", 8577, 8577, 0)]
    return workspace


def rows(workspace, name, **arguments):
    return workspace.ask(name, **arguments).table.to_pylist()


def test_variants_flows_and_ends_are_those_of_the_log(permits):
    variants = rows(permits, "journeys.variants", unit="case")
    assert (sum(row["variants"] for row in variants), sum(row["n"] for row in variants), variants[0]["n"], variants[0]["steps"]) == (116, 1434, 713, 6)
    flows = rows(permits, "journeys.flows", unit="case")
    assert (len(flows), sum(row["n"] for row in flows), len({row[end] for row in flows for end in ("source", "target")})) == (99, 8577 - 1434, 27)
    ends = {(row["end"], row["step"]): row["n"] for row in rows(permits, "journeys.entries_exits", unit="case")}
    assert (ends["entry", "Confirmation of receipt"], ends["exit", "T10 Determine necessity to stop indication"], ends["exit", SEND], len(ends)) == (1434, 828, 400, 15)


def test_the_cases_that_break_a_rule_are_as_many_as_pm4py_counts(permits):
    rules = [f"existence({SEND})", f"exactly({SEND})", "absence(T03 Adjust confirmation of receipt)", "init(Confirmation of receipt)"]
    rules += [f"{template}({a}, {b})" for template in TEMPLATES for a, b in ((CHECK, DETERMINE), (DETERMINE, SEND))]
    broken = defaultdict(set)
    for row in rows(permits, "journeys.violations", rules="; ".join(rules), ended_after="0 days"):
        broken[row["rule"]].add(row["journey"])
    assert [len(broken[rule]) for rule in rules] == [134, 134, 37, 0, 14, 4, 0, 1, 14, 5, 228, 130, 13, 4, 1303, 1299]


def test_the_target_journey_says_who_waits_too_long(permits):
    found = {row["rule"].partition("(")[0] + (" " + row["rule"].partition("within ")[2] if "within" in row["rule"] else ""): row for row in rows(permits, "journeys.deviations", journey="receipt")}
    confirmed = found["response 5 days"]
    assert {name: confirmed[name] for name in ("n", "fulfilled", "violated", "pending", "late", "missing")} == {"n": 1434, "fulfilled": 1091, "violated": 342, "pending": 1, "late": 209, "missing": 133}
    assert (found["absence"]["violated"], found["absence"]["accepted"], found["absence"]["share"]) == (37, 37, 1.0)
    assert len([row for row in rows(permits, "journeys.violations", journey="receipt", state="violated") if row["rule"].endswith("within 5 days")]) == 342
    assert len(rows(permits, "journeys.violations", journey="receipt", state="accepted")) == 37
