"""Read what customers wrote of late: mood, language and themes are there when somebody looks."""

from __future__ import annotations

from typing import Any

from kundig.live.work import Work

EVERY = 15.0
MOST = 2_000
"""Texts for which the lake is held: somebody who decides something in the pages waits no longer than that takes."""
TURN = 0.3
"""Seconds in which another may take it."""


def run(work: Work) -> dict[str, Any] | None:
    """Read new texts, when the lake's events or the configuration have changed since the last time.

    Raises:
        LakeError: somebody else is writing; it is tried again.
    """
    workspace = work.workspace
    table = workspace.lake.table("events")
    version = (table.version(), work.memory["configured"]) if table is not None else None
    if version is None or version == work.memory.get("read"):
        return None
    total, done = 0, MOST
    while done == MOST and not work.stopping.is_set():
        done = workspace.read(most=MOST).read
        total += done
        if done == MOST:
            work.stopping.wait(TURN)
    if done != MOST:
        work.memory["read"] = version
    return {"texts": total} if total else None
