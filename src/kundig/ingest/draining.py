"""From the inbox into the lake: nothing lost, nothing doubled, wherever it is cut off.

1. What waits is translated and staged.
2. Traits, then events are committed, each with the number up to which the inbox was read: none can be entered twice.
3. Files, log entries and folders are on the disk: only then the inbox forgets.

The commit of events is the mark: what it has read is done. It needs no hold on the lake, since it only adds: an import
may run beside it for as long as it likes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from kundig.ingest.arrivals import translated
from kundig.ingest.merging import new_traits
from kundig.store.duckdb import again, connection, relation, written
from kundig.store.lake import Lake, Read, Written

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from kundig.settings.company import Company
    from kundig.sources.live.live import Live
    from kundig.store.inbox.kept import Dead, Inbox, Lease, Pending

MOST_EVENTS = 50_000
MOST_BYTES = 64 << 20
Point = Callable[[str], None]


@dataclass(frozen=True)
class Drained:
    """What one drain did: how many events arrived in it, what became rows, and how many letters are dead."""

    arrived: int = 0
    events: int = 0
    traits: int = 0
    dead: int = 0


def drained(lake: Lake, inbox: Inbox, live: Live, home: Company, *, lease: Lease | None = None, reached: Point = lambda _: None) -> Drained:  # noqa: PLR0913 -- what it depends on
    """Bring what waits into the lake, up to a bounded number of events; none, where another drains now.

    Args:
        lake: the facts.
        inbox: where events wait.
        live: how calls and payloads are meant.
        home: the company.
        lease: the right to drain; without it the inbox forgets nothing.
        reached: told at each step, for the proofs of crash safety.

    Raises:
        LeaseError: somebody else has the right by now; nothing is lost or doubled.
        OvertakenError: somebody else has brought these events in.
        LakeError, InboxError: it cannot be written; the next drain goes on from there.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 -- the worker alone

    lake.folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lake.folder / ".draining.lock", timeout=0):
            return _drained(lake, inbox, live, home, lease, reached)
    except Timeout:
        return Drained()


def _drained(lake: Lake, inbox: Inbox, live: Live, home: Company, lease: Lease | None, reached: Point) -> Drained:  # noqa: PLR0913 -- as above
    reader = f"inbox-{inbox.identity}"
    _cleared(lake, reader)
    done, said = lake.read_up_to("events", reader), lake.read_up_to("traits", reader)
    if done:
        inbox.beyond(done)
        inbox.forget(done, lease)
    pending = inbox.pending(done, events=MOST_EVENTS, size=MOST_BYTES)
    if not pending:
        return Drained()
    reached("read")
    last = pending[-1].seq
    scratch = lake.folder / ".draining" / uuid4().hex
    scratch.mkdir(parents=True)
    try:
        with connection(scratch / "spill") as con:
            # Whoever answers requests has the other half of the machine.
            con.execute(f"SET threads = {max(1, (os.cpu_count() or 1) // 2)}")
            files = _staged(con, lake, inbox, live, home, pending, scratch)
            reached("staged")
            traits = files.traits
            if said > done:
                # A drain that was cut off has brought a part of them.
                (scratch / "rest").mkdir()
                traits = _staged(con, lake, inbox, live, home, [each for each in pending if each.seq > said], scratch / "rest").traits
            if files.corrections:
                # Before the events: an id that is known as corrected and has one version is as good as any.
                lake.commit("corrections", files.corrections, note={"source": "live"})
            if traits:
                lake.commit("traits", traits, note={"source": "live"}, read=Read(reader, said, last))
            reached("traits")
            lake.commit("events", files.events, note={"source": "live"}, read=Read(reader, done, last))
        reached("events")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    inbox.forget(last, lease, files.dead)
    reached("forgotten")
    return Drained(sum(each.events for each in pending), sum(file.rows for file in files.events), sum(file.rows for file in files.traits), len(files.dead))


@dataclass(frozen=True)
class _Files:
    events: list[Written]
    traits: list[Written]
    corrections: list[Written]
    dead: list[tuple[int, Dead]]


def _staged(con: DuckDBPyConnection, lake: Lake, inbox: Inbox, live: Live, home: Company, pending: list[Pending], scratch: Path) -> _Files:  # noqa: PLR0913 -- one step of the above
    found = translated(con, pending, live, home, inbox.secret)
    events = [written(con, " UNION ALL ".join(found.events), scratch / "events.parquet", timed="occurred_at")] if found.events else []
    traits = [written(con, new_traits(lake, " UNION ALL ".join(found.traits)), scratch / "traits.parquet")] if found.traits else []
    corrections = []
    if found.again and events:
        file = str(events[0].path).replace("'", "''")
        ids = again(" UNION ALL ".join(found.again), f"read_parquet('{file}')", relation(lake, "events"))
        corrections.append(written(con, f"SELECT event_id, max(known_at) AS known_at FROM read_parquet('{file}') SEMI JOIN ({ids}) USING (event_id) GROUP BY event_id", scratch / "corrections.parquet"))
    return _Files([file for file in events if file.rows], [file for file in traits if file.rows], [file for file in corrections if file.rows], found.dead)


def _cleared(lake: Lake, reader: str) -> None:
    """Take away what a drain left that was cut off: staged files, and files that lie beside their table but were never entered."""
    shutil.rmtree(lake.folder / ".draining", ignore_errors=True)
    for name in ("events", "traits"):
        left = list((lake.folder / name).glob("read-*.parquet"))
        if not left:
            continue
        files, done = lake.snapshot(name, reader)
        known = set(files)
        for file in left:
            # A file that was compacted is vacuum's to take away: readers may still be in it.
            if str(file) not in known and int(file.name.split("-")[2]) > done:
                file.unlink(missing_ok=True)
