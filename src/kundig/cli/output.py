"""How answers look in a terminal: tables that fit, numbers that can be read, plain text in a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.report.phrases import Language

WIDEST_PIPE = 160
LARGE = 10
MOST_ROWS = 60
GAP = 2
MOST_DECIMALS = 5
NARROWEST = 16
"""Texts are folded, but not into a column narrower than this."""


@dataclass(frozen=True)
class Words:
    """What headings, codes of a column, arguments and texts are called in a language, and how its numbers are written."""

    language: Language
    heading: Callable[[str], str]
    value: Callable[[str, str], str]
    argument: Callable[[str], str]
    text: Callable[[str], str]

    def number(self, written: str) -> str:
        """A number that was written in English."""
        return written.translate(_GERMAN) if self.language == "de" else written


_GERMAN = str.maketrans(",.", ".,")


def title(name: str) -> str:
    """The column's name as a heading: `median_seconds` becomes `median time`."""
    return name.replace("_seconds", " time").replace("_", " ")


ENGLISH = Words("en", title, lambda _name, code: code, lambda name: name, lambda text: text)


def console(*, error: bool = False) -> Console:
    """A console for people: as wide as the terminal, or wide enough in a pipe."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else int(os.environ.get("COLUMNS", WIDEST_PIPE))
    return Console(file=stream, width=width, highlight=False, soft_wrap=False, emoji=False)


def table(rows: pa.Table, *, most: int = MOST_ROWS) -> Table:
    """Rows as a table: columns that hold nothing are left out, numbers stand right."""
    drawn, _ = fitted(rows, None, most=most)
    return drawn


def fitted(rows: pa.Table, width: int | None, *, most: int = MOST_ROWS, words: Words = ENGLISH) -> tuple[Table, list[str]]:
    """Rows as a table of at most that width, and the columns that found no room; the first columns come first."""
    shown = rows.slice(0, most)
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), show_edge=False)
    columns = [(name, shown.column(name).to_pylist()) for name in shown.column_names]
    kept = [(name, values) for name, values in columns if any(value is not None for value in values) or len(columns) == 1]
    together = [value for name, values in kept if name in _FIGURES for value in values]
    # The ends of a share's interval stand behind it and are shares as well; those of another figure are not.
    shares = ("share", "low") in zip(rows.column_names, rows.column_names[1:], strict=False)
    written = [
        [cell("share" if shares and name in {"low", "high"} else name, value, digits(together if name in _FIGURES else values), words) for value in values]
        for name, values in kept
    ]
    taken, left, least_of, most_of = 0, width, [], []
    for (name, values), cells in zip(kept, written, strict=True):
        number = all(value is None or isinstance(value, int | float | Decimal) for value in values)
        longest = max((len(one.plain) for one in cells), default=0)
        heading = words.heading(name)
        least = max(longest if number else min(longest, NARROWEST), *(len(word) for word in heading.split()))
        if left is not None:
            left -= least + GAP
            if taken and left + GAP < 0:
                break
        drawn.add_column(heading, justify="right" if number else "left", overflow="fold", min_width=least, vertical="top")
        taken += 1
        least_of.append(least)
        most_of.append(max(longest, len(heading)))
    for line in zip(*written[:taken], strict=True):
        drawn.add_row(*line)
    # Rich would take room from the widest column, were it one that cannot give any.
    if width is not None and sum(most_of) + GAP * (taken - 1) > width:
        for column, given in zip(drawn.columns, _shared(least_of, most_of, width - GAP * (taken - 1)), strict=True):
            column.min_width, column.width = None, given
    return drawn, [name for name, _ in kept[taken:]]


def _shared(least: list[int], most: list[int], room: int) -> list[int]:
    """The width of each column: what it needs at least, and of what is left over the narrowest first."""
    widths = list(least)
    for _ in range(room - sum(least)):
        short = [place for place, width in enumerate(widths) if width < most[place]]
        if not short:
            break
        widths[min(short, key=widths.__getitem__)] += 1
    return widths


def digits(values: list[Any]) -> int:
    """How many decimals a column is written with: few where its numbers are large."""
    return 1 if any(isinstance(value, float) and abs(value) >= LARGE for value in values) else 3


def cell(name: str, value: Any, decimals: int = 3, words: Words = ENGLISH) -> Text:
    """One value as a person writes it."""
    if value is None or value == []:
        return Text("–", style="dim")
    if name == "verdict":
        mark, style = _VERDICTS.get(str(value), ("", ""))
        return Text(mark + words.value(name, str(value)), style)
    written = _text(name, value, decimals)
    if isinstance(value, bool | str):
        return Text(words.value(name, written))
    return Text(words.number(written) if isinstance(value, int | float | Decimal) else written)


_FIGURES = frozenset({"score", "low", "high", "change", "change_low", "change_high"})
"""Columns that are read against each other, and so are written alike."""
_VERDICTS = {"better": ("▲ ", "blue"), "worse": ("▼ ", "red"), "may be chance": ("● ", "dim")}


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
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "–"
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

