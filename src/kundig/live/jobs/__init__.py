"""What the worker does: one job a file, each found by its name here.

A job is a module with `EVERY`, how many seconds lie between two looks, and `run`, which does what is due and gives words
about it, or None where nothing was. It may be cut off anywhere, and is done by one process at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from kundig.live.work import Work

NAMES = ("drain", "texts", "identity", "compaction", "ordering", "ageing", "imports", "reports", "playbooks", "rounds")


class Job(Protocol):
    """A module of this package."""

    EVERY: float

    def run(self, work: Work) -> dict[str, Any] | None:
        """Do what is due; what was done in a few figures, or None where nothing was due."""
        ...


@runtime_checkable
class Apart(Job, Protocol):
    """A job that takes so long that it has a process of its own, so that nothing else waits for the interpreter."""

    def needed(self, work: Work) -> bool:
        """Whether there is anything for it to do, now or later."""
        ...


def jobs() -> Mapping[str, Job]:
    """All jobs, by name."""
    return {name: import_module(f"kundig.live.jobs.{name}") for name in NAMES}
