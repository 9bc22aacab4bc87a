"""Read what customers wrote of late: mood, language and themes are there when somebody looks."""

from __future__ import annotations

from typing import Any

from kundig.live.work import Work

EVERY = 15.0


def run(work: Work) -> dict[str, Any] | None:
    """Read new texts, when the lake's events have changed since the last time.

    Raises:
        LakeError: somebody else is writing; it is tried again.
    """
    table = work.workspace.lake.table("events")
    version = table.version() if table is not None else None
    if version is None or version == work.memory.get("read"):
        return None
    done = work.workspace.read()
    work.memory["read"] = version
    return {"texts": done.read} if done.read else None
