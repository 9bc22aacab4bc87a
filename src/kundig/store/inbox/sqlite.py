"""The inbox in SQLite: a database of its own, so that nothing else waits for its commits or it for theirs."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from threading import RLock
from typing import Any

import orjson

from kundig.store.inbox.ids import LENGTH, Ids, apart
from kundig.store.inbox.kept import (
    DAY,
    MINUTE,
    MOST_NAMES,
    OTHERS,
    REMEMBERED,
    Arrival,
    Counted,
    Counts,
    Dead,
    InboxError,
    Lease,
    LeaseError,
    Letter,
    Pending,
    Row,
    Standing,
    rows,
    spoken,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, source TEXT NOT NULL, form TEXT NOT NULL, events INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS recent (id INTEGER PRIMARY KEY AUTOINCREMENT, day INTEGER NOT NULL, keys BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead (id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, source TEXT NOT NULL, form TEXT NOT NULL, message_id TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS counted (minute INTEGER, source TEXT, name TEXT, accepted INTEGER, duplicates INTEGER, rejected INTEGER, PRIMARY KEY (minute, source, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lease (job TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_FIELDS = ", ".join(f"json_extract(value, '$[{position}]')" for position in range(6))
COUNT = f"""INSERT INTO counted SELECT {_FIELDS} FROM json_each(?) WHERE true
    ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted, duplicates = duplicates + excluded.duplicates, rejected = rejected + excluded.rejected"""
TAKEN = f"""
CREATE TEMP VIEW door AS SELECT 0 AS received_at, '' AS source, '' AS form, 0 AS events, x'' AS body, 0 AS after, 0 AS day, x'' AS keys, '' AS counts;
CREATE TEMP TRIGGER taken INSTEAD OF INSERT ON door BEGIN
    SELECT RAISE(ABORT, 'overtaken') WHERE NEW.after <> (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'recent');
    INSERT INTO inbox (received_at, source, form, events, body) SELECT NEW.received_at, NEW.source, NEW.form, NEW.events, NEW.body WHERE NEW.body IS NOT NULL;
    INSERT INTO recent (day, keys) SELECT NEW.day, NEW.keys WHERE NEW.keys IS NOT NULL;
    {COUNT.replace("?", "NEW.counts")};
END;
"""
"""A commit of arrivals as one statement: rows, ids and counts, unless ids have come meanwhile that it does not know. Each statement
lets go of the interpreter and has to get it back from whoever answers requests."""
NONE: Any = (0, None, None, None, None)
"""No row, where there are counts alone."""
PAGE = 16 * 1024
"""Bytes of a page."""
CHECKPOINT = 16_000
"""Pages in the log from which a commit also tidies it up, where the worker has not."""
MOST_HELD = 800_000
"""Where no worker puts them in order, commits do, a part of them each time."""
AT_ONCE = 100_000
"""How many one such commit takes: more than come until the next."""
SLICE = 4_000
"""Keys that are put in order in one commit."""


class SqliteInbox:
    """See `kept.Inbox`.

    Args:
        file: the database; made where there is none, readable by its owner alone.

    Raises:
        InboxError: it cannot be opened.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = RLock()
        self._con: sqlite3.Connection | None = None
        self._ids = Ids(file)
        self._names: dict[int, set[tuple[str, str]]] = {}
        with self._transaction("opened") as con:
            for name in ("identity", "secret"):
                con.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, secrets.token_bytes(16)))
            known = dict(con.execute("SELECT name, value FROM meta"))
        self.identity, self.secret = known["identity"].hex(), known["secret"]

    def _opened(self) -> sqlite3.Connection:
        if self._con is None:
            if not self.file.exists():
                with suppress(FileExistsError):
                    os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            con = sqlite3.connect(self.file, timeout=30, isolation_level=None, check_same_thread=False)
            try:
                # Of a new database: a request is written in a few large pages.
                con.execute(f"PRAGMA page_size = {PAGE}")
                con.execute("PRAGMA journal_mode = WAL")
                con.execute("PRAGMA synchronous = FULL")
                con.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
                con.execute("PRAGMA cache_size = -65536")
                if not con.execute("SELECT 1 FROM sqlite_master WHERE name = 'recent'").fetchone():
                    con.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
                con.executescript(TAKEN)
            except sqlite3.Error:
                con.close()
                raise
            self._con = con
        return self._con

    @contextmanager
    def _transaction(self, what: str = "written", *, reading: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction; after an error the database is opened anew, since what it holds in memory may not be on the disk."""
        with self._lock:
            try:
                con = self._opened()
                con.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
                yield con
                con.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                self.close()
                raise self._broken(what, error) from error
            except BaseException:
                # SQLite may have rolled back by itself.
                if self._con is not None and self._con.in_transaction:
                    self._con.execute("ROLLBACK")
                raise

    def _broken(self, what: str, error: Exception) -> InboxError:
        return InboxError(f"{self.file} cannot be {what}: {error}; check the space that is left and the right to write")

    def add(self, arrivals: Sequence[Arrival], *, instead: Iterable[int] = ()) -> list[tuple[int, ...]]:
        """See `kept.Inbox.add`."""
        today = max((arrival.received_at for arrival in arrivals), default=0) // DAY
        with self._lock:
            if self._ids.due(today):
                self._let_go(today)
            gone = list(instead)
            if not gone and not any(arrival.dead for arrival in arrivals):
                known = self._at_once(arrivals, today)
                if known is not None:
                    return known
            counts = Counts()
            with self._transaction() as con:
                for number in gone:
                    con.execute("DELETE FROM dead WHERE id = ?", (number,))
                fresh, known = self._ids.told_apart(con, arrivals)
                for arrival, twice in zip(arrivals, known, strict=True):
                    counts.add(arrival, twice, self._buried(con, arrival, arrival.dead) if arrival.dead else 0)
                self._kept(con, rows(arrivals, known), fresh, today, self._counted(con, counts))
            self._ids.remember(fresh)
        return known

    def _at_once(self, arrivals: Sequence[Arrival], today: int) -> list[tuple[int, ...]] | None:
        """Keep requests without dead letters: a statement that looks and one that writes. None where somebody else has written between them."""
        counts = Counts()
        try:
            con = self._opened()
            fresh, known = self._ids.told_apart(con, arrivals, alone=False)
            for arrival, twice in zip(arrivals, known, strict=True):
                counts.add(arrival, twice, 0)
            self._kept(con, rows(arrivals, known), fresh, today, self._counted(con, counts))
        except sqlite3.IntegrityError as error:
            if str(error) == "overtaken":
                return None
            self.close()
            raise self._broken("written", error) from error
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise self._broken("written", error) from error
        self._ids.remember(fresh)
        return known

    def _kept(self, con: sqlite3.Connection, kept: Sequence[Row], fresh: Sequence[bytes], today: int, counts: str) -> None:
        """One statement, and so one commit where no transaction was begun."""
        values: list[Any] = []
        # What goes with all of it is written with the first row.
        beside = [self._ids.known_to if fresh else None, today, b"".join(fresh) if fresh else None, counts]
        for row in kept or [NONE]:
            values += [*row, *beside]
            beside = [None, None, None, "[]"]
        con.execute(f"INSERT INTO door VALUES {', '.join(['(?, ?, ?, ?, ?, ?, ?, ?, ?)'] * (len(values) // 9))}", values)

    def _let_go(self, today: int) -> None:
        held, first = self._waiting()
        if held > LENGTH * MOST_HELD:
            self.ordered(most=AT_ONCE)
            _, first = self._waiting()
        self._ids.let_go(first, today)

    def _waiting(self) -> tuple[int, int | None]:
        """How many bytes of keys are not in order yet, and their first row."""
        with self._transaction("read", reading=True) as con:
            [(held, first)] = con.execute("SELECT coalesce(sum(length(keys)), 0), min(id) FROM recent")
        return held, first

    def ordered(self, least: int = 1, most: int = 1 << 60) -> int:
        """See `kept.Inbox.ordered`; at most so many, and those of the row that exceeds it."""
        recent: list[tuple[int, int, bytes]] = []
        with self._transaction("read", reading=True) as con:
            for row in con.execute("SELECT id, day, keys FROM recent ORDER BY id"):
                recent.append(row)
                most -= len(row[2]) // LENGTH
                if most <= 0:
                    break
        keys = sorted((each, day) for _, day, joined in recent for each in apart(joined))
        if len(keys) < max(least, 1):
            return 0
        # Neighbours together change few pages, and no arrival waits for more than one slice.
        for first in range(0, len(keys), SLICE):
            with self._transaction() as con:
                con.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", [(each.hex(), day) for each, day in keys[first : first + SLICE]])
        with self._transaction() as con:
            con.execute("DELETE FROM recent WHERE id <= ?", (recent[-1][0],))
        return len(keys)

    def _buried(self, con: sqlite3.Connection, of: Arrival | Pending, dead: Iterable[Dead]) -> int:
        new = 0
        for each in dead:
            if con.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (each.key.hex(), of.received_at // DAY)).rowcount:
                con.execute(
                    "INSERT INTO dead (received_at, source, form, message_id, code, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (of.received_at, of.source, each.form, each.message_id, each.code, each.reason, each.body),
                )
                new += 1
        return new

    def _counted(self, con: sqlite3.Connection, counts: Counts) -> str:
        """The counts as JSON, those of names that are counted together as one."""
        rows_: dict[tuple[int, str, str], tuple[int, int, int]] = {}
        for minute, source, name, *figures in counts.rows():
            of = (minute, source, name if self._told_apart(con, minute, source, name) else OTHERS)
            met = rows_.get(of, (0, 0, 0))
            rows_[of] = (met[0] + figures[0], met[1] + figures[1], met[2] + figures[2])
        return orjson.dumps([[*of, *figures] for of, figures in rows_.items()]).decode()

    def _told_apart(self, con: sqlite3.Connection, minute: int, source: str, name: str) -> bool:
        """Whether a name is counted by itself: those that a minute has, and new ones while they are not too many."""
        if minute not in self._names:
            self._names = {minute: set(con.execute("SELECT source, name FROM counted WHERE minute = ?", (minute,)))}
        names = self._names[minute]
        if (source, name) not in names and len(names) < MOST_NAMES:
            names.add((source, name))
        return (source, name) in names

    def pending(self, after: int = 0, *, events: int = 1_000_000_000, size: int = 1_000_000_000) -> list[Pending]:
        """See `kept.Inbox.pending`."""
        found: list[Pending] = []
        with self._transaction("read", reading=True) as con:
            for row in con.execute("SELECT seq, received_at, source, form, events, body FROM inbox WHERE seq > ? ORDER BY seq", (after,)):
                found.append(Pending(*row))
                events -= row[4]
                size -= len(row[5])
                if events <= 0 or size <= 0:
                    break
        return found

    def forget(self, until: int, lease: Lease | None = None, dead: Iterable[tuple[int, Dead]] = ()) -> None:
        """See `kept.Inbox.forget`."""
        with self._transaction() as con:
            if lease is not None and con.execute("SELECT token FROM lease WHERE job = ?", (lease.job,)).fetchone() != (lease.token,):
                raise LeaseError(f"{lease.job} is done by another process now; nothing was changed")
            counts = Counts()
            for seq, each in dead:
                row = con.execute("SELECT seq, received_at, source, form, events, body FROM inbox WHERE seq = ?", (seq,)).fetchone()
                if row:
                    of = Pending(*row)
                    counts.of[of.received_at // MINUTE, of.source, OTHERS, 2] += self._buried(con, of, [each])
            con.execute(COUNT, (self._counted(con, counts),))
            con.execute("DELETE FROM inbox WHERE seq <= ?", (until,))
        self._tidied()

    def _tidied(self) -> None:
        """Bring the log home, so that no commit of the door has to; it takes nothing from those who write meanwhile."""
        with self._lock, suppress(sqlite3.Error):
            self._opened().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def last(self) -> int:
        """See `kept.Inbox.last`."""
        with self._transaction("read", reading=True) as con:
            [(last,)] = con.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'inbox'")
        return int(last)

    def beyond(self, number: int) -> None:
        """See `kept.Inbox.beyond`."""
        with self._transaction() as con:
            if con.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'inbox'", (number,)).rowcount == 0:
                con.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('inbox', ?)", (number,))

    def letters(self, *, most: int = 100, before: int | None = None, only: Iterable[int] | None = None) -> list[Letter]:
        """See `kept.Inbox.letters`."""
        wanted = "" if only is None else f" AND id IN ({', '.join(str(int(number)) for number in only)})"
        with self._transaction("read", reading=True) as con:
            found = con.execute(f"SELECT id, received_at, source, form, message_id, code, reason, body FROM dead WHERE id < ?{wanted} ORDER BY id DESC LIMIT ?", (before or 1 << 62, most)).fetchall()
        return [Letter(*row) for row in found]

    def discard(self, letters: Iterable[int]) -> int:
        """See `kept.Inbox.discard`."""
        with self._transaction() as con:
            return sum(con.execute("DELETE FROM dead WHERE id = ?", (number,)).rowcount for number in letters)

    def expired(self, before: int) -> int:
        """See `kept.Inbox.expired`."""
        with self._transaction() as con:
            return con.execute("DELETE FROM dead WHERE received_at < ?", (before,)).rowcount

    def counted(self, since: int) -> list[Counted]:
        """See `kept.Inbox.counted`."""
        with self._transaction("read", reading=True) as con:
            return [Counted(minute * MINUTE, *rest) for minute, *rest in con.execute("SELECT * FROM counted WHERE minute >= ? ORDER BY minute, source, name", (since // MINUTE,))]

    def standing(self) -> Standing:
        """See `kept.Inbox.standing`."""
        with self._transaction("read", reading=True) as con:
            # The bodies are not looked at: they would be read from the disk.
            [(requests, events, oldest, newest)] = con.execute("SELECT count(*), coalesce(sum(events), 0), min(received_at), max(received_at) FROM inbox")
            [(dead,)] = con.execute("SELECT count(*) FROM dead")
        return Standing(requests, events, oldest, newest, dead)

    def leased(self, job: str, holder: str, seconds: float, now: float) -> Lease | None:
        """See `kept.Inbox.leased`."""
        with self._transaction() as con:
            row = con.execute("SELECT holder, token, until FROM lease WHERE job = ?", (job,)).fetchone()
            if row is not None and row[0] != holder and row[2] > now:
                return None
            token = 1 if row is None else row[1] if row[0] == holder else row[1] + 1
            con.execute("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)", (job, holder, token, now + seconds))
        return Lease(job, holder, token)

    def released(self, lease: Lease) -> None:
        """See `kept.Inbox.released`."""
        with self._transaction() as con:
            con.execute("UPDATE lease SET until = 0 WHERE job = ? AND token = ? AND holder = ?", (lease.job, lease.token, lease.holder))

    def leases(self) -> dict[str, tuple[str, float]]:
        """See `kept.Inbox.leases`."""
        with self._transaction("read", reading=True) as con:
            return {job: (holder, until) for job, holder, until in con.execute("SELECT job, holder, until FROM lease ORDER BY job")}

    def tell(self, name: str, value: Any) -> None:
        """See `kept.Inbox.tell`."""
        with self._transaction() as con:
            con.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (name, json.dumps(value)))

    def told(self) -> dict[str, Any]:
        """See `kept.Inbox.told`."""
        with self._transaction("read", reading=True) as con:
            return spoken(dict(con.execute("SELECT name, value FROM told")))

    def aged(self, now: int) -> int:
        """See `kept.Inbox.aged`."""
        gone = 0
        self.ordered()
        # In slices, so that no arrival waits long. Keys are hexadecimal: `g` lies beyond the last.
        bounds = [*(f"{first:02x}" for first in range(256)), "g"]
        for low, high in pairwise(bounds):
            with self._transaction() as con:
                gone += con.execute("DELETE FROM seen WHERE key >= ? AND key < ? AND day < ?", (low, high, now // DAY - REMEMBERED)).rowcount
        with self._transaction() as con:
            con.execute("DELETE FROM counted WHERE minute < ?", ((now - 2 * DAY) // MINUTE,))
        return gone

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._ids, self._names = Ids(self.file), {}
            if self._con is not None:
                con, self._con = self._con, None
                with suppress(sqlite3.Error):
                    con.close()

