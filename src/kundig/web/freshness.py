"""How fresh an answer is: what it depends on, when it was made, and what a reader is told of it.

While events flow, the lake changes every few seconds, and an answer that takes longer would never be there. So what was
true a moment ago is shown, with the moment, while one computation makes it anew. What people settle — who is who, the
configuration, an import — shows at once.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from django.http import HttpRequest

from kundig.config import changed, moment
from kundig.store.lake import TABLES

FLOWING = ("events", "traits", "readings", "subjects", "links", "review", "identities")
"""Tables that change by themselves while events arrive: the worker brings them in, reads them, and says whose they are."""
OLDEST = 24 * 3600.0
"""Seconds after which an answer is no longer shown in place of a new one."""
REST = 3
"""A new answer is begun after so many times what the last one took: a heavy page takes a quarter of a lane at most."""


@dataclass(frozen=True)
class State:
    """What answers depend on: what people settle, and what flows."""

    settled: Hashable
    flowing: Hashable


def state(lake: Path, folder: Path) -> State:
    """How a workspace stands; a handful of looks at folders."""
    tables = {name: moment(f"{lake}/{name}/_delta_log") for name in TABLES}
    settled = (*(at for name, at in tables.items() if name not in FLOWING), moment(str(_mark(folder))), *changed(folder))
    return State(settled, tuple(tables[name] for name in FLOWING))


def settled(folder: Path) -> None:
    """Say, to every process, that somebody has changed something: nothing of before is shown any longer."""
    mark = _mark(folder)
    mark.parent.mkdir(mode=0o700, exist_ok=True)
    mark.write_text(str(time.time_ns()), encoding="ascii")


def _mark(folder: Path) -> Path:
    return folder / ".web" / "settled"


@dataclass(frozen=True)
class Kept:
    """An answer as it is remembered.

    Attributes:
        answer: what it says.
        flowing: how the flowing tables stood.
        at: when it was begun, in seconds since 1970: it knows all that was there then.
        took: seconds.
    """

    answer: Any
    flowing: Hashable
    at: float
    took: float

    def rested(self, now: float) -> bool:
        """Whether it may be computed anew already."""
        return now >= self.at + (1 + REST) * self.took

    def old(self, now: float) -> bool:
        """Whether it is too old to be shown."""
        return now > self.at + OLDEST


class Remembered(Future[Any]):
    """An answer that is there; `since` is when it was made, where the lake has changed since."""

    def __init__(self, kept: Kept, *, current: bool) -> None:
        super().__init__()
        self.since = None if current else kept.at
        self.set_result(kept.answer)


def noted(request: HttpRequest, futures: Iterable[Future[Any]]) -> None:
    """Remember with a request how old its oldest answer is."""
    times = [found for one in futures if (found := getattr(one, "since", None)) is not None]
    if times:
        request.as_it_was = min([*times, *([request.as_it_was] if hasattr(request, "as_it_was") else [])])  # type: ignore[attr-defined]


def as_it_was(request: HttpRequest) -> datetime | None:
    """The moment that a page shows, where it is not this one."""
    found = getattr(request, "as_it_was", None)
    return None if found is None else datetime.fromtimestamp(found, timezone.utc)
