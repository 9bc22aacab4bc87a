"""Whole rounds of the playbooks: what did not come, figures, silences, target journeys, and whatever reached the lake late; and trials that end themselves."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from typing import Any

from kundig.live.jobs.playbooks import figures, hears, models, said
from kundig.live.work import Work

EVERY = 5.0
LONGEST = 60.0
"""Seconds after which a round is made even if nothing arrived: days and figures come due by themselves."""
RESTS = 2.0
"""How many times as long as a round took it is rested after it, so that on a large journal it leaves the machine to others."""
JUDGED_EVERY = 3600.0
"""Seconds between looks at trials that end themselves."""


def needed(work: Work) -> bool:
    """Whether any playbook is on, or anybody on the way."""
    with models(work) as there:
        if not there:
            return False
        from kundig.state.enrolments import Enrolment, EnrolmentState  # noqa: PLC0415 -- models need Django
        from kundig.state.playbooks import running  # noqa: PLC0415 -- loaded when it is needed

        return bool(running()) or Enrolment.objects.filter(state=EnrolmentState.RUNNING).exists()


def run(work: Work) -> dict[str, Any] | None:
    """One round, if anything arrived, a timer is due, or the last round is long ago; and never without a rest."""
    with models(work) as there:
        if not there:
            return None
        from kundig.state.enrolments import Enrolment, EnrolmentState  # noqa: PLC0415 -- models need Django
        from kundig.state.judging import judged  # noqa: PLC0415 -- loaded when it is needed
        from kundig.state.playbooks import running  # noqa: PLC0415 -- loaded when it is needed
        from kundig.state.ticking import tick  # noqa: PLC0415 -- loaded when it is needed

        began = work.now()
        now, walking = datetime.fromtimestamp(began, timezone.utc), Enrolment.objects.filter(state=EnrolmentState.RUNNING)
        if (not running() and not walking.exists()) or began < work.memory.get("rests_until", 0.0):
            return None
        version = work.workspace.lake.version()
        if version == work.memory.get("ticked") and began - work.memory.get("ticked_at", 0.0) < LONGEST and not walking.filter(until__lte=now).exists():
            return None
        done = said(tick(work.workspace.journal, now, beside=hears(work)))
        work.memory |= {"ticked": version, "ticked_at": began, "rests_until": work.now() + RESTS * (work.now() - began)}
        if began - work.memory.get("judged_at", 0.0) >= JUDGED_EVERY:
            done += Counter({"trials ended": len(judged(work.workspace.journal, now))})
            work.memory["judged_at"] = began
        return figures(done)
