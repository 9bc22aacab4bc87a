"""Trials of playbooks: what they have shown so far, and ending one by the rule that was stated before it began."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Sum

from kundig.playbooks.trial import Stop
from kundig.state.enrolments import Enrolment, EnrolmentState, drawn
from kundig.state.outbox import Work
from kundig.state.playbooks import PlaybookVersion, applied, newest, running

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal

BY_ITSELF = "the stop rule"
"""Who is named where no person ended it."""


def trialled(name: str) -> dict[str, list[Any]]:
    """Who was drawn while somebody was left alone, as columns as `drawn` has them; who came in without a lot is no evidence."""
    without = [version.pk for version in PlaybookVersion.objects.filter(name=name) if not version.playbook.hold_out]
    return drawn(name, without)


def table(columns: dict[str, list[Any]]) -> pa.Table:
    """The columns as `playbooks.measuring` takes them."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    types = {"row": pa.string(), "customer_id": pa.string(), "due_at": pa.timestamp("us", tz="UTC"), "held_out": pa.bool_()}
    return pa.table({of: pa.array(columns[of], type_) for of, type_ in types.items()})


def granted(name: str) -> float:
    """What agents granted in tasks of a playbook, in all."""
    return float(Work.objects.filter(act__enrolment__playbook=name, granted__isnull=False).aggregate(sum=Sum("granted"))["sum"] or 0)


def cost(version: PlaybookVersion) -> float | None:
    """What one customer who came in cost: what is stated, and the share in what was granted; None where neither is known."""
    stated, given = version.playbook.trial.cost, granted(version.name)
    if not given:
        return stated
    came = Enrolment.objects.filter(playbook=version.name, held_out=False).exclude(state=EnrolmentState.ASKS).count()
    return (stated or 0.0) + given / max(came, 1)


@transaction.atomic
def ended(name: str, why: Stop, by: str, now: datetime) -> PlaybookVersion | None:
    """End a trial: for harm the playbook is off and lets go of who is on the way; for an effect nobody is left alone any more. None if it is so already.

    Either is a new version, so that it can be taken back.
    """
    version = newest(name)
    if version is None:
        return None
    of = version.playbook
    after, new = applied(name, of.model_copy(update={"on": False} if why == "harm" else {"hold_out": 0.0}), by, now)
    if why == "harm":
        Enrolment.objects.filter(playbook=name, state__in=[EnrolmentState.RUNNING, EnrolmentState.ASKS]).update(state=EnrolmentState.ENDED, ended_at=now, until=None, listens=False)
    return after if new else None


def judged(journal: Journal, now: datetime) -> dict[str, Stop]:
    """End by their rule the trials that end themselves; which, and why."""
    from kundig.playbooks.measuring import effect  # noqa: PLC0415 -- slow import

    found: dict[str, Stop] = {}
    for version in running():
        of = version.playbook
        if of.trial.acts != "itself" or not of.hold_out:
            continue
        columns = trialled(version.name)
        if not columns["row"]:
            continue
        why = of.trial.stopped(effect(journal.as_of(now), version.name, table(columns), outcome=of.trial.outcome, days=of.trial.days))
        if why is not None and ended(version.name, why, BY_ITSELF, now) is not None:
            found[version.name] = why
    return found
