"""Why a customer is in a playbook or is not, where it stands, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from kundig.playbooks.conditions.condition import MATCHES
from kundig.playbooks.enrolment import candidates, enrolled
from kundig.playbooks.found import found
from kundig.playbooks.steps import walked
from kundig.playbooks.when import When

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook

State = Literal["in", "left alone", "through", "goal", "taken back", "not again", "not who is meant", "condition not met", "nobody known"]


@dataclass(frozen=True)
class Part:
    """One condition of a playbook, and how often it came true for the customer; `last_at` is the newest time."""

    words: str
    n: int
    last_at: datetime | None


@dataclass(frozen=True)
class Entry:
    """One time that the condition came true: what became of it, what was done since, and what comes next."""

    state: State
    cause: str
    key: str | None
    at: datetime
    due_at: datetime
    ended_at: datetime | None
    done: tuple[tuple[str, str, str, datetime], ...]
    next_path: str | None
    next_at: datetime | None


@dataclass(frozen=True)
class Explanation:
    """The customer as the playbook sees it: `state` is that of the newest entry, or why there is none."""

    customer: str
    playbook: str
    state: State
    parts: tuple[Part, ...]
    entries: tuple[Entry, ...]


def explanation(playbook: Playbook, name: str, journal: Journal, customer: str, now: datetime) -> Explanation:
    """Why the customer is in or not, by what is known at the journal's moment.

    Args:
        playbook: as it is defined.
        name: of the playbook.
        journal: what is known.
        customer: whose `customer_id`.
        now: the journal's moment.
    """
    events = journal.known
    if not found(events.filter(events.customer_id == customer).limit(1), journal).num_rows:
        return Explanation(customer, name, "nobody known", (), ())
    parts = tuple(_part(condition, journal, customer) for condition in _leaves(playbook.when))
    rows = candidates(playbook, name, journal)
    rows = _of(rows, customer)
    if not rows.num_rows:
        matched = _of(found(playbook.when.matches(journal), journal), customer)
        return Explanation(customer, name, "not who is meant" if matched.num_rows else "condition not met", parts, ())
    came, walk = enrolled(playbook, name, rows, journal, now)
    kept = {row["row"]: row for row in came.to_pylist()}
    moves = walk.moves.to_pylist()
    entries = tuple(_entry(playbook, row, kept.get(row["row"]), [move for move in moves if move["row"] == row["row"]]) for row in rows.to_pylist())
    return Explanation(customer, name, entries[-1].state, parts, entries)


def _leaves(when: When) -> list[When]:
    """The conditions of which a condition is made."""
    if when.alone is not None:
        return [when]
    if when.not_ is not None:
        return _leaves(when.not_)
    return [leaf for part in when.parts for leaf in _leaves(part)]


def _part(condition: When, journal: Journal, customer: str) -> Part:
    rows = condition.matches(journal)
    came = found(rows.filter(rows.customer_id == customer).select(*MATCHES), journal).to_pylist()
    return Part(str(condition), len(came), max((row["at"] for row in came), default=None))


def _of(rows: pa.Table, customer: str) -> pa.Table:
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    return rows.filter(pc.equal(rows["customer_id"], customer))


def _entry(playbook: Playbook, row: dict[str, Any], kept: dict[str, Any] | None, moves: list[dict[str, Any]]) -> Entry:
    if kept is None:
        return Entry("not again", row["cause"], row["key"], row["at"], row["due_at"], None, (), None, None)
    state: State = "left alone" if kept["held_out"] else "in"
    if kept["ended_at"] is not None and not kept["held_out"]:
        state = "goal" if kept["ended_at"] == kept["goal_at"] else "taken back" if kept["ended_at"] == kept["taken_back_at"] else "through"
    waiting = next((move for move in moves if move["outcome"] == "waiting"), None) if state == "in" else None
    done = () if kept["held_out"] else tuple((move["path"], move["step"], move["outcome"], move["reached_at"]) for move in moves if move["outcome"] != "waiting")
    paths = [path for path, _ in walked(playbook.steps)]
    following = None if waiting is None else paths[min(paths.index(waiting["path"]) + 1, len(paths) - 1)]
    return Entry(state, row["cause"], row["key"], row["at"], row["due_at"], kept["ended_at"], done, following, waiting["left_at"] if waiting else None)


