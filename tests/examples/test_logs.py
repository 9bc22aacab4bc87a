"""Real logs of processes other than the example's; the figures beside them are those of pm4py."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime, timedelta, timezone

import pytest

import kundig
from kundig.journal import told
from kundig.journeys import violations
from tests.data import real

SEPSIS = """
company: {name: Hospital, timezone: UTC}
sources:
  sepsis:
    read: {csv: sepsis.csv.gz}
    key: [case_id, activity_instance_id]
    events: {kind: "{activity}", subject: "patient:{case_id}", at: timestamp, case_id: case_id, touchpoint: "{activity}"}
"""
TEMPLATES = ("response", "precedence", "succession", "chain_response", "responded_existence", "not_coexistence")
BROKEN = {
    ("ER Registration", "ER Triage"): [6, 6, 6, 79, 0, 1050],
    ("Admission NC", "CRP"): [181, 1004, 1010, 385, 6, 794],
    ("IV Liquid", "IV Antibiotics"): [112, 182, 182, 275, 0, 753],
    ("Release A", "Return ER"): [394, 17, 411, 395, 394, 277],
}
"""Cases that break each of TEMPLATES; of events at one instant pm4py takes the order of the file, here that of the alphabet."""
TIED = {"response": 64, "precedence": 134, "succession": 134, "chain_response": 224}
"""The same for the drip and the antibiotics where events of one instant have no order."""


@pytest.fixture(scope="module")
def sepsis(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sepsis")
    (folder / "kundig.yaml").write_text(SEPSIS, encoding="utf-8")
    workspace = kundig.open(folder, data=real("event_logs"))
    assert [(done.rows, done.events_added, done.quarantined) for done in workspace.imports()] == [(15_214, 15_214, 0)]
    return workspace


def rows(workspace, name, **arguments):
    return workspace.ask(name, **arguments).table.to_pylist()


def test_every_case_of_the_hospital_is_there_and_one_of_them_is_called_na(sepsis):
    flows = rows(sepsis, "journeys.flows", unit="case")
    assert (len(flows), sum(row["n"] for row in flows)) == (105, 15_214 - 1_050)
    assert [(row["source"], row["target"], row["n"]) for row in flows[:3]] == [("CRP", "Leucocytes", 1664), ("LacticAcid", "Leucocytes", 1372), ("CRP", "LacticAcid", 1360)]
    assert sum(row["variants"] for row in rows(sepsis, "journeys.variants", unit="case")) == 691
    ends = {(row["end"], row["step"]): row["n"] for row in rows(sepsis, "journeys.entries_exits", unit="case")}
    assert {step: n for (end, step), n in ends.items() if end == "entry"} == {"ER Registration": 995, "CRP": 23, "IV Liquid": 14, "ER Sepsis Triage": 7, "ER Triage": 6, "Leucocytes": 5}
    assert (ends["exit", "Release A"], ends["exit", "Return ER"]) == (393, 291)
    assert sepsis.journal.events.filter(lambda table: table.case_id == "NA").count().to_pyarrow().as_py() == 24


def test_half_of_the_events_share_their_instant_and_get_the_benefit_of_the_doubt(sepsis):
    rules = [f"{template}(IV Liquid, IV Antibiotics)" for template in TIED]
    broken = defaultdict(set)
    for row in rows(sepsis, "journeys.violations", rules="; ".join(rules), ended_after="0 days"):
        broken[row["rule"].partition("(")[0]].add(row["journey"])
    assert {template: len(cases) for template, cases in broken.items()} == TIED


def test_once_events_of_an_instant_have_an_order_the_cases_that_break_rules_are_those_of_pm4py():
    with gzip.open(real("event_logs") / "sepsis.csv.gz", "rt", encoding="utf-8") as file:
        read = sorted((row["case_id"], datetime.fromisoformat(row["timestamp"]).replace(tzinfo=timezone.utc), row["activity"]) for row in csv.DictReader(file))
    events, before = [], defaultdict(int)
    for case, at, activity in read:
        events.append({"subject": case, "case_id": case, "kind": activity, "occurred_at": at + timedelta(microseconds=before[case, at])})
        before[case, at] += 1
    rules = {f"{template}({a}, {b})": (pair, place) for pair in BROKEN for place, template in enumerate(TEMPLATES) for a, b in [pair]}
    broken = defaultdict(set)
    for row in violations(told(events), rules="; ".join(rules), ended_after="0 days").select("rule", "journey").to_pyarrow().to_pylist():
        broken[row["rule"]].add(row["journey"])
    assert {rule: len(broken[rule]) for rule in rules} == {rule: BROKEN[pair][place] for rule, (pair, place) in rules.items()}
