"""The events of one customer as a page tells them: days, statements, kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from kundig.web import words
from kundig.web.asking import desk

MOST_DAYS = 120
COMPANY = frozenset({"message_out", "letter"})
"""What the company says; not the customer's words."""


@dataclass(frozen=True)
class Group:
    """Events of one day that are told together: many of one kind are one line."""

    event: Mapping[str, Any]
    count: int
    kind: str
    outcome: str


@dataclass(frozen=True)
class Day:
    """A day of a customer."""

    day: date
    groups: tuple[Group, ...]


def days(events: Sequence[Mapping[str, Any]]) -> list[Day]:
    """Events by day on the company's clock, the newest first."""
    zone = ZoneInfo(desk().workspace.zone)
    found = []
    for day, those in groupby(events, key=lambda event: event["occurred_at"].astimezone(zone).date()):
        groups = [_group(list(alike)) for _, alike in groupby(those, key=lambda event: (event["kind"], event["touchpoint"], event["text"], event["score"], event["case_id"], event["outcome"]))]
        found.append(Day(day, tuple(groups)))
        if len(found) == MOST_DAYS:
            break
    return found


def statements(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What the customer wrote, the newest first."""
    return [event for event in events if event["text"] and event["kind"] not in COMPANY][:6]


def kinds_of(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The kinds that occur, with their words."""
    return sorted(((name, words.kind(name)) for name in {event["kind"] for event in events}), key=lambda pair: pair[1].casefold())


def _group(events: list[Mapping[str, Any]]) -> Group:
    first = events[0]
    return Group(first, len(events), words.kind(first["kind"]), words.outcome(first["outcome"]) if first["outcome"] else "")
