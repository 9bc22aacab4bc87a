"""Rows of a lazy table, found by the engine of the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

Ask = Callable[["pa.Table", "Callable[[ir.Table, Journal], ir.Table]", "Journal", str], "pa.Table"]
"""How a question about rows at hand is asked of a journal; its name says all that it depends on beside the rows and the journal."""


def found(rows: ir.Table, journal: Journal) -> Any:
    """The rows as an Arrow table.

    What holds rows in memory alone would be asked of an engine that all threads of the process share; the journal's own is one thread's.
    """
    return journal.touchpoints.get_backend().to_pyarrow(rows)


def asked(rows: pa.Table, of: Callable[[ir.Table, Journal], ir.Table], journal: Journal, name: str = "") -> pa.Table:  # noqa: ARG001 -- the name is for whoever remembers questions
    """What the engine finds of rows at hand."""
    import ibis  # noqa: PLC0415 -- slow import

    return found(of(ibis.memtable(rows), journal), journal)
