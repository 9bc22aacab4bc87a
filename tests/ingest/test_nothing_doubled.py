"""The same file again, an edited file, rows alike: what is added, corrected, and known already."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from tests.conftest import LATER, TICKETS, Company, imported, put, told, versions

from kundig.workspace import Workspace

HEAD = "id,customer,created,text\n"
FILE = HEAD + "1,ada,2025-01-02 09:00,hello\n2,ben,2025-01-03 09:00,where is it\n"
NO_KEY = {key: value for key, value in TICKETS.items() if key != "key"}


def rewrite(workspace: Workspace, text: str) -> None:
    put(workspace.data / "tickets.csv", text)


@pytest.mark.parametrize("source", [TICKETS, NO_KEY])
def test_the_same_file_twice_adds_nothing(company: Company, source: dict[str, Any]) -> None:
    workspace = company({"tickets": source}, {"tickets.csv": FILE})
    assert imported(workspace) == [{"rows": 2, "events_added": 2}]
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_unchanged": 2}]
    assert told(workspace, "events", "subject, text") == [{"subject": "crm:ada", "text": "hello"}, {"subject": "crm:ben", "text": "where is it"}]


def test_the_same_rows_under_another_name_in_another_order_add_nothing(company: Company) -> None:
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets*.csv"}}}, {"tickets.csv": FILE})
    imported(workspace)
    put(workspace.data / "tickets-copy.csv", "text,id,created,customer\nwhere is it,2,2025-01-03 09:00,ben\nhello,1,2025-01-02 09:00,ada\n")
    assert imported(workspace, now=LATER) == [{"rows": 4, "events_unchanged": 2, "repeated": 2}]


@pytest.mark.parametrize("source", [TICKETS, NO_KEY])
def test_an_edited_row_is_a_correction_known_from_now_on(company: Company, source: dict[str, Any]) -> None:
    workspace = company({"tickets": source}, {"tickets.csv": FILE})
    imported(workspace)
    rewrite(workspace, FILE.replace("hello", "goodbye"))
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_corrected": 1, "events_unchanged": 1}]
    assert versions(workspace, "subject, text, known_at, known_until", order="subject, known_at") == [
        {"subject": "crm:ada", "text": "hello", "known_at": "2025-01-02T08:00:00+00:00", "known_until": "2026-03-02T12:00:00+00:00"},
        {"subject": "crm:ada", "text": "goodbye", "known_at": "2026-03-02T12:00:00+00:00", "known_until": None},
        {"subject": "crm:ben", "text": "where is it", "known_at": "2025-01-03T08:00:00+00:00", "known_until": None},
    ]
    before = workspace.journal.as_of("2026-03-02T11:59:59").events.text.execute()
    after = workspace.journal.events.text.execute()
    assert (sorted(before), sorted(after)) == (["hello", "where is it"], ["goodbye", "where is it"])


def test_a_correction_taken_back_is_a_correction_again(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": FILE})
    imported(workspace)
    rewrite(workspace, FILE.replace("hello", "goodbye"))
    imported(workspace, now=LATER)
    rewrite(workspace, FILE)
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_corrected": 1, "events_unchanged": 1}]
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_unchanged": 2}]
    assert [row["text"] for row in versions(workspace, "subject, text, known_at", order="subject, known_at")] == ["hello", "goodbye", "hello", "where is it"]
    assert sorted(workspace.journal.events.text.execute()) == ["hello", "where is it"]


def test_an_added_row_adds(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": FILE})
    imported(workspace)
    rewrite(workspace, FILE + "3,cyd,2025-01-04 09:00,new here\n")
    assert imported(workspace, now=LATER) == [{"rows": 3, "events_added": 1, "events_unchanged": 2}]


def test_rows_that_repeat_to_the_letter_are_one_event(company: Company) -> None:
    workspace = company({"tickets": NO_KEY}, {"tickets.csv": FILE + "1,ada,2025-01-02 09:00,hello\n"})
    assert imported(workspace) == [{"rows": 3, "events_added": 2, "repeated": 1}]
    assert imported(workspace) == [{"rows": 3, "events_unchanged": 2, "repeated": 1}]


ALIKE = ["1,ada,2025-01-02 09:00,a\n", "2,ada,2025-01-02 09:00,b\n", "3,ada,2025-01-02 09:00,c\n"]


@pytest.mark.parametrize("order", list(permutations(ALIKE)))
def test_rows_alike_but_for_content_are_all_kept_in_any_order(company: Company, order: tuple[str, ...]) -> None:
    workspace = company({"tickets": NO_KEY}, {"tickets.csv": HEAD + "".join(ALIKE)})
    assert imported(workspace) == [{"rows": 3, "events_added": 3, "alike": 2}]
    rewrite(workspace, HEAD + "".join(order))
    assert imported(workspace, now=LATER) == [{"rows": 3, "events_unchanged": 3, "alike": 2}]
    assert told(workspace, "events", "text") == [{"text": "a"}, {"text": "b"}, {"text": "c"}]


def now_told(workspace: Workspace) -> list[str]:
    return sorted(workspace.journal.events.text.execute())


def test_rows_alike_that_come_one_after_the_other_are_all_kept(company: Company) -> None:
    workspace = company({"tickets": NO_KEY}, {"tickets.csv": HEAD + ALIKE[1]})
    imported(workspace)
    rewrite(workspace, HEAD + ALIKE[0] + ALIKE[1])
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_added": 1, "events_unchanged": 1, "alike": 1}]
    assert now_told(workspace) == ["a", "b"]


def test_of_two_rows_alike_one_is_edited_and_none_is_doubled(company: Company) -> None:
    workspace = company({"tickets": NO_KEY}, {"tickets.csv": HEAD + ALIKE[0]})
    imported(workspace)
    rewrite(workspace, HEAD + ALIKE[0] + ALIKE[1])
    imported(workspace)
    rewrite(workspace, HEAD + ALIKE[1] + ALIKE[2])
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_corrected": 1, "events_unchanged": 1, "alike": 1}]
    assert now_told(workspace) == ["b", "c"]


def test_of_two_rows_alike_one_is_left_out_and_the_other_is_not_doubled(company: Company) -> None:
    workspace = company({"tickets": NO_KEY}, {"tickets.csv": HEAD + ALIKE[0]})
    imported(workspace)
    rewrite(workspace, HEAD + ALIKE[0] + ALIKE[1])
    imported(workspace)
    rewrite(workspace, HEAD + ALIKE[1])
    assert imported(workspace, now=LATER) == [{"rows": 1, "events_unchanged": 1}]
    assert now_told(workspace) == ["a", "b"]


def test_several_files_of_which_each_is_imported_alone(company: Company) -> None:
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets*.csv"}}}, {"tickets1.csv": FILE})
    imported(workspace)
    (workspace.data / "tickets1.csv").unlink()
    put(workspace.data / "tickets2.csv", HEAD + "2,ben,2025-01-03 09:00,where is it\n3,cyd,2025-01-04 09:00,hi\n")
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_added": 1, "events_unchanged": 1}]
    assert now_told(workspace) == ["hello", "hi", "where is it"]


def test_one_row_may_become_several_events_and_traits(company: Company) -> None:
    events = [
        TICKETS["events"],
        {"kind": "feedback", "when": "csat is not null", "subject": "crm:{customer}", "at": "closed", "metric": "csat", "score": "csat"},
        {"kind": "feedback", "when": "nps is not null", "subject": "crm:{customer}", "at": "closed", "metric": "nps", "score": "nps"},
    ]
    source = TICKETS | {"events": events, "traits": {"subject": "crm:{customer}", "email": "mail"}}
    text = "id,customer,created,text,closed,csat,nps,mail\n1,ada,2025-01-02,a,2025-01-03,5,9,ada@x.de\n2,ben,2025-01-02,b,,,,ben@x.de\n"
    workspace = company({"tickets": source}, {"tickets.csv": text})
    assert imported(workspace) == [{"rows": 2, "events_added": 4, "traits_added": 2}]
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_unchanged": 4}]
    assert told(workspace, "events", "subject, kind, metric, score") == [
        {"subject": "crm:ada", "kind": "case_opened", "metric": None, "score": None},
        {"subject": "crm:ada", "kind": "feedback", "metric": "csat", "score": 5.0},
        {"subject": "crm:ada", "kind": "feedback", "metric": "nps", "score": 9.0},
        {"subject": "crm:ben", "kind": "case_opened", "metric": None, "score": None},
    ]


TRAITS = {"read": {"csv": "people.csv"}, "traits": {"subject": "crm:{id}", "city": "city"}}


def test_what_is_said_of_a_person_keeps_its_history(company: Company) -> None:
    workspace = company({"people": TRAITS}, {"people.csv": "id,city\nada,Köln\nben,Bonn\n"})
    assert imported(workspace) == [{"rows": 2, "traits_added": 2}]
    put(workspace.data / "people.csv", "id,city\nada,Berlin\nben,Bonn\n")
    assert imported(workspace, now=LATER) == [{"rows": 2, "traits_added": 1}]
    assert imported(workspace, now=LATER) == [{"rows": 2}]
    assert told(workspace, "traits", "subject, city, known_at", order="known_at, subject") == [
        {"subject": "crm:ada", "city": "Köln", "known_at": "2026-03-01T12:00:00+00:00"},
        {"subject": "crm:ben", "city": "Bonn", "known_at": "2026-03-01T12:00:00+00:00"},
        {"subject": "crm:ada", "city": "Berlin", "known_at": "2026-03-02T12:00:00+00:00"},
    ]
    cities = workspace.journal.as_of("2026-03-01T13:00:00").customers.order_by("customer_id").city.execute()
    assert (list(cities), list(workspace.journal.customers.order_by("customer_id").city.execute())) == (["Köln", "Bonn"], ["Berlin", "Bonn"])


def test_an_older_export_with_its_own_times_adds_once(company: Company) -> None:
    source = TRAITS | {"traits": TRAITS["traits"] | {"known_at": "since"}}
    workspace = company({"people": source}, {"people.csv": "id,city,since\nada,Berlin,2025-06-01\n"})
    imported(workspace)
    put(workspace.data / "people.csv", "id,city,since\nada,Köln,2025-01-01\n")
    assert imported(workspace, now=LATER) == [{"rows": 1, "traits_added": 1}]
    assert imported(workspace, now=LATER) == [{"rows": 1}]
    assert list(workspace.journal.customers.city.execute()) == ["Berlin"]
