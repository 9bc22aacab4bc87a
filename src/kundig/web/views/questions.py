"""Any analysis, drawn from its signature: form, picture, table, definition, files."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kundig.analysis import Analysis, Argument, Result, analyses
from kundig.errors import ArgumentError, KundigError
from kundig.journal import dimensions
from kundig.state.notes import notes
from kundig.state.rights import Right
from kundig.web import causes, comparing, members, words
from kundig.web.access import Asked, page
from kundig.web.asking import answers, question
from kundig.web.behind import address
from kundig.web.drawn import drawn
from kundig.web.files import csv_file, json_file
from kundig.web.german import german, noted
from kundig.web.moment import as_of
from kundig.web.pictures import once
from kundig.web.reader import spoken
from kundig.web.shown import shown
from kundig.web.told import told


@page(Right.FIGURES)
def questions(request: Asked) -> HttpResponse:
    """Every question that can be asked."""
    every = [told(of) for of in analyses().values()]
    rooms = [(room, list(group)) for room, group in groupby(every, key=lambda one: one.room)]
    return render(request, "kundig/questions.html", {"rooms": rooms, "count": len(every)})


@page(Right.FIGURES)
def question_page(request: Asked, name: str) -> HttpResponse:
    """One analysis; the address says how it is asked."""
    if name not in analyses():
        raise Http404
    of = analyses()[name]
    moment, before = as_of(request), as_of(request, "compare")
    form = QuestionForm(of, request.GET)
    context: dict[str, Any] = {"of": told(of), "form": form, "as_of": moment, "compare": before, "columns": _columns(of), "dimensions": DIMENSIONS, "asked": request.GET.urlencode()}
    if not form.is_valid():
        return render(request, "kundig/question.html", context, status=400)
    given = form.given()
    if not request.user.may(Right.CUSTOMERS) and _names_somebody(str(given.get("by") or "")):
        raise PermissionDenied(Right.CUSTOMERS)
    asked = [question(request, name, as_of=moment, **given)] + ([question(request, name, as_of=before, **given)] if before else [])
    answer, *then = answers(request, told(of).question, *asked)
    if isinstance(answer, ArgumentError):
        return render(request, "kundig/question.html", {**context, "fault": str(answer)}, status=400)
    if isinstance(answer, KundigError):
        raise answer
    if "format" in request.GET:
        return _file(request, answer, request.GET["format"])
    links = request.user.may(Right.CUSTOMERS)
    meanings = {column: german(meaning) or meaning for column, meaning in of.columns.items()}
    compared = comparing.beside(answer, then[0]) if then and isinstance(then[0], Result) else None
    marks = {note.on: note.text for note in notes()}
    # Of one answer the table is made once; a comparison is a new answer each time.
    table = shown(compared, meanings, links=links, as_of=moment) if compared else once(answer, ("table", links, moment), lambda: shown(answer, meanings, links=links, as_of=moment))
    if name in causes.CAUSES and not before and request.user.may(Right.NOTES):
        table, drawn_table = causes.with_causes(table, answer, request.GET.urlencode()), None
    else:
        drawn_table = None if compared else once(answer, ("drawn", links, moment, name), lambda: render_to_string("kundig/_table.html", {"table": table, "caption": told(of).question}))
    context |= {
        "answer": answer,
        "notes": [(noted(note) or note, get_language() == "de" and noted(note) is None) for note in answer.notes],
        "picture": drawn(answer, told(of).question, links=links, notes=marks, as_of=moment, width=1200),
        "table": table,
        "drawn_table": drawn_table,
        "members": address(named.query(), as_of=moment) if links and (named := members.of_answer(of, given)) else None,
        "fault": str(then[0]) if then and isinstance(then[0], KundigError) else "",
    }
    return render(request, "kundig/question.html", context)


def _names_somebody(by: str) -> bool:
    """Whether groups may be single customers."""
    return by in {"account", "company", "postcode", "staff"} or by.startswith("properties.")


def _file(request: Asked, answer: Result, form: str) -> HttpResponse:
    if not request.user.may(Right.EXPORT):
        raise PermissionDenied(Right.EXPORT)
    answer = answer.in_language(spoken())
    if form == "json":
        return json_file(answer)
    if form not in {"csv", "csv-de"}:
        raise ArgumentError(_("expected csv, csv-de or json, found “%(text)s”") % {"text": form})
    return csv_file(answer.table, answer.name, german=form == "csv-de")  # type: ignore[return-value]  # a stream is an answer as well


def _columns(of: Analysis) -> list[tuple[str, str, str]]:
    return [(name, words.column(name), german(meaning) or meaning) for name, meaning in of.columns.items()]


class QuestionForm(forms.Form):
    """The arguments of an analysis as fields, from its signature."""

    def __init__(self, of: Analysis, given: Mapping[str, Any]) -> None:
        self.of = of
        filled = {argument.name: _text(argument.default) for argument in of.arguments} | {name: value for name, value in given.items() if name not in {"as_of", "compare", "format"}}
        super().__init__(filled, label_suffix="")
        for argument in of.arguments:
            self.fields[argument.name] = _field(argument)
        self.unknown = [name for name in given if name not in self.fields and name not in {"as_of", "compare", "format", "page"}]

    def clean(self) -> dict[str, Any]:
        """The arguments as the analysis has them."""
        if self.unknown:
            raise forms.ValidationError(_("This question has no “%(name)s”.") % {"name": self.unknown[0]})
        found: dict[str, Any] = {}
        for argument in self.of.arguments:
            if argument.name in self.errors:
                continue
            text = self.cleaned_data.get(argument.name, "")
            if not text and not argument.optional and argument.default is not None:
                text = _text(argument.default)
            try:
                found[argument.name] = argument.value(text)
            except ArgumentError:
                self.add_error(argument.name, _KINDS.get(argument.type, _("This is not among what can be chosen.")))
        return found

    def given(self) -> dict[str, Any]:
        """Values that differ from the default."""
        return {argument.name: self.cleaned_data[argument.name] for argument in self.of.arguments if self.cleaned_data[argument.name] != argument.default}


_KINDS = {int: _("a whole number"), float: _("a number"), bool: _("yes or no")}


def _field(argument: Argument) -> forms.Field:
    label = words.argument(argument.name)
    hint = german(argument.meaning) or argument.meaning
    none = [("", "–")] if argument.optional else []
    if argument.choices:
        return forms.ChoiceField(label=label, help_text=hint, required=False, choices=[*none, *((choice, words.value(str(choice))) for choice in argument.choices)])
    if argument.type is bool:
        return forms.ChoiceField(label=label, help_text=hint, required=False, choices=[("True", _("yes")), ("False", _("no"))])
    if argument.name == "by":
        field = forms.CharField(label=label, help_text=hint, required=False)
        field.widget.attrs["list"] = "dimensions"
        return field
    return forms.CharField(label=label, help_text=hint, required=False)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


DIMENSIONS = tuple(dimensions())
