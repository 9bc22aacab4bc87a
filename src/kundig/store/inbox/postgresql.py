"""The inbox in PostgreSQL: tables beside the state's, in a schema of their own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from kundig.store.inbox.kept import DAY, MINUTE, MOST_NAMES, OTHERS, REMEMBERED, Arrival, Counted, Counts, Dead, InboxError, Lease, LeaseError, Letter, Pending, Standing, rows

ORDER = 7_301_946_022
"""The advisory lock under which requests are numbered: numbers become visible in their order, so that no reader passes one by."""
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS kundig_live;
CREATE TABLE IF NOT EXISTS kundig_live.meta (name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE IF NOT EXISTS kundig_live.inbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at bigint NOT NULL, source text NOT NULL, form text NOT NULL, events bigint NOT NULL, body bytea NOT NULL);
CREATE TABLE IF NOT EXISTS kundig_live.seen (key bytea PRIMARY KEY, day bigint NOT NULL);
CREATE TABLE IF NOT EXISTS kundig_live.dead (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at bigint NOT NULL, source text NOT NULL, form text NOT NULL, message_id text NOT NULL, code text NOT NULL, reason text NOT NULL, body bytea NOT NULL);
CREATE TABLE IF NOT EXISTS kundig_live.counted (minute bigint, source text, name text, accepted bigint, duplicates bigint, rejected bigint, PRIMARY KEY (minute, source, name));
CREATE TABLE IF NOT EXISTS kundig_live.lease (job text PRIMARY KEY, holder text NOT NULL, token bigint NOT NULL, until double precision NOT NULL);
CREATE TABLE IF NOT EXISTS kundig_live.told (name text PRIMARY KEY, value jsonb NOT NULL);
"""


class PostgresInbox:
    """See `kept.Inbox`; made by `opened`."""

    def __init__(self, url: str, known: dict[str, bytes]) -> None:
        self._url = url
        self._lock = RLock()
        self._con: psycopg.Connection[Any] | None = None
        self.identity, self.secret = known["identity"].hex(), known["secret"]

    @classmethod
    def opened(cls, url: str, *, make: bool) -> PostgresInbox | None:
        """The inbox in a database; None where there is none and none is to be made.

        Raises:
            InboxError: the database cannot be reached.
        """
        try:
            with psycopg.connect(url) as con:
                if make:
                    con.execute("SELECT pg_advisory_xact_lock(%s)", (ORDER,))
                    con.execute(SCHEMA)
                    for name in ("identity", "secret"):
                        con.execute("INSERT INTO kundig_live.meta VALUES (%s, %s) ON CONFLICT DO NOTHING", (name, secrets.token_bytes(16)))
                elif con.execute("SELECT to_regclass('kundig_live.meta')").fetchone() == (None,):
                    return None
                return cls(url, {name: bytes(value) for name, value in con.execute("SELECT name, value FROM kundig_live.meta")})
        except psycopg.Error as error:
            raise InboxError(f"the inbox in PostgreSQL cannot be opened: {str(error).splitlines()[0]}") from error

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[Any]]:
        """A transaction; after an error the database is connected to anew."""
        with self._lock:
            try:
                if self._con is None:
                    self._con = psycopg.connect(self._url)
                    self._con.execute("SET synchronous_commit = on; SET search_path = kundig_live")
                    self._con.commit()
                with self._con.transaction():
                    yield self._con
            except psycopg.Error as error:
                self.close()
                raise InboxError(f"the inbox in PostgreSQL cannot be written or read: {str(error).splitlines()[0]}") from error

    def add(self, arrivals: Sequence[Arrival], *, instead: Iterable[int] = ()) -> list[tuple[int, ...]]:
        """See `kept.Inbox.add`."""
        known: list[tuple[int, ...]] = []
        counts = Counts()
        with self._transaction() as con:
            con.execute("SELECT pg_advisory_xact_lock(%s)", (ORDER,))
            con.execute("DELETE FROM dead WHERE id = ANY(%s)", (list(instead),))
            for arrival in arrivals:
                twice = self._twice(con, arrival.keys, arrival.received_at // DAY)
                counts.add(arrival, twice, self._buried(con, arrival, arrival.dead))
                known.append(twice)
            for received, source, form, events, body in rows(arrivals, known):
                con.execute("INSERT INTO inbox (received_at, source, form, events, body) VALUES (%s, %s, %s, %s, %s)", (received, _clean(source), form, events, body))
            self._count(con, counts)
        return known

    @staticmethod
    def _twice(con: psycopg.Connection[Any], keys: Sequence[bytes], day: int) -> tuple[int, ...]:
        """The positions of keys that were known, or that stand earlier in the same request."""
        if not keys:
            return ()
        rows = con.execute("INSERT INTO seen SELECT DISTINCT unnest(%s::bytea[]), %s ON CONFLICT DO NOTHING RETURNING key", (list(keys), day)).fetchall()
        fresh = {bytes(key) for (key,) in rows}
        twice = []
        for position, key in enumerate(keys):
            if key in fresh:
                fresh.discard(key)
            else:
                twice.append(position)
        return tuple(twice)

    def _buried(self, con: psycopg.Connection[Any], of: Arrival | Pending, dead: Iterable[Dead]) -> int:
        new = 0
        for each in dead:
            if con.execute("INSERT INTO seen VALUES (%s, %s) ON CONFLICT DO NOTHING", (each.key, of.received_at // DAY)).rowcount:
                con.execute(
                    "INSERT INTO dead (received_at, source, form, message_id, code, reason, body) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    (of.received_at, _clean(of.source), each.form, _clean(each.message_id), each.code, _clean(each.reason), each.body),
                )
                new += 1
        return new

    @staticmethod
    def _count(con: psycopg.Connection[Any], counts: Counts) -> None:
        full: dict[int, bool] = {}
        for minute, source, called, *figures in counts.rows():
            if minute not in full:
                [(names,)] = con.execute("SELECT count(*) FROM (SELECT 1 FROM counted WHERE minute = %s LIMIT %s) n", (minute, MOST_NAMES)).fetchall()
                full[minute] = names >= MOST_NAMES
            name = _clean(called)
            if full[minute] and not con.execute("SELECT 1 FROM counted WHERE minute = %s AND source = %s AND name = %s", (minute, _clean(source), name)).fetchone():
                name = OTHERS
            con.execute(
                "INSERT INTO counted AS c VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (minute, source, name) DO UPDATE "
                "SET accepted = c.accepted + excluded.accepted, duplicates = c.duplicates + excluded.duplicates, rejected = c.rejected + excluded.rejected",
                (minute, _clean(source), name, *figures),
            )

    def pending(self, after: int = 0, *, events: int = 1_000_000_000, size: int = 1_000_000_000) -> list[Pending]:
        """See `kept.Inbox.pending`."""
        found: list[Pending] = []
        with self._transaction() as con, con.cursor(name="pending") as cursor:
            cursor.execute("SELECT seq, received_at, source, form, events, body FROM inbox WHERE seq > %s ORDER BY seq", (after,))
            for row in cursor:
                found.append(Pending(row[0], row[1], row[2], row[3], row[4], bytes(row[5])))
                events -= row[4]
                size -= len(row[5])
                if events <= 0 or size <= 0:
                    break
        return found

    def forget(self, until: int, lease: Lease | None = None, dead: Iterable[tuple[int, Dead]] = ()) -> None:
        """See `kept.Inbox.forget`."""
        with self._transaction() as con:
            if lease is not None and con.execute("SELECT token FROM lease WHERE job = %s FOR UPDATE", (lease.job,)).fetchone() != (lease.token,):
                raise LeaseError(f"{lease.job} is done by another process now; nothing was changed")
            counts = Counts()
            for seq, each in dead:
                row = con.execute("SELECT seq, received_at, source, form, events, body FROM inbox WHERE seq = %s", (seq,)).fetchone()
                if row:
                    of = Pending(row[0], row[1], row[2], row[3], row[4], bytes(row[5]))
                    counts.of[of.received_at // MINUTE, of.source, OTHERS, 2] += self._buried(con, of, [each])
            self._count(con, counts)
            con.execute("DELETE FROM inbox WHERE seq <= %s", (until,))

    def last(self) -> int:
        """See `kept.Inbox.last`."""
        with self._transaction() as con:
            [(last,)] = con.execute("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('kundig_live.inbox', 'seq')::regclass), 0)").fetchall()
        return int(last)

    def beyond(self, number: int) -> None:
        """See `kept.Inbox.beyond`."""
        with self._transaction() as con:
            con.execute("SELECT pg_advisory_xact_lock(%s)", (ORDER,))
            con.execute("SELECT setval(s, %s) FROM (SELECT pg_get_serial_sequence('kundig_live.inbox', 'seq')::regclass AS s) q WHERE coalesce(pg_sequence_last_value(s), 0) < %s", (number, number))

    def letters(self, *, most: int = 100, before: int | None = None, only: Iterable[int] | None = None) -> list[Letter]:
        """See `kept.Inbox.letters`."""
        with self._transaction() as con:
            rows = con.execute(
                "SELECT id, received_at, source, form, message_id, code, reason, body FROM dead WHERE id < %s AND (%s::bigint[] IS NULL OR id = ANY(%s)) ORDER BY id DESC LIMIT %s",
                (before or 1 << 62, *([None if only is None else list(only)] * 2), most),
            ).fetchall()
        return [Letter(row[0], row[1], row[2], row[3], row[4], row[5], row[6], bytes(row[7])) for row in rows]

    def discard(self, letters: Iterable[int]) -> int:
        """See `kept.Inbox.discard`."""
        with self._transaction() as con:
            return con.execute("DELETE FROM dead WHERE id = ANY(%s)", (list(letters),)).rowcount

    def expired(self, before: int) -> int:
        """See `kept.Inbox.expired`."""
        with self._transaction() as con:
            return con.execute("DELETE FROM dead WHERE received_at < %s", (before,)).rowcount

    def counted(self, since: int) -> list[Counted]:
        """See `kept.Inbox.counted`."""
        with self._transaction() as con:
            rows = con.execute("SELECT * FROM counted WHERE minute >= %s ORDER BY minute, source, name", (since // MINUTE,)).fetchall()
        return [Counted(minute * MINUTE, *rest) for minute, *rest in rows]

    def standing(self) -> Standing:
        """See `kept.Inbox.standing`."""
        with self._transaction() as con:
            [row] = con.execute("SELECT count(*), coalesce(sum(events), 0)::bigint, min(received_at), max(received_at), (SELECT count(*) FROM dead) FROM inbox").fetchall()
        return Standing(*row)

    def leased(self, job: str, holder: str, seconds: float, now: float) -> Lease | None:
        """See `kept.Inbox.leased`."""
        with self._transaction() as con:
            row = con.execute(
                "INSERT INTO lease AS l VALUES (%s, %s, 1, %s) ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until, "
                "token = CASE WHEN l.holder = excluded.holder THEN l.token ELSE l.token + 1 END WHERE l.holder = excluded.holder OR l.until <= %s RETURNING token",
                (job, holder, now + seconds, now),
            ).fetchone()
        return Lease(job, holder, row[0]) if row else None

    def released(self, lease: Lease) -> None:
        """See `kept.Inbox.released`."""
        with self._transaction() as con:
            con.execute("UPDATE lease SET until = 0 WHERE job = %s AND token = %s AND holder = %s", (lease.job, lease.token, lease.holder))

    def leases(self) -> dict[str, tuple[str, float]]:
        """See `kept.Inbox.leases`."""
        with self._transaction() as con:
            return {job: (holder, until) for job, holder, until in con.execute("SELECT job, holder, until FROM lease ORDER BY job")}

    def tell(self, name: str, value: Any) -> None:
        """See `kept.Inbox.tell`."""
        with self._transaction() as con:
            con.execute("INSERT INTO told VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, Jsonb(value)))

    def told(self) -> dict[str, Any]:
        """See `kept.Inbox.told`."""
        with self._transaction() as con:
            return dict(con.execute("SELECT name, value FROM told").fetchall())

    def ordered(self, least: int = 1) -> int:
        """See `kept.Inbox.ordered`: here they are from the start."""
        del least
        return 0

    def aged(self, now: int) -> int:
        """See `kept.Inbox.aged`."""
        with self._transaction() as con:
            gone = con.execute("DELETE FROM seen WHERE day < %s", (now // DAY - REMEMBERED,)).rowcount
            con.execute("DELETE FROM counted WHERE minute < %s", ((now - 2 * DAY) // MINUTE,))
        return gone

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._con is not None:
                con, self._con = self._con, None
                with suppress(psycopg.Error):
                    con.close()


def _clean(text: str) -> str:
    """PostgreSQL's texts hold no NUL."""
    return text.replace("\x00", "\ufffd")
