"""The events of one customer as a page tells them: days, statements, kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from kundig.web import words
from kundig.web.desk import desk

MOST_DAYS = 120
MEASURED = frozenset({"usage", "visit"})
"""What is only measured, and happens all the time."""
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
    since: date | None = None
    """The first of several days on which nothing but measured use happened; they are told as one."""


def days(events: Sequence[Mapping[str, Any]]) -> list[Day]:
    """Events by day on the company's clock, the newest first."""
    zone = ZoneInfo(desk().workspace.zone)
    found: list[Day] = []
    for day, those in groupby(events, key=lambda event: event["occurred_at"].astimezone(zone).date()):
        groups = [_group(list(alike)) for _, alike in groupby(those, key=lambda event: (event["kind"], event["touchpoint"], event["text"], event["score"], event["case_id"], event["outcome"]))]
        if found and _quiet(groups) and _quiet(found[-1].groups):
            found[-1] = Day(found[-1].day, _merged(found[-1].groups, groups), day)
        else:
            found.append(Day(day, tuple(groups)))
        if len(found) == MOST_DAYS:
            break
    return found


def _quiet(groups: Sequence[Group]) -> bool:
    return all(group.event["kind"] in MEASURED for group in groups)


def _merged(first: Sequence[Group], second: Sequence[Group]) -> tuple[Group, ...]:
    """The same kinds at the same touchpoints, counted together."""
    merged: dict[tuple[Any, Any], Group] = {}
    for group in (*first, *second):
        key = (group.event["kind"], group.event["touchpoint"])
        merged[key] = replace(merged[key], count=merged[key].count + group.count) if key in merged else group
    return tuple(merged.values())


def statements(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What the customer wrote, the newest first."""
    return [event for event in events if event["text"] and event["kind"] not in COMPANY][:6]


def kinds_of(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The kinds that occur, with their words."""
    return sorted(((name, words.kind(name)) for name in {event["kind"] for event in events}), key=lambda pair: pair[1].casefold())


def _group(events: list[Mapping[str, Any]]) -> Group:
    first = events[0]
    return Group(first, len(events), words.kind(first["kind"]), words.outcome(first["outcome"]) if first["outcome"] else "")
