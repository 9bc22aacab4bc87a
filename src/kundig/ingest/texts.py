"""Texts of customers read in batches: only those that are new, or that another model reads differently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kundig.events import SAID_BY_COMPANY
from kundig.store.duckdb import connection, relation
from kundig.store.lake import Lake, Written

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kundig.texts.readings import Reader

_BATCH = 2_000
_PART = 50_000

ReadingProgress = Callable[[int, int], None]
"""Told how many texts are read, and how many there are to read."""


@dataclass(frozen=True)
class ReadTexts:
    """What a run did: texts read anew, of these with a vector that was kept, and texts that were read before."""

    read: int
    kept_vectors: int
    known: int


def read_texts(lake: Lake, reader: Reader, progress: ReadingProgress | None = None, *, most: int | None = None) -> ReadTexts:
    """Read the customers' texts of a lake; memory does not grow with their number. The lake must be held for writing.

    Args:
        lake: the facts.
        reader: who reads.
        progress: told how far it is.
        most: of texts in one go; by default, and where another model has read before, all.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 -- slow import

    with connection(lake.folder / ".spill") as con:
        stale = _count(con, f"SELECT count(*) FROM {relation(lake, 'readings')} WHERE classifier <> ? OR embedder <> ?", [reader.reads, reader.embeds])
        # If anything was read by another model, what holds is written again as a whole, so that no text has two readings.
        con.execute(f"CREATE TEMP VIEW kept AS SELECT * FROM {relation(lake, 'readings')}")
        some = f" LIMIT {most}" if most is not None and not stale else ""
        con.execute("CREATE TEMP TABLE due AS " + _due(lake) + some, [reader.embeds, reader.reads, reader.embeds])
        total = _count(con, "SELECT count(*) FROM due")
        known = _count(con, "SELECT count(*) FROM kept WHERE classifier = ? AND embedder = ?", [reader.reads, reader.embeds])
        if not total and not stale:
            return ReadTexts(0, 0, known)
        parts: list[Written] = []
        vectors = done = 0
        writer, rows = None, 0
        found = con.execute("SELECT text, hint, vector FROM due")
        while batch := found.fetchmany(_BATCH):
            table = reader.read([text for text, _, _ in batch], [hint for _, hint, _ in batch], [vector for _, _, vector in batch])
            vectors += sum(vector is not None for _, _, vector in batch)
            if writer is None:
                path = lake.staging / f"readings-{uuid4().hex}.parquet"
                writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            rows, done = rows + table.num_rows, done + table.num_rows
            if progress:
                progress(done, total)
            if rows >= _PART:
                writer.close()
                parts.append(Written(path, rows, {}))
                writer, rows = None, 0
        if writer is not None:
            writer.close()
            parts.append(Written(path, rows, {}))
        if stale and known:
            path = lake.staging / f"readings-{uuid4().hex}.parquet"
            own: Any = con.execute("SELECT * FROM kept WHERE classifier = ? AND embedder = ?", [reader.reads, reader.embeds]).to_arrow_table()
            pq.write_table(own, path, compression="zstd")
            parts.append(Written(path, own.num_rows, {}))
        lake.commit("readings", parts, replacing=bool(stale))
        return ReadTexts(total, vectors, known)


def _due(lake: Lake) -> str:
    """SELECT of each text that is to be read, with the language that its source says and a vector that can be used again."""
    ours = ", ".join(f"'{kind}'" for kind in SAID_BY_COMPANY)
    return f"""
        WITH told AS (SELECT text, min(language) AS hint, sha256(text) AS text_hash FROM {relation(lake, "events")}
            WHERE text IS NOT NULL AND kind NOT IN ({ours}) GROUP BY text)
        SELECT t.text, t.hint, v.vector FROM told t LEFT JOIN (SELECT text_hash, any_value(vector) AS vector FROM kept WHERE embedder = ? GROUP BY text_hash) v USING (text_hash)
        WHERE text_hash NOT IN (SELECT text_hash FROM kept WHERE classifier = ? AND embedder = ?)
    """


def _count(con: DuckDBPyConnection, select: str, values: list[Any] | None = None) -> int:
    [(n,)] = con.execute(select, values or []).fetchall()
    return int(n)
