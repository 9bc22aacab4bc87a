"""Notes: what happened on a day, so that a curve can be understood."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kundig.state.people import Person


class Note(models.Model):
    """A dated note that charts show as a dotted rule."""

    on = models.DateField(_("day"), db_index=True)
    text = models.CharField(_("what happened"), max_length=60)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    deleted = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["on", "pk"]

    def __str__(self) -> str:
        return self.text


def notes() -> models.QuerySet[Note]:
    """The notes that hold, by day."""
    return Note.objects.filter(deleted=False)
