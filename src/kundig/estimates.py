"""Estimates: answers that no SQL can finish. The engine reduces, and statistics go on with the small result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


@dataclass(frozen=True)
class Estimate:
    """An answer in two steps: lazy tables for the engine, and a pure function of what they hold.

    It is asked like an Ibis table: `columns`, `to_pyarrow()`, `execute()`. Nothing is computed before.

    Attributes:
        tables: what the engine computes, each by the name under which `finish` takes it; or an estimate, whose answer it takes.
            An engine gives rows in no order: a table whose order matters says so with `order_by`.
        types: the answer's columns in their order, with types as Ibis writes them.
        finish: called with the Arrow tables as keywords; gives the answer's columns as lists or arrays, all alike long.
        shared: names of tables that other analyses ask for as well, and that take long: whoever keeps answers keeps them too.
        pieces: names of tables, in groups, of an answer that is too large to be held at once. `finish` is called for each group with
            its tables alone, before those of the next are computed; its rows follow those of the group before.

    >>> from kundig.journal import told
    >>> events = told([("ada", "shop", "2026-03-01"), ("ben", "shop", "2026-03-02")]).events
    >>> counted = Estimate(
    ...     {"events": events.select("subject")},
    ...     {"n": "int64", "subjects": "array<string>"},
    ...     lambda events: {"n": [events.num_rows], "subjects": [sorted(events["subject"].to_pylist())]},
    ... )
    >>> counted.to_pyarrow().to_pylist()
    [{'n': 2, 'subjects': ['ada', 'ben']}]
    """

    tables: Mapping[str, ir.Table | Estimate]
    types: Mapping[str, str]
    finish: Callable[..., Mapping[str, Any]]
    shared: frozenset[str] = frozenset()
    pieces: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The answer's columns."""
        return tuple(self.types)

    def finished(self, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The answer from what the engine computed."""
        return self.gathered(tuple(tables), tables.__getitem__)

    def gathered(self, names: Collection[str], table: Callable[[str], pa.Table], laid: Callable[[pa.Table], pa.Table] | None = None) -> pa.Table:
        """The answer from tables that are computed when they are needed, and let go of when they are not any more.

        Args:
            names: of the tables.
            table: computes one.
            laid: gives the rows of a piece from where they may lie until the others are there, such as a disk; by default they stay.
        """
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        if not self.pieces:
            return self._piece({name: table(name) for name in names})

        def piece(those: tuple[str, ...]) -> pa.Table:
            rows = self._piece({name: table(name) for name in those})
            return laid(rows) if laid else rows

        return pa.concat_tables([piece(those) for those in self.pieces])

    def _piece(self, tables: dict[str, pa.Table]) -> pa.Table:
        import ibis  # noqa: PLC0415 -- slow import
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        schema = ibis.schema(self.types).to_pyarrow()
        columns = self.finish(**tables)
        if set(columns) != set(self.types):
            raise ValueError(f"expected the columns {list(self.types)}, found {list(columns)}")
        return pa.table([_column(columns[field.name], field.type) for field in schema], schema=schema)

    def to_pyarrow(self) -> pa.Table:
        """The answer; each table is computed by its own engine."""
        return self.gathered(tuple(self.tables), lambda name: self.tables[name].to_pyarrow())

    @property
    def parts(self) -> list[ir.Table]:
        """All that the engine computes, of estimates that it goes on with as well."""
        return [part for table in self.tables.values() for part in (table.parts if isinstance(table, Estimate) else [table])]

    def execute(self) -> Any:
        """The answer as a data frame."""
        return self.to_pyarrow().to_pandas()


def _column(values: Any, type_: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(type_)
    # What is not a number is not known: a figure that could not be computed is null.
    return pa.array(values, type=type_, from_pandas=True)
