"""Themes: naming, merging and pinning them, so that what customers talk about keeps the names that people know; every step can be undone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kundig.errors import ConfigError
from kundig.settled import LONGEST_NAME, Change, naming, settled
from kundig.state.rights import Right
from kundig.state.theming import ThemeStep, settle, taken_back
from kundig.texts.proposals import proposals
from kundig.web.access import Asked, page
from kundig.web.asking import answer, question
from kundig.web.desk import desk

STEPS = 10
_MOST_LINES, _LONGEST_LINE = 20, 500


class PinForm(forms.Form):
    """A pinned theme: its name, and by what texts are found to belong to it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    words = forms.CharField(
        label=gettext_lazy("Words"), required=False, widget=forms.Textarea({"rows": 4}), help_text=gettext_lazy("One a line. A text with a word that begins so belongs to the theme.")
    )
    examples = forms.CharField(
        label=gettext_lazy("Examples"), required=False, widget=forms.Textarea({"rows": 5}), help_text=gettext_lazy("One a line. A text that means nearly the same belongs to the theme, once texts are read anew.")
    )

    def clean_words(self) -> list[str]:
        """One a line, none twice."""
        return _lines(self.cleaned_data["words"])

    def clean_examples(self) -> list[str]:
        """One a line, none twice."""
        return _lines(self.cleaned_data["examples"])

    def clean(self) -> dict[str, Any]:
        """Something to be found by."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("words") and not given.get("examples") and not self.errors:
            self.add_error("words", _("A pinned theme needs words or examples to be found by."))
        return given


def _lines(text: str) -> list[str]:
    lines = dict.fromkeys(" ".join(line.split()) for line in text.splitlines())
    found = [line for line in lines if line]
    if len(found) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in found):
        raise forms.ValidationError(_("At most %(n)s lines of at most %(m)s letters.") % {"n": _MOST_LINES, "m": _LONGEST_LINE})
    return found


@page(Right.FIGURES)
def themes(request: Asked) -> HttpResponse:
    """All themes, with what may be done to each, and what was done of late."""
    texts = desk().workspace.config.texts
    pinned, proposed = settled(desk().folder).themes, proposals(desk().workspace.models)
    rows = [{**row, "named": row["theme"] in texts.renamed.values(), "ours": row["theme"] in pinned, "proposed": proposed.get(row["theme"]), "pin": f"{reverse('themes-pin')}?{urlencode({'theme': row['theme']})}"} for row in _rows(request)]
    context = {"rows": rows, "steps": ThemeStep.objects.all()[:STEPS], "longest": LONGEST_NAME, "change": _may(request), "whole": reverse("question", args=["feedback.themes"])}
    return render(request, "kundig/themes.html", context)


@require_POST
@page(Right.NOTES)
def themes_name(request: Asked) -> HttpResponse:
    """Give themes a name: one is renamed, several are merged."""
    _allowed(request)
    taken = request.POST.get("take")
    name, chosen = (proposals(desk().workspace.models).get(taken, ""), {taken}) if taken else (" ".join(request.POST.get("name", "").split()), set(request.POST.getlist("theme")))
    rows = [row for row in _rows(request) if row["theme"] in chosen and row["state"] != "pinned"]
    if not rows or not name:
        messages.error(request, _("Choose a theme and write a name; themes that are pinned are edited by themselves."))
        return redirect("themes")
    change = naming(desk().workspace.config.texts, [(row["theme"], row["terms"]) for row in rows], name)
    return _settled(request, change, _("The themes are one: %(name)s.") % {"name": name} if len(rows) > 1 else _("The theme is called %(name)s.") % {"name": name})


@page(Right.NOTES)
def themes_pin(request: Asked) -> HttpResponse:
    """Pin a theme, or edit one that is pinned: from then on it is what its words and examples say."""
    _allowed(request)
    theme = request.GET.get("theme", "")
    kept = desk().workspace.config.texts.themes.get(theme)
    row = next((row for row in _rows(request) if row["theme"] == theme), None)
    if theme and kept is None and row is None:
        raise Http404
    if request.method != "POST":
        words, examples = (kept.words, kept.examples) if kept else (row["terms"], row["examples"]) if row else ((), ())
        form = PinForm(initial={"name": theme[:LONGEST_NAME], "words": "\n".join(words), "examples": "\n".join(examples)})
        return render(request, "kundig/theme_pin.html", {"form": form, "title": theme, "kept": kept, "ours": theme in settled(desk().folder).themes})
    form = PinForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        pinned: dict[str, Any] = {given["name"]: {"words": given["words"], "examples": given["examples"]}}
        if kept and given["name"] != theme:
            pinned[theme] = None
        try:
            return _settled(request, {"themes": pinned}, _("“%(name)s” is pinned.") % {"name": given["name"]})
        except ConfigError as error:
            form.add_error("name", str(error))
    return render(request, "kundig/theme_pin.html", {"form": form, "title": theme, "kept": kept, "ours": False}, status=422)


@require_POST
@page(Right.NOTES)
def themes_unpin(request: Asked) -> HttpResponse:
    """Let a pinned theme go; its texts are parted into themes again."""
    _allowed(request)
    theme = request.POST.get("theme", "")
    if theme not in settled(desk().folder).themes:
        raise Http404
    return _settled(request, {"themes": {theme: None}}, _("“%(name)s” is pinned no longer.") % {"name": theme})


@require_POST
@page(Right.NOTES)
def themes_undo(request: Asked, step: int) -> HttpResponse:
    """Take a step back."""
    _allowed(request)
    one = get_object_or_404(ThemeStep, pk=step)
    done = taken_back(desk().folder, one, request.user.name, timezone.now())
    messages.success(request, _("It is as it was."), extra_tags=reverse("themes-undo", args=[done.pk]) if done else "")
    return redirect("themes")


def _settled(request: Asked, change: Change, said: str) -> HttpResponse:
    step = settle(desk().folder, change, request.user.name, timezone.now())
    messages.success(request, said if step else _("It is as it was."), extra_tags=reverse("themes-undo", args=[step.pk]) if step else "")
    return redirect("themes")


def _rows(request: Asked) -> list[dict[str, Any]]:
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


def _allowed(request: Asked) -> None:
    if not _may(request):
        raise PermissionDenied(Right.NOTES)
