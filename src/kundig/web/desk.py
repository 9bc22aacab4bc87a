"""The desk: every question of the pages is answered here in the background, by one computation at a time, and kept; see `freshness`."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock, local
from typing import Any

from django.conf import settings

from kundig import customers
from kundig.analysis import Analysis, Result
from kundig.checks import checked, quarantined, seen
from kundig.config import changed
from kundig.errors import KundigError
from kundig.feedback.membership import membership
from kundig.journal import Extract, Journal
from kundig.report.journey import Journey, asked_journey
from kundig.report.journey.asked import last_event
from kundig.report.weekly import weekly
from kundig.value.projects import brought
from kundig.web.freshness import Kept, Remembered, State, state
from kundig.web.tried import OWN
from kundig.workspace import Workspace

log = logging.getLogger("kundig.web")
REMEMBERED = 400
"""Answers kept in memory; all others are read from disk."""


def waiting(journal: Journal, *, days: int, undone: str) -> Any:  # noqa: ARG001 -- told apart by it: an answer that was taken back shows at once
    """What waits for an answer; `undone` says when an answer was last taken back."""
    return customers.posts(journal, days=days)


PEOPLE: Mapping[str, Callable[..., Any]] = {
    "themes.membership": membership,
    "customers.directory": customers.directory,
    "customers.behind": customers.behind,
    "customers.members": customers.members,
    "customers.everybody": customers.everybody,
    "customers.quotes": customers.quotes,
    "projects.brought": brought,
    "customers.posts": waiting,
    "customers.raised": customers.raised,
    "customers.timeline": customers.timeline,
    "customers.said_of": customers.said_of,
    "customers.traits_of": customers.traits_of,
}
"""What is asked beside analyses: about customers one by one, only for those who may see them; what themes learn from; and what projects brought."""


@dataclass(frozen=True)
class Question:
    """One thing to ask of the journal.

    Attributes:
        name: an analysis, or one of PEOPLE.
        arguments: as pairs, so that questions can be told apart.
        as_of: what was known then.
        extract: which part of what happened; a reader who sees one department has it here.
    """

    name: str
    arguments: tuple[tuple[str, Hashable], ...] = ()
    as_of: str | None = None
    extract: Extract | None = None


class Desk:
    """Where a process asks: one workspace, a worker with an engine for each lane, answers remembered by what they depend on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._page = local()
        self._lanes = {name: ThreadPoolExecutor(1, thread_name_prefix=f"kundig-{name}") for name in ("needed", "rest", "foresight")}
        # A lane has an engine of its own: a connection is one thread's.
        self._workspaces: dict[str, tuple[Hashable, Workspace]] = {}
        self._known: OrderedDict[Hashable, Kept] = OrderedDict()
        self._running: dict[Hashable, Future[Any]] = {}

    def close(self) -> None:
        """Begin nothing more; what is being answered is let finish."""
        for lane in self._lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)

    @property
    def state(self) -> State:
        """What answers depend on; a handful of looks at folders, for each page once."""
        known: State | None = getattr(self._page, "state", None)
        return known or state(self.workspace.lake.folder, self.folder)

    @property
    def workspace(self) -> Workspace:
        """The workspace, opened anew when its configuration has changed; for each page once."""
        known: Workspace | None = getattr(self._page, "workspace", None)
        return known or self._opened("needed")

    @contextmanager
    def drawing(self, *, reading: bool) -> Iterator[None]:
        """A page is of one configuration and, where it only reads, of one state."""
        # A configuration that cannot be meant is told by whatever asks for it.
        with suppress(KundigError):
            self._page.workspace = self._opened("needed")
            self._page.state = state(self._page.workspace.lake.folder, self.folder) if reading else None
        try:
            yield
        finally:
            self._page.workspace = self._page.state = None

    def _opened(self, lane: str) -> Workspace:
        stands = changed(self.folder)
        if lane not in self._workspaces or self._workspaces[lane][0] != stands:
            with self._lock:
                self._workspaces[lane] = (stands, Workspace(self.folder, engines=len(self._lanes)))
        return self._workspaces[lane][1]

    def future(self, question: Question, *, later: bool = False) -> Future[Any]:
        """The answer to a question, at once or when it is there; `later` lets what pages need go first.

        Where only more has happened since, it is the one of before, and a new one is begun that nobody waits for.
        """
        now, stands = time.time(), self.state
        key = (stands.settled, question)
        # What learns from the past takes longest: nothing else waits behind it.
        behind = "foresight" if question.name.startswith("foresight.") else "rest"
        with self._lock:
            kept = self._known.get(key)
            if kept is not None and not kept.old(now):
                self._known.move_to_end(key)
                current = kept.flowing == stands.flowing
                if not current and kept.rested(now):
                    self._begun(key, question, behind, stands)
                return Remembered(kept, current=current)
            return self._begun(key, question, behind if later else "needed", stands)

    def _begun(self, key: Hashable, question: Question, lane: str, stands: State) -> Future[Any]:
        """The one computation of an answer, begun if it is not under way."""
        if key not in self._running:
            self._running[key] = self._lanes[lane].submit(self._computed, key, question, lane, stands)
        return self._running[key]

    def _computed(self, key: Hashable, question: Question, lane: str, stands: State) -> Any:
        began, clock = time.time(), time.monotonic()
        try:
            answer = self._answer(self._opened(lane), question)
        except BaseException as error:
            with self._lock:
                # Nobody may wait for it: whoever asks next is told what is wrong, not what was before.
                if self._known.pop(key, None) is not None and not isinstance(error, KundigError):
                    log.exception("an answer could not be made anew")
                self._running.pop(key, None)
            raise
        with self._lock:
            self._known[key] = Kept(answer, stands.flowing, began, time.monotonic() - clock)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            self._running.pop(key, None)
        return answer

    @staticmethod
    def _answer(workspace: Workspace, question: Question) -> Any:
        values: dict[str, Any] = dict(question.arguments)
        if question.name == "seen":
            return seen(workspace)
        if question.name == "checks":
            return list(checked(workspace))
        if question.name == "quarantined":
            return quarantined(workspace, **values)
        if question.name == "joined":
            return workspace.joined(values["name"])
        if question.name == "waiting":
            return workspace.waiting()
        if question.name == "journey":
            return mapped(workspace, question, **values)
        if question.name == "weekly":
            return weekly(workspace, as_of=question.as_of, **values)
        if question.name in OWN:
            return OWN[question.name](workspace, **values)
        if question.name in PEOPLE:
            moment = Analysis.moment(question.as_of, workspace.zone) if question.as_of else None
            return workspace.told(question.name, lambda journal: PEOPLE[question.name](journal, **values), values, as_of=moment, extract=question.extract)
        return workspace.ask(question.name, as_of=question.as_of, extract=question.extract, **values)


@dataclass(frozen=True)
class Mapped:
    """A journey, and the time it is about; None is open."""

    journey: Journey
    since: datetime | None
    until: datetime | None


class _Theirs:
    """A workspace as a reader of one department has it."""

    def __init__(self, workspace: Workspace, unit: str | None) -> None:
        self._workspace = workspace
        self.unit = unit
        self.config, self.zone, self.journal = workspace.config, workspace.zone, workspace.journal

    def ask(self, name: str, *, extract: Extract | None = None, **arguments: Any) -> Result:
        """The answer, of their department alone."""
        return self._workspace.ask(name, extract=replace(extract or Extract(), unit=self.unit), **arguments)


def mapped(workspace: Workspace, question: Question, *, weeks: int | None) -> Mapped:
    """The journey of the last weeks, or of all time."""
    unit = question.extract.unit if question.extract else None
    theirs: Any = _Theirs(workspace, unit) if unit else workspace
    until = last_event(workspace, question.as_of)
    journey = asked_journey(theirs, as_of=question.as_of, until=until, weeks=weeks)
    return Mapped(journey, until - timedelta(weeks=weeks) if weeks and until else None, until)


@lru_cache(maxsize=1)
def desk() -> Desk:
    """The desk of this process."""
    return Desk(settings.PLACE.folder)
