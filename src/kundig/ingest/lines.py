"""Where rows stand in their files: the line on which each begins, and the lines that are no row at all."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.errors import SourceError
from kundig.sources.encoding import opened
from kundig.sources.readers import Lines, Place

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Rejected:
    """Lines that the engine could not take apart into a row: where they begin, what they say, and why."""

    file: str
    line: int
    text: str
    reason: str


def rejected_count(con: DuckDBPyConnection) -> int:
    """How many rows the engine could not take apart."""
    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall():
        return 0
    [(count,)] = con.execute("SELECT count(*) FROM (SELECT DISTINCT s.file_path, e.line_byte_position FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id))").fetchall()
    return int(count)


def rejected(con: DuckDBPyConnection, place: Place) -> list[Rejected]:
    """What the engine could not take apart, in the order of files and lines.

    Raises:
        SourceError: a file is in another encoding than its beginning; its letters are lost in what the engine kept.
    """
    if not rejected_count(con):
        return []
    found = con.execute(
        """SELECT s.file_path, e.line_byte_position, any_value(replace(lower(CAST(e.error_type AS VARCHAR)), '_', ' ')), any_value(e.csv_line)
        FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    result: list[Rejected] = []
    for path in dict.fromkeys(str(row[0]) for row in found):
        file = Path(path)
        rows = [(int(position), str(reason), str(text)) for of, position, reason, text in found if of == path]
        name = str(place.copies.get(file, file))
        for (_, reason, text), line in zip(rows, _lines_at(file, [position for position, _, _ in rows]), strict=True):
            if reason == "invalid encoding":
                raise SourceError(f"{name} is not utf-8 throughout: line {line} does not fit; write the right `encoding:` under `read:`, such as cp1252")
            result.append(Rejected(name, line, text.strip("\r\n"), reason))
    return result


def _lines_at(file: Path, positions: list[int]) -> Iterator[int]:
    """The line on which each record begins whose position, counted from 1, is given; blank lines before it are not it."""
    ends, blank, offset = [], set(), 0
    with opened(file) as stream:
        for number, text in enumerate(stream, 1):
            offset += len(text)
            ends.append(offset)
            if not text.strip(b"\r\n"):
                blank.add(number)
    for position in positions:
        line = bisect_left(ends, position + 1) + 1
        while line in blank:
            line += 1
        yield line


def beginnings(file: Path, lines: Lines, heights: Iterable[int], others: Iterable[Rejected], *, blank_is_row: bool = False) -> Iterator[int]:
    """The line on which each row of a file begins.

    Args:
        file: in UTF-8.
        heights: how many lines each row takes.
        others: what stands between the rows, but is none.
        blank_is_row: whether a blank line is a row, as in a table of one column.
    """
    between = {other.line: other.text.count("\n") + 1 for other in others}
    if not blank_is_row:
        with opened(file) as stream:
            between |= {number: 1 for number, line in enumerate(stream, 1) if not line.strip(b"\r\n")}
    gaps = deque(sorted(between.items()))
    line = lines.first
    for index, height in enumerate([1, *heights] if lines.header else heights):
        while gaps and gaps[0][0] <= line:
            # What begins before the line stands inside a row: a blank line within quotes.
            start, high = gaps.popleft()
            line += high if start == line else 0
        if index or not lines.header:
            yield line
        line += height
