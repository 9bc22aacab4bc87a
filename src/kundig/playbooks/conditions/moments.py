"""Moments at which figures are read: on a grid that does not depend on who looks, or when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import present
from kundig.playbooks.conditions.condition import nothing
from kundig.playbooks.found import found

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

START = datetime(1970, 1, 5, tzinfo=timezone.utc)
"""A Monday; all grids go through it."""
LONGEST = 120
"""So many moments are read at most, counted back from the newest; a longer past is not looked at."""


def moments(journal: Journal, every: timedelta, since: datetime | None) -> list[datetime]:
    """The moments after `since` up to that of the journal, and the one before them, in order; none where nothing is known."""
    now = journal.at or _only(present(journal), "present", journal)
    first = since or _only(journal.history.agg(first=journal.history.known_at.min()), "first", journal)
    if now is None or first is None:
        return []
    newest, oldest = (now - START) // every, (first - START) // every
    return [START + every * number for number in range(max(oldest, newest - LONGEST + 1), newest + 1)]


def _only(table: ir.Table, name: str, journal: Journal) -> datetime | None:
    """The one value of a table of one row."""
    [value] = found(table, journal)[name].to_pylist()
    return None if value is None else value.astimezone(timezone.utc)


def read_at(journal: Journal, at: list[datetime], of: Callable[[Journal], Any]) -> ir.Table:
    """What an analysis gave at each moment, one after the other: its rows with the `moment`.

    An analysis is a question for one moment, so each is asked by itself; what comes back is small.
    """
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    parts = []
    for moment in at:
        rows = of(journal.as_of(moment)).to_pyarrow()
        parts.append(rows.append_column("moment", pa.array([moment] * rows.num_rows, pa.timestamp("us", tz="UTC"))))
    return ibis.memtable(pa.concat_tables(parts)) if parts else nothing()
