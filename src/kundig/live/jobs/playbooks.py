"""Run the playbooks that are on: let in who became due, go on with who is on the way, send what waits."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, timezone
from typing import Any

from kundig.live.work import Work

EVERY = 5.0
LONGEST = 60.0
"""Seconds after which a round is made even if nothing arrived: days and figures come due by themselves."""
JUDGED_EVERY = 3600.0
"""Seconds between looks at trials that end themselves."""


def run(work: Work) -> dict[str, Any] | None:
    """One round, if anything arrived, a timer is due, or the last round is long ago."""
    _set_up(work)
    from django.db import DatabaseError, close_old_connections  # noqa: PLC0415 -- needs Django's settings

    from kundig.sending.outside import Outside  # noqa: PLC0415
    from kundig.sending.rounds import rounded  # noqa: PLC0415 -- models need Django
    from kundig.state.enrolments import Enrolment, EnrolmentState  # noqa: PLC0415
    from kundig.state.judging import judged  # noqa: PLC0415
    from kundig.state.playbooks import running  # noqa: PLC0415
    from kundig.state.ticking import tick  # noqa: PLC0415

    now = datetime.fromtimestamp(work.now(), timezone.utc)
    close_old_connections()
    config = work.workspace.config
    outside = Outside(lambda: work.workspace.journal, config, config.contact, config.mail, work.folder)
    try:
        walking = Enrolment.objects.filter(state=EnrolmentState.RUNNING)
        if not running() and not walking.exists():
            return _said(Counter(), rounded(outside, work.inbox, now))
        version = work.workspace.lake.version()
        due = walking.filter(until__lte=now).exists()
        if not due and version == work.memory.get("ticked") and work.now() - work.memory.get("ticked_at", 0.0) < LONGEST:
            return _said(Counter(), rounded(outside, work.inbox, now))
        done = Counter[str]()
        for one in tick(work.workspace.journal, now):
            done.update(came=one.came, asks=one.asks, steps=one.moved, stopped=one.stopped)
        work.memory["ticked"], work.memory["ticked_at"] = version, work.now()
        if work.now() - work.memory.get("judged_at", 0.0) >= JUDGED_EVERY:
            done["trials ended"] = len(judged(work.workspace.journal, now))
            work.memory["judged_at"] = work.now()
        return _said(done, rounded(outside, work.inbox, now))
    except DatabaseError as error:
        # The pages make the tables when they are opened first; before that no playbook was ever applied.
        if "no such table" in str(error) or "does not exist" in str(error):
            return None
        raise
    finally:
        close_old_connections()


def _set_up(work: Work) -> None:
    import django  # noqa: PLC0415 -- slow import
    from django.apps import apps  # noqa: PLC0415

    if not apps.ready:
        os.environ.setdefault("KUNDIG_WORKSPACE", str(work.folder))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundig.web.settings")
        django.setup()


def _said(done: Counter[str], sent: Counter[str]) -> dict[str, Any] | None:
    """What was done in a few figures, without what is none."""
    said = {name: count for name, count in (*done.items(), *sent.items()) if count}
    return said or None
