"""Themes: naming, merging and pinning them, so that what customers talk about keeps the names that people know; every step can be undone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.settled import LONGEST_NAME, Change, naming, settled
from kundig.state.rights import Right
from kundig.state.theming import ThemeStep, settle, taken_back
from kundig.texts.proposals import proposals
from kundig.web.access import Asked, page
from kundig.web.asking import answer, question
from kundig.web.desk import desk

STEPS = 10


@page(Right.FIGURES)
def themes(request: Asked) -> HttpResponse:
    """All themes, with what may be done to each, and what was done of late."""
    texts = desk().workspace.config.texts
    pinned, proposed = settled(desk().folder).themes, proposals(desk().workspace.models)
    rows = [{**row, "named": row["theme"] in texts.renamed.values(), "ours": row["theme"] in pinned, "proposed": proposed.get(row["theme"]), "pin": f"{reverse('themes-pin')}?{urlencode({'theme': row['theme']})}"} for row in theme_rows(request)]
    context = {"rows": rows, "steps": ThemeStep.objects.all()[:STEPS], "longest": LONGEST_NAME, "change": _may(request), "whole": reverse("question", args=["feedback.themes"])}
    return render(request, "kundig/themes.html", context)


@require_POST
@page(Right.NOTES)
def themes_name(request: Asked) -> HttpResponse:
    """Give themes a name: one is renamed, several are merged."""
    allowed_here(request)
    taken = request.POST.get("take")
    name, chosen = (proposals(desk().workspace.models).get(taken, ""), {taken}) if taken else (" ".join(request.POST.get("name", "").split()), set(request.POST.getlist("theme")))
    rows = [row for row in theme_rows(request) if row["theme"] in chosen and row["state"] != "pinned"]
    if not rows or not name:
        messages.error(request, _("Choose a theme and write a name; themes that are pinned are edited by themselves."))
        return redirect("themes")
    change = naming(desk().workspace.config.texts, [(row["theme"], row["terms"]) for row in rows], name)
    return settle_here(request, change, _("The themes are one: %(name)s.") % {"name": name} if len(rows) > 1 else _("The theme is called %(name)s.") % {"name": name})


@require_POST
@page(Right.NOTES)
def themes_undo(request: Asked, step: int) -> HttpResponse:
    """Take a step back."""
    allowed_here(request)
    one = get_object_or_404(ThemeStep, pk=step)
    done = taken_back(desk().folder, one, request.user.name, timezone.now())
    messages.success(request, _("It is as it was."), extra_tags=reverse("themes-undo", args=[done.pk]) if done else "")
    return redirect("themes")


def settle_here(request: Asked, change: Change, said: str) -> HttpResponse:
    step = settle(desk().folder, change, request.user.name, timezone.now())
    messages.success(request, said if step else _("It is as it was."), extra_tags=reverse("themes-undo", args=[step.pk]) if step else "")
    return redirect("themes")


def theme_rows(request: Asked) -> list[dict[str, Any]]:
    """The themes as the room of voice shows them.

    Raises:
        KundigError: as the question has it.
        PendingError: it takes longer.
    """
    rows: list[dict[str, Any]] = answer(request, _("Themes"), question(request, "feedback.themes")).table.to_pylist()
    if not request.user.may(Right.CUSTOMERS):
        for row in rows:
            row["examples"] = []
    return rows


def _may(request: Asked) -> bool:
    """Names hold for the whole company: whoever sees one department changes none."""
    return request.user.may(Right.NOTES) and not request.user.unit


def allowed_here(request: Asked) -> None:
    if not _may(request):
        raise PermissionDenied(Right.NOTES)
