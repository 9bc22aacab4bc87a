"""One import: a source's rows into events and traits, once and for all.

1. The rows are opened and the writing of their columns is settled.
2. The engine writes the finished rows into staged files, in parallel, without passing through Python.
3. Rows that cannot be read are set aside, whole, with file, line and reason.
4. What is in the lake already is left out; what changed becomes a correction with its own `known_at`.
5. The staged files are committed: corrections, events, traits, quarantine. Every step can be run again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.errors import ConfigError, SourceError
from kundig.ingest.lines import rejected_count
from kundig.ingest.local_time import twice
from kundig.ingest.merging import distinct_events, merged_events, merged_traits
from kundig.ingest.quarantine import as_before, kept_rows, set_aside, waiting
from kundig.ingest.reading import impossible, opened, remade, settled, types, unreadable
from kundig.ingest.watching import watched
from kundig.sources.expression import quoted
from kundig.sources.mapping import Source
from kundig.sources.readers import Place, Rows
from kundig.sources.statement import Statement, Table, events_statement, traits_statement
from kundig.store.duckdb import connection, finished
from kundig.store.lake import Lake, Written

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[str, float, int, float], None]
"""Told now and then: the source, the share that is done, about how many rows that is, and how many a second."""


@dataclass(frozen=True)
class Imported:
    """What one import did, in rows."""

    source: str
    files: int
    rows: int
    events_added: int
    events_corrected: int
    events_unchanged: int
    traits_added: int
    quarantined: int
    repeated: int
    ambiguous_times: int
    alike: int
    """Events told apart only by their content, since the rows have no key: a `key:` would let them be corrected."""


def import_source(  # noqa: PLR0913 -- what an import depends on
    lake: Lake,
    name: str,
    source: Source,
    *,
    data: Path,
    keep: Path,
    zone: str,
    now: datetime,
    progress: Progress | None = None,
    quarantined: bool = False,
) -> Imported:
    """Import one source, while the lake is held for writing.

    Args:
        data: the folder in which the source's relative paths are looked up.
        keep: a folder that stays between imports, for what a source fetches.
        zone: the company's time zone, for times that name none.
        now: when this import runs; `known_at` of corrections, and of traits that have none mapped.
        quarantined: read the rows that wait in quarantine instead of the source.

    Raises:
        SourceError, ConfigError: the source cannot be read as mapped; nothing was changed.
        LakeError: the lake cannot be written; nothing was changed.
    """
    now = now.astimezone(timezone.utc)
    scratch = lake.staging / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with connection(lake.staging / "spill") as con:
        place = Place(data, scratch, keep / name, lambda sql: con.execute(sql).fetchall())
        try:
            if quarantined:
                # The kept rows carry what was looked up for them.
                source = source.model_copy(update={"lookup": {}})
                rows = kept_rows(lake, name, place)
                remade(con, source, rows, place, held=True)
                table = Table(types(con, "rows"))
            else:
                table, rows = opened(con, source, place)
                if rows.nothing:
                    rows.finish()
                    return Imported(name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            run = _Run(con, lake, name, source, table, rows, place, source.zone or source.read.zone or zone, now, progress, quarantined)
            return run.imported()
        except (ConfigError, SourceError) as error:
            text = str(error)
            raise type(error)(text if text.startswith("sources.") else f"sources.{name}: {text}") from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@dataclass
class _Run:
    con: DuckDBPyConnection
    lake: Lake
    name: str
    source: Source
    table: Table
    rows: Rows
    place: Place
    zone: str
    now: datetime
    progress: Progress | None
    quarantined: bool

    def imported(self) -> Imported:
        self.table = settled(self.con, self.name, self.source, self.table, waiting=self.quarantined)
        statements = self._statements()
        staged, left = self._staged(statements)
        bad = self._set_aside(statements, left)
        if bad and self._undecided():
            # What the first rows left open, the rows that did not fit may decide.
            whole = settled(self.con, self.name, self.source, self.table, whole=True, waiting=self.quarantined)
            if whole.formats != self.table.formats:
                self.table = whole
                statements = self._statements()
                staged, left = self._staged(statements)
                bad = self._set_aside(statements, left)
        everything = next((index for index, (_, kind, statement) in enumerate(statements) if statement.everything and kind == "events"), None)
        total = self._count() if everything is None else staged[everything][0].rows + left.get(everything, 0)
        read = total + rejected_count(self.con)
        events = [file for file, kind in staged if kind == "events"]
        traits = [file for file, kind in staged if kind == "traits"]
        distinct, repeated, alike = distinct_events(self.con, self.lake, self.name, events)
        ambiguous = twice(self.con, [file.path for file in distinct], self.zone) if self.zone != "UTC" and any(statement.zoneless for _, _, statement in statements) else 0
        added, corrected, corrections, unchanged = merged_events(self.con, self.lake, self.name, distinct, self.now)
        new_traits = merged_traits(self.con, self.lake, self.name, traits)
        quarantine = waiting(self.con, self.lake, self.name, None if self.quarantined else self.rows.files) if bad or self.lake.files("quarantine") else None
        note = {"source": self.name}
        self.lake.commit("corrections", corrections, note=note)
        self.lake.commit("events", [*added, *corrected], note=note)
        self.lake.commit("traits", new_traits, note=note)
        # Where nothing waits that did not wait before, the lake is as it was, and answers that are kept hold.
        if quarantine is not None and not as_before(self.con, self.lake, quarantine):
            self.lake.commit("quarantine", [quarantine], replacing=True, note=note)
        self.rows.finish()
        return Imported(
            self.name, len(self.rows.files), read, _rows(added), _rows(corrected), unchanged, _rows(new_traits), bad, repeated, ambiguous, alike
        )

    def _statements(self) -> list[tuple[str, str, Statement]]:
        at = self.now.isoformat()
        return [
            *((f"events[{index}]", "events", events_statement(self.name, self.source, mapping, self.table, self.zone)) for index, mapping in enumerate(self.source.events)),
            *((f"traits[{index}]", "traits", traits_statement(self.name, mapping, self.table, self.zone, at)) for index, mapping in enumerate(self.source.traits)),
        ]

    def _staged(self, statements: list[tuple[str, str, Statement]]) -> tuple[list[tuple[Written, str]], dict[int, int]]:
        """The finished rows, and by statement how many rows are left that could not be read."""
        import duckdb  # noqa: PLC0415 -- slow import

        staged: list[tuple[Written, str]] = []
        left: dict[int, int] = {}
        for index, (entry, kind, statement) in enumerate(statements):
            target = self.lake.staging / f"{self.name}-{index}.parquet"
            target.unlink(missing_ok=True)
            try:
                first = "event_id" if kind == "events" else "subject"
                with watched(self.con, self._tell(index, len(statements))):
                    file, unread = finished(self.con, statement.good, target, first, timed="occurred_at" if kind == "events" else None)
            except (duckdb.BinderException, duckdb.ParserException, duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.NotImplementedException) as error:
                raise impossible(f"sources.{self.name}.{entry}", error) from None
            except duckdb.Error as error:
                raise unreadable(self.source.read, self.rows, error) from None
            staged.append((file, kind))
            if unread:
                left[index] = unread
        return staged, left

    def _tell(self, index: int, count: int) -> Callable[[float, float], None] | None:
        """What is told while one of several statements runs: the rows are estimated from the length of the first ones."""
        if self.progress is None:
            return None
        progress = self.progress
        listed = " + ".join(f"coalesce(length(CAST({quoted(name)} AS VARCHAR)), 0) + 1" for name in self.table.names)
        [(each,)] = self.con.execute(f"SELECT avg({listed or '1'}) FROM (SELECT * FROM rows LIMIT 200)").fetchall()
        total = self.rows.size / max(float(each or 1), 1.0)

        def tell(share: float, seconds: float) -> None:
            progress(self.name, (index + share) / count, int(share * total), share * total / max(seconds, 1e-3))

        return tell

    def _set_aside(self, statements: list[tuple[str, str, Statement]], left: dict[int, int]) -> int:
        return set_aside(self.con, self.name, self.source, self.rows, self.place, [statements[index] for index in left], self.now)

    def _undecided(self) -> bool:
        """Whether rows are aside for a number in a column whose decimal sign no row had told."""
        reasons = self.con.execute("SELECT 1 FROM aside WHERE reason LIKE '%: not a number: %' LIMIT 1").fetchall()
        return bool(reasons) and any(form is None for form in self.table.formats.values())

    def _count(self) -> int:
        [(total,)] = self.con.execute(f"SELECT count(*) FROM {self.rows.sql or 'rows'}").fetchall()
        return int(total)


def _rows(files: list[Written]) -> int:
    return sum(file.rows for file in files)

