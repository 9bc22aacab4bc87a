"""A first mapping guessed from the files themselves, as a draft for a person to edit."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.errors import SourceError
from kundig.ingest.guessing import LOOKED_AT, Guess, Rating, guess, plain
from kundig.ingest.reading import found_rows
from kundig.sources.expression import literal, quoted
from kundig.sources.mapping import Source
from kundig.sources.readers import Place
from kundig.store.duckdb import connection

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_READERS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet", ".xlsx": "excel", ".xls": "excel", ".ods": "excel", ".xes": "xes"}
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
    con.execute(f"CREATE TEMP TABLE looked_at AS SELECT * FROM {'arriving' if rows.batches is not None else rows.sql} LIMIT {LOOKED_AT}")
    columns = [str(column[0]) for column in con.execute("FROM looked_at LIMIT 0").description or () if not str(column[0]).startswith("#")]
    return _written(name, kind, path, guess(con, "looked_at", columns))


def _written(name: str, kind: str, path: str, found: Guess) -> str:
    lines = [f"  {name}:", f"    read: {{{kind}: {_q(path)}}}"]
    if found.key:
        lines.append(f"    key: {_listed(found.key)}   # tells one row from another: a changed row is then a correction")
    else:
        lines.append("    # key: COLUMN   # no column tells one row from another; without a key an edited row is a new one")
    subject = _subject(name, found)
    if found.at or found.ratings or not (found.subject and (found.traits or found.rest)):
        lines += ["    events:", *_event(name, found, subject)]
        lines += [line for rating in found.ratings[_single(found) :] for line in _answer(name, found, subject, rating)]
    if found.subject and (found.traits or not found.at):
        lines += ["    traits:", f"      subject: {subject}", *(f"      {role}: {_q(column)}" for role, column in found.traits.items())]
        if not found.at and found.rest:
            lines.append(f"      properties: [{', '.join(_q(column) for column in found.rest)}]   # drop what nobody needs")
    return "\n".join(lines) + "\n"


def _event(name: str, found: Guess, subject: str | None) -> list[str]:
    step = f'"{{{found.activity}}}"' if found.activity else None
    bought = "order" if "amount" in found.fields and {"quantity", "product"} & set(found.fields) else "event"
    kind = step or next((kind for word, kind in _KINDS.items() if word in name), bought)
    lines = [f"      - kind: {kind}   # " + ("the column that names the step" if step else "a guess; see the list of kinds")]
    lines.append(f"        at: {_q(found.at)}" if found.at else "        at: WHICH_COLUMN   # no column holds times that were recognised")
    lines.append(f"        subject: {subject}" if subject else "        # subject: \"crm:{customer_no}\"   # no column names a customer: events without subject belong to nobody")
    if subject and not found.subject:
        lines[-1] += "   # no column names a customer: each case is taken for one"
    lines.append(f"        touchpoint: {step or name}")
    lines += [f"        {role}: {_q(column)}" for role, column in (("case_id", found.case_id), *found.fields.items()) if column]
    if _single(found):
        rating = found.ratings[0]
        lines += [f"        metric: {rating.metric}   # one of nps, csat, ces, stars, enps", f"        score: {_score(rating)}"]
    if found.rest:
        lines.append(f"        properties: [{', '.join(_q(column) for column in found.rest)}]   # drop what nobody needs")
    return lines


def _single(found: Guess) -> bool:
    """Whether the row is the one answer that it holds."""
    return len(found.ratings) == 1 and not found.activity


def _answer(name: str, found: Guess, subject: str | None, rating: Rating) -> list[str]:
    """One of several answers in a row: an event of its own, at a touchpoint named for its column."""
    point = re.sub(r"(_|^)(score|rating|stars?|nps|csat|ces|note|bewertung)$", "", plain(rating.column)) or rating.metric
    return [
        "      - kind: feedback",
        f"        when: {_q(_given(rating))}",
        f"        at: {_q(found.at)}" if found.at else "        at: WHICH_COLUMN",
        *([f"        subject: {subject}"] if subject else []),
        f"        touchpoint: {name}.{point}",
        *([f"        case_id: {_q(found.case_id)}"] if found.case_id else []),
        f"        metric: {rating.metric}   # one of nps, csat, ces, stars, enps",
        f"        score: {_q(rating.column)}",
    ]


def _given(rating: Rating) -> str:
    """Which rows hold an answer: a zero below the scale looks like none."""
    none = ["''", *(literal(value) for value in rating.not_given)]
    return f"{quoted(rating.column)} not in ({', '.join(none)})"


def _score(rating: Rating) -> str:
    if not rating.not_given:
        return _q(rating.column)
    return f"{{sql: {_q(f'case when {_given(rating)} then {quoted(rating.column)} end')}}}   # 0 looks like: not given"


def _subject(name: str, found: Guess) -> str | None:
    who = found.subject or found.case_id
    return f'"{name}:{{{who}}}"' if who else None


def _listed(columns: Sequence[str]) -> str:
    return _q(columns[0]) if len(columns) == 1 else "[" + ", ".join(_q(column) for column in columns) + "]"


def _q(text: str | None) -> str:
    return text if text and re.fullmatch(r"[A-Za-z_][\w.]*", text) and text.lower() not in {"yes", "no", "on", "off", "null", "true", "false"} else '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


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
