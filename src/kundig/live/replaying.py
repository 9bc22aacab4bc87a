"""Dead letters sent again: with the rules and mappings as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from kundig.live.door.refusals import UnreadableError
from kundig.live.door.segment import MOST_EVENTS, Checked, checked, parsed
from kundig.store.inbox.kept import Arrival, Inbox, Letter, key

LATE = frozenset({"mapping", "unmapped", "untranslatable", "no_webhook"})
"""Reasons that were found after an event had been taken: its id is known, and must not keep it out now."""


@dataclass(frozen=True)
class Replayed:
    """What became of dead letters: how many there were, events that wait for the lake now, events that were known, and letters that are dead again."""

    letters: int
    accepted: int
    duplicates: int
    rejected: int


def replayed(inbox: Inbox, letters: Iterable[Letter]) -> Replayed:
    """Take dead letters as if they came again at the time at which they came.

    Raises:
        InboxError: they cannot be kept; all are as they were.
    """
    count = accepted = duplicates = rejected = 0
    for letter in letters:
        arrivals = [_apart(found.arrival, letter, inbox.secret, position) for position, found in enumerate(_again(letter, inbox.secret))]
        known = inbox.add(arrivals, instead=[letter.id])
        count += 1
        duplicates += sum(len(each) for each in known)
        accepted += sum(len(each.items) for each in arrivals) - sum(len(each) for each in known)
        rejected += sum(len(each.dead) for each in arrivals)
    return Replayed(count, accepted, duplicates, rejected)


def _apart(arrival: Arrival, letter: Letter, secret: bytes, position: int) -> Arrival:
    """What is dead again is another letter; what was taken once is let in."""
    dead = tuple(replace(each, key=key(secret, f"replay {letter.id} {position} {index}")) for index, each in enumerate(arrival.dead))
    if letter.code not in LATE:
        return replace(arrival, dead=dead)
    return replace(arrival, dead=dead, keys=[key(secret, f"replay {letter.id} {position} item {index}") for index in range(len(arrival.items))])


def _again(letter: Letter, secret: bytes) -> Iterator[Checked]:
    if letter.form.startswith("webhook:"):
        name = str(orjson.loads(letter.body).get("id", letter.form))
        arrival = Arrival(letter.received_at, letter.source, letter.form, [letter.body], [key(secret, f"webhook {letter.form} {name}")], [letter.form])
        yield Checked(arrival, (0,), (), 1)
        return
    call = letter.form.removeprefix("segment:")
    for value in _parts(letter, call):
        yield checked(value, call, source=letter.source, received=letter.received_at, secret=secret)


def _parts(letter: Letter, call: str) -> Iterator[dict[str, Any]]:
    """The request, in pieces that are not too many."""
    try:
        value = parsed(letter.body)
    except UnreadableError:
        # It was kept as a text that said what could be said of it.
        value = {"unreadable": letter.body.decode("utf-8", "replace")}
    batch = value.get("batch")
    if call != "batch" or not isinstance(batch, list) or len(batch) <= MOST_EVENTS:
        yield value
        return
    for first in range(0, len(batch), MOST_EVENTS):
        yield {**value, "batch": batch[first : first + MOST_EVENTS]}
