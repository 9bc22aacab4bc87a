"""Versions of surveys: what was applied when, by whom; an invitation keeps the version by which it was made."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models, transaction

from kundig.surveys.survey import Survey


class SurveyVersion(models.Model):
    """One version of a survey's definition; the newest of a name holds."""

    name = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["name", "number"], name="one_number_a_survey")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def survey(self) -> Survey:
        """The definition."""
        return Survey.model_validate(self.definition)


def newest_survey(name: str) -> SurveyVersion | None:
    """The version that holds; None where a survey was never applied."""
    return SurveyVersion.objects.filter(name=name).order_by("-number").first()


@transaction.atomic
def applied_survey(name: str, survey: Survey, by: str, now: datetime) -> tuple[SurveyVersion, bool]:
    """The version that holds from now on, and whether it is a new one: what is already so makes none."""
    last = SurveyVersion.objects.select_for_update().filter(name=name).order_by("-number").first()
    definition = survey.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if last is not None and last.definition == definition:
        return last, False
    return SurveyVersion.objects.create(name=name, number=(last.number if last else 0) + 1, definition=definition, by=by, at=now), True
