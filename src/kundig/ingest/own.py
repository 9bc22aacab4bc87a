"""What kundig itself tells: answers to its surveys, letters it sent, work it handed over; already in the columns of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kundig.events import EVENTS, TRAITS, Column
from kundig.ingest.arrivals import EVENT_NAMES, TRAIT_NAMES, Translated, registered
from kundig.sources.expression import literal
from kundig.store.inbox.kept import Pending

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORM = "kundig"
_READ = {"string": "VARCHAR", "float64": "DOUBLE", "timestamp('UTC')": "BIGINT", "decimal(18, 4)": "VARCHAR", "map<string, string>": "MAP(VARCHAR, VARCHAR)"}


def own(con: DuckDBPyConnection, these: Sequence[Pending], table: str, result: Translated) -> None:
    """Add the events and traits to `result`; times are microseconds since 1970, and `known_at` is when it was told."""
    registered(con, these)
    columns = {column.name: _READ[column.type] for column in (*TRAITS, *EVENTS)}
    shape = ", ".join(f'"{name}": "{type_}"' for name, type_ in columns.items())
    items = f'[{{"id": "VARCHAR", "type": "VARCHAR", "e": {{{shape}}}}}]'
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_own AS SELECT seq, source AS told_by, received_at, unnest(from_json(body, {literal(items)})) AS a FROM waiting")
    con.unregister("waiting")
    for name, of in (("event", EVENTS), ("trait", TRAITS)):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_{name}s AS SELECT seq, {', '.join(_columns(of))} FROM {table}_own WHERE a.type = {literal(name)}")
    result.events.append(f"SELECT {EVENT_NAMES} FROM {table}_events")
    result.again.append(f"SELECT event_id FROM {table}_events")
    result.traits.append(f"SELECT {TRAIT_NAMES} FROM {table}_traits")


def _columns(of: Iterable[Column]) -> list[str]:
    given = {"known_at": "timezone('UTC', make_timestamp(received_at))", "source": "told_by"}
    return [f"{given.get(column.name) or _cast(column)} AS {column.name}" for column in of]


def _cast(column: Column) -> str:
    if column.type == "timestamp('UTC')":
        return f"timezone('UTC', make_timestamp(a.e.{column.name}))"
    if column.type == "decimal(18, 4)":
        return f"CAST(a.e.{column.name} AS DECIMAL(18, 4))"
    return f"nullif(a.e.{column.name}, MAP {{}})" if column.type.startswith("map") else f"a.e.{column.name}"
