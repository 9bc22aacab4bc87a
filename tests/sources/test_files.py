"""JSON, Parquet, workbooks and event logs: what becomes of their values."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.conftest import LATER, Company, imported, quarantine, told

from kundig.errors import ConfigError, SourceError

MAPPING = {"kind": "order", "subject": "shop:{customer}", "at": "at", "amount": "total"}


def source(kind: str, name: str, **keys: Any) -> dict[str, Any]:
    events = MAPPING | keys.pop("events", {})
    return {"orders": {"read": {kind: name, **keys}, "events": events}}


COLUMNS = "subject, occurred_at, amount"
ADA = {"subject": "shop:0007", "occurred_at": "2025-01-02T09:00:00+00:00", "amount": Decimal("0.1000")}
BEN = {"subject": "shop:NA", "occurred_at": "2025-01-03T09:00:00+00:00", "amount": Decimal("12345678901.2345")}
LINES = '{"customer": "0007", "at": "2025-01-02T10:00:00+01:00", "total": 0.1}\n{"customer": "NA", "at": "2025-01-03T09:00:00Z", "total": 12345678901.2345}\n'


@pytest.mark.parametrize(
    ("name", "content", "keys"),
    [
        ("o.jsonl", LINES, {}),
        ("o.jsonl.gz", gzip.compress(LINES.encode()), {}),
        ("o.json", b"\xef\xbb\xbf[" + LINES.strip().replace("\n", ",\n").encode() + b"]", {}),
        ("o.json", '{"data": {"orders": [' + LINES.strip().replace("\n", ",") + "]}}", {"records": "data.orders"}),
    ],
)
def test_json_keeps_numbers_as_they_are_written(company: Company, name: str, content: str | bytes, keys: dict[str, str]) -> None:
    workspace = company(source("json", name, **keys), {name: content})
    assert imported(workspace) == [{"rows": 2, "events_added": 2}]
    assert told(workspace, "events", COLUMNS) == [ADA, BEN]


def test_json_is_reached_by_its_paths(company: Company) -> None:
    text = json.dumps({"who": {"id": "ada", "a.b": 1}, "at": "2025-01-02T10:00:00Z", "items": [{"n": 1}], "total": None}) + "\n" + json.dumps({"who": {"id": "ben"}, "at": "2025-01-03T10:00:00Z", "items": "none"}) + "\n"
    workspace = company(source("json", "o.jsonl", events={"subject": "shop:{who.id}", "properties": ["items"]}), {"o.jsonl": text})
    imported(workspace)
    assert told(workspace, "events", "subject, amount, properties") == [
        {"subject": "shop:ada", "amount": None, "properties": [("items", '[{"n":1}]')]},
        {"subject": "shop:ben", "amount": None, "properties": [("items", "none")]},
    ]


def test_a_line_that_is_no_object_waits_with_its_line(company: Company) -> None:
    lines = LINES.splitlines()
    text = "\n".join([lines[0].replace('"0007"', '"a\\nb"'), "", "{broken", "17", lines[1].replace("2025-01-03T09:00:00Z", "never")]) + "\n"
    workspace = company(source("json", "o.jsonl"), {"o.jsonl": text})
    assert imported(workspace) == [{"rows": 4, "events_added": 1, "quarantined": 3}]
    assert quarantine(workspace) == [
        {"file": "o.jsonl", "line": 3, "reason": "not a JSON object"},
        {"file": "o.jsonl", "line": 4, "reason": "not a JSON object"},
        {"file": "o.jsonl", "line": 5, "reason": "at: not a time: never"},
    ]


@pytest.mark.parametrize(
    ("content", "keys", "message"),
    [
        ('[{"a": 1},', {}, r"o\.json is not valid JSON"),
        ("", {}, r"o\.json is empty; expected JSON objects"),
        ('{"a": []}', {"records": "b"}, r"`records: b` leads to nothing at 'b'; there is: a"),
    ],
)
def test_what_is_no_json_is_named(company: Company, content: str, keys: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        imported(company(source("json", "o.json", **keys), {"o.json": content}))


@pytest.mark.parametrize("text", ['{"Id": 1, "id": 2, "customer": "ada", "at": "2025-01-02T10:00:00Z", "total": 1.5}\n', '{"a.b": 1, "a": {"b": 2}, "customer": "ada", "at": "2025-01-02T10:00:00Z", "total": 1.5}\n', '{"#file": 1, "customer": "ada", "at": "2025-01-02T10:00:00Z", "total": 1.5}\n'])
def test_names_that_meet_do_not_stop_the_reading(company: Company, text: str) -> None:
    workspace = company(source("json", "o.jsonl"), {"o.jsonl": text})
    assert imported(workspace) == [{"rows": 1, "events_added": 1}]


def test_parquet_keeps_types_and_flattens_structs(company: Company, tmp_path: Path) -> None:
    table = pa.table(
        {
            "who": pa.array([{"id": "0007", "home": {"city": "Köln"}}, {"id": "NA", "home": None}], pa.struct([("id", pa.string()), ("home", pa.struct([("city", pa.string())]))])),
            "at": pa.array([datetime(2025, 1, 2, 9, tzinfo=timezone.utc), datetime(2025, 1, 3, 9, tzinfo=timezone.utc)], pa.timestamp("us", "UTC")),
            "total": pa.array([Decimal("0.1000"), Decimal("12345678901.2345")], pa.decimal128(18, 4)),
            "tags": pa.array([["a", "b"], None], pa.list_(pa.string())),
        }
    )
    pq.write_table(table, tmp_path / "o.parquet")
    events = {"subject": "shop:{who.id}", "properties": {"city": "who.home.city", "tags": "tags"}}
    workspace = company(source("parquet", "o.parquet", events=events))
    imported(workspace)
    assert told(workspace, "events", f"{COLUMNS}, properties") == [ADA | {"properties": [("city", "Köln"), ("tags", '["a","b"]')]}, BEN | {"properties": []}]
    assert imported(workspace, now=LATER) == [{"rows": 2, "events_unchanged": 2}]


def test_a_float_in_parquet_becomes_money_by_its_shortest_text(company: Company, tmp_path: Path) -> None:
    pq.write_table(pa.table({"customer": ["ada"] * 3, "at": [datetime(2025, 1, d) for d in (1, 2, 3)], "total": [0.1, 0.2, 1e-3]}), tmp_path / "o.parquet")
    workspace = company(source("parquet", "o.parquet"))
    imported(workspace)
    assert told(workspace, "events", "amount, occurred_at", order="occurred_at") == [
        {"amount": Decimal("0.1"), "occurred_at": "2024-12-31T23:00:00+00:00"},
        {"amount": Decimal("0.2"), "occurred_at": "2025-01-01T23:00:00+00:00"},
        {"amount": Decimal("0.001"), "occurred_at": "2025-01-02T23:00:00+00:00"},
    ]


def test_what_is_no_parquet_is_named(company: Company) -> None:
    with pytest.raises(SourceError, match=r"o\.parquet.*cannot be read"):
        imported(company(source("parquet", "o.parquet"), {"o.parquet": b"PAR1 nonsense"}))


def workbook(file: Path) -> None:
    with xlsxwriter.Workbook(str(file)) as book:
        book.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Orders")
        day = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write(0, 0, "Export of today")
        sheet.write_row(2, 0, ["customer", "at", "total", "number", "flag"])
        sheet.write_string(3, 0, "0007")
        sheet.write_datetime(3, 1, datetime(2025, 1, 2, 10), day)
        sheet.write_row(3, 2, [0.1, 4711, True])
        sheet.write_string(5, 0, "NA")
        sheet.write_datetime(5, 1, datetime(2025, 1, 3, 10), day)
        sheet.write_row(5, 2, [99, 17])
        sheet.write_row(6, 0, ["cyd", "never", 1.5])


def test_a_workbook_keeps_days_numbers_and_zeros(company: Company, tmp_path: Path) -> None:
    workbook(tmp_path / "o.xlsx")
    workspace = company(source("excel", "o.xlsx", sheet="Orders", skip=2, events={"properties": ["number", "flag"]}))
    assert imported(workspace) == [{"rows": 3, "events_added": 2, "quarantined": 1}]
    assert told(workspace, "events", f"{COLUMNS}, properties") == [ADA | {"properties": [("number", "4711"), ("flag", "true")]}, {"subject": "shop:NA", "occurred_at": "2025-01-03T09:00:00+00:00", "amount": Decimal(99), "properties": [("number", "17")]}]
    assert quarantine(workspace) == [{"file": "o.xlsx", "line": 7, "reason": "at: not a time: never"}]


def test_a_missing_sheet_is_named_with_those_there_are(company: Company, tmp_path: Path) -> None:
    workbook(tmp_path / "o.xlsx")
    with pytest.raises(SourceError, match=r"o\.xlsx has no sheet 'Order'; did you mean 'Orders'\? There are: Notes, Orders"):
        imported(company(source("excel", "o.xlsx", sheet="Order")))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 cut off"])
def test_what_is_no_workbook_is_named(company: Company, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"o\.xlsx is no workbook that can be read: .*; expected xlsx, xls, xlsb or ods without a password"):
        imported(company(source("excel", "o.xlsx"), {"o.xlsx": content}))


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
 <string key="concept:name" value="all"/>
 <trace><string key="concept:name" value="NA"/><int key="total" value="3"/>
  <event><string key="concept:name" value="register"/><date key="time:timestamp" value="2025-01-02T10:00:00.000+01:00"/></event>
  <event><string key="concept:name" value="decide"/><date key="time:timestamp" value="2025-01-03T10:00:00.000+01:00"/></event>
 </trace>
 <trace><string key="concept:name" value="007"/><event><string key="concept:name" value="register"/></event></trace>
</log>"""
LOG = {"log": {"read": {"xes": "log.xes*"}, "events": {"kind": {"sql": '"concept:name"'}, "subject": "case:{case:concept:name}", "case_id": "case:concept:name", "at": "time:timestamp", "properties": {"total": "case:total"}}}}


@pytest.mark.parametrize("zipped", [False, True])
def test_an_event_log_gives_events_with_what_their_trace_says(company: Company, zipped: bool) -> None:
    name = "log.xes.gz" if zipped else "log.xes"
    workspace = company(LOG, {name: gzip.compress(XES.encode()) if zipped else XES})
    assert imported(workspace) == [{"rows": 3, "events_added": 2, "quarantined": 1}]
    assert told(workspace, "events", "subject, kind, occurred_at, properties", order="occurred_at") == [
        {"subject": "case:NA", "kind": "register", "occurred_at": "2025-01-02T09:00:00+00:00", "properties": [("total", "3")]},
        {"subject": "case:NA", "kind": "decide", "occurred_at": "2025-01-03T09:00:00+00:00", "properties": [("total", "3")]},
    ]
    assert quarantine(workspace) == [{"file": name, "line": 3, "reason": "at: is empty"}]


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><log><trace><event><string key="x" value="&b;"/></event></trace></log>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><log><trace><event><string key="x" value="y"/></event></trace></log>'


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE])
def test_entities_are_refused(company: Company, text: str) -> None:
    with pytest.raises(SourceError, match="is refused: it declares a document type or entities"):
        imported(company(LOG, {"log.xes": text}))


@pytest.mark.parametrize("text", ["", "no xml", XES[:400]])
def test_what_is_no_event_log_is_named(company: Company, text: str) -> None:
    with pytest.raises(SourceError, match=r"log\.xes is not valid XES"):
        imported(company(LOG, {"log.xes": text}))


PEOPLE = {"person": {"read": {"csv": "people.csv"}, "on": {"id": "customer"}}}
ORDERS = {"o.csv": "customer,at,total\n1,2025-01-02,5.5\n2,2025-01-03,6.5\n3,2025-01-04,7.5\n"}


def looking_up(**keys: Any) -> dict[str, Any]:
    return {"orders": {"read": {"csv": "o.csv"}, "lookup": PEOPLE, "events": MAPPING | {"subject": "person:{person.name}"}} | keys}


def test_a_lookup_gives_the_columns_of_the_row_that_matches(company: Company) -> None:
    workspace = company(looking_up(), ORDERS | {"people.csv": "id,name\n1,ada\n2,ben\n2,ben\n"})
    assert imported(workspace) == [{"rows": 3, "events_added": 3}]
    assert told(workspace, "events", "subject, amount", order="amount") == [
        {"subject": "person:ada", "amount": Decimal("5.5")},
        {"subject": "person:ben", "amount": Decimal("6.5")},
        {"subject": None, "amount": Decimal("7.5")},
    ]


@pytest.mark.parametrize(
    ("people", "keys", "message"),
    [
        ("id,name\n1,ada\n1,ben\n", {}, r"lookup\.person: several different rows of csv: people\.csv have the key \('1',\); expected at most one"),
        ("nr,name\n1,ada\n", {}, r"lookup\.person: there is no column 'id' in csv: people\.csv; there are: name, nr"),
        ("id,name\n1,ada\n", {"lookup": {"person": PEOPLE["person"] | {"on": {"id": "custmer"}}}}, r"lookup\.person: the rows have no column 'custmer'; did you mean 'customer'"),
        ("id,nom\n1,ada\n", {}, r"there is no column 'person\.name'; did you mean 'person\.nom'"),
    ],
)
def test_a_lookup_that_does_not_fit_is_named(company: Company, people: str, keys: dict[str, Any], message: str) -> None:
    with pytest.raises((SourceError, ConfigError), match=message):
        imported(company(looking_up(**keys), ORDERS | {"people.csv": people}))


def test_a_text_compared_with_a_number_is_told_how_to_cast(company: Company) -> None:
    workspace = company({"orders": {"read": {"csv": "o.csv"}, "events": MAPPING | {"when": "total > 6"}}}, ORDERS)
    with pytest.raises(ConfigError, match=r"sources\.orders\.events\[0\]: an expression cannot be computed: .*write `column::int`"):
        imported(workspace)
