"""The embedded engine: DuckDB in memory, on the lake's files, with built-in extensions only."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kundig.errors import LakeError
from kundig.estimates import Estimate
from kundig.events import EVENTS, Column
from kundig.store.lake import TABLES, Lake, Written
from kundig.store.memory import bounded, memory_limit
from kundig.store.spooled import spooled
from kundig.store.statement import statement

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, Statement
    from ibis.backends.duckdb import Backend

_TYPES = {
    "string": "VARCHAR",
    "float64": "DOUBLE",
    "int64": "BIGINT",
    "binary": "BLOB",
    "timestamp('UTC')": "TIMESTAMPTZ",
    "decimal(18, 4)": "DECIMAL(18, 4)",
    "map<string, string>": "MAP(VARCHAR, VARCHAR)",
}
IMPORT_MEMORY = "900MB"
# The engine recommends relations, which parse a question twice and bind it twice; see `_taken`.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy", UserWarning)


def settings(spill: Path, memory: str | None = None) -> dict[str, Any]:
    """How every connection is opened: nothing downloaded, what does not fit into memory on disk."""
    return {
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
        "memory_limit": memory or memory_limit(),
    }


def connection(spill: Path, memory: str = IMPORT_MEMORY) -> DuckDBPyConnection:
    """A connection for imports, which bounds its memory and spills to `spill`."""
    import duckdb  # noqa: PLC0415 -- slow import

    con = duckdb.connect(config=settings(spill, memory))
    con.execute("SET TimeZone = 'UTC'")
    return con


def relation(lake: Lake, name: str, columns: Iterable[Column] | None = None) -> str:
    """The lake's table as SQL that can stand after FROM; without rows while it does not exist."""
    return rows(lake.files(name), columns or TABLES[name])


def rows(files: Sequence[str], columns: Iterable[Column]) -> str:
    """The rows of files as SQL that can stand after FROM; none, in these columns, where there is no file."""
    if files:
        names = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        return f"read_parquet([{names}])"
    return f"(SELECT {listed(columns, ())} WHERE false)"


def listed(columns: Iterable[Column], held: Collection[str]) -> str:
    """The columns for a SELECT: those that are held, and nulls for the others."""
    return ", ".join(column.name if column.name in held else f"NULL::{_TYPES[column.type]} AS {column.name}" for column in columns)


def written(con: DuckDBPyConnection, select: str, target: Path, *, timed: str | None = None) -> Written:
    """The rows of a SELECT as a Parquet file; with the span of the column `timed` for skipping files.

    Raises:
        LakeError: the disk is full or cannot be written.
    """
    import duckdb  # noqa: PLC0415 -- slow import

    target.parent.mkdir(parents=True, exist_ok=True)
    file = str(target).replace("'", "''")
    try:
        with bounded():
            [(rows,)] = con.execute(f"COPY ({select}) TO '{file}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)").fetchall()
    except duckdb.IOException as error:
        target.unlink(missing_ok=True)
        if "No files found" in str(error) or "Could not read" in str(error):
            raise
        raise LakeError(f"{target.parent} cannot be written: {str(error).splitlines()[0]}; check the space that is left. Nothing was changed") from None
    stats: dict[str, Any] = {}
    if timed and rows:
        [(first, last)] = con.execute(f"SELECT strftime(min({timed}), '%Y-%m-%dT%H:%M:%S.%fZ'), strftime(max({timed}), '%Y-%m-%dT%H:%M:%S.%fZ') FROM read_parquet('{file}')").fetchall()
        stats = {"minValues": {timed: first}, "maxValues": {timed: last}, "nullCount": {timed: 0}}
    return Written(target, int(rows), stats)


def finished(con: DuckDBPyConnection, select: str, target: Path, first: str, *, timed: str | None = None) -> tuple[Written, int]:
    """The rows of a SELECT whose column `first` is not null as a Parquet file, and how many had a null there.

    Nulls are told by the file's own statistics; only where there are any is the file written a second time.
    """
    whole = written(con, select, target, timed=timed)
    file = str(target).replace("'", "''")
    [(nulls,)] = con.execute(f"SELECT coalesce(sum(stats_null_count), 0) FROM parquet_metadata('{file}') WHERE path_in_schema = '{first}'").fetchall()
    if not nulls:
        return whole, 0
    rest = target.with_name(f"fine-{target.name}")
    fine = written(con, f"SELECT * FROM read_parquet('{file}') WHERE {first} IS NOT NULL", rest, timed=timed)
    target.unlink()
    return fine, int(nulls)


def again(ids: str, coming: str, known: str) -> str:
    """SELECT of the events that are corrected: those of `ids` that are known already, or that come more than once.

    Args:
        ids: a SELECT of `event_id`.
        coming, known: relations with the events that come and those that are there.
    """
    return f"SELECT event_id FROM ({ids}) SEMI JOIN {known} k USING (event_id) UNION SELECT event_id FROM ({ids}) SEMI JOIN (SELECT event_id FROM {coming} GROUP BY event_id HAVING count(*) > 1) t USING (event_id)"


def history(lake: Lake, zone: str, events: str | None = None, more: str | None = None) -> str:
    """SELECT of every version of every event: EVENTS, `known_until` (null for what holds now) and `local_at`.

    An event that was never corrected costs no more than its row; the others are few and are put in order.

    Args:
        lake: the facts.
        zone: the company's time zone.
        events: a relation to take instead of the lake's events.
        more: a table with the `event_id` of events that were corrected and that the lake does not know of as such.
    """
    names = ", ".join(column.name for column in EVENTS)
    there = zone.replace("'", "''")
    local = f"timezone('{there}', occurred_at) AS local_at"
    events, corrected = events or relation(lake, "events"), lake.files("corrections")
    if not corrected and not more:
        return f"SELECT {names}, NULL::TIMESTAMPTZ AS known_until, {local} FROM {events}"
    those = f"SELECT event_id FROM {relation(lake, 'corrections')} UNION SELECT event_id FROM {more}" if more else f"SELECT DISTINCT event_id FROM {relation(lake, 'corrections')}"
    until = "lead(known_at) OVER (PARTITION BY event_id ORDER BY known_at, md5(concat_ws(chr(31), kind, score, text, amount)))"
    return (
        f"SELECT {names}, NULL::TIMESTAMPTZ AS known_until, {local} FROM {events} e ANTI JOIN ({those}) c USING (event_id) "
        f"UNION ALL SELECT {names}, {until} AS known_until, {local} FROM {events} e SEMI JOIN ({those}) c USING (event_id)"
    )


def embedded(spill: Path, engines: int = 1) -> Backend:
    """DuckDB through Ibis, for analyses; one of so many engines of this process, which share its memory."""
    import ibis  # noqa: PLC0415 -- slow import

    con = ibis.duckdb.connect(**settings(spill, memory_limit(engines)))
    # Global, for every question has a cursor of its own.
    con.raw_sql("SET GLOBAL TimeZone = 'UTC'")
    return con


@dataclass(frozen=True)
class Beside:
    """Tables of a connection with rows that the lake does not hold yet; None where there are none.

    Attributes:
        events, traits: in the columns of the lake's tables.
        again: `event_id` of those by which somebody may speak of an event a second time.
    """

    events: str | None
    traits: str | None
    again: str | None = None


class Waiting(Protocol):
    """What has arrived and may not be in the lake yet."""

    @property
    def reader(self) -> str:
        """Under which name the lake remembers how far it was read."""
        ...

    def beside(self, con: DuckDBPyConnection, *, events: int, traits: int) -> Beside:
        """What is numbered beyond what the lake's tables hold, as tables of a connection."""
        ...


def tables(con: Backend, lake: Lake, zone: str, touchpoints: Sequence[dict[str, Any]], waiting: Waiting | None = None) -> tuple[ir.Table, ir.Table, ir.Table, ir.Table | None]:
    """The history of events, the traits, the touchpoint catalogue and, where anything is linked, who is who, as Ibis tables.

    Args:
        con: the engine.
        lake: the facts.
        zone: the company's time zone.
        touchpoints: the catalogue.
        waiting: what is to be known beside the lake; read before this is called, so that nothing is missing between the two.
    """
    whole: str | None = None
    more: str | None = None
    traits = relation(lake, "traits")
    if waiting is not None:
        # Files and the number up to which they hold arrivals are read together, so that nothing is counted twice.
        (files, happened), (said_files, said) = lake.snapshot("events", waiting.reader), lake.snapshot("traits", waiting.reader)
        beside = waiting.beside(con.con, events=happened, traits=said)
        names = ", ".join(column.name for column in EVENTS)
        whole = rows(files, TABLES["events"])
        if beside.events:
            if beside.again:
                con.raw_sql(f"CREATE OR REPLACE TABLE tail_corrections AS {again(f'FROM {beside.again}', beside.events, whole)}")
                more = "tail_corrections" if con.con.execute("SELECT 1 FROM tail_corrections LIMIT 1").fetchall() else None
            whole = f"(SELECT {names} FROM {whole} UNION ALL SELECT {names} FROM {beside.events})"
        traits = rows(said_files, TABLES["traits"])
        if beside.traits:
            names = ", ".join(column.name for column in TABLES["traits"])
            traits = f"(SELECT {names} FROM {traits} UNION ALL SELECT {names} FROM {beside.traits})"
    con.raw_sql(f"CREATE OR REPLACE VIEW history AS {history(lake, zone, whole, more)}")
    con.raw_sql(f"CREATE OR REPLACE VIEW traits AS SELECT * FROM {traits}")
    con.raw_sql("CREATE OR REPLACE TABLE touchpoints (touchpoint VARCHAR, stage VARCHAR, department VARCHAR, owner VARCHAR, title VARCHAR)")
    for row in touchpoints:
        con.con.execute("INSERT INTO touchpoints VALUES (?, ?, ?, ?, ?)", list(row.values()))
    if not lake.files("identities"):
        return con.table("history"), con.table("traits"), con.table("touchpoints"), None
    con.raw_sql(f"CREATE OR REPLACE VIEW identities AS SELECT * FROM {relation(lake, 'identities')}")
    return con.table("history"), con.table("traits"), con.table("touchpoints"), con.table("identities")


def readings(con: Backend, lake: Lake) -> ir.Table:
    """What was read of texts, as an Ibis table; see `texts.readings`."""
    # An earlier version kept fewer columns; they are null until texts are read again.
    con.raw_sql(f"CREATE OR REPLACE VIEW readings AS (SELECT {listed(TABLES['readings'], ())} WHERE false) UNION ALL BY NAME SELECT * FROM {relation(lake, 'readings')}")
    return con.table("readings")


Kept = Callable[[str, Callable[[], "pa.Table"]], "pa.Table"]


@dataclass(frozen=True)
class Prepared:
    """A question in the engine's own words: to say it takes Ibis longer than a small log takes to answer.

    It names the tables of the engine, and holds none: it can be asked again of another version of the lake.

    Attributes:
        parts: for each table the parsed statement, and the columns it gives; or such a question, where it is an estimate.
        estimate: what goes on with them, without its tables; None where the one part is the answer.
    """

    parts: Mapping[str, tuple[Statement, pa.Schema] | Prepared]
    estimate: Estimate | None

    def answered(self, con: Backend, kept: Kept | None = None) -> pa.Table:
        """The rows that an engine with the same tables gives.

        Args:
            con: the engine.
            kept: gives the rows of a statement that other questions ask as well, from where they are kept, or by computing and keeping them.
        """
        shared = self.estimate.shared if self.estimate and kept else frozenset[str]()

        def table(name: str) -> pa.Table:
            part = self.parts[name]
            computed = partial(part.answered, con) if isinstance(part, Prepared) else partial(_taken, con, *part)
            return kept(_query(part), computed) if kept and name in shared else computed()

        return self.estimate.gathered(tuple(self.parts), table, lambda piece: spooled(piece, _spill(con))) if self.estimate else table("")


def prepared(table: ir.Table | Estimate) -> Prepared | None:
    """An analysis as statements; None where it is asked of another engine, or of rows in memory."""
    from ibis.expr.operations import InMemoryTable  # noqa: PLC0415 -- slow import

    parts: dict[str, tuple[Statement, pa.Schema] | Prepared] = {}
    for name, part in (table.tables if isinstance(table, Estimate) else {"": table}).items():
        if isinstance(part, Estimate):
            within = prepared(part)
            if within is None:
                return None
            parts[name] = within
            continue
        con: Any = part.get_backend()
        if con.name != "duckdb" or part.op().find(InMemoryTable):
            return None
        [parsed] = con.con.extract_statements(statement(con, part))
        parts[name] = (parsed, part.schema().to_pyarrow())
    return Prepared(parts, replace(table, tables={}) if isinstance(table, Estimate) else None)


def _query(part: tuple[Statement, pa.Schema] | Prepared) -> str:
    """By what the rows of a statement, or of all of a question, are kept."""
    return "; ".join(map(_query, part.parts.values())) if isinstance(part, Prepared) else part[0].query


def answered(table: ir.Table | Estimate) -> pa.Table:
    """The rows of an analysis, as `to_pyarrow` gives them.

    Ibis loads pandas for that, which takes longer than most questions; here the engine's own Arrow rows are taken.
    """
    from ibis.expr.operations import InMemoryTable  # noqa: PLC0415 -- slow import

    if isinstance(table, Estimate):
        return table.gathered(tuple(table.tables), lambda name: answered(table.tables[name]), spooled)
    con: Any = table.get_backend()
    if con.name != "duckdb" or table.op().find(InMemoryTable):
        return table.to_pyarrow()
    return _taken(con, statement(con, table), table.schema().to_pyarrow())


def _spill(con: Backend) -> Path:
    """Where the engine puts what does not fit into memory."""
    [(folder,)] = con.con.execute("SELECT current_setting('temp_directory')").fetchall()
    return Path(folder)


def _taken(con: Backend, asked: str | Statement, expected: pa.Schema) -> pa.Table:
    """The rows of one statement.

    A relation would parse and bind it twice, which costs a small log more than to answer; answers are small, and copied once
    instead. A cursor, for the rows that a connection still holds are anybody's who asks it next.
    """
    with bounded(), con.con.cursor() as cursor:
        rows = cursor.execute(asked).to_arrow_table()
    return rows if rows.schema == expected else rows.cast(expected)
