"""Pinning a theme: by words, by examples, and by what it learns from the texts that belong to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kundig.errors import ConfigError
from kundig.settings.texts import Pinned
from kundig.settled import LONGEST_NAME, settled
from kundig.state.rights import Right
from kundig.texts.contest import FEWEST, FEWEST_EACH, enough
from kundig.texts.lessons import NO, YES, lesson
from kundig.texts.pins import learning, pin
from kundig.web.access import Asked, page
from kundig.web.desk import Question, desk
from kundig.web.views.themes import allowed_here, settle_here, theme_rows

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

    learn = forms.BooleanField(
        label=gettext_lazy("Learn from the texts that belong to it today"),
        required=False,
        help_text=gettext_lazy("Once texts are read anew, what was learnt decides, unless words and examples prove to be right as often."),
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


@page(Right.NOTES)
def themes_pin(request: Asked) -> HttpResponse:
    """Pin a theme, or edit one that is pinned: from then on it is what its words and examples say."""
    allowed_here(request)
    theme = request.GET.get("theme", "")
    kept = desk().workspace.config.texts.themes.get(theme)
    row = next((row for row in theme_rows(request) if row["theme"] == theme), None)
    if theme and kept is None and row is None:
        raise Http404
    if request.method != "POST":
        words, examples = (kept.words, kept.examples) if kept else (row["terms"], row["examples"]) if row else ((), ())
        form = PinForm(initial={"name": theme[:LONGEST_NAME], "words": "\n".join(words), "examples": "\n".join(examples), "learn": kept.learnt_from is not None if kept else row is not None})
        if row is None and not (kept and kept.learnt_from):
            # Nobody knows which texts belong to it.
            del form.fields["learn"]
        elif not kept:
            # Found out while the form is filled in.
            desk().future(_membership(theme), later=True)
        return render(request, "kundig/theme_pin.html", {"form": form, "title": theme, "kept": kept, "ours": theme in settled(desk().folder).themes, **_learnt(kept)})
    form = PinForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        learnt_from = kept.learnt_from if kept else None
        if given["learn"] and learnt_from is None and row:
            learnt_from = _pinned_from(theme)
            if learnt_from is None:
                form.add_error("learn", _("Too few texts to learn from: at least %(n)s must belong to it and as many not, %(m)s together.") % {"n": FEWEST_EACH, "m": FEWEST})
                return render(request, "kundig/theme_pin.html", {"form": form, "title": theme, "kept": kept, "ours": False}, status=422)
        pinned: dict[str, Any] = {given["name"]: {"words": given["words"], "examples": given["examples"], "learnt_from": learnt_from if given["learn"] else None}}
        if kept and given["name"] != theme:
            pinned[theme] = None
        try:
            return settle_here(request, {"themes": pinned}, _("“%(name)s” is pinned.") % {"name": given["name"]})
        except ConfigError as error:
            form.add_error("name", str(error))
    return render(request, "kundig/theme_pin.html", {"form": form, "title": theme, "kept": kept, "ours": False}, status=422)


@require_POST
@page(Right.NOTES)
def themes_unpin(request: Asked) -> HttpResponse:
    """Let a pinned theme go; its texts are parted into themes again."""
    allowed_here(request)
    theme = request.POST.get("theme", "")
    if theme not in settled(desk().folder).themes:
        raise Http404
    return settle_here(request, {"themes": {theme: None}}, _("“%(name)s” is pinned no longer.") % {"name": theme})


def _pinned_from(theme: str) -> str | None:
    """What the theme learns from: the texts that belong to it now, and others; None where these are too few."""
    rows = desk().future(_membership(theme)).result().to_pylist()
    belongs = {row["text_hash"]: bool(row["belongs"]) for row in rows}
    return pin(desk().workspace.models, belongs) if enough([YES if one else NO for one in belongs.values()], (NO, YES)) else None


def _membership(theme: str) -> Question:
    return Question("themes.membership", (("theme", theme),))


def _learnt(kept: Pinned | None) -> dict[str, Any]:
    """How what a pinned theme learnt stands to its words and examples; nothing where it has learnt nothing yet."""
    if kept is None or kept.learnt_from is None:
        return {}
    how = lesson(desk().workspace.models, learning(kept.learnt_from))
    return {"waits": True} if how is None else {"how": how, "won": how["low"] > 0}
