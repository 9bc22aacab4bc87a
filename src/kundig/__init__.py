"""kundig: what customers experience, in one journal of events; and what to do about it.

>>> import kundig
>>> workspace = kundig.open("my-company")                       # doctest: +SKIP
>>> workspace.ask("feedback.scores", by="touchpoint").table     # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Journal", "KundigError", "Workspace", "events", "feedback", "foresight", "identity", "journeys", "memtable", "open", "value"]

if TYPE_CHECKING:
    from pathlib import Path

    from kundig import events, feedback, foresight, identity, journeys, value
    from kundig.errors import KundigError
    from kundig.events import memtable
    from kundig.journal import Journal
    from kundig.workspace import Workspace


def open(folder: str | Path = ".", *, data: str | Path | None = None) -> Workspace:  # noqa: A001 -- reads as kundig.open
    """The workspace in a folder.

    Raises:
        ConfigError: the folder has no `kundig.yaml`, or it cannot be meant.
    """
    from kundig.workspace import Workspace  # noqa: PLC0415 -- slow import

    return Workspace(folder, data=data)


_FROM = {"Journal": "kundig.journal", "Workspace": "kundig.workspace", "KundigError": "kundig.errors", "memtable": "kundig.events"}


def __getattr__(name: str) -> Any:
    """The rooms and names of the door, loaded when they are first named."""
    if name in _FROM:
        return getattr(import_module(_FROM[name]), name)
    if name in __all__:
        return import_module(f"kundig.{name}")
    raise AttributeError(f"module 'kundig' has no attribute {name!r}")
