"""What an inbox keeps, and what it can be asked; the same for every database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Protocol

from orjson import dumps

from kundig.errors import KundigError

DAY = 86_400_000_000
"""Microseconds."""
MINUTE = 60_000_000
REMEMBERED = 30
"""Days for which an event that arrives again is known."""
MOST_NAMES = 500
"""Names that are counted apart within a minute; what is beyond them is counted together."""
OTHERS = "…"
TOLD_APART = frozenset({"segment", "batch"})
"""Forms whose items say themselves when they came: requests of them share a row."""
LARGE = 64 << 10
"""Bytes that a row of several requests may have: to put larger ones together costs more than a row."""


class InboxError(KundigError):
    """The inbox cannot take or give anything now; what was acknowledged is safe."""


class LeaseError(KundigError):
    """Somebody else does this work now."""


@dataclass(frozen=True)
class Dead:
    """What cannot become an event, whole, and why.

    Attributes:
        key: what tells it apart from another that arrives later; see `key`.
        form: how it can be read again: `segment:track` and the like, or `webhook:NAME`.
        message_id: the sender's id, where there is one.
        code: the reason in a word, for programs.
        reason: the reason in a sentence.
        body: what was sent, as JSON where it was JSON.
    """

    key: bytes
    form: str
    message_id: str
    code: str
    reason: str
    body: bytes


@dataclass(slots=True)
class Arrival:
    """One request, checked.

    Attributes:
        received_at: microseconds since 1970.
        source: the silo that the write key stands for.
        form: `segment`, `batch`, or `webhook:NAME`: who can read the items.
        items: events as JSON, each with what the door found out about it.
        keys: what tells each apart; see `key`.
        names: what each is called, for counting.
        dead: what of the request cannot become an event.
    """

    received_at: int
    source: str
    form: str
    items: Sequence[bytes]
    keys: Sequence[bytes]
    names: Sequence[str]
    dead: Sequence[Dead] = ()

    def written(self, known: Sequence[int]) -> list[bytes]:
        """What is kept, without the events at some positions: members of a JSON list, in pieces that are to be joined."""
        items = self.items if not known else [item for position, item in enumerate(self.items) if position not in set(known)]
        return [items[0]] if len(items) == 1 else [b",".join(items)]


@dataclass(slots=True)
class Whole(Arrival):
    """A request of many events that are all as they should be: it is kept as it came, and taken apart by whoever reads it.

    Attributes:
        items: the body, alone.
        ids: the id of each event, by which it is kept: what the body says of it twice is nobody's second way in.
        later: microseconds by which the sender's clock is behind the door's.
    """

    ids: Sequence[str] = ()
    later: int = 0

    def written(self, known: Sequence[int]) -> list[bytes]:
        """One object; an event that is left out has no id in it."""
        ids: list[str | None] = list(self.ids)
        for position in known:
            ids[position] = None
        [body] = self.items
        return [b'{"came":%d,"later":%d,"ids":%b,"e":' % (self.received_at, self.later, dumps(ids)), body, b"}"]


@dataclass(frozen=True)
class Pending:
    """Events that wait for the lake, of one request or of some that came together; `body` is a JSON list, `received_at` when the first came."""

    seq: int
    received_at: int
    source: str
    form: str
    events: int
    body: bytes


@dataclass(frozen=True)
class Letter:
    """A dead letter as it is listed."""

    id: int
    received_at: int
    source: str
    form: str
    message_id: str
    code: str
    reason: str
    body: bytes


@dataclass(frozen=True)
class Lease:
    """The right to do a job until it runs out; `token` grows with every holder, so that a late one is told apart."""

    job: str
    holder: str
    token: int


@dataclass(frozen=True)
class Counted:
    """How many events of a name came from a source within a minute, and what became of them."""

    minute: int
    source: str
    name: str
    accepted: int
    duplicates: int
    rejected: int


@dataclass(frozen=True)
class Standing:
    """How the inbox stands: what waits for the lake since when, in how many rows, and how many letters are dead."""

    rows: int
    events: int
    oldest: int | None
    newest: int | None
    dead: int


class Inbox(Protocol):
    """The durable queue of one workspace. Every method may be called from any thread."""

    identity: str
    """A name that no other inbox has: the lake remembers under it how far it has read."""
    secret: bytes
    """What keys of events are hashed with."""

    def add(self, arrivals: Sequence[Arrival], *, instead: Iterable[int] = ()) -> list[tuple[int, ...]]:
        """Keep requests in one commit; when it returns they are on the disk.

        Args:
            arrivals: what came.
            instead: dead letters that they stand for, and that go.

        Returns:
            For each request the positions of items that were known already.

        Raises:
            InboxError: nothing was kept.
        """
        ...

    def pending(self, after: int = 0, *, events: int = 1_000_000_000, size: int = 1_000_000_000) -> list[Pending]:
        """What waits for the lake after a number, in order, up to so many events and bytes."""
        ...

    def forget(self, until: int, lease: Lease | None = None, dead: Iterable[tuple[int, Dead]] = ()) -> None:
        """Let go of what the lake holds up to a number; what turned out to be no event becomes a dead letter in the same commit.

        Raises:
            LeaseError: the lease is another's by now; nothing was changed.
        """
        ...

    def last(self) -> int:
        """The number of the request that came last; 0 where none ever came."""
        ...

    def beyond(self, number: int) -> None:
        """Number what comes from now on above `number`: the lake has read so far, so this inbox was restored from a backup."""
        ...

    def letters(self, *, most: int = 100, before: int | None = None, only: Iterable[int] | None = None) -> list[Letter]:
        """Dead letters, the newest first."""
        ...

    def discard(self, letters: Iterable[int]) -> int:
        """Throw dead letters away; how many there were."""
        ...

    def expired(self, before: int) -> int:
        """Let go of dead letters that came before a moment; how many there were."""
        ...

    def counted(self, since: int) -> list[Counted]:
        """What arrived, by minute, source and name, from a moment on."""
        ...

    def standing(self) -> Standing:
        """How it stands."""
        ...

    def leased(self, job: str, holder: str, seconds: float, now: float) -> Lease | None:
        """The right to do a job for so long, taken or prolonged; None while another has it."""
        ...

    def released(self, lease: Lease) -> None:
        """Give the right back."""
        ...

    def leases(self) -> dict[str, tuple[str, float]]:
        """Who does which job, and until when."""
        ...

    def tell(self, name: str, value: Any) -> None:
        """Leave a word for whoever looks: a JSON value under a name."""
        ...

    def told(self) -> dict[str, Any]:
        """All that was left."""
        ...

    def ordered(self, least: int = 1) -> int:
        """Put recent ids in order, beside requests and while nobody waits for it, where there are so many; how many there were."""
        ...

    def aged(self, now: int) -> int:
        """Let go of what need not be known any longer: ids after the window, counts after two days; how many ids."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


def key(secret: bytes, text: str) -> bytes:
    """What is remembered of an event's id: a keyed hash, so that ids with a meaning are not kept."""
    hashing = keyed(secret).copy()
    hashing.update(text.encode("utf-8", "surrogatepass"))
    return hashing.digest()


@lru_cache(maxsize=4)
def keyed(secret: bytes) -> blake2b:
    """The hash that `key` goes on with from a copy: to take the key in costs as much as the rest."""
    return blake2b(digest_size=16, key=secret)


Row = tuple[int, str, str, int, bytes]
"""When the first came, source, form, events, and the body."""


def rows(arrivals: Sequence[Arrival], known: Sequence[Sequence[int]]) -> list[Row]:
    """Requests as they are kept, without the events at the positions that are known; those of one sender that came together share a row.

    >>> rows([Arrival(7, "shop", "segment", [b"1", b"2"], [b"", b""], ["A", "B"]), Arrival(8, "shop", "segment", [b"3"], [b""], ["C"])], [(0,), ()])
    [(7, 'shop', 'segment', 2, b'[2,3]')]
    """
    made: list[tuple[int, str, str, list[bytes], list[int]]] = []
    latest: dict[tuple[str, str], int] = {}
    for arrival, twice in zip(arrivals, known, strict=True):
        events = len(arrival.keys) - len(twice)
        if not events:
            continue
        parts = arrival.written(twice)
        size, of = sum(map(len, parts)), (arrival.source, arrival.form)
        at = latest.get(of)
        if at is not None and arrival.form in TOLD_APART and made[at][4][1] + size <= LARGE:
            made[at][3].append(b",")
            made[at][3].extend(parts)
            made[at][4][0] += events
            made[at][4][1] += size
        else:
            latest[of] = len(made)
            made.append((arrival.received_at, *of, [b"[", *parts], [events, size]))
    return [(received, source, form, events, b"".join([*parts, b"]"])) for received, source, form, parts, (events, _) in made]


@dataclass
class Counts:
    """What one commit adds to the counts."""

    of: Counter[tuple[int, str, str, int]] = field(default_factory=Counter)

    def add(self, arrival: Arrival, known: Sequence[int], dead: int) -> None:
        """Count a request: which of its items were known, and how many dead letters are new."""
        minute, source = arrival.received_at // MINUTE, arrival.source
        for name, count in Counter(arrival.names).items() if len(arrival.names) > 1 else [(name, 1) for name in arrival.names]:
            self.of[minute, source, name, 0] += count
        for position in known:
            self.of[minute, source, arrival.names[position], 0] -= 1
            self.of[minute, source, arrival.names[position], 1] += 1
        if dead:
            self.of[minute, source, OTHERS, 2] += dead

    def rows(self) -> list[tuple[int, str, str, int, int, int]]:
        """Minute, source, name, accepted, duplicates, rejected."""
        rows: dict[tuple[int, str, str], list[int]] = {}
        for (minute, source, name, what), count in self.of.items():
            if not count:
                continue
            rows.setdefault((minute, source, name), [0, 0, 0])[what] += count
        return [(*of, *counts) for of, counts in sorted(rows.items())]  # type: ignore[misc]  # three and three are six


def spoken(values: Mapping[str, str]) -> dict[str, Any]:
    """Words that were left, read."""
    import json  # noqa: PLC0415 -- for lookers alone

    return {name: json.loads(value) for name, value in values.items()}
