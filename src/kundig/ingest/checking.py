"""Whether a source can be read as mapped, without reading all of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.ingest.reading import impossible, opened, settled
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
    import duckdb  # noqa: PLC0415 -- slow import

    with tempfile.TemporaryDirectory(prefix="kundig-") as scratch, connection(Path(scratch) / "spill") as con:
        place = Place(data, Path(scratch), lake.folder / ".fetched" / name, lambda sql: con.execute(sql).fetchall())
        table, rows = opened(con, source, place, held=False)
        if rows.nothing:
            return 0
        table = settled(con, name, source, table)
        statements = {f"events[{index}]": events_statement(name, source, mapping, table, zone) for index, mapping in enumerate(source.events)}
        statements |= {f"traits[{index}]": traits_statement(name, said, table, zone, "2000-01-01T00:00:00+00:00") for index, said in enumerate(source.traits)}
        for entry, statement in statements.items():
            try:
                con.execute(f"SELECT * FROM ({statement.good}) LIMIT 0")
            except duckdb.Error as error:
                raise impossible(f"sources.{name}.{entry}", error) from None
        return len(table.names)
