"""Which ids an SQLite inbox knows: in memory what came lately, behind a sieve what was put in order.

Where keys are in order, each has a place of its own, and a hundred new ones would change a hundred pages. So a commit adds
its keys as one row, and they are kept in memory; the worker puts them in order later.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
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
"""More of them after which that is tried again; and as many are let go together."""
MANY = 20_000
"""Ids after which a process is one that takes many: it keeps a sieve, and looks up those alone that do not pass it."""
LENGTH = 16
"""Bytes of a key."""


@dataclass
class Lot:
    """Recent keys that are let go together.

    Attributes:
        keys: the keys.
        last: the last row of recent keys among them.
    """

    keys: set[bytes] = field(default_factory=set)
    last: int = 0


class Ids:
    """What one process knows of the ids in a database.

    Args:
        file: the database.

    Attributes:
        known_to: the row of recent keys up to which they are in memory.
        held: how many are.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.known_to = self._day = self._taken = self.held = 0
        # The oldest first; none is looked through to be let go.
        self._lots = [Lot()]
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
        # Those that the sieve lets pass are not among the recent ones either.
        before.update(each for each in looked if any(each in lot.keys for lot in self._lots))
        if len(new) == len(keys) and not before:
            return keys, [()] * len(arrivals)
        fresh: dict[bytes, None] = {}
        known = []
        for arrival in arrivals:
            twice = []
            for position, each in enumerate(arrival.keys):
                if each in fresh or each in before:
                    twice.append(position)
                else:
                    fresh[each] = None
            known.append(tuple(twice))
        return list(fresh), known

    def remember(self, fresh: Sequence[bytes]) -> None:
        """Take in keys that this process has added; they are on the disk."""
        if not fresh:
            return
        self.known_to += 1
        self._held(fresh, self.known_to)
        self._taken += len(fresh)
        if self._sieve is not None:
            self._sieve.add(b"".join(fresh))
        elif self._taken > MANY:
            self._taken = 0
            self._sieve = self._filled()

    def due(self, today: int) -> bool:
        """Whether `let_go` is: there are many, or a day has passed, since nothing is known for ever."""
        return self.held > self._enough or today != self._day

    def let_go(self, first: int | None, today: int) -> None:
        """Let go of the keys that are in order, lot by lot.

        Args:
            first: the first row of recent keys that is not in order yet; None where all are.
            today: days since 1970.
        """
        # With the next one the last lot is a day old at most: nothing is known for ever.
        self._lots = [lot for lot in self._lots if first is not None and lot.last >= first] + [Lot()]
        self._day, self.held = today, sum(len(lot.keys) for lot in self._lots)
        self._enough = max(HELD, self.held + MORE)

    def _held(self, keys: Sequence[bytes], last: int) -> None:
        """Put keys into the last lot, and begin another when it is full."""
        lot = self._lots[-1]
        lot.keys.update(keys)
        lot.last = last
        self.held += len(keys)
        if len(lot.keys) >= MORE:
            self._lots.append(Lot())

    def _others(self, rows: Sequence[tuple[int, bytes]], last: int) -> None:
        """Take in what others have added since, up to a number."""
        for number, keys in rows:
            self._held(apart(keys), number)
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
        for lot in self._lots:
            sieve.add(b"".join(lot.keys))

        def fill() -> None:
            # Without it every id is looked up.
            with suppress(sqlite3.Error):
                sieve.fill(self._file)

        Thread(target=fill, name="kundig-sieve", daemon=True).start()
        return sieve


def apart(keys: bytes) -> list[bytes]:
    """Keys that were joined."""
    return [keys[at : at + LENGTH] for at in range(0, len(keys), LENGTH)]
