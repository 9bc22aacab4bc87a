"""What is wrong with a workspace's configuration and data, as findings with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from kundig.errors import KundigError
from kundig.ingest.checking import columns_checked
from kundig.numbered import numbered
from kundig.store.duckdb import connection, relation

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from kundig.touchpoints import Catalogue
    from kundig.workspace import Workspace

Level = Literal["error", "warning", "fine"]

SILENT_FACTOR = 3.0
"""A source is called silent after three times its longest usual pause: the 95th percentile between days with events."""

CONTRACTS = frozenset({"contract", "cancellation"})
"""Kinds of rows that tell of contracts."""

SEVERAL = re.compile(r"[,;/&+]|\b(?:and|und)\b")
"""What stands between the names of several people."""


@dataclass(frozen=True)
class Finding:
    """One thing found: how grave, what it is about, what was found, and what to do."""

    level: Level
    about: str
    found: str
    advice: str = ""


@dataclass(frozen=True)
class Seen:
    """What the lake holds of one source."""

    source: str
    configured: bool
    events: int
    customers: int
    first: datetime | None
    last: datetime | None
    known: datetime | None
    traits: int
    quarantined: int


def seen(workspace: Workspace) -> list[Seen]:
    """Every source that is configured or was imported, with what came of it and how fresh it is."""
    lake = workspace.lake
    with connection(lake.folder / ".spill") as con:
        events = {row[0]: row[1:] for row in con.execute(f"SELECT source, count(*), count(DISTINCT subject), min(occurred_at), max(occurred_at), max(known_at) FROM {relation(lake, 'events')} GROUP BY source").fetchall()}
        traits = dict(con.execute(f"SELECT source, count(*) FROM {relation(lake, 'traits')} GROUP BY source").fetchall())
        waiting = dict(con.execute(f"SELECT source, count(*) FROM {relation(lake, 'quarantine')} WHERE entry <> 'read' GROUP BY source").fetchall())
    names = dict.fromkeys([*workspace.config.sources, *sorted({*events, *traits, *waiting})])
    nothing: Any = (0, 0, None, None, None)
    return [_seen(name, name in workspace.config.sources, events.get(name, nothing), traits.get(name, 0), waiting.get(name, 0)) for name in names]


def _seen(name: str, configured: bool, events: Any, traits: int, quarantined: int) -> Seen:
    count, customers, first, last, known = events
    return Seen(name, configured, count, customers, first, last, known, traits, quarantined)


@dataclass(frozen=True)
class Waiting:
    """A row in quarantine."""

    file: str
    line: int | None
    reason: str
    found_at: datetime


def quarantined(workspace: Workspace, source: str, most: int = 200) -> list[Waiting]:
    """Rows of a source that could not be read, in the order of their files; what stood in them stays in the lake."""
    with connection(workspace.lake.folder / ".spill") as con:
        query = f"SELECT coalesce(file, ''), line, reason, found_at FROM {relation(workspace.lake, 'quarantine')} WHERE source = ? AND entry <> 'read' ORDER BY file, line, reason LIMIT {int(most)}"
        return [Waiting(str(file).rpartition("/")[2], line, reason, found_at) for file, line, reason, found_at in con.execute(query, [source]).fetchall()]


def checked(workspace: Workspace) -> Iterator[Finding]:
    """Everything there is to say about a workspace: sources and mappings first, then what lies in the lake.

    Time is the data's own: a source is silent if others went on without it.
    """
    yield from _sources(workspace)
    if not workspace.lake.files("events"):
        yield Finding("warning", "lake", "there are no events yet", "run `kundig import`")
        return
    with connection(workspace.lake.folder / ".spill") as con:
        # Days are those of the company's clock.
        con.execute(f"CREATE VIEW events AS SELECT *, timezone('{workspace.zone}', occurred_at) AS local_at FROM {relation(workspace.lake, 'events')}")
        yield from _totals(con)
        yield from _silent(con)
        yield from _clocks(con)
        yield from _subjects(con)
        yield from _catalogue(con, workspace)
        yield from _quarantine(con, workspace)
        contracts = con.execute("SELECT 1 FROM events WHERE kind = 'contract' LIMIT 1").fetchall()
    if contracts:
        yield from _contracts(workspace)


def _sources(workspace: Workspace) -> Iterator[Finding]:
    for name, source in workspace.config.sources.items():
        try:
            count = columns_checked(workspace.lake, name, source, data=workspace.data, zone=workspace.zone)
        except KundigError as error:
            yield Finding("error", name, str(error), "mend `kundig.yaml` or the file, then check again")
        else:
            yield Finding("fine", name, f"{source.read.located()}: {count} columns, the mapping fits")


def _totals(con: DuckDBPyConnection) -> Iterator[Finding]:
    query = "SELECT source, count(*), strftime(min(local_at), '%Y-%m-%d'), strftime(max(local_at), '%Y-%m-%d') FROM events GROUP BY source ORDER BY source"
    for source, count, first, last in con.execute(query).fetchall():
        yield Finding("fine", source, f"{numbered(count, 'event')} from {first} to {last}")


def _silent(con: DuckDBPyConnection) -> Iterator[Finding]:
    query = f"""
        WITH days AS (SELECT source, date_trunc('day', local_at) AS day FROM events GROUP BY ALL),
        present AS (SELECT quantile_cont(last, 0.5) AS now FROM (SELECT max(day) AS last FROM days GROUP BY source)),
        pauses AS (SELECT source, day, date_diff('day', lag(day) OVER (PARTITION BY source ORDER BY day), day) AS pause FROM days),
        rhythm AS (SELECT source, max(day) AS last, greatest(quantile_cont(pause, 0.95), 1) AS usual, count(pause) AS pauses FROM pauses GROUP BY source)
        SELECT source, strftime(last, '%Y-%m-%d'), date_diff('day', last, now), usual FROM rhythm, present
        WHERE pauses >= 10 AND date_diff('day', last, now) > {SILENT_FACTOR} * usual ORDER BY source"""
    for source, last, pause, usual in con.execute(query).fetchall():
        yield Finding("warning", source, f"nothing since {last}, {pause:,} days, while other sources went on; a pause is usually at most {usual:g} {'day' if usual == 1 else 'days'}", "see whether its export still runs")


def _clocks(con: DuckDBPyConnection) -> Iterator[Finding]:
    query = """SELECT source, count(*) FILTER (occurred_at > known_at + INTERVAL 1 DAY), count(*) FILTER (occurred_at < TIMESTAMPTZ '1990-01-01 00:00:00+00'),
        count(*) FROM events GROUP BY source ORDER BY source"""
    for source, ahead, old, count in con.execute(query).fetchall():
        if ahead:
            yield Finding("warning", source, f"{ahead:,} of {count:,} events were known more than a day before they happened", "see whether `at:` and `known_at:` are mapped to the right columns")
        if old:
            yield Finding("warning", source, f"{old:,} of {count:,} events are from before 1990, as when a clock was reset", "see the column mapped to `at:`")


def _subjects(con: DuckDBPyConnection) -> Iterator[Finding]:
    query = "SELECT source, count(*) FILTER (subject IS NULL), count(*) FROM events GROUP BY source HAVING count(*) FILTER (subject IS NULL) > 0 ORDER BY source"
    for source, without, count in con.execute(query).fetchall():
        yield Finding("warning", source, f"{without:,} of {count:,} events ({without / count:.1%}) have no subject and belong to no customer", "map `subject:`, or leave them for totals only")


def _catalogue(con: DuckDBPyConnection, workspace: Workspace) -> Iterator[Finding]:
    known = workspace.config.touchpoints
    query = "SELECT touchpoint, count(*), count(score) FILTER (metric IS NOT NULL) FROM events WHERE touchpoint IS NOT NULL GROUP BY ALL ORDER BY ALL"
    met = {name: (count, answers) for name, count, answers in con.execute(query).fetchall()}
    for touchpoint, (count, _) in met.items():
        if touchpoint not in known:
            yield Finding("warning", touchpoint, f"{numbered(count, 'event')} at a touchpoint that is not in the catalogue", "add it under `touchpoints:` with stage, department and owner")
    for name, entry in sorted(known.items()):
        missing = [field for field in ("stage", "department", "owner") if getattr(entry, field) is None]
        if missing:
            yield Finding("warning", name, f"the catalogue lacks {', '.join(missing)}", "complete it under `touchpoints:`")
        if entry.owner and SEVERAL.search(entry.owner):
            yield Finding("warning", name, f"the catalogue names several owners: {entry.owner}", "name the one who is accountable")
    yield from _gaps(con, known, met)


def _gaps(con: DuckDBPyConnection, known: Catalogue, met: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
    """Touchpoints that nobody measures, and what customers may not count on there."""
    kinds = {kind for (kind,) in con.execute("SELECT DISTINCT kind FROM events WHERE kind IS NOT NULL").fetchall()}
    for name, entry in sorted(known.items()):
        for promise in entry.promise:
            if promise.kind not in kinds:
                yield Finding("warning", name, f"the catalogue promises {promise.kind} within {promise.within}, and no such event was ever recorded", "import its source, or mend `promise:`")
    gaps = {
        "nothing recorded": ([name for name in sorted(known) if name not in met], "import a source for them, or take them out of `touchpoints:`"),
        "no answer of a customer": ([name for name in sorted(known) if name in met and not met[name][1]], "ask there, or know that nobody measures them"),
        "no promise": ([name for name, entry in sorted(known.items()) if not entry.promise], "write under `promise:` what customers may count on there"),
    }
    for gap, (names, advice) in gaps.items():
        if names:
            yield Finding("warning", "touchpoints", f"{len(names)} of {len(known)} in the catalogue with {gap}: {', '.join(names)}", advice)


def _quarantine(con: DuckDBPyConnection, workspace: Workspace) -> Iterator[Finding]:
    # A reason is `field: what is wrong: the value`; values may hold colons, and the first row is the first of the first file.
    query = f"""SELECT source, regexp_extract(reason, '^[^:]*(: [^:]*)?') AS why, count(*),
            arg_min(struct_pack(reason, file, line), (coalesce(file, ''), coalesce(line, 0), reason)) AS first
        FROM {relation(workspace.lake, "quarantine")} GROUP BY ALL ORDER BY source, count(*) DESC, why"""
    for source, why, count, first in con.execute(query).fetchall():
        reason, file, line = first["reason"], first["file"], first["line"]
        place = f", first in {str(file).rpartition('/')[2]}" + (f" line {line}" if line is not None else "") if file else ""
        shown = f" (such as {reason.removeprefix(why).removeprefix(': ')})" if reason != why else ""
        yield Finding("warning", source, f"{count:,} {'row' if count == 1 else 'rows'} in quarantine: {why}{shown}{place}", "mend the mapping or the file and import again; `kundig import --quarantined` reads the kept rows anew")


def _contracts(workspace: Workspace) -> Iterator[Finding]:
    """Rows of contracts that can hardly be meant, by what is wrong with them."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    found = workspace.ask("value.contract_faults").table
    for fault, done, of_contracts in dict.fromkeys(zip(found["fault"].to_pylist(), found["done"].to_pylist(), _of_contracts(found).to_pylist(), strict=True)):
        rows = found.filter(pc.and_(pc.and_(pc.equal(found["fault"], fault), pc.equal(found["done"], done)), pc.equal(_of_contracts(found), of_contracts)))
        [first] = rows.slice(0, 1).to_pylist()
        what = f"{'row' if rows.num_rows == 1 else 'rows'} of contracts" if of_contracts else f"{'amount' if rows.num_rows == 1 else 'amounts'} beside contracts"
        of = f"contract {first['contract']}" if of_contracts else f"{first['kind']} of {first['stated']}"
        which = f"{rows.num_rows:,} {what}: {fault}, first that of {first['customer_id']}, {of}, on {first['occurred_at']:%Y-%m-%d}"
        yield Finding("warning", "contracts", which, f"{done}; `kundig ask value.contract_faults` lists them all")


def _of_contracts(found: pa.Table) -> pa.ChunkedArray:
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    return pc.is_in(found["kind"], pa.array(sorted(CONTRACTS)))
