"""How records came together, told of a customer; decisions kept, told together, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import NOW

import kundig
from kundig.errors import IdentityError
from kundig.ingest.joins import Joined, Waiting

YAML = """
company: {name: Nordwind}
identity: {resemblance: false}
sources:
  crm:
    read: {csv: crm.csv}
    traits: {subject: "crm:{id}", known_at: at, given_name: given, email: mail}
  orders:
    read: {csv: orders.csv}
    events: {kind: order, subject: "email:{mail}", at: at}
"""
CRM = "id,given,mail,at\n1,Ada,ada@example.de,2026-01-01\n2,Ada,ada@example.de,2026-01-03\n3,Ben,ben@example.de,2026-01-02\n"
ORDERS = "mail,at\nada@example.de,2026-01-05 10:00\n"


@pytest.fixture
def workspace(tmp_path: Any) -> Any:
    for name, text in {"kundig.yaml": YAML, "crm.csv": CRM, "orders.csv": ORDERS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = kundig.open(tmp_path)
    list(found.imports(now=NOW))
    found.identify(now=NOW)
    return found


def test_adas_three_records_tell_what_ties_them(workspace: Any) -> None:
    ada = workspace.joined("email:ada@example.de")
    assert (ada.customer_id, sorted(ada.subjects), ada.subjects[0], ada.decided) == ("crm:1", ["crm:1", "crm:2", "email:ada@example.de"], "crm:1", ())
    assert {(tie.how, tie.value, tie.probability) for tie in ada.ties} == {("e-mail", "ada@example.de", 1.0)}
    assert workspace.joined("crm:2") == ada


def test_ben_is_one_record_and_a_stranger_is_nobody_but_themselves(workspace: Any) -> None:
    assert (workspace.joined("crm:3"), workspace.joined("crm:999")) == (Joined("crm:3", ("crm:3",)), Joined("crm:999", ("crm:999",)))


def test_a_split_is_told_as_one_decision_and_taken_back_as_one(workspace: Any) -> None:
    workspace.split("crm:2", by="cyd", now=NOW)
    workspace.identify(now=NOW)
    [told] = workspace.joined("crm:1").decided
    assert (told.action, told.subject, told.customer_id, sorted(told.others), told.by) == ("split", "crm:2", "crm:2", ["crm:1", "email:ada@example.de"], "cyd")
    assert workspace.joined("crm:2").subjects == ("crm:2",)
    assert sorted(workspace.taken_back("crm:2", told.at, by="cyd")) == [("crm:2", "crm:1"), ("crm:2", "email:ada@example.de")]
    workspace.identify(now=NOW)
    assert (len(workspace.joined("crm:1").subjects), workspace.joined("crm:1").decided) == (3, ())
    with pytest.raises(IdentityError, match="may have been taken back already"):
        workspace.taken_back("crm:2", told.at, by="cyd")


def test_where_nothing_resembles_nothing_waits(workspace: Any) -> None:
    assert workspace.waiting() == []


def test_a_pair_that_waits_shows_what_both_say_side_by_side() -> None:
    pair = Waiting("crm:1", "crm:4", 0.97, ("crm:1", "crm:4"), ({"given_name": "Ada", "city": "Köln"}, {"given_name": "ada", "birth_date": "1990-01-01"}))
    assert pair.fields == [("given_name", "Ada", "ada", True), ("birth_date", None, "1990-01-01", False), ("city", "Köln", None, False)]
    assert pair.named == (("crm:1", "crm:1"), ("crm:4", "crm:4"))
