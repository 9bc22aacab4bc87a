"""Text tables: encodings, delimiters, headers, compression."""

from __future__ import annotations

import gzip

import pytest
from tests.conftest import TICKETS, Company, imported, quarantine, told

from kundig.errors import SourceError

ADA = {"subject": "crm:0007", "text": "Müßiggang – 5 €", "occurred_at": "2025-12-31T13:05:00+00:00"}
TEXT = "id;customer;created;text\r\n1;0007;31.12.2025 14:05;Müßiggang – 5 €\r\n"
COLUMNS = "subject, text, occurred_at"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding_is_detected(company: Company, encoding: str) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": TEXT.encode(encoding)})
    imported(workspace)
    assert told(workspace, "events", COLUMNS) == [ADA]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf_8_sig"])
def test_a_declared_encoding_is_taken(company: Company, encoding: str) -> None:
    source = TICKETS | {"read": {"csv": "tickets.csv", "encoding": encoding, "delimiter": ";"}}
    workspace = company({"tickets": source}, {"tickets.csv": TEXT.encode(encoding)})
    imported(workspace)
    assert told(workspace, "events", COLUMNS) == [ADA]


def test_latin_1_is_read_with_its_letters(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": "id,customer,created,text\n1,Jürgen Groß,2025-01-02,Schöne Grüße aus Köln\n".encode("latin-1")})
    imported(workspace)
    assert told(workspace, "events", "subject, text") == [{"subject": "crm:Jürgen Groß", "text": "Schöne Grüße aus Köln"}]


def test_a_wrong_encoding_is_named_with_the_byte(company: Company) -> None:
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets.csv", "encoding": "ascii"}}}, {"tickets.csv": TEXT.encode("cp1252")})
    with pytest.raises(SourceError, match=r"tickets\.csv is not ascii: byte 51 does not fit; write the right `encoding:`"):
        imported(workspace)


def test_bytes_that_fit_only_after_the_first_block_are_an_error_not_lost(company: Company) -> None:
    text = "id,customer,created,text\n" + "".join(f"{i},ada,2025-01-02,plain\n" for i in range(60_000))
    workspace = company({"tickets": TICKETS}, {"tickets.csv": text.encode() + "60000,ada,2025-01-02,süß\n".encode("cp1252")})
    with pytest.raises(SourceError, match=r"tickets\.csv.*`encoding:`"):
        imported(workspace)
    assert told(workspace, "events", "event_id") == []


def test_an_unknown_encoding_is_named(company: Company) -> None:
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets.csv", "encoding": "klingon"}}}, {"tickets.csv": TEXT})
    with pytest.raises(SourceError, match="the encoding 'klingon' is unknown"):
        imported(workspace)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_detected(company: Company, delimiter: str) -> None:
    rows = [["id", "customer", "created", "text"], ["1", "ada", "2025-01-02", "hello"], ["2", "ben", "2025-01-03", "bye"]]
    workspace = company({"tickets": TICKETS}, {"tickets.csv": "\n".join(delimiter.join(row) for row in rows)})
    imported(workspace)
    assert told(workspace, "events", "subject, text") == [{"subject": "crm:ada", "text": "hello"}, {"subject": "crm:ben", "text": "bye"}]


def test_words_that_look_like_values_stay_words(company: Company) -> None:
    text = "id,customer,created,text\nNull,NA,2025-01-02,True\nTrue,Null,2025-01-02,NULL\nNA,007,2025-01-02,nan\n1,1e5,2025-01-02,None\n"
    workspace = company({"tickets": TICKETS}, {"tickets.csv": text})
    assert imported(workspace) == [{"rows": 4, "events_added": 4}]
    assert told(workspace, "events", "subject, text") == [
        {"subject": "crm:007", "text": "nan"},
        {"subject": "crm:1e5", "text": "None"},
        {"subject": "crm:NA", "text": "True"},
        {"subject": "crm:Null", "text": "NULL"},
    ]


def test_twins_of_one_letter_are_one_person(company: Company) -> None:
    text = "id,customer,created,text\n1,Mu\u0308ller,2025-01-02,a\n2,M\u00fcller,2025-01-02,b\n"
    workspace = company({"tickets": TICKETS}, {"tickets.csv": text})
    imported(workspace)
    assert told(workspace, "events", "DISTINCT subject") == [{"subject": "crm:M\u00fcller"}]


def test_a_key_in_another_form_of_unicode_is_the_same_key(company: Company) -> None:
    text = "id,customer,created,text\nMu\u0308ller 1,ada,2025-01-02,a\n"
    workspace = company({"tickets": TICKETS}, {"tickets.csv": text})
    imported(workspace)
    (workspace.data / "tickets.csv").write_text("id,customer,created,text\nM\u00fcller 1,ada,2025-01-02,a\n", encoding="utf-8")
    assert imported(workspace) == [{"rows": 1, "events_unchanged": 1}]


def test_gzip_is_read_in_any_encoding(company: Company) -> None:
    source = TICKETS | {"read": {"csv": "tickets*.csv.gz"}}
    workspace = company({"tickets": source}, {"tickets1.csv.gz": gzip.compress(TEXT.encode()), "tickets2.csv.gz": gzip.compress(TEXT.replace("\n1;", "\n2;").encode("cp1252"))})
    imported(workspace)
    assert told(workspace, "events", COLUMNS) == [ADA, ADA]


def test_a_cut_off_gzip_is_an_error_not_half_a_file(company: Company) -> None:
    whole = gzip.compress("".join(f"{i},ada,2025-01-02,{i * 7919}\n" for i in range(2000)).encode())
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets.csv.gz"}}}, {"tickets.csv.gz": whole[: len(whole) // 2]})
    with pytest.raises(SourceError, match=r"tickets\.csv\.gz.*cannot be read"):
        imported(workspace)


def test_what_is_no_gzip_is_named(company: Company) -> None:
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets.csv.gz"}}}, {"tickets.csv.gz": b"id,customer\n1,ada\n"})
    with pytest.raises(SourceError, match=r"tickets\.csv\.gz cannot be read"):
        imported(workspace)


def test_many_files_with_their_columns_in_other_orders(company: Company) -> None:
    files = {
        "tickets-1.csv": "id,customer,created,text\n1,ada,2025-01-02,one\n",
        "tickets-2.csv": "text,created,id,customer\ntwo,2025-01-03,2,ben\n",
        "tickets-3.csv": "created;customer;id\n2025-01-04;cyd;3\n",
        "deep/tickets-4.csv": "id\tcustomer\tcreated\ttext\textra\n4\tada\t2025-01-05\tfour\tx\n",
    }
    workspace = company({"tickets": TICKETS | {"read": {"csv": "**/tickets-*.csv"}}}, files)
    assert imported(workspace) == [{"rows": 4, "events_added": 4}]
    assert told(workspace, "events", "subject, text", order="occurred_at") == [
        {"subject": "crm:ada", "text": "one"},
        {"subject": "crm:ben", "text": "two"},
        {"subject": "crm:cyd", "text": None},
        {"subject": "crm:ada", "text": "four"},
    ]


def test_lines_above_the_header_are_skipped(company: Company) -> None:
    text = "Export from CRM\nof today\nid,customer,created,text\n1,ada,2025-01-02,hello\n2,ben,nonsense,x\n"
    workspace = company({"tickets": TICKETS | {"read": {"csv": "tickets.csv", "skip": 2}}}, {"tickets.csv": text})
    imported(workspace)
    assert told(workspace, "events", "subject, text") == [{"subject": "crm:ada", "text": "hello"}]
    assert quarantine(workspace, "line, reason") == [{"line": 5, "reason": "at: not a time: nonsense"}]


def test_columns_can_be_named_where_there_is_no_header(company: Company) -> None:
    source = TICKETS | {"read": {"csv": "tickets.csv", "header": False, "columns": ["id", "customer", "created", "text"]}}
    workspace = company({"tickets": source}, {"tickets.csv": "1,ada,2025-01-02,hello\n2,ben,x,y\n"})
    imported(workspace)
    assert told(workspace, "events", "subject, text") == [{"subject": "crm:ada", "text": "hello"}]
    assert quarantine(workspace, "line") == [{"line": 2}]


@pytest.mark.parametrize("content", ["", "\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_named(company: Company, content: str | bytes) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": content})
    with pytest.raises(SourceError, match=r"tickets\.csv is empty; expected a header line and rows"):
        imported(workspace)


def test_a_header_without_rows_gives_nothing(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": "id,customer,created,text\n"})
    assert imported(workspace) == [{}]


def test_a_missing_file_is_named_with_what_is_there(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"ticket.csv": TEXT})
    with pytest.raises(SourceError, match=r"sources\.tickets: no file matches 'tickets\.csv' in .*; that folder holds: did you mean 'ticket\.csv'\?"):
        imported(workspace)


def test_a_missing_column_is_named_with_those_that_are_there(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": "id,customer,create,text\n1,ada,2025-01-02,a\n"})
    with pytest.raises(Exception, match=r"sources\.tickets\.events\.at: there is no column 'created'; did you mean 'create'\? There are: create, customer, id, text"):
        imported(workspace)


def test_a_name_of_a_file_may_hold_anything(company: Company) -> None:
    source = TICKETS | {"read": {"csv": "tick*.csv"}}
    workspace = company({"tickets": source}, {"tick'et $1 [a] ä%20.csv": "id,customer,created,text\n1,ada,2025-01-02,a\n2,ben,x,b\n"})
    imported(workspace)
    assert told(workspace, "events", "subject") == [{"subject": "crm:ada"}]
    assert quarantine(workspace) == [{"file": "tick'et $1 [a] ä%20.csv", "line": 3, "reason": "at: not a time: x"}]
