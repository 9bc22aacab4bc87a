"""Rows that cannot become events: kept whole, with file, line and reason, until they can."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from tests.conftest import LATER, TICKETS, Company, imported, put, quarantine, told

from kundig.errors import ConfigError, SourceError

HEAD = "id,customer,created,text\n"


def test_a_row_without_a_time_goes_to_quarantine_whole(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": HEAD + '1,ada,2025-01-02,a\n2,ben,,"line one\nline two"\n'})
    assert imported(workspace) == [{"rows": 2, "events_added": 1, "quarantined": 1}]
    assert quarantine(workspace, 'source, entry, file, line, reason, "row", found_at') == [
        {
            "source": "tickets",
            "entry": "events[0]",
            "file": "tickets.csv",
            "line": 3,
            "reason": "at: is empty",
            "row": json.dumps({"id": "2", "customer": "ben", "created": None, "text": "line one\nline two"}, separators=(",", ":")),
            "found_at": "2026-03-01T12:00:00+00:00",
        }
    ]


LINES = (
    HEAD
    + '1,ada,2025-01-02,"two\nlines"\n'  # 2
    + "\n\n"  # 4, 5
    + "2,ben,nonsense,a\n"  # 6
    + "3,ben\n"  # 7: no row
    + "4,cyd,gestern,b\n"  # 8
    + '5,cyd,2025-01-03,"with\n\n\nblank lines"\n'  # 9
    + "\n"  # 13
    + '6,"cyd",31.02.2025,"x\n\ny"\n'  # 14
    + "7,ada,2025-01-03,c,d,e\n"  # 17: no row
    + "\n"  # 18
    + "8,ada,never,d"  # 19
)
PLACES = [
    {"line": 6, "reason": "at: not a time: nonsense"},
    {"line": 7, "reason": "missing columns"},
    {"line": 8, "reason": "at: not a time: gestern"},
    {"line": 14, "reason": "at: not a time: 31.02.2025"},
    {"line": 17, "reason": "too many columns"},
    {"line": 19, "reason": "at: not a time: never"},
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_line_is_exact_across_line_breaks_blank_lines_and_broken_rows(company: Company, encoding: str, zipped: bool, ends: str) -> None:
    content = LINES.replace("nonsense", "nonsense").replace("\n", ends).replace("blank lines", "blänk linés").encode(encoding)
    name = "tickets.csv.gz" if zipped else "tickets.csv"
    workspace = company({"tickets": TICKETS | {"read": {"csv": name}}}, {name: gzip.compress(content) if zipped else content})
    assert imported(workspace) == [{"rows": 8, "events_added": 2, "quarantined": 6}]
    assert quarantine(workspace, "file, line, reason") == [{"file": name, **place} for place in PLACES]
    rows = [json.loads(row["row"]) for row in quarantine(workspace, 'file, line, "row"')]
    assert rows[1] == "3,ben"
    assert rows[4] == "7,ada,2025-01-03,c,d,e"
    assert rows[3] == {"id": "6", "customer": "cyd", "created": "31.02.2025", "text": f"x{ends}{ends}y"}


def test_lines_of_many_files_are_each_counted_alone(company: Company) -> None:
    files = {f"tickets{n}.csv": HEAD + "\n" * n + f"{n},ada,2025-01-0{n},a\n{n}0,ben,bad,b\n" for n in (1, 2, 3)}
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets?.csv"}}}, files)
    imported(workspace)
    assert quarantine(workspace, "file, line") == [{"file": "tickets1.csv", "line": 4}, {"file": "tickets2.csv", "line": 5}, {"file": "tickets3.csv", "line": 6}]


def test_a_mended_file_empties_its_quarantine(company: Company) -> None:
    bad = HEAD + "1,ada,2025-01-02,ä\n2,ben,never,b\n3,cyd\n"
    workspace = company({"tickets": TICKETS}, {"tickets.csv": bad.encode("cp1252")})
    imported(workspace)
    assert len(quarantine(workspace)) == 2
    put(workspace.data / "tickets.csv", bad.replace("never", "2025-01-03").replace("3,cyd", "3,cyd,2025-01-04,c").encode("cp1252"))
    assert imported(workspace, now=LATER) == [{"rows": 3, "events_added": 2, "events_unchanged": 1}]
    assert quarantine(workspace) == []


def test_a_row_that_waits_twice_is_kept_once_with_its_first_day(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n2,ben,never,b\n3,x\n"})
    imported(workspace)
    first = quarantine(workspace, "row_id, file, line, reason, found_at")
    imported(workspace, now=LATER)
    assert quarantine(workspace, "row_id, file, line, reason, found_at") == first


def test_what_waits_from_a_file_that_is_gone_goes_on_waiting(company: Company) -> None:
    source = TICKETS | {"read": {"csv": "tickets*.csv"}}
    workspace = company({"tickets": source}, {"tickets1.csv": HEAD + "1,ada,2025-01-02,a\n2,ben,never,b\n"})
    imported(workspace)
    (workspace.data / "tickets1.csv").unlink()
    put(workspace.data / "tickets2.csv", HEAD + "3,cyd,2025-01-02,a\n4,cyd,soon,b\n")
    imported(workspace, now=LATER)
    assert quarantine(workspace, "file, line, reason") == [
        {"file": "tickets1.csv", "line": 3, "reason": "at: not a time: never"},
        {"file": "tickets2.csv", "line": 3, "reason": "at: not a time: soon"},
    ]


def test_rows_in_quarantine_are_read_again_after_the_mapping_is_mended(company: Company) -> None:
    text = HEAD + "1,ada,2025-01-02,a\n0,ada,2025-01-01,a\n2,ben,20250103,b\n3,cyd,never,c\n"
    workspace = company({"tickets": TICKETS}, {"tickets.csv": text})
    imported(workspace)
    assert len(quarantine(workspace)) == 2
    (workspace.data / "tickets.csv").unlink()
    mended = TICKETS | {"events": TICKETS["events"] | {"at": {"sql": "coalesce(try_cast(created as date)::varchar, substr(created, 1, 4) || '-' || substr(created, 5, 2) || '-' || substr(created, 7, 2))"}}}
    workspace = company({"tickets": mended})
    assert imported(workspace, now=LATER, quarantined=True) == [{"rows": 2, "events_added": 1, "quarantined": 1}]
    assert told(workspace, "events", "subject, occurred_at") == [
        {"subject": "crm:ada", "occurred_at": "2024-12-31T23:00:00+00:00"},
        {"subject": "crm:ada", "occurred_at": "2025-01-01T23:00:00+00:00"},
        {"subject": "crm:ben", "occurred_at": "2025-01-02T23:00:00+00:00"},
    ]
    assert quarantine(workspace, "file, line, found_at") == [{"file": "tickets.csv", "line": 5, "found_at": "2026-03-01T12:00:00+00:00"}]


def test_rows_that_still_cannot_be_read_wait_on_as_they_were(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n2,ben,never,b\n3,x\n"})
    imported(workspace)
    before = quarantine(workspace, 'row_id, entry, file, line, reason, "row", found_at')
    assert imported(workspace, now=LATER, quarantined=True) == [{"rows": 1, "quarantined": 1}]
    assert quarantine(workspace, 'row_id, entry, file, line, reason, "row", found_at') == before


def test_an_empty_quarantine_is_said(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n"})
    imported(workspace)
    with pytest.raises(ConfigError, match="nothing waits in quarantine"):
        imported(workspace, quarantined=True)


def test_a_row_that_one_entry_reads_and_another_cannot_waits_for_the_other(company: Company) -> None:
    events = [TICKETS["events"], {"kind": "feedback", "when": "csat is not null", "subject": "crm:{customer}", "at": "created", "metric": "csat", "score": "csat"}]
    workspace = company({"tickets": TICKETS | {"events": events}}, {"tickets.csv": "id,customer,created,text,csat\n1,ada,2025-01-02,a,9\n2,ben,2025-01-02,b,good\n3,cyd,2025-01-02,c,5\n"})
    assert imported(workspace) == [{"rows": 3, "events_added": 4, "quarantined": 2}]
    assert quarantine(workspace, "file, line, entry, reason") == [
        {"file": "tickets.csv", "line": 2, "entry": "events[1]", "reason": "score: is outside 1 to 5 of csat: 9.0"},
        {"file": "tickets.csv", "line": 3, "entry": "events[1]", "reason": "score: not a number: good"},
    ]


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"amount": "text"}, "amount: not a number: b"),
        ({"when": "cast(text as int) > 0"}, "when: a cast in the expression fails"),
        ({"properties": {"n": {"sql": "text::decimal"}}}, "properties: a cast in the expression fails"),
        ({"quantity": {"sql": "text::double"}}, "quantity: a cast in the expression fails"),
        ({"known_at": "text"}, None),
    ],
)
def test_a_value_that_does_not_fit_is_named(company: Company, mapping: dict[str, Any], reason: str | None) -> None:
    text = HEAD + "1,ada,2025-01-02,7\n2,ben,2025-01-02,b\n"
    workspace = company({"tickets": TICKETS | {"events": TICKETS["events"] | mapping}}, {"tickets.csv": text})
    if reason is None:
        with pytest.raises(SourceError, match="the column 'text' holds no times that can be read, such as '7'"):
            imported(workspace)
        return
    assert imported(workspace) == [{"rows": 2, "events_added": 1, "quarantined": 1}]
    assert quarantine(workspace, "line, reason") == [{"line": 3, "reason": reason}]


def test_a_broken_line_of_a_lookup_waits_once_however_often_it_is_read(company: Company) -> None:
    source = TICKETS | {"lookup": {"person": {"read": {"csv": "people.csv"}, "on": {"id": "customer"}}}, "events": TICKETS["events"] | {"subject": "crm:{person.nick}"}}
    files = {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n", "people.csv": "id,nick\nada,A\nben\n"}
    workspace = company({"tickets": source}, files)
    for _ in range(2):
        imported(workspace)
        assert quarantine(workspace) == [{"file": "people.csv", "line": 3, "reason": "missing columns"}]


def test_an_import_that_brings_nothing_leaves_the_lake_as_it_is(company: Company) -> None:
    """Or every answer that is kept would be computed again."""
    workspace = company({"tickets": TICKETS}, {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n2,ben,never,b\n"})
    imported(workspace)

    def versions() -> list[int | None]:
        tables = (workspace.lake.table(name) for name in ("events", "quarantine"))
        return [None if table is None else table.version() for table in tables]

    before = versions()
    imported(workspace, now=LATER)
    list(workspace.imports(quarantined=True))
    assert (versions(), len(before), None in before) == (before, 2, False)
    put(workspace.data / "tickets.csv", HEAD + "1,ada,2025-01-02,a\n2,ben,soon,b\n")
    imported(workspace, now=LATER)
    assert [one["reason"] for one in quarantine(workspace, "reason")] == ["at: not a time: soon"]
