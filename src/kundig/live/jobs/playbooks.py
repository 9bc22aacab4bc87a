"""Playbooks, for those who were just heard of: let them in, go on with whoever's timer is due, send what waits.

Whole rounds, for all that hangs on more than a customer's own events, are the business of `rounds`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from kundig.live.work import Work

EVERY = 1.0
SENT_EVERY = 5.0
"""Seconds between looks at what waits to go out, where nothing was done."""
BEFORE = 60.0
"""Seconds before its first look that a worker looks back: what was known earlier is found by a whole round."""
OVERLAP = 10.0
"""Seconds that each look goes back further than the last: longer than an event takes from being known to being on the disk."""


def run(work: Work) -> dict[str, Any] | None:
    """One look, if anything arrived or a timer is due; and what waits goes out."""
    with models(work) as there:
        if not there:
            return None
        from kundig.sending.outside import Outside  # noqa: PLC0415 -- models need Django
        from kundig.sending.rounds import rounded  # noqa: PLC0415 -- loaded when it is needed

        began = work.now()
        now, config = datetime.fromtimestamp(began, timezone.utc), work.workspace.config
        outside = Outside(lambda: work.workspace.journal, config, config.contact, config.mail, work.folder)
        done = +said(_looked(work, began, now))
        if not done and began < work.memory.get("rounded_at", 0.0) + SENT_EVERY:
            return None
        work.memory["rounded_at"] = began
        return figures(done, rounded(outside, work.inbox, now))


def _looked(work: Work, began: float, now: datetime) -> list[Any]:
    """What was done for those who were heard of since the last look, and whose timers are due."""
    from kundig.live.hearing import Hearing  # noqa: PLC0415 -- slow import
    from kundig.playbooks.compiled import Compiled  # noqa: PLC0415 -- loaded when it is needed
    from kundig.state.ticking import at_once, due, tick_heard, tick_near  # noqa: PLC0415 -- models need Django

    since = datetime.fromtimestamp(work.memory.get("heard_at", began - BEFORE) - OVERLAP, timezone.utc)
    of, compiled = at_once(), work.memory.setdefault("compiled", Compiled())
    if not of:
        return []
    if not hears(work):
        state = f"{work.workspace.lake.version()} {work.inbox.last()}"
        if state == work.memory.get("heard") and not due(now, 1):
            return []
        done = tick_heard(work.workspace.journal, now, since, compiled=compiled)
        work.memory |= {"heard": state, "heard_at": began}
        return done
    hearing: Hearing | None = work.memory.get("hearing")
    who = None if hearing is None else hearing.heard(now)
    if hearing is None or who is None or hearing.stale(of, now):
        work.memory["hearing"] = hearing = Hearing(work, of, now)
        # What arrived while it was made is heard next time.
        who = (who or set()) | hearing.watched.since(since, now)
    turn = set(due(now, solid=hearing.solid))
    who |= turn
    done = tick_near(hearing.watched.near(who, now), who, now, compiled, hearing.solid, turn) if who else []
    work.memory["heard_at"] = began
    return done


def hears(work: Work) -> bool:
    """Whether what arrives is heard as it comes: where the journal stands in tables of the embedded engine."""
    from ibis.expr import operations as ops  # noqa: PLC0415 -- slow import

    if (way := f"heard by {work.workspace.config.engine}") not in work.memory:
        journal = work.workspace.journal
        work.memory[way] = journal.touchpoints.get_backend().name == "duckdb" and isinstance(journal.history.op(), ops.DatabaseTable)
    return bool(work.memory[way])


@contextmanager
def models(work: Work) -> Iterator[bool]:
    """Django, set up; false where its tables are not there, since no playbook was ever applied before the pages were opened."""
    import django  # noqa: PLC0415 -- slow import
    from django.apps import apps  # noqa: PLC0415 -- loaded when it is needed

    if not apps.ready:
        os.environ.setdefault("KUNDIG_WORKSPACE", str(work.folder))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundig.web.settings")
        django.setup()
    from django.db import DatabaseError, close_old_connections  # noqa: PLC0415 -- needs Django's settings

    close_old_connections()
    try:
        yield _there(work)
    except DatabaseError as error:
        if "no such table" not in str(error) and "does not exist" not in str(error):
            raise
    finally:
        close_old_connections()


def _there(work: Work) -> bool:
    if not work.memory.get("there"):
        from django.db import connection  # noqa: PLC0415 -- needs Django's settings

        from kundig.state.enrolments import Enrolment  # noqa: PLC0415 -- loaded when it is needed

        work.memory["there"] = Enrolment._meta.db_table in connection.introspection.table_names()  # noqa: SLF001 -- public, whatever it is called
    return bool(work.memory["there"])


def said(ticked: list[Any]) -> Counter[str]:
    """What ticks did, together."""
    done = Counter[str]()
    for one in ticked:
        done.update(came=one.came, asks=one.asks, steps=one.moved, stopped=one.stopped)
    return done


def figures(*counts: Counter[str]) -> dict[str, Any] | None:
    """What was done in a few figures, without what is none."""
    return {name: count for several in counts for name, count in several.items() if count} or None
