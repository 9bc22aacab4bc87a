"""The lake: append-only Delta tables in a folder.

The engine writes Parquet files into a staging folder; a commit moves them beside the table and enters them into
its log in one atomic step. Readers see all of a commit or nothing of it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from kundig.errors import LakeError
from kundig.events import EVENTS, TRAITS, Column
from kundig.identity.tables import TABLES as WHO_IS_WHO
from kundig.texts.readings import READINGS

if TYPE_CHECKING:
    from deltalake import DeltaTable, Schema

FORMAT = 1
"""The version of the lake's layout that this kundig writes."""

CORRECTIONS = (
    Column("event_id", "string", "an event that has a later version"),
    Column("known_at", "timestamp('UTC')", "when the correction became known"),
)
QUARANTINE = (
    Column("row_id", "string", "hash of the row and where it came from"),
    Column("source", "string", "the source it came from"),
    Column("entry", "string", "the entry of the mapping that could not read it"),
    Column("file", "string", "the file it stood in"),
    Column("line", "int64", "the line in that file"),
    Column("reason", "string", "why it could not become an event"),
    Column("row", "string", "the whole row, as a JSON object of column and value"),
    Column("found_at", "timestamp('UTC')", "when it was set aside"),
)
TABLES: Mapping[str, tuple[Column, ...]] = {"events": EVENTS, "traits": TRAITS, "corrections": CORRECTIONS, "quarantine": QUARANTINE, "readings": READINGS, **WHO_IS_WHO}


@dataclass(frozen=True)
class Written:
    """A Parquet file that waits for its commit: where it lies, its rows, and its span of time where it has one."""

    path: Path
    rows: int
    stats: Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """Arrivals that a reader brings into a table: those numbered after `after`, up to `until`."""

    reader: str
    after: int
    until: int


class BusyError(LakeError):
    """Somebody else is writing to the lake."""


class OvertakenError(LakeError):
    """What was to be entered has been entered by another."""


class Lake:
    """The facts of one workspace.

    Args:
        folder: where the tables lie; it is made on the first write.

    Raises:
        LakeError: the lake was written by a newer kundig.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._commits = 0
        self._numbers: dict[str, int] = {}
        mark = folder / "kundig.json"
        if mark.exists():
            try:
                found = int(json.loads(mark.read_text(encoding="utf-8"))["format"])
            except (ValueError, KeyError, TypeError):
                raise LakeError(f"{mark} is damaged; expected {{\"format\": {FORMAT}}}") from None
            if found > FORMAT:
                raise LakeError(f"the lake {folder} has format {found}, written by a newer kundig; this one reads up to {FORMAT}: update kundig")

    @property
    def staging(self) -> Path:
        """Where files wait for their commit; emptied when writing begins."""
        return self.folder / ".staging"

    def table(self, name: str) -> DeltaTable | None:
        """The Delta table, or None while nothing was written to it."""
        from deltalake import DeltaTable  # noqa: PLC0415 -- slow import
        from deltalake.exceptions import DeltaError  # noqa: PLC0415 -- loaded when it is needed

        path = self.folder / name
        # A log without an entry is one whose first commit was cut off.
        if not any((path / "_delta_log").glob("[0-9]*.json")):
            return None
        try:
            return DeltaTable(path)
        except DeltaError as error:
            raise LakeError(f"the table {path} cannot be read: {error}; restore it from a backup, or import into a new lake") from None

    def files(self, name: str) -> list[str]:
        """The Parquet files that make up the table now."""
        table = self.table(name)
        return [str(self.folder / name / Path(path).name) for path in sorted(table.file_uris())] if table else []

    def rows(self, name: str) -> int:
        """How many rows the table has, as its log says."""
        from pyarrow import RecordBatchReader  # noqa: PLC0415 -- slow import

        table = self.table(name)
        if table is None:
            return 0
        # As a stream: to tell what it was given, `pyarrow.table` loads pandas, which takes as long as to answer a question.
        files = RecordBatchReader.from_stream(table.get_add_actions(flatten=True).select(["num_records"])).read_all()
        return sum(n or 0 for n in files["num_records"].to_pylist())

    def version(self) -> str:
        """A text that changes whenever a table does."""
        versions = ((name, number) for name in TABLES if (number := self._number(name)) is not None)
        return "-".join(f"{name}{number}" for name, number in versions) or "empty"

    def _number(self, name: str) -> int | None:
        """The version of a table, None while nothing was written to it: the number of the last entry of its log.

        Asked for with every question, so no table is opened for it, and the log is listed only once.
        """
        log, known = self.folder / name / "_delta_log", self._numbers.get(name)
        if known is None or not _entry(log, known).exists():
            known = max((int(entry.stem) for entry in log.glob("[0-9]*.json") if entry.stem.isdigit()), default=None)
        while known is not None and _entry(log, known + 1).exists():
            known += 1
        if known is not None:
            self._numbers[name] = known
        return known

    @contextmanager
    def writing(self, wait: float = 0) -> Iterator[None]:
        """Hold the lake for writing; staged files of a writer that died are cleared away.

        Args:
            wait: seconds for which another writer is waited for.

        Raises:
            BusyError: somebody else is writing.
            LakeError: the folder cannot be written.
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415 -- only writers need it

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock", timeout=wait)
            lock.acquire()
        except Timeout:
            raise BusyError(f"another import is writing to {self.folder}; wait until it has finished, then run this one again") from None
        except OSError as error:
            raise LakeError(f"{self.folder} cannot be written: {error.strerror}; check the right to write and the space that is left") from None
        self._commits = 0
        try:
            shutil.rmtree(self.staging, ignore_errors=True)
            self.staging.mkdir()
            mark = self.folder / "kundig.json"
            if not mark.exists():
                part = self.staging / mark.name
                part.write_text(json.dumps({"format": FORMAT}), encoding="utf-8")
                part.replace(mark)
            yield
        except OSError as error:
            left = "what was finished before is kept; run it again to complete it" if self._commits else "nothing was changed"
            raise LakeError(f"{self.folder} cannot be written: {error.strerror or error}; {left}") from error
        finally:
            shutil.rmtree(self.staging, ignore_errors=True)
            lock.release()

    def read_up_to(self, name: str, reader: str) -> int:
        """How far a reader of numbered arrivals has brought them into the table; 0 where it has brought none."""
        table = self.table(name)
        return (table.transaction_version(reader) or 0) if table is not None else 0

    def snapshot(self, name: str, reader: str) -> tuple[list[str], int]:
        """The files of the table, and how far a reader has brought arrivals into just these."""
        table = self.table(name)
        if table is None:
            return [], 0
        return [str(self.folder / name / Path(path).name) for path in sorted(table.file_uris())], table.transaction_version(reader) or 0

    def number(self, name: str) -> int:
        """The version of a table; -1 while nothing was written to it."""
        found = self._number(name)
        return -1 if found is None else found

    def added(self, name: str, after: int, until: int) -> list[str] | None:
        """The files with rows that came into the table after one version of it, up to another, in their order; None where rows were taken out since, or the log does not reach so far back.

        Files that were only put together are none of them.
        """
        log, files = self.folder / name / "_delta_log", []
        for number in range(after + 1, until + 1):
            try:
                entries = [json.loads(line) for line in _entry(log, number).read_text(encoding="utf-8").splitlines() if line]
            except OSError:
                return None
            if any(entry["remove"].get("dataChange", True) for entry in entries if "remove" in entry):
                return None
            files += [str(self.folder / name / Path(entry["add"]["path"]).name) for entry in entries if "add" in entry and entry["add"].get("dataChange", True)]
        return files

    def commit(
        self, name: str, written: Iterable[Written], *, replacing: bool = False, note: Mapping[str, str] | None = None, read: Read | None = None
    ) -> None:
        """Enter staged files into the table in one atomic step, on the disk for good when this returns.

        Args:
            name: one of TABLES.
            written: the files; those without rows are left out.
            replacing: take out what the table held before.
            note: words for the table's history.
            read: which arrivals the files hold; entered with them, so that none can be entered twice.

        Raises:
            OvertakenError: others have brought these arrivals in meanwhile; nothing was changed.
        """
        from deltalake import CommitProperties, Transaction  # noqa: PLC0415 -- slow import
        from deltalake.exceptions import CommitFailedError, DeltaError  # noqa: PLC0415 -- loaded when it is needed
        from deltalake.transaction import AddAction, create_table_with_add_actions  # noqa: PLC0415 -- loaded when it is needed

        folder = self.folder / name
        files = [file for file in written if file.rows]
        if not files and not replacing and read is None:
            return
        table = self.table(name)
        known = (table.transaction_version(read.reader) or 0) if table is not None and read is not None else 0
        if read is not None and known != read.after:
            raise OvertakenError(f"{read.reader} has read up to {known}, not {read.after}")
        folder.mkdir(parents=True, exist_ok=True)
        added = [self._moved(file, folder, f"read-{read.after + 1}-{read.until}" if read else "part") for file in files]
        moment = int(time.time() * 1000)
        actions = [
            AddAction(path.name, path.stat().st_size, {}, modification_time=moment, data_change=True, stats=json.dumps({"numRecords": file.rows, **file.stats}))
            for path, file in zip(added, files, strict=True)
        ]
        schema = delta_schema(TABLES[name])
        properties = CommitProperties(custom_metadata=dict(note or {}), app_transactions=[Transaction(read.reader, read.until)] if read else None)
        before = table.version() if table is not None else -1
        try:
            if table is None:
                create_table_with_add_actions(str(folder), schema, actions, mode="error", commit_properties=properties)
            else:
                table.create_write_transaction(actions, mode="overwrite" if replacing else "append", schema=schema, commit_properties=properties)
        except (CommitFailedError, DeltaError) as error:
            if read is None:
                raise
            raise OvertakenError(str(error)) from error
        self._durable(folder, before)
        self._commits += 1

    def compacted(self, name: str, *, hours: float) -> int:
        """Make few large files of many small ones, while the lake is held for writing; how many files there are less.

        Args:
            name: one of TABLES.
            hours: files that were replaced stay for so long, since somebody may be reading them.

        Raises:
            LakeError: it cannot be done now; nothing was changed.
        """
        from deltalake.exceptions import DeltaError  # noqa: PLC0415 -- loaded when it is needed

        table = self.table(name)
        if table is None:
            return 0
        before, version = set(self.files(name)), table.version()
        try:
            table.optimize.compact(target_size=128 << 20)
            after = set(self.files(name))
            for file in after - before:
                _synced(Path(file))
            self._durable(self.folder / name, version)
            table.vacuum(retention_hours=hours, dry_run=False, enforce_retention_duration=False)
        except DeltaError as error:
            raise LakeError(f"the files of {self.folder / name} cannot be put together now: {error}; it is tried again") from error
        return len(before) - len(after)

    def _moved(self, file: Written, folder: Path, start: str) -> Path:
        """The file beside its table, on the disk for good."""
        target = folder / f"{start}-{uuid4().hex}.parquet"
        _synced(file.path)
        os.replace(file.path, target)
        return target

    def _durable(self, folder: Path, before: int) -> None:
        """Bring the log from a version on, and the folders that name the files, onto the disk: the library does not."""
        log = folder / "_delta_log"
        for entry in log.iterdir():
            number = entry.name.partition(".")[0]
            if entry.name == "_last_checkpoint" or (number.isdigit() and int(number) > before):
                _synced(entry)
        for each in (log, folder, self.folder):
            _synced(each)


def _synced(path: Path) -> None:
    """Bring a file or folder onto the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _entry(log: Path, number: int) -> Path:
    return log / f"{number:020}.json"


def delta_schema(columns: Iterable[Column]) -> Schema:
    """The columns as a Delta schema, from its own notation: no need to load Arrow for it."""
    from deltalake import Schema  # noqa: PLC0415 -- slow import

    types: dict[str, Any] = {
        "string": "string",
        "float64": "double",
        "int64": "long",
        "binary": "binary",
        "timestamp('UTC')": "timestamp",
        "decimal(18, 4)": "decimal(18,4)",
        "map<string, string>": {"type": "map", "keyType": "string", "valueType": "string", "valueContainsNull": True},
    }
    fields = [{"name": column.name, "type": types[column.type], "nullable": True, "metadata": {}} for column in columns]
    return Schema.from_json(json.dumps({"type": "struct", "fields": fields}))
