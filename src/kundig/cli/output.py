"""How answers look in a terminal: tables that fit, numbers that can be read, plain text in a pipe."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pyarrow as pa

WIDEST_PIPE = 160
LARGE = 10


def console(*, error: bool = False) -> Console:
    """A console for people: as wide as the terminal, or wide enough in a pipe."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else int(os.environ.get("COLUMNS", WIDEST_PIPE))
    return Console(file=stream, width=width, highlight=False, soft_wrap=False, emoji=False)


def table(rows: pa.Table, *, most: int = 60) -> Table:
    """Rows as a table: columns that hold nothing are left out, numbers stand right."""
    shown = rows.slice(0, most)
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), show_edge=False)
    columns = [(name, shown.column(name).to_pylist()) for name in shown.column_names]
    kept = [(name, values) for name, values in columns if any(value is not None for value in values) or len(columns) == 1]
    for name, values in kept:
        number = all(value is None or isinstance(value, int | float | Decimal) for value in values)
        drawn.add_column(title(name), justify="right" if number else "left", overflow="fold", no_wrap=number, ratio=None)
    together = [value for name, values in kept if name in _FIGURES for value in values]
    # The ends of a share's interval are shares as well.
    shares = "share" in rows.column_names
    written = [
        [cell("share" if shares and name in {"low", "high"} else name, value, digits(together if name in _FIGURES else values)) for value in values]
        for name, values in kept
    ]
    for line in zip(*written, strict=True):
        drawn.add_row(*line)
    return drawn


def title(name: str) -> str:
    """The column's name as a heading: `median_seconds` becomes `median time`."""
    return name.replace("_seconds", " time").replace("_", " ")


def digits(values: list[Any]) -> int:
    """How many decimals a column is written with: few where its numbers are large."""
    return 1 if any(isinstance(value, float) and abs(value) >= LARGE for value in values) else 3


def cell(name: str, value: Any, decimals: int = 3) -> Text:
    """One value as a person writes it."""
    if value is None:
        return Text("–", style="dim")
    if name == "verdict":
        return Text(*_VERDICTS.get(str(value), (str(value), "")))
    return Text(_text(name, value, decimals))


_FIGURES = frozenset({"score", "low", "high", "change", "change_low", "change_high"})
"""Columns that are read against each other, and so are written alike."""
_VERDICTS = {"better": ("▲ better", "blue"), "worse": ("▼ worse", "red"), "may be chance": ("● may be chance", "dim")}


def _text(name: str, value: Any, decimals: int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return _float(name, value, decimals)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _float(name: str, value: float, decimals: int) -> str:
    if name.endswith("_seconds"):
        return duration(value)
    if name.endswith("share"):
        return f"{100 * value:.1f} %"
    return f"{value:,.{decimals}f}"


def duration(seconds: float) -> str:
    """A length of time in its two largest units.

    >>> duration(93784)
    '1 d 2 h'
    >>> duration(59)
    '59 s'
    """
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    left = round(seconds)
    parts: list[str] = []
    for unit, length in units:
        count, left = divmod(left, length)
        if count or (unit == "s" and not parts):
            parts.append(f"{count:,} {unit}")
    return " ".join(parts[:2])

