"""The engine of this room: DuckDB in memory, from Arrow tables to Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


@contextmanager
def engine(**tables: Any) -> Iterator[DuckDBPyConnection]:
    """A connection that sees these tables by name, with nothing downloaded and nothing kept."""
    settings: Mapping[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "preserve_insertion_order": False}
    with duckdb.connect(config=dict(settings)) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")
        for name, table in tables.items():
            con.register(name, table)
        yield con


def answer(con: DuckDBPyConnection, sql: str) -> pa.Table:
    """The rows of a SELECT as an Arrow table."""
    return con.sql(sql).to_arrow_table()
