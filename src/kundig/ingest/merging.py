"""What of a reading is new, what corrects an earlier fact, and what is known already."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kundig.events import EVENTS, TRAITS
from kundig.sources.expression import literal
from kundig.store.duckdb import relation, written
from kundig.store.lake import Lake, Written

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CONTENT = [column.name for column in EVENTS if column.name not in {"event_id", "known_at"}]
_APART = "left(md5(concat_ws(chr(31), {id}, {content})), 24)"
"""The id of an event whose key is another's as well: it says what the event holds."""
_SAID = [column.name for column in TRAITS if column.name != "known_at"]


def _fingerprint(columns: list[str], alias: str = "") -> str:
    """The content of a row as a hash; a map in the order of its keys, null apart from empty."""
    parts = [f"coalesce(CAST({_ordered(alias + column)} AS VARCHAR), chr(30))" for column in columns]
    return f"md5(concat_ws(chr(31), {', '.join(parts)}))"


def _ordered(column: str) -> str:
    return f"list_sort(map_entries({column}))" if column.endswith(("properties", "consents")) else column


def _files(files: list[Written]) -> str:
    listed = ", ".join("'" + str(file.path).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}])"


def distinct_events(con: DuckDBPyConnection, lake: Lake, source: str, files: list[Written]) -> tuple[list[Written], int, int]:
    """The staged events with every id once, how many rows were repeated to the letter, and how many only look alike.

    Rows of one key with different content are different events: no row may be lost because a source has no key.
    One of them, the one the lake knows by it or else the smallest that the lake does not know at all, keeps the id of the
    key; the others' ids say what they hold.
    """
    files = [file for file in files if file.rows]
    total = sum(file.rows for file in files)
    if not total:
        return files, 0, 0
    [(ids,)] = con.execute(f"SELECT count(DISTINCT event_id) FROM {_files(files)}").fetchall()
    if ids == total:
        return files, 0, 0
    known = f"SELECT event_id, {_fingerprint(_CONTENT)} AS content FROM {relation(lake, 'events')} WHERE source = {literal(source)}"
    apart = _APART.format(id="e.event_id", content="e.content")
    con.execute(f"CREATE OR REPLACE TEMP TABLE doubled AS SELECT event_id FROM {_files(files)} GROUP BY event_id HAVING count(*) > 1")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE told_apart AS
        SELECT e.* EXCLUDE (content), CASE WHEN row_number() OVER (PARTITION BY event_id ORDER BY k.content IS NULL, a.apart_id IS NOT NULL, e.content) > 1
            THEN {apart} ELSE event_id END AS settled_id
        FROM (SELECT DISTINCT ON (event_id, content) * FROM (SELECT *, {_fingerprint(_CONTENT)} AS content FROM {_files(files)} SEMI JOIN doubled USING (event_id))) e
        LEFT JOIN (SELECT DISTINCT event_id AS known_id, content FROM ({known}) SEMI JOIN doubled USING (event_id)) k
            ON k.known_id = e.event_id AND k.content = e.content
        LEFT JOIN (SELECT DISTINCT event_id AS apart_id FROM {relation(lake, 'events')} WHERE source = {literal(source)}) a ON a.apart_id = {apart}"""
    )
    [(alike,)] = con.execute("SELECT count(*) FILTER (settled_id <> event_id) FROM told_apart").fetchall()
    names = ", ".join(column.name for column in EVENTS)
    apart = ", ".join("settled_id AS event_id" if column.name == "event_id" else column.name for column in EVENTS)
    select = f"SELECT {names} FROM {_files(files)} ANTI JOIN doubled USING (event_id) UNION ALL SELECT {apart} FROM told_apart"
    one = written(con, select, lake.staging / f"{source}-distinct.parquet", timed="occurred_at")
    return [one], total - one.rows, int(alike)


def merged_events(con: DuckDBPyConnection, lake: Lake, source: str, files: list[Written], now: datetime) -> tuple[list[Written], list[Written], list[Written], int]:
    """The events to add, the corrections to add, the ids that are corrected, and how many are known already."""
    files = [file for file in files if file.rows]
    if not files or not lake.files("events"):
        return files, [], [], 0
    names = ", ".join(column.name for column in EVENTS)
    lake_events = f"(SELECT {names} FROM {relation(lake, 'events')} WHERE source = {literal(source)})"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE known AS
        SELECT event_id, max(known_at) AS known_at, arg_max(content, (known_at, content)) AS content FROM (
            SELECT event_id, known_at, {_fingerprint(_CONTENT)} AS content FROM {lake_events} SEMI JOIN {_files(files)} f USING (event_id)
        ) GROUP BY event_id"""
    )
    [(matched,)] = con.execute("SELECT count(*) FROM known").fetchall()
    if not matched:
        return files, [], [], 0
    new = written(con, f"SELECT {names} FROM {_files(files)} ANTI JOIN known USING (event_id)", lake.staging / f"{source}-new.parquet", timed="occurred_at")
    # A correction is known from now on, and always after what it corrects.
    later = f"greatest(TIMESTAMPTZ '{now.isoformat()}', known.known_at + INTERVAL 1 MICROSECOND)"
    columns = ", ".join(f"{later} AS known_at" if column.name == "known_at" else f"e.{column.name}" for column in EVENTS)
    content = _fingerprint(_CONTENT, "e.")
    con.execute(f"CREATE OR REPLACE TEMP TABLE changed AS SELECT e.event_id, {content} AS content FROM {_files(files)} e JOIN known ON known.event_id = e.event_id WHERE {content} <> known.content")
    # What the lake knows under an id that says what it holds is no correction of the event that has the key's id.
    apart = _APART.format(id="event_id", content="content")
    con.execute(f"DELETE FROM changed WHERE {apart} IN (SELECT event_id FROM {lake_events})")
    select = f"SELECT {columns} FROM {_files(files)} e JOIN known ON known.event_id = e.event_id WHERE e.event_id IN (SELECT event_id FROM changed)"
    corrected = written(con, select, lake.staging / f"{source}-corrected.parquet", timed="occurred_at")
    if not corrected.rows:
        return [new], [], [], int(matched)
    ids = written(con, f"SELECT event_id, known_at FROM {_files([corrected])}", lake.staging / f"{source}-corrections.parquet")
    return [new], [corrected], [ids], int(matched) - corrected.rows


def merged_traits(con: DuckDBPyConnection, lake: Lake, source: str, files: list[Written]) -> list[Written]:
    """The traits that say something new: other than the latest for that subject, or never said before."""
    files = [file for file in files if file.rows]
    if not files:
        return []
    names = ", ".join(column.name for column in TRAITS)
    lake_traits = f"(SELECT subject AS who, known_at AS since, {_fingerprint(_SAID)} AS said FROM {relation(lake, 'traits')} WHERE source = {literal(source)})"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE saying AS
        SELECT DISTINCT ON (subject, said, known_at) *, count(DISTINCT said) OVER (PARTITION BY subject) AS variants
        FROM (SELECT *, {_fingerprint(_SAID)} AS said FROM {_files(files)})"""
    )
    latest = f"SELECT who, arg_max(said, (since, said)) AS said FROM {lake_traits} GROUP BY who"
    select = (
        f"SELECT {names} FROM saying ANTI JOIN (SELECT DISTINCT who, said FROM {lake_traits}) l ON l.who = subject AND l.said = saying.said WHERE variants > 1 "
        f"UNION ALL SELECT {names} FROM saying ANTI JOIN ({latest}) l ON l.who = subject AND l.said = saying.said "
        f"ANTI JOIN {lake_traits} t ON t.who = subject AND t.said = saying.said AND t.since = known_at WHERE variants = 1"
    )
    return [written(con, select, lake.staging / f"{source}-said.parquet")]


_IDS = "['user_id', 'previous_id']"


def new_traits(lake: Lake, saying: str) -> str:
    """SELECT of those rows of `saying` that say something new of somebody.

    That two ids are one is said once and for all; what else a source says is new where it is other than what it last said.

    Args:
        lake: the facts.
        saying: a SELECT in the columns of traits.
    """
    names = ", ".join(column.name for column in TRAITS)
    fields = [column.name for column in TRAITS if column.name not in {"subject", "known_at", "source", "properties"}]
    ids = f"({' AND '.join(f'{name} IS NULL' for name in fields)} AND len(coalesce(map_keys(properties), [])) > 0 AND len(list_filter(map_keys(properties), lambda k: NOT list_contains({_IDS}, k))) = 0)"
    said = f"SELECT *, {_fingerprint(_SAID)} AS said, {ids} AS ids FROM"
    return (
        f"WITH arriving AS MATERIALIZED (SELECT DISTINCT ON (subject, source, said, known_at) * FROM ({said} ({saying}))), "
        f"known AS MATERIALIZED (SELECT subject, source, said, ids, known_at FROM ({said} (SELECT {names} FROM {relation(lake, 'traits')} SEMI JOIN arriving USING (subject, source)))), "
        "latest AS (SELECT subject, source, arg_max(said, (known_at, said)) AS said FROM known WHERE NOT ids GROUP BY ALL), "
        "several AS (SELECT subject, source FROM arriving WHERE NOT ids GROUP BY ALL HAVING count(DISTINCT said) > 1) "
        f"SELECT {names} FROM (SELECT DISTINCT ON (subject, source, said) * FROM arriving WHERE ids ORDER BY known_at) a ANTI JOIN known k USING (subject, source, said) "
        f"UNION ALL SELECT {names} FROM (SELECT * FROM arriving WHERE NOT ids) a SEMI JOIN several USING (subject, source) "
        f"UNION ALL SELECT {names} FROM (SELECT DISTINCT ON (subject, source, said) * FROM arriving WHERE NOT ids ORDER BY known_at) a "
        "ANTI JOIN several s USING (subject, source) ANTI JOIN latest l USING (subject, source, said)"
    )
