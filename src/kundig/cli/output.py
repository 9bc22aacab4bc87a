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
MOST_ROWS = 60
GAP = 2
MOST_DECIMALS = 5
NARROWEST = 16
"""Texts are folded, but not into a column narrower than this."""


def console(*, error: bool = False) -> Console:
    """A console for people: as wide as the terminal, or wide enough in a pipe."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else int(os.environ.get("COLUMNS", WIDEST_PIPE))
    return Console(file=stream, width=width, highlight=False, soft_wrap=False, emoji=False)


def table(rows: pa.Table, *, most: int = MOST_ROWS) -> Table:
    """Rows as a table: columns that hold nothing are left out, numbers stand right."""
    drawn, _ = fitted(rows, None, most=most)
    return drawn


def fitted(rows: pa.Table, width: int | None, *, most: int = MOST_ROWS) -> tuple[Table, list[str]]:
    """Rows as a table of at most that width, and the columns that found no room; the first columns come first."""
    shown = rows.slice(0, most)
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), show_edge=False)
    columns = [(name, shown.column(name).to_pylist()) for name in shown.column_names]
    kept = [(name, values) for name, values in columns if any(value is not None for value in values) or len(columns) == 1]
    together = [value for name, values in kept if name in _FIGURES for value in values]
    # The ends of a share's interval are shares as well.
    shares = "share" in rows.column_names
    written = [
        [cell("share" if shares and name in {"low", "high"} else name, value, digits(together if name in _FIGURES else values)) for value in values]
        for name, values in kept
    ]
    taken, left = 0, width
    for (name, values), cells in zip(kept, written, strict=True):
        number = all(value is None or isinstance(value, int | float | Decimal) for value in values)
        longest = max((len(one.plain) for one in cells), default=0)
        least = max(longest if number else min(longest, NARROWEST), *(len(word) for word in title(name).split()))
        if left is not None:
            left -= least + GAP
            if taken and left + GAP < 0:
                break
        drawn.add_column(title(name), justify="right" if number else "left", overflow="fold", min_width=least, vertical="top")
        taken += 1
    for line in zip(*written[:taken], strict=True):
        drawn.add_row(*line)
    return drawn, [name for name, _ in kept[taken:]]


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
    if isinstance(value, Decimal):
        return money(value)
    return str(value)


def money(value: Decimal) -> str:
    """An amount to the cent; one below a unit of money to the hundredth of a cent.

    >>> money(Decimal("33700.0000")), money(Decimal("0.0035")), money(Decimal("-0.0000"))
    ('33,700.00', '0.0035', '0.00')
    """
    if not value:
        return "0.00"
    return f"{value:,.4f}" if abs(value) < 1 and value != round(value, 2) else f"{value:,.2f}"


def _float(name: str, value: float, decimals: int) -> str:
    if name.endswith("_seconds"):
        return duration(value)
    if name.endswith("share"):
        return f"{100 * value:.1f} %"
    # A small figure beside large ones keeps two digits that tell something, and what is nothing has no sign.
    size = abs(value)
    while decimals < MOST_DECIMALS and 0 < size < 10 ** (1 - decimals) and size >= 10**-MOST_DECIMALS / 2:
        decimals += 1
    return f"{value if round(size, decimals) else 0.0:,.{decimals}f}"


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

