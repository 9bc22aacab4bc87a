"""Which ids an SQLite inbox knows: in memory what came lately, behind a sieve what was put in order.

Where keys are in order, each has a place of its own, and a hundred new ones would change a hundred pages. So a commit adds
its keys as one row, and they are kept in memory; the worker puts them in order later.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from kundig.store.inbox.kept import Arrival

if TYPE_CHECKING:
    from kundig.store.inbox.sieve import Sieve

KNOWN = "SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'recent'), (SELECT group_concat(key) FROM seen WHERE key IN (SELECT value FROM json_each(?)))"
HELD = 400_000
"""Recent keys in memory, some 40 MB, from which those that were put in order meanwhile are let go."""
MORE = HELD // 8
"""More of them after which that is tried again: it reads all that are not in order yet."""
MANY = 20_000
"""Ids after which a process is one that takes many: it keeps a sieve, and looks up those alone that do not pass it."""
LENGTH = 16
"""Bytes of a key."""


class Ids:
    """What one process knows of the ids in a database.

    Args:
        file: the database.

    Attributes:
        known_to: the row of recent keys up to which they are in memory.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.known_to = self._day = self._taken = 0
        self._recent: set[bytes] = set()
        self._enough = HELD
        self._sieve: Sieve | None = None

    def told_apart(self, con: sqlite3.Connection, arrivals: Sequence[Arrival], *, alone: bool = True) -> tuple[list[bytes], list[tuple[int, ...]]]:
        """The keys that are new, and for each request the positions of those that were known, or that stand earlier.

        Args:
            con: the connection.
            arrivals: the requests.
            alone: whether others may have added keys that are to be read; else it shows when these are written.
        """
        keys = [each for arrival in arrivals for each in arrival.keys]
        if not keys:
            return [], [()] * len(arrivals)
        new = set(keys)
        looked = keys if self._sieve is None or not self._sieve.whole else [keys[position] for position in self._sieve.met(b"".join(keys))]
        if not alone and not looked and len(new) == len(keys):
            return keys, [()] * len(arrivals)
        while True:
            listed = '["' + b"".join(looked).hex('"', LENGTH).replace('"', '","') + '"]'
            [(last, found)] = con.execute(KNOWN, (listed,))
            if last == self.known_to:
                break
            # Those that were put in order before they are read here are found there the next time.
            self._others(con.execute("SELECT id, keys FROM recent WHERE id > ?", (self.known_to,)).fetchall(), last)
            looked = keys if self._sieve is None else looked
        before = {bytes.fromhex(each) for each in found.split(",")} if found else set()
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

    def remember(self, fresh: Sequence[bytes]) -> None:
        """Take in keys that this process has added; they are on the disk."""
        if not fresh:
            return
        self._recent.update(fresh)
        self.known_to += 1
        self._taken += len(fresh)
        if self._sieve is not None:
            self._sieve.add(b"".join(fresh))
        elif self._taken > MANY:
            self._taken = 0
            self._sieve = self._filled()

    def due(self, today: int) -> bool:
        """Whether `let_go` is: there are many, or a day has passed, since nothing is known for ever."""
        return len(self._recent) > self._enough or today != self._day

    def let_go(self, rows: Sequence[tuple[int, bytes]], today: int) -> None:
        """Keep in memory what is not in order yet, and nothing else.

        Args:
            rows: all recent keys.
            today: days since 1970.
        """
        if rows:
            self._others([row for row in rows if row[0] > self.known_to], max(rows[-1][0], self.known_to))
        self._recent, self._day = {each for _, keys in rows for each in apart(keys)}, today
        self._enough = max(HELD, len(self._recent) + MORE)

    def _others(self, rows: Sequence[tuple[int, bytes]], last: int) -> None:
        """Take in what others have added since, up to a number."""
        for _, keys in rows:
            self._recent.update(apart(keys))
        if self._sieve is not None:
            if sum(number <= last for number, _ in rows) < last - self.known_to:
                # Some were put in order before they were seen here.
                self._sieve = None
            elif rows:
                self._sieve.add(b"".join(keys for _, keys in rows))
        self.known_to = last

    def _filled(self) -> Sieve:
        """A sieve for what comes from now on, while those of before are put into it beside."""
        from kundig.store.inbox.sieve import Sieve  # noqa: PLC0415 -- for whoever takes many

        sieve = Sieve()
        sieve.add(b"".join(self._recent))

        def fill() -> None:
            # Without it every id is looked up.
            with suppress(sqlite3.Error):
                sieve.fill(self._file)

        Thread(target=fill, name="kundig-sieve", daemon=True).start()
        return sieve


def apart(keys: bytes) -> list[bytes]:
    """Keys that were joined."""
    return [keys[at : at + LENGTH] for at in range(0, len(keys), LENGTH)]
