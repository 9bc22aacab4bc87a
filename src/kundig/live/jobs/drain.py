"""Bring what has arrived into the lake: when much waits, when some has waited long, and when the worker ends."""

from __future__ import annotations

from typing import Any

from kundig.ingest.draining import Drained, drained
from kundig.live import failpoints
from kundig.live.work import Work

EVERY = 0.25
MUCH = 5_000
"""Events that are brought home at once, however short they have waited."""


def run(work: Work) -> dict[str, Any] | None:
    """Drain until little waits.

    Raises:
        KundigError: as `drained` has it; what waits goes on waiting.
    """
    standing = work.inbox.standing()
    waited = work.now() - standing.oldest / 1e6 if standing.oldest is not None else 0.0
    if not standing.events or not (standing.events >= MUCH or waited >= work.workspace.config.live.flush or work.stopping.is_set()):
        return None
    done = drained(work.workspace.lake, work.inbox, work.workspace.config.live, work.workspace.config.company, lease=work.lease, reached=failpoints.reached)
    return _words(done)


def _words(done: Drained) -> dict[str, Any]:
    return {"arrived": done.arrived, "events": done.events, "traits": done.traits, "dead": done.dead}
