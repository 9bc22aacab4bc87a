"""What the worker of playbooks hears: what arrived since it last listened, and the past of those who are concerned, as far as playbooks look at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kundig.events import EVENTS, TRAITS
from kundig.ingest.arrivals import EVENT_NAMES, TRAIT_NAMES
from kundig.ingest.tail import Tail
from kundig.live.work import Work
from kundig.playbooks.looks import looks, traits
from kundig.store.duckdb import relation, rows
from kundig.store.watched import Watched, Watching

if TYPE_CHECKING:
    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook

LATE = timedelta(days=7)
"""What becomes true of a moment that lies further back is for a whole round to find."""
AGAIN = timedelta(days=1)
"""After so long everything is taken from the lake anew, so that what nobody looks at any longer is let go."""
_DRAINED = re.compile(r"/read-\d+-(\d+)-[0-9a-f]+\.parquet$")
"""A file with arrivals up to a number."""


class Hearing:
    """One worker's memory of the lake and the inbox, in an engine of its own.

    Args:
        work: the job's hold on the workspace.
        of: the playbooks that are run or walked, as `at_once` has them.
        now: the moment.
    """

    def __init__(self, work: Work, of: Mapping[str, tuple[Playbook, datetime | None]], now: datetime) -> None:
        self._work, self._workspace, self.of, self.since = work, work.workspace, of, now
        since = {name: min(came or now, now - LATE) for name, (_, came) in of.items()}
        self.solid = since
        """From which moment on all is there that each playbook needs to know what became true then."""
        inbox, lake = work.inbox, work.workspace.lake
        # Read before the lake is looked at: what comes between the two is heard again, and passed over.
        self._read, self._version, self._events, self._traits = inbox.last(), lake.version(), lake.number("events"), lake.number("traits")
        self._people = lake.files("identities")
        whole: Journal = work.workspace.journal
        asked = [(look, None if look.back is None else since[name] - look.back) for name, (playbook, _) in of.items() for look in looks(playbook)]
        self.watched = Watched(whole, work.workspace.zone, Watching(tuple(asked), frozenset().union(*(traits(playbook) for playbook, _ in of.values()))))

    def stale(self, of: Mapping[str, tuple[Playbook, datetime | None]], now: datetime) -> bool:
        """Whether it must begin anew: other playbooks run, the configuration has changed, somebody came in by what was true long before, or a day is over."""
        if any(first is not None and name in self.solid and first < self.solid[name] for name, (_, first) in of.items()):
            return True
        return self._work.workspace is not self._workspace or {name: playbook for name, (playbook, _) in of.items()} != {name: playbook for name, (playbook, _) in self.of.items()} or now - self.since > AGAIN

    def heard(self, now: datetime) -> set[str] | None:
        """The customers of whom something became known that is looked at; None where the lake was made anew, so that one must begin anew."""
        inbox, lake, con = self._work.inbox, self._work.workspace.lake, self.watched.engine.con
        pending = inbox.pending(self._read)
        news: list[str] = []
        said: list[str] = []
        done = self._read
        if (version := lake.version()) != self._version:
            events, told = lake.number("events"), lake.number("traits")
            added, spoken = lake.added("events", self._events, events), lake.added("traits", self._traits, told)
            if added is None or spoken is None:
                return None
            fresh = [file for file in added if not (drained := _DRAINED.search(file)) or int(drained[1]) > self._read]
            done = max([self._read, *(int(drained[1]) for file in fresh if (drained := _DRAINED.search(file)))])
            news += [f"SELECT {EVENT_NAMES} FROM {rows(fresh, EVENTS)}"] if fresh else []
            said += [f"SELECT {TRAIT_NAMES} FROM {rows(spoken, TRAITS)}"] if spoken else []
            if (people := lake.files("identities")) != self._people:
                if not self._people:
                    return None
                con.execute(f"CREATE OR REPLACE VIEW identities AS SELECT * FROM {relation(lake, 'identities')}")
                self.watched.link()
                self._people = people
            self._events, self._traits, self._version = events, told, version
        beside = Tail(inbox, pending, self._work.workspace.config.live, self._work.workspace.config.company).beside(con, events=done, traits=done)
        news += [f"SELECT {EVENT_NAMES} FROM {beside.events}"] if beside.events else []
        said += [f"SELECT {TRAIT_NAMES} FROM {beside.traits}"] if beside.traits else []
        self._read = max([done, *(each.seq for each in pending)])
        return self.watched.hear(_together(news), _together(said), now) if news or said else set()


def _together(selects: list[str]) -> str | None:
    return "(" + " UNION ALL ".join(selects) + ")" if selects else None
