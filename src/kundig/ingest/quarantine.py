"""Rows that cannot become events: kept whole, with file, line and reason, until they can."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.errors import SourceError
from kundig.ingest.lines import rejected
from kundig.ingest.reading import numbered, remade, types
from kundig.sources.expression import literal, quoted
from kundig.sources.mapping import Source
from kundig.sources.readers import BROKEN, FILE, LINE, RAW, Place, Rows
from kundig.sources.statement import Statement
from kundig.store.duckdb import relation, rows, written
from kundig.store.lake import TABLES, Lake, Written

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def set_aside(  # noqa: PLR0913 -- what a row's place depends on
    con: DuckDBPyConnection,
    name: str,
    source: Source,
    rows: Rows,
    place: Place,
    statements: list[tuple[str, str, Statement]],
    now: datetime,
) -> int:
    """Fill the table `aside` with the rows that these statements could not read, and what is no row at all; how many."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE aside (row_id VARCHAR, source VARCHAR, entry VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, \"row\" VARCHAR, found_at TIMESTAMPTZ)"
    )
    found = f"TIMESTAMPTZ '{now.isoformat()}'"
    others = rejected(con, place)
    if others:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        con.register("arriving", pa.Table.from_pylist([vars(other) for other in others]))
        con.execute(f"INSERT INTO aside SELECT NULL, {literal(name)}, 'read', file, line, reason, CAST(to_json(text) AS VARCHAR), {found} FROM arriving")
        con.unregister("arriving")
    broken = f"SELECT CASE WHEN {quoted(BROKEN)} THEN 'not a JSON object' END AS \"#reason\", * FROM rows"
    entries = [(entry, statement.judged) for entry, _, statement in statements] + ([("read", broken)] if BROKEN in types(con, "rows") else [])
    files: list[str | None] = [None]
    if rows.lines is not None and entries:
        files = [str(file) for file in rows.files] if len(rows.files) == 1 else _concerned(con, entries)
    for file in files:
        if file is not None:
            numbered(con, source, rows, place, file, [other for other in others if other.file == file])
        there = types(con, "rows")
        file_sql, line_sql = (quoted(key) if key in there else "NULL" for key in (FILE, LINE))
        whole = "to_json({" + ", ".join(f"{literal(column)}: {quoted(column)}" for column in there if not column.startswith("#")) + "})"
        for entry, judged in entries:
            kept = f"CAST(to_json({quoted(RAW)}) AS VARCHAR)" if entry == "read" else f"CAST({whole} AS VARCHAR)"
            # Materialised: each row is judged once, and only what is set aside is written out.
            con.execute(
                f"INSERT INTO aside WITH judged AS MATERIALIZED (SELECT \"#reason\" AS reason, {file_sql} AS file, {line_sql} AS line, "
                f'CASE WHEN "#reason" IS NOT NULL THEN {kept} END AS "row" FROM ({judged})) '
                f'SELECT NULL, {literal(name)}, {literal(entry)}, file, line, reason, "row", {found} FROM judged WHERE reason IS NOT NULL'
            )
    if files != [None]:
        con.execute("SET preserve_insertion_order = false")
        remade(con, source, rows, place)
    con.execute("UPDATE aside SET row_id = left(md5(concat_ws(chr(31), source, entry, coalesce(file, ''), \"row\")), 24)")
    [(bad_rows,)] = con.execute("SELECT count(*) FROM aside").fetchall()
    return int(bad_rows)


def _concerned(con: DuckDBPyConnection, entries: list[tuple[str, str]]) -> list[str | None]:
    """The files that hold rows to set aside."""
    found: set[str | None] = set()
    for _, judged in entries:
        rows = con.execute(
            f"WITH judged AS MATERIALIZED (SELECT \"#reason\" IS NOT NULL AS bad, {quoted(FILE)} AS file FROM ({judged})) SELECT DISTINCT file FROM judged WHERE bad"
        ).fetchall()
        found |= {str(file) for (file,) in rows}
    return sorted(found, key=str)


def waiting(con: DuckDBPyConnection, lake: Lake, source: str, files: Iterable[Path] | None) -> Written:
    """The quarantine as it is after a reading, staged.

    What waited from files that were read anew either waits again or has become an event; what waited from a file that
    is gone goes on waiting.

    Args:
        files: what was read; None where the quarantine itself was.
    """
    if files is None:
        keep = "q.entry = 'read'"
    else:
        # A lookup's file is read as well, and may have lines to set aside.
        keep = f"coalesce(q.file, '') NOT IN ({', '.join(literal(str(file)) for file in files) or chr(39) * 2}) AND q.row_id NOT IN (SELECT row_id FROM aside)"
    select = (
        f"SELECT q.* FROM {relation(lake, 'quarantine')} q WHERE q.source <> {literal(source)} OR {keep} "
        f"UNION ALL SELECT a.* REPLACE (coalesce(q.found_at, a.found_at) AS found_at) FROM (SELECT DISTINCT ON (row_id, line) * FROM aside) a "
        f"LEFT JOIN (SELECT row_id, min(found_at) AS found_at FROM {relation(lake, 'quarantine')} GROUP BY row_id) q USING (row_id)"
    )
    return written(con, select, lake.staging / f"{source}-quarantine.parquet")


def as_before(con: DuckDBPyConnection, lake: Lake, staged: Written) -> bool:
    """Whether the staged quarantine holds what the lake's does."""
    held, now = relation(lake, "quarantine"), rows([str(staged.path)] if staged.rows else [], TABLES["quarantine"])
    [(other,)] = con.execute(f"SELECT (SELECT count(*) FROM (FROM {held} EXCEPT ALL FROM {now})) + (SELECT count(*) FROM (FROM {now} EXCEPT ALL FROM {held}))").fetchall()
    return not other


def kept_rows(lake: Lake, source: str, place: Place) -> Rows:
    """The rows of a source that wait in quarantine, as they came; lines that were no rows at all stay there."""
    there = f"(SELECT * FROM {relation(lake, 'quarantine')} WHERE source = {literal(source)} AND entry <> 'read')"
    shapes = place.ask(f'SELECT DISTINCT json_keys("row") AS keys FROM {there} ORDER BY keys')
    keys = list(dict.fromkeys(str(key) for (listed,) in shapes for key in listed))
    if not keys:
        raise SourceError(f"no rows of {source} wait in quarantine")
    pointers = {key: "/" + key.replace("~", "~0").replace("/", "~1") for key in keys}
    columns = "".join(f', json_extract_string("row", {literal(pointer)}) AS {quoted(key)}' for key, pointer in pointers.items())
    return Rows(sql=f'(SELECT DISTINCT ON (file, line, "row") file AS {quoted(FILE)}, line AS {quoted(LINE)}{columns} FROM {there})')
