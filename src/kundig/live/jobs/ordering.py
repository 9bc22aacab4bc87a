"""Put ids of recent events in order, so that requests need not."""

from __future__ import annotations

from typing import Any

from kundig.live.work import Work

EVERY = 5.0
MANY = 100_000
"""Ids from which it is worth it: fewer are quickly looked through in memory."""
LONGEST = 3600.0
"""Seconds after which even few are put in order."""


def run(work: Work) -> dict[str, Any] | None:
    """When there are many, and once an hour."""
    due = work.now() - work.memory.setdefault("ordered", work.now()) > LONGEST
    done = work.inbox.ordered(1 if due else MANY)
    if due or done:
        work.memory["ordered"] = work.now()
    return {"ids": done} if done else None
