"""Import the sources when the schedule says so; a time that was slept through is made up for once."""

from __future__ import annotations

from typing import Any

from kundig.live.scheduled import scheduled
from kundig.live.work import Work

EVERY = 20.0


def run(work: Work) -> dict[str, Any] | None:
    """Import, if it is due.

    Raises:
        SourceError, LakeError: a source cannot be read or the lake not written; the next time is as planned.
    """
    if not work.workspace.config.sources or not scheduled(work, "imports", work.workspace.config.schedule.imports):
        return None
    done = list(work.workspace.imports())
    return {"sources": len(done), "added": sum(each.events_added for each in done), "quarantined": sum(each.quarantined for each in done)}
