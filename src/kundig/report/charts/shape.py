"""What an answer's columns say about how it is drawn: what is measured, how surely, of what, and over which time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_SAID = frozenset({"state", "metric", "verdict", "instead", "definition", "event_id", "customer_id", "case_id", "currency", "label"})
"""Texts that tell something of a row, but do not name it."""
_SHARES = ("share", "rate", "nrr", "grr", "churn", "survival")


@dataclass(frozen=True)
class Shape:
    """How an answer is drawn.

    Attributes:
        value: the column that is measured.
        low: the lower end of its interval; None where it has none.
        high: the upper end.
        names: columns that name a row, joined by an arrow where there are several.
        time: the column of days or months, if rows follow each other in time.
        share: whether the value is a share of 1.
    """

    value: str
    low: str | None
    high: str | None
    names: tuple[str, ...]
    time: str | None
    share: bool


def shape(table: pa.Table, columns: Sequence[str] | Mapping[str, str] = ()) -> Shape | None:
    """The shape of an answer; None where nothing in it is measured.

    The value is the number that stands before `low` and `high`, or the first that has `NAME_low` and `NAME_high`. Without one it is a share, a score, or `n`.

    Args:
        table: the answer.
        columns: the documented columns in their order; by default those of the table.
    """
    from pyarrow import types  # noqa: PLC0415 -- slow import

    order = [name for name in (columns or table.column_names) if name in table.column_names]
    kinds = {field.name: field.type for field in table.schema}
    numbers = [name for name in order if types.is_floating(kinds[name]) or types.is_integer(kinds[name]) or types.is_decimal(kinds[name])]
    names = tuple(name for name in order if (types.is_string(kinds[name]) or types.is_large_string(kinds[name])) and name not in _SAID and _told(table, name))
    # What an answer is split by stands before what it is about.
    names = names[: 3 if names[:1] == ("group",) else 2]
    time = next((name for name in order if (types.is_date(kinds[name]) or types.is_timestamp(kinds[name])) and _told(table, name)), None)
    if {"low", "high"} <= set(numbers):
        before = [name for name in numbers[: numbers.index("low")] if types.is_floating(kinds[name]) and not name.endswith("_seconds")]
        if before and not _told(table, before[-1]):
            # Every row has too little data: how many there were is not what was asked.
            return None
        if before:
            return Shape(before[-1], "low", "high", names, time, _share(before[-1]))
    for name in numbers:
        ends = (f"{name}_low", f"{name}_high")
        if name.endswith("_seconds"):
            ends = (name.replace("_seconds", "_low_seconds"), name.replace("_seconds", "_high_seconds"))
        if set(ends) <= set(numbers) and _told(table, name):
            return Shape(name, *ends, names, time, _share(name))
    value = next((name for name in ("share", "score", "difference", "amount", "n") if name in numbers and _told(table, name)), next((name for name in numbers if _told(table, name)), None))
    return Shape(value, None, None, names, time, _share(value)) if value else None


def _share(name: str) -> bool:
    return any(name == word or name.endswith(f"_{word}") for word in _SHARES)


def _told(table: pa.Table, name: str) -> bool:
    return bool(table.column(name).null_count < table.num_rows)
