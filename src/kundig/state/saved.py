"""Saved views: a page with its filters, under a name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kundig.state.people import Person


class SavedView(models.Model):
    """A page and its query string; shared ones are seen by all."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(max_length=200)
    query = models.CharField(max_length=2000, blank=True)
    shared = models.BooleanField(_("for everybody"), default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["person", "page", "name"], name="one_name_a_page")]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """Where it leads."""
        return f"{self.page}?{self.query}" if self.query else self.page


def saved_views(person: Person, page: str, *, below: bool = False) -> QuerySet[SavedView]:
    """The views of a page that a person has, or that are shared; `below`, also those of the pages under it."""
    theirs = SavedView.objects.filter(Q(person=person) | Q(shared=True))
    return theirs.filter(page__startswith=page) if below else theirs.filter(page=page)
