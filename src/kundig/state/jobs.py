"""Background jobs: what is being worked on, how far it is, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kundig.state.people import Person

LOST_AFTER = timedelta(minutes=2)
"""A job that gave no sign of life for so long belongs to a process that died."""


class JobState(models.TextChoices):
    """Where a job stands."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """One piece of work; `key` says what, and nothing is worked on twice at once."""

    key = models.CharField(max_length=300, db_index=True)
    title = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.RUNNING)
    share = models.FloatField(default=0.0)
    told = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    back = models.CharField(max_length=2000, blank=True)
    started = models.DateTimeField(auto_now_add=True)
    alive = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-started"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(state="running"), name="one_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        """How far it is."""
        return round(100 * min(max(self.share, 0.0), 1.0))


def begun(key: str, title: str, person: Person | None, back: str) -> tuple[Job, bool]:
    """The job that works on `key`, and whether it is new and somebody must do it."""
    Job.objects.filter(state=JobState.RUNNING, alive__lt=timezone.now() - LOST_AFTER).update(state=JobState.FAILED, error="lost")
    try:
        with transaction.atomic():
            return Job.objects.create(key=key, title=title, person=person, back=back), True
    except IntegrityError:
        running = Job.objects.filter(key=key, state=JobState.RUNNING).first()
        return (running, False) if running else begun(key, title, person, back)


def advanced(job: Job, share: float | None = None, **told: Any) -> None:
    """A sign of life, and how far the job is."""
    if share is not None:
        job.share = share
    job.told = {**job.told, **told}
    job.alive = timezone.now()
    job.save(update_fields=["share", "told", "alive"])


def ended(job: Job, error: str = "") -> None:
    """The job is over, well or with an error that its reader can mend."""
    job.state = JobState.FAILED if error else JobState.DONE
    job.error = error
    job.share = job.share if error else 1.0
    job.alive = timezone.now()
    job.save(update_fields=["state", "error", "share", "alive"])
