"""A first mapping guessed from the files themselves, as a draft for a person to edit."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.errors import SourceError
from kundig.ingest.reading import found_rows
from kundig.sources.formats import shape, time_formats
from kundig.sources.mapping import Source
from kundig.sources.readers import Place
from kundig.store.duckdb import connection

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_READERS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet", ".xlsx": "excel", ".xls": "excel", ".ods": "excel", ".xes": "xes"}
_ROLES: tuple[tuple[str, str], ...] = (
    ("email", r"e?-?mail.*"),
    ("phone", r".*(phone|telefon|tel|mobil).*"),
    ("given_name", r"(given|first)_?name|vorname"),
    ("family_name", r"(family|last|sur)_?name|nachname"),
    ("name", r"(customer_?)?name|kundenname"),
    ("birth_date", r".*(birth|geburt).*"),
    ("street", r"stra(ss|ß)e|street|address(_1)?|adresse"),
    ("postcode", r"plz|post_?code|zip.*|.*_zip.*"),
    ("city", r"ort|stadt|city|.*_city"),
    ("country", r"land|country.*"),
    ("company", r"firma|company.*|organi[sz]ation"),
    ("segment", r"segment|state|region|bundesland"),
)
_SUBJECT = r"(customer|kunde|kunden|client|user|person|contact|member|account)_?(unique_?)?(id|no|nr|nummer|number)?"
_CASE = r"(ticket|order|case|bestell|auftrag|vorgang|contract|vertrag|invoice|application).*(id|no|nr|nummer|number)|case:concept:name"
_KINDS = {"ticket": "case_opened", "order": "order", "bestell": "order", "payment": "payment", "zahlung": "payment", "review": "feedback", "survey": "feedback", "umfrage": "feedback", "feedback": "feedback", "visit": "visit", "call": "call", "contract": "contract", "vertrag": "contract", "lead": "lead", "usage": "usage"}


def drafted(files: list[Path], data: Path) -> str:
    """A `kundig.yaml` for these files: every column is named once, guesses are marked to be looked at.

    Raises:
        SourceError: a file cannot be read, or its kind is unknown.
    """
    parts: dict[str, str] = {}
    for file in files:
        name = re.sub(r"[^a-z0-9]+", "_", file.name.split(".")[0].lower()).strip("_") or "source"
        while name in parts:
            name += "_2"
        with tempfile.TemporaryDirectory(prefix="kundig-") as scratch, connection(Path(scratch) / "spill") as con:
            parts[name] = _source(con, name, file, data, Path(scratch))
    return HEAD.format(data=data.as_posix()) + "\nsources:\n" + "\n".join(parts.values()) + TAIL


def _source(con: DuckDBPyConnection, name: str, file: Path, data: Path, scratch: Path) -> str:
    suffix = next((suffix for suffix in reversed(file.suffixes) if suffix != ".gz"), "")
    kind = _READERS.get(suffix)
    if kind is None:
        raise SourceError(f"{file}: files ending in {suffix or 'nothing'} are not known; known are {', '.join(sorted(_READERS))}")
    path = str(file.resolve().relative_to(data.resolve())) if file.resolve().is_relative_to(data.resolve()) else str(file.resolve())
    reader = Source.model_validate({"read": {kind: path}, "events": {"kind": "x", "at": "x"}}).read
    rows = found_rows(reader, Place(data, scratch, scratch, lambda sql: con.execute(sql).fetchall()))
    if rows.batches is not None:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        con.register("arriving", pa.RecordBatchReader.from_batches(rows.schema, rows.batches()))
    sample = con.execute(f"SELECT * FROM {'arriving' if rows.batches is not None else rows.sql} LIMIT 500")
    columns = [str(column[0]) for column in sample.description or ()]
    taken = list(zip(*sample.fetchall(), strict=True)) or [()] * len(columns)
    seen = {column: [str(value) for value in values if value is not None] for column, values in zip(columns, taken, strict=True) if not column.startswith("#")}
    return _written(name, kind, path, seen)


def _written(name: str, kind: str, path: str, seen: dict[str, list[str]]) -> str:
    left = list(seen)

    def take(pattern: str) -> str | None:
        match = next((column for column in left if re.fullmatch(pattern, column, re.IGNORECASE)), None)
        if match:
            left.remove(match)
        return match

    times = [column for column, values in seen.items() if values and _all_times(values)]
    at = times[0] if times else None
    left = [column for column in left if column not in times[:1]]
    case = take(_CASE)
    subject = take(_SUBJECT) or take(r".*(customer|kunde|user).*id.*")
    traits = {role: column for role, pattern in _ROLES if (column := take(pattern))}
    score = take(r"nps.*|csat.*|ces|.*score|.*rating|stars|sterne|.*note") if any(word in name for word in ("review", "survey", "feedback", "umfrage", "ticket", "nps", "csat")) else None
    text = take(r".*(text|comment|message|kommentar|beschreibung|description|nachricht)")
    amount = take(r"amount|betrag|price|preis|.*_value|total|summe|umsatz")
    channel = take(r"channel|kanal")
    product = take(r"product(_name)?|produkt|tarif|tariff")
    event = next((kind_ for word, kind_ in _KINDS.items() if word in name), "event")
    lines = [f"  {name}:", f"    read: {{{kind}: {_q(path)}}}"]
    if case:
        lines.append(f"    key: {_q(case)}                 # tells one row from another: a changed row is then a correction")
    lines += ["    events:", f"      - kind: {event}                # guessed from the file's name; see the list of kinds"]
    lines.append(f"        at: {_q(at)}" if at else "        at: WHICH_COLUMN          # no column holds times that were recognised")
    lines.append(f'        subject: "{name}:{{{subject}}}"' if subject else "        # subject: \"crm:{customer_no}\"   # no column names a customer: events without subject belong to nobody")
    lines.append(f"        touchpoint: {name}")
    for field, column in (("case_id", case), ("channel", channel), ("text", text), ("amount", amount), ("product", product)):
        if column:
            lines.append(f"        {field}: {_q(column)}")
    if score:
        metric = next((metric for metric in ("nps", "csat", "ces", "stars") if metric in score.lower()), "stars")
        lines += [f"        metric: {metric}               # one of nps, csat, ces, stars, enps", f"        score: {_q(score)}"]
    if left:
        lines.append("        properties: [" + ", ".join(_q(column) for column in left) + "]   # drop what nobody needs")
    if traits and subject:
        lines.append("    traits:")
        lines.append(f'      subject: "{name}:{{{subject}}}"')
        lines += [f"      {role}: {_q(column)}" for role, column in traits.items()]
    return "\n".join(lines) + "\n"


def _all_times(values: list[str]) -> bool:
    fits = time_formats(values[:200])
    return bool(fits) and not all(re.fullmatch(r"9+", shape(value)) for value in values[:200])


def _q(text: str | None) -> str:
    return text if text and re.fullmatch(r"[A-Za-z_][\w.]*", text) and text.lower() not in {"yes", "no", "on", "off", "null", "true", "false"} else '"' + str(text).replace('"', '\\"') + '"'


HEAD = """\
# What kundig knows about your company. Draft: read it through once, every line is meant to be edited.

company:
  name: My company
  language: de                  # de or en
  timezone: Europe/Berlin       # the zone of times that name none
  currency: EUR
  unit: person                  # what a customer is to you: person, or account

data: {data}                    # where relative paths below are looked up
"""
EXAMPLE = """\

sources:
  # One entry for each silo. The kinds to read: csv, json, parquet, excel, xes, sql, rest.
  tickets:
    read: {csv: "data/tickets*.csv"}      # delimiter, encoding, decimal sign and date format are detected, or declared here
    key: ticket_no                        # the columns that tell one row from another
    events:
      - kind: case_opened
        subject: "crm:{customer_no}"      # who, as this source names them
        at: created                       # a column
        case_id: ticket_no
        touchpoint: support.ticket
        text: description
      - kind: feedback
        when: "csat is not null"          # a SQL expression: which rows this is true of
        subject: "crm:{customer_no}"
        at: closed
        metric: csat
        score: csat
        touchpoint: support.ticket
    traits: {subject: "crm:{customer_no}", email: email, name: customer_name}
"""
TAIL = """
stages: [discover, consider, buy, onboard, use, help, renew, recommend]
touchpoints: {}
  # support.ticket: {stage: help, department: service, owner: anna, promise: {case_resolved within: 2 days}}
"""
BLANK = HEAD.format(data=".") + EXAMPLE + TAIL
