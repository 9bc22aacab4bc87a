"""Improvement projects: causes of several departments in one, with an owner, what is expected, and by what its effect is known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models, transaction


class ProjectState(models.TextChoices):
    """How far it is."""

    PLANNED = "planned", "planned"
    RUNNING = "running", "running"
    DONE = "done", "done"
    DROPPED = "dropped", "dropped"


class Project(models.Model):
    """One project; the last change says who made it."""

    title = models.CharField(max_length=120)
    owner = models.CharField(max_length=120)
    departments = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=ProjectState.choices, default=ProjectState.PLANNED)
    expected = models.CharField(max_length=500, blank=True)
    """What it is to change, in words and figures."""
    until = models.DateField(null=True)
    """By when it is to be done."""
    since = models.DateField(null=True)
    """The day from which it met customers."""
    product = models.CharField(max_length=120, blank=True)
    """Those it met; all others are the measure."""
    campaign = models.CharField(max_length=120, blank=True)
    """The campaign whose group was held out by lot."""
    control = models.CharField(max_length=120, blank=True)
    """What that group is called."""
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.title


class Cause(models.Model):
    """Why there is the project: a row of an analysis with its figures as they were then, and how it was asked."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="causes")
    analysis = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, blank=True)
    row = models.CharField(max_length=40)
    """What tells the row apart in the answer."""
    figures = models.JSONField()
    unit = models.CharField(max_length=80, blank=True)
    """The department whose events alone it was asked of; empty is the company."""
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    gone = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["project", "analysis", "query", "row", "unit"], name="each_cause_once")]

    def __str__(self) -> str:
        return f"{self.analysis}: {self.row}"


class Step(models.Model):
    """What was changed in a project: what it said before, so that it can be taken back."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="steps")
    before = models.JSONField()
    after = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.project}: {', '.join(self.after)}"


FIELDS = ("title", "owner", "departments", "state", "expected", "until", "since", "product", "campaign", "control")
DAYS = ("until", "since")


def begun(values: dict[str, Any], by: str, now: datetime) -> Project:
    """A new project."""
    return Project.objects.create(**values, by=by, at=now)


@transaction.atomic
def changed(project: Project, values: dict[str, Any], by: str, now: datetime) -> Step | None:
    """Change what a project says, and keep what it said; None where nothing is different."""
    held = Project.objects.select_for_update().get(pk=project.pk)
    differing = {name: value for name, value in values.items() if name in FIELDS and getattr(held, name) != value}
    if not differing:
        return None
    before = {name: _plain(getattr(held, name)) for name in differing}
    for name, value in differing.items():
        setattr(held, name, value)
    held.by, held.at = by, now
    held.save()
    return Step.objects.create(project=held, before=before, after={name: _plain(value) for name, value in differing.items()}, by=by, at=now)


def taken_back(step: Step, by: str, now: datetime) -> Step | None:
    """Have a project say again what it said before a change, as a further change; None where it says so already."""
    values = {name: date.fromisoformat(value) if name in DAYS and value else value for name, value in step.before.items()}
    return changed(step.project, values, by, now)


@transaction.atomic
def bundled(project: Project, cause: dict[str, Any], by: str, now: datetime) -> tuple[Cause, bool]:
    """Put a cause into a project, and whether it is new there; one that had been taken out comes in with the figures of today."""
    named = {name: cause[name] for name in ("analysis", "query", "row", "unit")}
    one, new = Cause.objects.get_or_create(project=project, **named, defaults={"figures": cause["figures"], "by": by, "at": now})
    if one.gone:
        one.gone, one.figures, one.by, one.at = False, cause["figures"], by, now
        one.save()
        return one, True
    return one, new


def taken_out(cause: Cause, *, gone: bool = True) -> bool:
    """Take a cause out, or put it back with the figures that it had; False where it is so already."""
    return bool(Cause.objects.filter(pk=cause.pk, gone=not gone).update(gone=gone))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
