"""Snapshots of a large journal: some of them after the others, so that what the engine holds does not grow with their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.parts import AT_ONCE
from kundig.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal


def parts_of(journal: Journal, snapshots: int) -> list[range]:
    """The snapshots in parts, the newest first; each snapshot looks at every event once, and is a world of its own.

    >>> from kundig.journal import told
    >>> parts_of(told([("ada", "shop", "2026-03-01")]), 12)
    [range(0, 12)]
    """
    at_once = max(AT_ONCE // (journal.size or 1), 1)
    parts = -(-snapshots // at_once)
    return [range(number * snapshots // parts, (number + 1) * snapshots // parts) for number in range(parts)]


def in_parts(parts: list[range], of: Callable[[range], ir.Table]) -> Estimate:
    """The rows of each part, the oldest snapshots first."""
    tables = {f"part_{number}": of(part) for number, part in enumerate(reversed(parts))}

    def finish(**tables: pa.Table) -> Mapping[str, Any]:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        whole = pa.concat_tables([tables[f"part_{number}"] for number in range(len(tables))])
        return dict(zip(whole.column_names, whole.columns, strict=True))

    return Estimate(tables, {name: str(type_) for name, type_ in tables["part_0"].schema().items()}, finish)
