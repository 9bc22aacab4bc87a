"""Whether a source can be read as mapped, without reading all of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.ingest.reading import opened, settled
from kundig.sources.readers import Place
from kundig.sources.statement import events_statement, traits_statement
from kundig.store.duckdb import connection

if TYPE_CHECKING:
    from kundig.sources.mapping import Source
    from kundig.store.lake import Lake


def columns_checked(lake: Lake, name: str, source: Source, *, data: Path, zone: str) -> int:
    """How many columns the source has, after every name in its mapping was found among them.

    Raises:
        SourceError, ConfigError: what does not fit, with the columns that are there.
    """
    with tempfile.TemporaryDirectory(prefix="kundig-") as scratch, connection(Path(scratch) / "spill") as con:
        place = Place(data, Path(scratch), lake.folder / ".fetched" / name, lambda sql: con.execute(sql).fetchall())
        table, _ = opened(con, source, place, held=False)
        table = settled(con, name, source, table)
        for mapping in source.events:
            con.execute(f"SELECT * FROM ({events_statement(name, source, mapping, table, zone).good}) LIMIT 0")
        for said in source.traits:
            con.execute(f"SELECT * FROM ({traits_statement(name, said, table, zone, '2000-01-01T00:00:00+00:00').good}) LIMIT 0")
        return len(table.names)
