"""Rows of a lazy table, found by the engine of the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def found(rows: ir.Table, journal: Journal) -> Any:
    """The rows as an Arrow table.

    What holds rows in memory alone would be asked of an engine that all threads of the process share; the journal's own is one thread's.
    """
    return journal.touchpoints.get_backend().to_pyarrow(rows)
