"""Which ids have surely not come before, without looking them up: a Bloom filter of one bit for each."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import numpy as np

BITS = 1 << 26
"""8 MB, which is near the processor. Of a million ids, one in seventy new ones is looked up nonetheless; of thirty million, one in three."""
LENGTH = 16
"""Bytes of an id. It is a hash, so that its first bytes are as good as any."""
CHUNK = 50_000
FEW = 24
"""Ids that are sooner looked at one by one than as arrays."""


class Sieve:
    """A set that forgets nothing and may take a new id for a known one, never the other way round."""

    def __init__(self) -> None:
        self._bytes = bytearray(BITS // 8)
        self._bits = np.frombuffer(self._bytes, np.uint8)
        self.whole = False
        """Whether all ids of before are in it."""

    def add(self, keys: bytes) -> None:
        """Put joined ids in."""
        if len(keys) <= FEW * LENGTH:
            for first in _firsts(keys):
                self._bytes[first >> 3] |= 1 << (first & 7)
            return
        places, bits = _places(keys)
        # Of two ids with one place, one is put in at a time.
        while len(places):
            self._bits[places] |= bits
            missing = self._bits[places] & bits == 0
            places, bits = places[missing], bits[missing]

    def met(self, keys: bytes) -> list[int]:
        """The positions of joined ids that may be known.

        >>> sieve = Sieve()
        >>> sieve.add(b"a" * 16 + b"b" * 16)
        >>> sieve.met(b"c" * 16 + b"b" * 16)
        [1]
        """
        if len(keys) <= FEW * LENGTH:
            return [position for position, first in enumerate(_firsts(keys)) if self._bytes[first >> 3] >> (first & 7) & 1]
        places, bits = _places(keys)
        found: list[int] = np.flatnonzero(self._bits[places] & bits).tolist()
        return found

    def fill(self, file: Path) -> None:
        """Put in all ids that are in order, a few at a time: requests go on meanwhile."""
        last = ""
        with closing(sqlite3.connect(file, timeout=30)) as con:
            while True:
                [(joined, until)] = con.execute("SELECT group_concat(key, ''), max(key) FROM (SELECT key FROM seen WHERE key > ? ORDER BY key LIMIT ?)", (last, CHUNK))
                if not joined:
                    break
                self.add(bytes.fromhex(joined))
                last = until
        self.whole = True


def _firsts(keys: bytes) -> list[int]:
    """The bit of each of few ids."""
    return [first & (BITS - 1) for first in struct.unpack(f"<{len(keys) // LENGTH * (LENGTH // 4)}I", keys)[:: LENGTH // 4]]


def _places(keys: bytes) -> tuple[np.ndarray, np.ndarray]:
    first = np.frombuffer(keys, "<u4")[:: LENGTH // 4] & np.uint32(BITS - 1)
    return first >> np.uint32(3), np.left_shift(np.uint8(1), (first & np.uint32(7)).astype(np.uint8))
