"""An answer as a table for people: headings, cells as they are written, links to what is behind a row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from kundig.analysis import Result, analyses
from kundig.customers import counted
from kundig.kinds import called
from kundig.web import reader, words
from kundig.web.behind import of_count, of_row
from kundig.web.incidents import incident
from kundig.web.measures import measure as measured
from kundig.web.names import names as names_of

LARGE = 10
LONG = 60
"""Letters of a text that fits a column among others."""
HIDDEN = frozenset({"metric"})
"""Columns that say in every row what the question said already."""
PERSONAL = frozenset({"customer_id", "case_id", "journey", "event_id", "subject", "text", "name", "email", "example", "examples", "quotes"})
"""Columns that lead to somebody or hold what somebody wrote; only for those who may see customers."""
_FIGURES = frozenset({"score", "low", "high", "mean", "change", "change_low", "change_high"})
_MONEY = frozenset({"amount", "revenue", "monthly", "value", "money", "cost", "price", "mrr", "arr"})
_LOW = frozenset({"low"})
_POINTS = frozenset({"score", "change", "mood"})
"""Scores and moods are written as points of their scale."""
_RATIOS = frozenset({"lift"})
"""One share by another."""
_SHARES = frozenset({"probability", "probability_30", "probability_90", "probability_180", "nrr", "grr", "rate", "survival", "self_service", "resolution", "assisted_resolution", "solved_7", "solved_14", "solved_30", "alive", "coverage", "of_treated", "of_control", "containment", "logo_churn", "revenue_churn", "importance", "amount_rate", "breakage"})
_STEPS = frozenset({"source", "target", "step", "variant", "group"})


@dataclass(frozen=True)
class Heading:
    """A column: its name, its heading, what it means, and whether numbers stand in it."""

    name: str
    title: str
    meaning: str
    number: bool


@dataclass(frozen=True)
class Cell:
    """A value as it is written."""

    text: str
    number: bool = False
    href: str | None = None
    verdict: str | None = None
    muted: bool = False


@dataclass(frozen=True)
class Line:
    """A row, the customers behind it, and the way into a project; beneath it, under their headings, texts too long for a column."""

    cells: tuple[Cell, ...]
    href: str | None = None
    cause: str | None = None
    beneath: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Shown:
    """A table for people."""

    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    rows: int
    behind: bool = field(default=False)
    causes: bool = field(default=False)

    @property
    def width(self) -> int:
        """Columns of the table."""
        return len(self.headings) + self.behind + self.causes

    @property
    def more(self) -> int:
        """Rows that are not shown."""
        return self.rows - len(self.lines)


def shown(answer: Result, meanings: Mapping[str, str], *, most: int = 200, links: bool = True, only: Sequence[str] | None = None, wide: int | None = None, as_of: str | None = None, directory: Any = None) -> Shown:
    """An answer as a table; columns that hold nothing are left out.

    Args:
        answer: of an analysis.
        meanings: of its columns.
        most: rows that are shown.
        links: whether the reader may see customers.
        only: columns that are shown, in this order; by default all.
        wide: how many columns there is room for; ends of intervals go first.
        as_of: the moment that links keep.
        directory: of `customers.directory`, to write names; by default customers are written as they are known.
    """
    rows = replace(answer, table=answer.table.slice(0, most)).in_language(reader.spoken()).table.to_pylist()
    names = [name for name in (only or answer.table.column_names) if name in answer.table.column_names and (links or name not in PERSONAL)]
    kept = [name for name in names if name not in HIDDEN and any(row[name] is not None for row in rows)] or names[:1]
    if wide is not None and len(kept) > wide:
        kept = [name for name in kept if not name.endswith(("_low", "_high")) and name not in {"z", "state", "mean"}][:wide]
    wordy = _wordy(kept[1:], rows)
    kept = [name for name in kept if name not in wordy]
    shares, hundredths = units(answer)
    digits = {name: _digits([row[name] for row in rows]) for name in kept}
    together = max((digits[name] for name in kept if name in _FIGURES), default=0)
    headings = tuple(Heading(name, words.column(name), meanings.get(name, ""), _numeric([row[name] for row in rows])) for name in kept)
    known = names_of(directory, [row["customer_id"] for row in rows]) if links and "customer_id" in kept else {}
    lines = []
    counts = links and counted(answer.name) if answer.name in analyses() else None
    for row in rows:
        href = of_row(answer.name, answer.arguments, row, as_of=as_of) if links and row.get("n") else None
        cells = tuple(_cell(name, row, answer.arguments, digits=together if name in _FIGURES else digits[name], shares=shares, hundredths=hundredths, links=links, known=known) for name in kept)
        if counts:
            cells = tuple(replace(cell, href=of_count(answer.name, answer.arguments, row, name, as_of=as_of)) if name in counts.counts[1:] else cell for name, cell in zip(kept, cells, strict=True))
        beneath = tuple((words.column(name), tuple(map(str, row[name]))) for name in wordy if row[name])
        lines.append(Line(cells, href, beneath=beneath))
    return Shown(headings, tuple(lines), answer.table.num_rows, behind=any(line.href for line in lines))


def _wordy(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns of texts too long to stand beside figures, each with one that says something of every such text."""
    found: list[str] = []
    for before, name in zip(["", *names], names, strict=False):
        lists = [row[name] for row in rows if row[name] is not None]
        if not all(isinstance(own, list) for own in lists):
            continue
        long = any(len(str(text)) > LONG for own in lists for text in own)
        if long or (before in found and all(len(row[before] or ()) == len(row[name] or ()) for row in rows)):
            found.append(name)
    return found


def label(name: str, value: Any, arguments: Mapping[str, Any]) -> str:
    """A value that names something: a step at its level, a member of a dimension."""
    if value is None:
        return str(reader.member("", None))
    if name == "group":
        return reader.member(str(arguments.get("by") or ""), str(value))
    if name == "reason":
        return incident(str(value))
    if name not in _STEPS:
        return reader.member(name, str(value))
    level = str(arguments.get("level") or "")
    if name == "variant":
        return " → ".join(reader.step(part, level) for part in str(value).split(" → "))
    return reader.step(str(value), level)


def period(value: date, every: str | None) -> str:
    """A period by its first day."""
    formats = reader.formats()
    match every:
        case "week":
            return formats.week_days(value)
        case "month":
            return formats.month(value)
        case "quarter":
            return formats.quarter(value)
        case "year":
            return str(value.year)
    return formats.day(value)


def _cell(name: str, row: Mapping[str, Any], arguments: Mapping[str, Any], *, digits: int, shares: frozenset[str], hundredths: frozenset[str], links: bool, known: Mapping[str, str]) -> Cell:  # noqa: C901 -- a case for each kind of value
    value = row[name]
    formats = reader.formats()
    if name == "verdict" and value:
        return Cell(words.verdict(value), verdict=value)
    if name == "customer_id" and value:
        return Cell(known.get(str(value), str(value)), href=reverse("customer", args=[quote(str(value), safe=":@")]) if links else None)
    if value is None and name not in _STEPS:
        return Cell("–", number=False, muted=True)
    if name == "period" and isinstance(value, date):
        return Cell(period(value, arguments.get("every")))
    if name in _STEPS:
        return Cell(label(name, value, arguments))
    if name in {"department", "from_department", "to_department"}:
        return Cell(reader.department(value))
    if name == "stage":
        return Cell(reader.stage(value))
    if name == "touchpoint":
        return Cell(reader.touchpoint(value))
    if name == "reason":
        return Cell(incident(value))
    if name == "measure":
        return Cell(measured(str(value)))
    if name == "kind" and value in words.KINDS:
        return Cell(words.kind(value))
    if name == "of" and "figure" in row:
        return Cell(_figure(row["figure"], value))
    if isinstance(value, bool):
        return Cell(formats.value(value))
    if isinstance(value, Decimal) or (name in _MONEY and isinstance(value, int | float)):
        return Cell(formats.money(value), number=True)
    if isinstance(value, int | float):
        # What is measured in money has means of money.
        shares = frozenset() if row.get("outcome") == "revenue" else shares
        return Cell(_number(name, value, digits, shares=shares, hundredths=hundredths), number=True)
    if isinstance(value, datetime | date):
        return Cell(formats.value(value))
    if isinstance(value, list):
        return Cell(", ".join(str(item) for item in value))
    return Cell(words.value(str(value)), muted=name == "state")


def _figure(what: str, of: str) -> str:
    """What moved: a score by its name, a source as it is written, and else what happened."""
    return words.metric(of) if what == "score" else of if what == "source" else called(of, reader.spoken())


def _number(name: str, value: float, digits: int, *, shares: frozenset[str], hundredths: frozenset[str]) -> str:
    formats = reader.formats()
    if isinstance(value, float) and not math.isfinite(value):
        return "∞" if value > 0 else "–"
    if name.endswith("_seconds"):
        return formats.span(value)
    if name in hundredths:
        return formats.percent(value / 100)
    if name in shares:
        return formats.percent(value)
    if name.startswith("change") and name != "changes":
        return formats.change(value, digits)
    return formats.number(value, 0 if isinstance(value, int) else digits)


def units(answer: Result) -> tuple[frozenset[str], frozenset[str]]:
    """Columns that are shares of one, and those in per cent; the ends of an interval go with the column that stands before them."""
    meanings = analyses()[answer.name].columns if answer.name in analyses() else {}
    names = answer.table.column_names
    hundredths = {name for name in names if "per cent" in meanings.get(name, "") and name not in _POINTS}
    plain = hundredths | _RATIOS | {name for name in names if "in points" in meanings.get(name, "")}
    shares = {name for name in names if name not in plain and (name.endswith("share") or name in _SHARES or "share of" in meanings.get(name, ""))}
    shares = {name for name in shares if pa_float(answer, name)}
    for place, name in enumerate(names):
        of = names[place - 1] if name in _LOW and place else name.removesuffix("_low") if name.endswith("_low") else ""
        for kept in (shares, hundredths):
            if of in kept:
                kept |= {name, name.replace("low", "high")}
    return frozenset(shares), frozenset(hundredths)


def pa_float(answer: Result, name: str) -> bool:
    """Whether a column holds numbers with decimals: a count is no share."""
    return str(answer.table.schema.field(name).type) == "double"


def _numeric(values: Sequence[Any]) -> bool:
    return all(value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)) for value in values)


def _digits(values: Sequence[Any]) -> int:
    """Few decimals where numbers are large."""
    floats = [abs(value) for value in values if isinstance(value, float) and math.isfinite(value)]
    return 0 if not floats else 1 if max(floats) >= LARGE else 2
