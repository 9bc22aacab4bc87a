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

from kundig.store.inbox.kept import DAY, MINUTE, MOST_NAMES, OTHERS, REMEMBERED, Arrival, Counted, Counts, Dead, InboxError, Lease, LeaseError, Letter, Pending, Standing, spoken

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
TOGETHER = 100
"""Rows in one statement."""
PAGE = 16 * 1024
"""Bytes of a page."""
CHECKPOINT = 4_000
"""Pages in the log from which a commit also tidies it up, where the worker has not."""
HELD = 400_000
"""Recent keys in memory, some 40 MB, from which those that were put in order meanwhile are let go."""
MORE = HELD // 8
"""More of them after which that is tried again: it reads all that are not in order yet."""
MOST_HELD = 2 * HELD
"""Where no worker puts them in order, the next commit does before it goes on."""
LENGTH = 16
"""Bytes of a key."""
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
        self._recent: set[bytes] = set()
        self._known_to = self._day = 0
        self._enough = HELD
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
                raise InboxError(f"{self.file} cannot be {what}: {error}; check the space that is left and the right to write") from error
            except BaseException:
                # SQLite may have rolled back by itself.
                if self._con is not None and self._con.in_transaction:
                    self._con.execute("ROLLBACK")
                raise

    def add(self, arrivals: Sequence[Arrival], *, instead: Iterable[int] = ()) -> list[tuple[int, ...]]:
        """See `kept.Inbox.add`."""
        counts = Counts()
        today = max((arrival.received_at for arrival in arrivals), default=0) // DAY
        if len(self._recent) > self._enough or today != self._day:
            self._let_go(today)
        with self._transaction() as con:
            for number in instead:
                con.execute("DELETE FROM dead WHERE id = ?", (number,))
            fresh, known = self._known(con, arrivals)
            rows: list[Any] = []
            for arrival, twice in zip(arrivals, known, strict=True):
                items = arrival.items if not twice else [item for position, item in enumerate(arrival.items) if position not in set(twice)]
                if items:
                    rows += [arrival.received_at, arrival.source, arrival.form, len(items), b"[" + b",".join(items) + b"]"]
                counts.add(arrival, twice, self._buried(con, arrival, arrival.dead) if arrival.dead else 0)
            for first in range(0, len(rows), 5 * TOGETHER):
                part = rows[first : first + 5 * TOGETHER]
                con.execute(f"INSERT INTO inbox (received_at, source, form, events, body) VALUES {', '.join(['(?, ?, ?, ?, ?)'] * (len(part) // 5))}", part)
            last = con.execute("INSERT INTO recent (day, keys) VALUES (?, ?)", (today, b"".join(fresh))).lastrowid if fresh else None
            self._count(con, counts)
        # Remembered once they are on the disk.
        self._recent.update(fresh)
        self._known_to = last or self._known_to
        return known

    def _known(self, con: sqlite3.Connection, arrivals: Sequence[Arrival]) -> tuple[list[bytes], list[tuple[int, ...]]]:
        """The keys that are new, and for each request the positions of those that were known, or that stand earlier.

        Where keys are in order, each has a place of its own, and a hundred new ones would change a hundred pages. So a commit
        adds its keys as one row, and keeps them in memory; the worker puts them in order later. A statement lets go of the
        interpreter and has to get it back from whoever answers requests: few of them are what makes a commit quick.
        """
        keys = [each for arrival in arrivals for each in arrival.keys]
        if not keys:
            return [], [()] * len(arrivals)
        listed = '["' + '","'.join([each.hex() for each in keys]) + '"]'
        before: set[bytes] = set()
        # What others have added comes with the answer.
        for number, found in con.execute("SELECT 0, key FROM seen WHERE key IN (SELECT value FROM json_each(?)) UNION ALL SELECT id, keys FROM recent WHERE id > ?", (listed, self._known_to)):
            if number:
                self._recent.update(_apart(found))
                self._known_to = max(self._known_to, number)
            else:
                before.add(bytes.fromhex(found))
        new = set(keys)
        if len(new) == len(keys) and not before and new.isdisjoint(self._recent):
            return keys, [()] * len(arrivals)
        fresh: dict[bytes, None] = {}
        known = []
        for arrival in arrivals:
            twice = []
            for position, each in enumerate(arrival.keys):
                if each in fresh or each in before or each in self._recent:
                    twice.append(position)
                else:
                    fresh[each] = None
            known.append(tuple(twice))
        return list(fresh), known

    def _let_go(self, today: int) -> None:
        """Keep in memory what is not in order yet, and nothing else: once a day too, since nothing is known for ever."""
        with self._transaction("read", reading=True) as con:
            rows = con.execute("SELECT id, keys FROM recent ORDER BY id").fetchall()
        if sum(len(keys) for _, keys in rows) > LENGTH * MOST_HELD:
            self.ordered()
            rows = []
        self._recent = {each for _, keys in rows for each in _apart(keys)}
        self._known_to, self._day = rows[-1][0] if rows else self._known_to, today
        self._enough = max(HELD, len(self._recent) + MORE)

    def ordered(self, least: int = 1) -> int:
        """See `kept.Inbox.ordered`."""
        with self._transaction("read", reading=True) as con:
            rows = con.execute("SELECT id, day, keys FROM recent ORDER BY id").fetchall()
        keys = sorted((each, day) for _, day, joined in rows for each in _apart(joined))
        if len(keys) < max(least, 1):
            return 0
        # Neighbours together change few pages, and no arrival waits for more than one slice.
        for first in range(0, len(keys), SLICE):
            with self._transaction() as con:
                con.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", [(each.hex(), day) for each, day in keys[first : first + SLICE]])
        with self._transaction() as con:
            con.execute("DELETE FROM recent WHERE id <= ?", (rows[-1][0],))
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

    def _count(self, con: sqlite3.Connection, counts: Counts) -> None:
        rows = counts.rows()
        if not rows:
            return
        values: list[Any] = []
        for minute, source, name, *figures in rows:
            values += [minute, source, name if self._told_apart(con, minute, source, name) else OTHERS, *figures]
        for first in range(0, len(values), 6 * TOGETHER):
            part = values[first : first + 6 * TOGETHER]
            con.execute(
                f"INSERT INTO counted VALUES {', '.join(['(?, ?, ?, ?, ?, ?)'] * (len(part) // 6))} ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted, "
                "duplicates = duplicates + excluded.duplicates, rejected = rejected + excluded.rejected",
                part,
            )

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
            self._count(con, counts)
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
            rows = con.execute(f"SELECT id, received_at, source, form, message_id, code, reason, body FROM dead WHERE id < ?{wanted} ORDER BY id DESC LIMIT ?", (before or 1 << 62, most)).fetchall()
        return [Letter(*row) for row in rows]

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
            self._recent, self._known_to, self._names, self._enough = set(), 0, {}, HELD
            if self._con is not None:
                con, self._con = self._con, None
                with suppress(sqlite3.Error):
                    con.close()


def _apart(keys: bytes) -> list[bytes]:
    """Keys that were joined."""
    return [keys[at : at + LENGTH] for at in range(0, len(keys), LENGTH)]
