"""Who may send: write keys, looked up by their hash and remembered for a moment."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

FRESH = 2.0
"""Seconds for which the list of keys is used; within them a revoked key stops."""
SHORT = 256
"""Bytes of a header that is remembered with what it says: longer ones are nobody's."""


@dataclass(frozen=True)
class Sender:
    """What a write key stands for: a silo, and how many events a second it may send."""

    source: str
    rate: float


class Bucket:
    """Events that a key may send: `rate` a second, and after a pause as many as two seconds give."""

    def __init__(self, rate: float, now: float) -> None:
        self.rate, self.left, self.at = rate, 2 * rate, now

    def taken(self, events: int, now: float) -> float:
        """Take events out; 0 if there are enough, else seconds until there will be."""
        self.left = min(2 * self.rate, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left <= 0:
            return (1 - self.left) / self.rate
        # A batch may go below nothing, and is waited for by the next.
        self.left -= events
        return 0.0


class Keys:
    """The senders of a workspace.

    Args:
        listed: gives all valid keys, by SHA-256; asked again when what it gave is old. It may block: it is asked off the loop.
        clock: seconds that only grow.
    """

    def __init__(self, listed: Callable[[], Mapping[str, Sender]], clock: Callable[[], float]) -> None:
        self._listed, self._clock = listed, clock
        self._senders: Mapping[str, Sender] = {}
        self._known: dict[str, Sender | None] = {}
        self._buckets: dict[str, Bucket] = {}
        self._at = -FRESH

    @property
    def stale(self) -> bool:
        """Whether `refresh` is due."""
        return self._clock() - self._at >= FRESH

    def refresh(self) -> None:
        """Look the keys up again."""
        self._senders = self._listed()
        self._known = {}
        self._at = self._clock()

    def sender(self, given: str) -> Sender | None:
        """Whose key it is; None if nobody's."""
        if given in self._known:
            return self._known[given]
        found = self._senders.get(hashed(given))
        # Guesses take no memory.
        if found is not None:
            self._known[given] = found
        return found

    def wait(self, given: str, sender: Sender, events: int) -> float:
        """Seconds after which the key may send so many events; 0 for now."""
        now = self._clock()
        bucket = self._buckets.get(given)
        if bucket is None or bucket.rate != sender.rate:
            bucket = self._buckets[given] = Bucket(sender.rate, now)
        return bucket.taken(events, now)


def hashed(given: str) -> str:
    """A key as it is stored. It holds so much chance that a slow hash would add nothing."""
    return sha256(given.encode("utf-8", "surrogatepass")).hexdigest()


def given(header: bytes | None, body: Mapping[str, Any] | None) -> str | None:
    """The write key of a request: the user name of Basic authentication, else `writeKey` in the body or its first event."""
    if header is not None:
        name = _remembered(header) if len(header) < SHORT else _user(header)
        if name is not None:
            return name or None
    if body is None:
        return None
    key = body.get("writeKey")
    if key is None and isinstance(body.get("batch"), list) and body["batch"] and isinstance(body["batch"][0], dict):
        key = body["batch"][0].get("writeKey")
    return key if isinstance(key, str) and key else None


def _user(header: bytes) -> str | None:
    """The user name of Basic authentication, empty where it cannot be read; None where the header is of another kind."""
    scheme, _, rest = header.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return a2b_base64(rest.strip(), strict_mode=True).partition(b":")[0].decode("utf-8")
    except (Base64Error, ValueError):
        return ""


_remembered = lru_cache(maxsize=1_000)(_user)
