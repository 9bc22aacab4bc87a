"""Rows of analyses that can be a cause of a project: what tells one apart, and its figures as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import orjson
from django.urls import reverse

from kundig.analysis import Result, analyses
from kundig.web.german import german
from kundig.web.shown import Shown, shown

CAUSES = frozenset({"feedback.moments", "journeys.deviations", "journeys.deviation_effects", "journeys.deviation_hotspots", "foresight.reasons"})
"""Analyses that say why: moments, deviations and reasons."""
VERDICTS = frozenset({"state", "verdict", "label", "goes_with"})
"""What is found of a row, and may be found otherwise tomorrow: it tells no row apart."""


def key(row: Mapping[str, Any]) -> str:
    """What tells a row apart in its answer, also when its figures have moved.

    >>> key({"moment": "shop", "n": 3, "verdict": "pain"}) == key({"moment": "shop", "n": 4, "verdict": None})
    True
    """
    told = {name: value for name, value in row.items() if isinstance(value, str) and name not in VERDICTS}
    return sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def figures(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the state keeps it."""
    return {name: str(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date | datetime) else value for name, value in row.items() if value is not None}


def found(answer: Result, which: str) -> Mapping[str, Any] | None:
    """The row of an answer; None where it has none such any longer."""
    return next((row for row in answer.table.to_pylist() if key(row) == which), None)


def with_causes(table: Shown, answer: Result, query: str) -> Shown:
    """The table with the way from each row to a project."""
    rows = answer.table.slice(0, len(table.lines)).to_pylist()
    way = reverse("project-cause")
    return replace(table, lines=tuple(replace(line, cause=f"{way}?{urlencode({'analysis': answer.name, 'row': key(row), 'query': query})}") for line, row in zip(table.lines, rows, strict=True)), causes=True)


def as_it_was(analysis: str, kept: Mapping[str, Any]) -> Shown | None:
    """The figures of a cause as they were, as a table of one row; None where kundig has no such analysis any longer."""
    if analysis not in analyses():
        return None
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    of = analyses()[analysis]
    answer = Result(analysis, of.values({}), None, pa.Table.from_pylist([dict(kept)]), "", 0, ())
    return shown(answer, {column: german(meaning) or meaning for column, meaning in of.columns.items()}, links=False, wide=8)
