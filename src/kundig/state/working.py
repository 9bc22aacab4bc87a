"""Work from hand to hand: remarks, hand-overs, going higher up when it is overdue; each with name and date."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models, transaction

from kundig.settings import Settings
from kundig.settings.lengths import length
from kundig.settings.opening import due_after
from kundig.state.marks import mark_of
from kundig.state.outbox import Work, WorkState
from kundig.state.told import tell

LADDER = ("", "lead", "cco", "ceo")
"""Who has it: the department, and then one higher each time it is overdue; the last list is short."""
DECIDED_WITHIN = "2 business days"
"""For what goes higher up."""
BATCH = 500


class Turn(models.Model):
    """Something that became of work; `what` is `remark`, `handed over` or `higher up`."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="turns")
    what = models.CharField(max_length=12)
    text = models.CharField(max_length=2000, blank=True)
    by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.what}: {self.text}"


def remarked(work: Work, by: str, text: str, now: datetime) -> None:
    """Add a remark."""
    Turn.objects.create(work=work, what="remark", text=text, by=by, at=now)


@transaction.atomic
def handed_over(work: Work, department: str, by: str, why: str, now: datetime) -> bool:
    """Give open work to another department; the journal hears of it. False if it is done, or there already.

    The time in which it is due stays: the customer waits no less for it.
    """
    before = work.department
    if department == before or not Work.objects.filter(pk=work.pk, state=WorkState.OPEN, department=before).update(department=department, person=""):
        return False
    turn = Turn.objects.create(work=work, what="handed over", text=f"{before} → {department}" + (f": {why}" if why else ""), by=by, at=now)
    case = f"work:{mark_of(work.act.key)}"
    about = {"subject": work.customer, "case_id": case}
    # A hand-over is from somewhere: the journal knows where the work began.
    opened = {**about, "event_id": f"{case}:opened", "occurred_at": work.act.at, "kind": "case_opened", "touchpoint": f"work.{before}", "properties": {"playbook": work.act.enrolment.playbook}}
    if Turn.objects.filter(work=work, what="handed over").count() == 1:
        tell(f"{case}:opened", "work", "event", opened, now)
    event = {**about, "event_id": f"{case}:{turn.pk}:{now:%Y%m%d%H%M%S%f}", "occurred_at": now, "kind": "case_handover", "touchpoint": f"work.{department}", "text": why or None, "properties": {"from": before, "to": department}}
    tell(str(event["event_id"]), "work", "event", event, now)
    return True


def gone_higher(now: datetime, settings: Settings) -> int:
    """Open work that is overdue goes one higher, and is due anew; how much did. On the last list it stays."""
    done = 0
    late = Work.objects.filter(state=WorkState.OPEN, due_at__lt=now).exclude(level=LADDER[-1]).order_by("due_at", "pk")
    for work in late[:BATCH]:
        level = LADDER[LADDER.index(work.level) + 1]
        due = due_after(now, length(DECIDED_WITHIN), settings.calendar, settings.company.timezone)
        with transaction.atomic():
            # Of two who come to it at once, one raises it.
            if Work.objects.filter(pk=work.pk, state=WorkState.OPEN, level=work.level, due_at=work.due_at).update(level=level, due_at=due):
                Turn.objects.create(work=work, what="higher up", text=level, at=now)
                done += 1
    return done
