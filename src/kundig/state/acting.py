"""What settled steps ask for: a row of the outbox each, and for tasks the work itself; nothing for those who are left alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kundig.playbooks.playbook import Playbook
from kundig.playbooks.steps import Step, walked
from kundig.settings import Settings
from kundig.settings.languages import said as said_in
from kundig.settings.lengths import length
from kundig.settings.opening import due_after
from kundig.state.enrolments import Move
from kundig.state.marks import mark_of
from kundig.state.outbox import Outbox, OutboxState, Work
from kundig.state.told import tell
from kundig.state.working import DECIDED_WITHIN
from kundig.touchpoints import span

LATE_AFTER_DAYS = 30
"""What comes due only so long after its time is not done any more, and says so: a system that was off does not catch up with letters of last year."""
BATCH = 500
SAID = ("points", "offer", "set")
"""Steps that are done with a word to the journal."""


def acts(playbook: Playbook, moves: Iterable[Move], settings: Settings, now: datetime) -> None:
    """Write what these moves ask for; in the transaction of the moves, so that both are there or neither."""
    steps = dict(walked(playbook.steps))
    asked = [move for move in moves if move.outcome == "due" and not move.enrolment.held_out]
    rows = [
        Outbox(
            key=f"{move.enrolment.playbook}:{move.enrolment.row}:{move.path}", enrolment=move.enrolment, path=move.path, kind=move.step, at=move.at, next_at=move.at,
            **_missed(move, now) if (now - move.at).days >= LATE_AFTER_DAYS else _state(move.step, now),
        )
        for move in asked
    ]  # fmt: skip
    Outbox.objects.bulk_create(rows, batch_size=BATCH)
    made = [_work(steps[row.path], row, settings) for row in rows if row.kind in {"task", "escalate"} and row.state == OutboxState.DONE]
    Work.objects.bulk_create(made, batch_size=BATCH)
    for row in rows:
        if row.kind in SAID and row.state == OutboxState.DONE:
            _tell(steps[row.path], row, settings, now)


def _tell(step: Step, row: Outbox, settings: Settings, now: datetime) -> None:
    """Points, offers and traits are words in the journal."""
    customer, touchpoint = row.enrolment.customer, f"playbook.{row.enrolment.playbook}"
    if step.set_ is not None:
        said = {"segment": step.set_.value} if step.set_.trait == "segment" else {"properties": {step.set_.trait: step.set_.value}}
        tell(f"set:{mark_of(row.key)}", "playbooks", "trait", {"subject": customer, **said}, now)
        return
    event = {"event_id": f"act:{mark_of(row.key)}", "occurred_at": now, "subject": customer, "kind": row.kind, "touchpoint": touchpoint}
    language = settings.company.language
    if step.points is not None:
        event |= {"quantity": step.points.points, "properties": {"reason": said_in(step.points.reason, language), "playbook": row.enrolment.playbook}}
    elif step.offer is not None:
        worth, holds = step.offer.worth, step.offer.holds
        until = {} if holds is None else {"until": (now + span(holds)).isoformat()}
        event |= {"product": step.offer.name, "amount": None if worth is None else str(worth), "currency": None if worth is None else settings.company.currency, "properties": {"playbook": row.enrolment.playbook, **until}}
    tell(event["event_id"], "playbooks", "event", event, now)


def _state(step: str, now: datetime) -> dict[str, Any]:
    """A task is done as soon as it is written; what goes outside waits for whoever sends it."""
    return {"state": OutboxState.DONE, "done_at": now} if step in {"task", "escalate", *SAID} else {"state": OutboxState.WAITING}


def _missed(move: Move, now: datetime) -> dict[str, Any]:
    return {"state": OutboxState.WITHHELD, "reason": f"missed: due {move.at:%Y-%m-%d}, found {now:%Y-%m-%d}", "done_at": now}


def _work(step: Step, row: Outbox, settings: Settings) -> Work:
    def due(words: str) -> datetime:
        return due_after(row.at, length(words), settings.calendar, settings.company.timezone)

    if step.task is not None:
        task = step.task
        return Work(
            act=row, customer=row.enrolment.customer, department=task.department, person=task.person or "", title=task.title, text=task.text,
            due_at=due(task.due), leeway=task.leeway,
        )  # fmt: skip
    escalation = step.what
    return Work(act=row, customer=row.enrolment.customer, department=escalation.department or "", level=escalation.to, title=escalation.title, due_at=due(DECIDED_WITHIN))
