"""A made-up company's lake: customers who wander through thirty touchpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kundig.events import EVENTS
from kundig.store.duckdb import connection, written
from kundig.store.lake import Lake

CUSTOMERS_PER_EVENT = 0.1
TOUCHPOINTS = 30
PART = 10_000_000


Values = Callable[[int], Mapping[str, str]]
"""From the number of customers, the SQL of each column for the event with the number `i`; a column that is not named is null."""


def company(folder: Path, events: int, values: Values | None = None, *, lives: int | None = None) -> Path:
    """A workspace whose lake holds that many events, written by the engine in the layout that imports leave.

    Args:
        values: what the events are; by default the visits of `wandering`.
        lives: how many customers share them evenly, each in an order of its own; by default one for ten events, at random.
    """
    of = values or (lambda customers: wandering(customers, evenly=lives is not None))
    folder.mkdir(parents=True)
    (folder / "kundig.yaml").write_text("company: {name: Nordwind}\n", encoding="utf-8")
    lake = Lake(folder / "lake")
    with lake.writing(), connection(lake.staging / "spill") as con:
        parts = [
            written(con, _events(start, min(start + PART, events), of(lives or int(events * CUSTOMERS_PER_EVENT))), lake.staging / f"part-{start}.parquet", timed="occurred_at")
            for start in range(0, events, PART)
        ]
        lake.commit("events", parts)
    return folder


def wandering(customers: int, *, evenly: bool = False) -> Mapping[str, str]:
    """Visits; which customer and step each belongs to is drawn from its number."""
    # The square draws few ways often, as lives do, and leaves a long tail.
    chance = "((hash(i * 2654435761 + 1) % 1000003) / 1000003.0)"
    customer = f"(i % {customers})" if evenly else f"(hash(i * 31 + 7) % {customers})"
    return {
        "event_id": "lpad(i::VARCHAR, 24, '0')",
        "occurred_at": "TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL 1 SECOND * (hash(i + 17) % 63072000)::BIGINT",
        "known_at": "TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL 1 SECOND * (hash(i + 17) % 63072000)::BIGINT",
        "source": "'shop'",
        "subject": f"'crm:' || {customer}::VARCHAR",
        "kind": "'visit'",
        "touchpoint": f"'touchpoint ' || floor({TOUCHPOINTS} * {chance} * {chance})::INT",
        "channel": "'web'",
        "case_id": f"'order ' || (hash(i * 31 + 7) % {customers * 2})::VARCHAR",
    }


def _events(start: int, end: int, values: Mapping[str, str]) -> str:
    """Some of an endless row of events."""
    listed = ", ".join(f"{values.get(column.name, 'NULL')} AS {column.name}" for column in EVENTS)
    types = {"amount": "DECIMAL(18, 4)", "score": "DOUBLE", "quantity": "DOUBLE", "properties": "MAP(VARCHAR, VARCHAR)"}
    cast = ", ".join(f"CAST({column.name} AS {types[column.name]}) AS {column.name}" if column.name in types else (column.name if column.name in values else f"CAST({column.name} AS VARCHAR) AS {column.name}") for column in EVENTS)
    return f"SELECT {cast} FROM (SELECT {listed} FROM range({start}, {end}) numbers(i))"
