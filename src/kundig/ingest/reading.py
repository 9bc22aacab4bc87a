"""The rows of a source as the relation `rows` in the engine, and how its columns are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError, SourceError, nearest
from kundig.ingest.lines import Rejected, beginnings
from kundig.sources.expression import literal, quoted
from kundig.sources.formats import number_formats, question, shape, time_formats
from kundig.sources.mapping import FORMAT_NAMES, EventMapping, Lookup, Source, TraitMapping
from kundig.sources.readers import FILE, LINE, Lines, Place, Reader, Rows
from kundig.sources.statement import Table, formatted_columns

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = 2_000
SMALL = 64 << 20


def opened(con: DuckDBPyConnection, source: Source, place: Place, *, held: bool | None = None) -> tuple[Table, Rows]:
    """Make `rows` in the engine and give its columns.

    Rows that several entries read, or that come as batches, are held by the engine, which spills what is too much;
    a file that is read once is read where it lies.
    """
    rows = found_rows(source.read, place)
    remade(con, source, rows, place, held=held)
    return Table(types(con, "rows")), rows


def found_rows(reader: Reader, place: Place) -> Rows:
    """Where the rows of a source are.

    Raises:
        SourceError: they cannot be read, in words that do not come from the engine alone.
    """
    import duckdb  # noqa: PLC0415 -- slow import

    try:
        return reader.rows(place)
    except duckdb.Error as error:
        raise unreadable(reader, Rows(), error) from None


def remade(con: DuckDBPyConnection, source: Source, rows: Rows, place: Place, *, held: bool | None = None) -> None:
    """Make `rows` as they were opened."""
    _make(con, source, rows, place, held=len(source.events) + len(source.traits) > 1 if held is None else held)


def numbered(con: DuckDBPyConnection, source: Source, rows: Rows, place: Place, file: str, others: Iterable[Rejected]) -> None:  # noqa: PLR0913 -- what it depends on
    """Make `rows` again: the rows of one file in order, each with the line on which it begins as `#line`.

    Reading in order costs more: only for files that have rows to set aside.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    lines = rows.lines or Lines()
    con.execute("SET preserve_insertion_order = true")
    names = [column for column in types(con, "rows_alone" if source.lookup else "rows") if not column.startswith("#")]
    alone = f"(SELECT * FROM {rows.sql} WHERE {quoted(FILE)} = {literal(file)})"
    breaks = " + ".join(f"coalesce(length({quoted(name)}) - length(replace({quoted(name)}, chr(10), '')), 0)" for name in names) if lines.spread else "0"
    heights = [int(height) for (height,) in con.execute(f"SELECT 1 + {breaks} FROM {alone}").fetchall()]
    readable = next((copy for copy, of in place.copies.items() if str(of) == file), Path(file))
    starts = pa.array(beginnings(readable, lines, heights, others, blank_is_row=lines.spread and len(names) == 1), pa.int64())
    con.execute("CREATE OR REPLACE TEMP TABLE beginnings (row BIGINT, line BIGINT)")
    con.register("arriving", pa.table({"row": pa.array(range(1, len(starts) + 1), pa.int64()), "line": starts}))
    con.execute("INSERT INTO beginnings SELECT * FROM arriving")
    con.unregister("arriving")
    counted = f'(SELECT r.* EXCLUDE ("#row"), b.line AS {quoted(LINE)} FROM (SELECT *, row_number() OVER () AS "#row" FROM {alone}) r JOIN beginnings b ON b.row = r."#row")'
    _make(con, source, replace(rows, sql=counted), place, held=False)


def _make(con: DuckDBPyConnection, source: Source, rows: Rows, place: Place, *, held: bool) -> None:
    for name in ("rows", "rows_alone"):
        for kind in ("VIEW", "TABLE"):
            if (name, kind) in _made(con):
                con.execute(f"DROP {kind} {name}")
    if not source.lookup:
        _relation(con, "rows", source.read, rows, held=held)
        return
    _relation(con, "rows_alone", source.read, rows, held=held)
    con.execute(f"CREATE TEMP {'TABLE' if held else 'VIEW'} rows AS {_joined(con, source.lookup, place)}")


def _made(con: DuckDBPyConnection) -> set[tuple[str, str]]:
    views = con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    held = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    return {(name, "VIEW") for (name,) in views} | {(name, "TABLE") for (name,) in held}


def _relation(con: DuckDBPyConnection, name: str, reader: Reader, rows: Rows, *, held: bool) -> None:
    import duckdb  # noqa: PLC0415 -- slow import

    try:
        if rows.batches is not None:
            import pyarrow as pa  # noqa: PLC0415 -- slow import

            con.register("arriving", pa.RecordBatchReader.from_batches(rows.schema, rows.batches()))
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arriving")
            con.unregister("arriving")
        else:
            con.execute(f"CREATE OR REPLACE TEMP {'TABLE' if held else 'VIEW'} {name} AS SELECT * FROM {rows.sql}")
    except duckdb.Error as error:
        raise unreadable(reader, rows, error) from None


def unreadable(reader: Reader, rows: Rows, error: Exception) -> SourceError:
    """An error of the engine as one that the reader of the message can mend."""
    first = str(error).strip().splitlines()[0]
    files = f" ({', '.join(file.name for file in rows.files[:3])})" if rows.files else ""
    return SourceError(f"{reader.located()}{files} cannot be read: {first}; check the file, and `delimiter:`, `encoding:` and `quote:` under `read:`")


def impossible(entry: str, error: Exception) -> ConfigError:
    """What the engine says against an expression of the mapping, such as a text that is compared with a number."""
    first = str(error).strip().splitlines()[0]
    return ConfigError(f"{entry}: an expression cannot be computed: {first}; every column of a text file is text: write `column::int`, or `try_cast(column as int)` where not every row has one")


def types(con: DuckDBPyConnection, name: str) -> dict[str, str]:
    """The columns of a relation with the engine's types."""
    return {str(column): str(kind) for column, kind, *_ in con.execute(f"DESCRIBE {name}").fetchall()}


def _joined(con: DuckDBPyConnection, lookups: Mapping[str, Lookup], place: Place) -> str:
    """SELECT of the rows with the columns of each lookup as `name.column`, one after the other.

    Raises:
        SourceError: a lookup names a column that is not there, or several of its rows match one.
    """
    known = dict.fromkeys(types(con, "rows_alone"))
    select = "SELECT * FROM rows_alone"
    for name, lookup in lookups.items():
        table = f"lookup_{len(known)}"
        con.execute(f"DROP TABLE IF EXISTS {table}")
        _relation(con, table, lookup.read, found_rows(lookup.read, place), held=True)
        there = [column for column in types(con, table) if not column.startswith("#")]
        for column, of in lookup.on.items():
            if column not in there:
                raise SourceError(f"lookup.{name}: there is no column {column!r} in {lookup.read.located()}; {nearest(column, there, most=30)}")
            if of not in known:
                raise SourceError(f"lookup.{name}: the rows have no column {of!r}; {nearest(of, [c for c in known if not c.startswith('#')], most=30)}")
        keys = ", ".join(quoted(column) for column in lookup.on)
        twice = con.execute(f"SELECT {keys} FROM (SELECT DISTINCT * EXCLUDE ({_about(con, table)}) FROM {table}) GROUP BY ALL HAVING count(*) > 1 LIMIT 1").fetchone()
        if twice is not None:
            raise SourceError(f"lookup.{name}: several different rows of {lookup.read.located()} have the key {twice}; expected at most one")
        fields = ", ".join(f"{quoted(column)} AS {quoted(f'{name}.{column}')}" for column in there)
        match = " AND ".join(f"l.{quoted(f'{name}.{column}')} = r.{quoted(of)}" for column, of in lookup.on.items())
        select = f"SELECT r.*, l.* FROM ({select}) r LEFT JOIN (SELECT DISTINCT {fields} FROM {table}) l ON {match}"
        known |= dict.fromkeys(f"{name}.{column}" for column in there)
    return select


def _about(con: DuckDBPyConnection, table: str) -> str:
    """The columns about the row, for EXCLUDE; the engine wants at least one."""
    about = [column for column in types(con, table) if column.startswith("#")]
    if not about:
        con.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(FILE)} VARCHAR")
        about = [FILE]
    return ", ".join(quoted(column) for column in about)


def settled(con: DuckDBPyConnection, name: str, source: Source, table: Table, *, whole: bool = False, waiting: bool = False) -> Table:  # noqa: PLR0913 -- what it depends on
    """The table with the writing of every column that is read as a time or a number.

    Looks at the first rows; at the whole column where these leave it open, or if `whole`. Of rows that were `waiting`
    in quarantine it may be that none can be read.

    Raises:
        SourceError: a column fits two ways of writing; the message asks which.
    """
    wanted: dict[str, str] = {}
    mappings: list[EventMapping | TraitMapping] = [*source.events, *source.traits]
    for mapping in mappings:
        wanted |= formatted_columns(mapping, table)
    formats: dict[str, str | None] = {}
    samples: dict[str, str] = {}
    declared = _declared(name, source, wanted, table)
    seen = _seen(con, wanted, limit=SAMPLE) if wanted else {}
    for column, kind in wanted.items():
        values = seen[column]
        if values:
            samples[column] = values[0]
        if column in declared:
            formats[column] = declared[column]
            continue
        options = _options(kind, values)
        if len(options) > 1 or (whole and kind == "number" and not options):
            options = _options(kind, _everything(con, column, kind))
        if len(options) > 1:
            shown = next((value for value in values if kind == "time" or len(number_formats([shape(value)])) > 1), values[0] if values else "")
            raise SourceError(f"sources.{name}: {question(kind, column, shown, options)}")
        if not options and kind == "time" and values and not waiting:
            raise SourceError(
                f"sources.{name}: the column {column!r} holds no times that can be read, such as {values[0]!r}; "
                f"write how it is written under `formats:`, such as `{column}: '%d.%m.%Y %H:%M'`, or map another column"
            )
        formats[column] = options[0] if options else None
    return replace(table, formats=formats, samples=samples)


def _declared(name: str, source: Source, wanted: Mapping[str, str], table: Table) -> dict[str, str]:
    """What the configuration says: for one column under `formats:`, for all under `read:`."""
    for column in source.formats:
        if column not in table.types:
            raise SourceError(f"sources.{name}.formats: there is no column {column!r}; {nearest(column, table.names, most=30)}")
    declared: dict[str, str] = {}
    for column, kind in wanted.items():
        value = source.formats.get(column) or (source.read.dates if kind == "time" else source.read.decimal)
        if value is None:
            continue
        if kind == "number" and value not in {".", ","}:
            raise SourceError(f"sources.{name}: a decimal sign is '.' or ',', found {value!r}")
        if kind == "time" and value not in FORMAT_NAMES and "%" not in value:
            raise SourceError(f"sources.{name}: unknown date format {value!r}; {nearest(value, FORMAT_NAMES)}, or a pattern such as '%d.%m.%Y'")
        declared[column] = value
    return declared


def _seen(con: DuckDBPyConnection, columns: Iterable[str], limit: int) -> dict[str, list[str]]:
    names = list(columns)
    listed = ", ".join(f"CAST({quoted(column)} AS VARCHAR)" for column in names)
    rows: list[tuple[Any, ...]] = con.execute(f"SELECT {listed} FROM rows LIMIT {limit}").fetchall()
    return {column: list(dict.fromkeys(str(row[index]) for row in rows if row[index] is not None and str(row[index]).strip())) for index, column in enumerate(names)}


def _options(kind: str, values: Iterable[str]) -> list[str]:
    return time_formats(values) if kind == "time" else number_formats({shape(value) for value in values})


def _everything(con: DuckDBPyConnection, column: str, kind: str) -> list[str]:
    """Every value that can decide: for numbers one of each shape, for times one of each first pair of numbers."""
    text = f"CAST({quoted(column)} AS VARCHAR)"
    by = f"translate({text}, '012345678', '999999999')" if kind == "number" else f"regexp_extract({text}, '^\\s*\\d+\\D\\d+') || length({text})"
    return [str(value) for (value,) in con.execute(f"SELECT min({text}) FROM rows WHERE {quoted(column)} IS NOT NULL AND trim({text}) <> '' GROUP BY {by}").fetchall()]
