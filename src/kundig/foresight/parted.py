"""Signals of a large journal: some snapshots and customers after the others, so that what the engine holds does not grow with their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.foresight.snapshots import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

AT_ONCE = 40_000_000
"""Events that are looked at together, each once for every snapshot; of a hundred events a customer they take some 8 GB."""


def looks_at(journal: Journal, snapshots: int) -> list[Look]:
    """The looks that a large journal is taken in, the oldest snapshots first; none where one is enough, or the store does not say how many events there are.

    >>> from dataclasses import replace
    >>> from kundig.journal import told
    >>> journal = told([("ada", "shop", "2026-03-01")])
    >>> looks_at(journal, 12), len(looks_at(replace(journal, size=100_000_000), 12))
    ([], 36)
    """
    size = journal.size or 1
    if size * snapshots <= AT_ONCE:
        return []
    spans = -(-snapshots // max(AT_ONCE // size, 1))
    parts = -(-size // AT_ONCE)
    ranges = [range(number * snapshots // spans, (number + 1) * snapshots // spans) for number in reversed(range(spans))]
    return [Look(numbers, (part, parts) if parts > 1 else None) for numbers in ranges for part in range(parts)]


def in_parts(looks: Sequence[Look], of: Callable[[Look], ir.Table], whole: Callable[[ir.Table], ir.Table]) -> Estimate:
    """The answer of all looks.

    Args:
        looks: as `looks_at` has them.
        of: what is known of the customers of a look by themselves.
        whole: the answer from the rows of all customers of some snapshots.
    """
    tables = {f"look_{number}": of(look) for number, look in enumerate(looks)}
    of_span: dict[range, list[str]] = {}
    for name, look in zip(tables, looks, strict=True):
        of_span.setdefault(look.snapshots, []).append(name)

    def finish(**parts: pa.Table) -> Mapping[str, Any]:
        import ibis  # noqa: PLC0415 -- slow import
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        rows = _taken(whole(ibis.memtable(pa.concat_tables(parts.values()))))
        return dict(zip(rows.column_names, rows.columns, strict=True))

    types = {name: str(type_) for name, type_ in whole(tables["look_0"]).schema().items()}
    return Estimate(tables, types, finish, pieces=tuple(tuple(names) for names in of_span.values()))


def _taken(asked: ir.Table) -> pa.Table:
    """The answer from rows in memory, which are let go of: Ibis would hold them until the process ends."""
    from ibis.expr.operations import InMemoryTable  # noqa: PLC0415 -- slow import

    engine: Any = asked.get_backend()
    rows = asked.to_pyarrow()
    for held in asked.op().find(InMemoryTable):
        engine.con.unregister(held.name)
    return rows
