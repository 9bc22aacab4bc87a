"""Make few large files of many small ones, and take away what nobody reads any longer."""

from __future__ import annotations

from typing import Any

from kundig.live.work import Work

EVERY = 60.0
MANY = 40
"""Files of a table from which it is worth it."""
KEPT = 1
"""Hours for which replaced files stay: longer than any question takes."""


def run(work: Work) -> dict[str, Any] | None:
    """Compact tables with many files.

    Raises:
        LakeError: somebody else is writing; it is tried again.
    """
    lake = work.workspace.lake
    many = [name for name in ("events", "traits", "readings") if len(lake.files(name)) >= MANY]
    if not many:
        return None
    done: dict[str, Any] = {}
    with lake.writing():
        for name in many:
            done[name] = lake.compacted(name, hours=KEPT)
    return done
