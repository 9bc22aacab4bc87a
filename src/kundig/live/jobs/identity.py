"""Settle who is who again, when something new was said of somebody."""

from __future__ import annotations

import time
from typing import Any

from kundig.errors import IdentityError
from kundig.live.work import Work

EVERY = 2.0
SHARE = 4
"""A run is followed by a pause of so many times its own length: it may take a fifth of a processor."""


def run(work: Work) -> dict[str, Any] | None:
    """Identify, when traits or subjects may have changed since the last time.

    Raises:
        IdentityError: a customer would be made of too many subjects; nothing is changed, and it is not tried again until more is said.
        LakeError: somebody else is writing; it is tried again.
    """
    lake = work.workspace.lake
    version = tuple(table.version() if table is not None else -1 for table in (lake.table("traits"), lake.table("decisions")))
    last = work.inbox.told().get("identified")
    if version[0] < 0 or list(version) == last or time.monotonic() < work.memory.get("rested", 0.0):
        return None
    began = time.monotonic()
    try:
        changed = work.workspace.identify()
    except IdentityError:
        work.inbox.tell("identified", list(version))
        raise
    finally:
        took = time.monotonic() - began
        work.memory["rested"] = time.monotonic() + SHARE * took
    work.inbox.tell("identified", list(version))
    return {"subjects": changed.subjects, "customers": changed.customers, "moved": changed.moved}
