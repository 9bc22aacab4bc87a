"""Pages of whole rooms: voice, journeys in depth, value, foresight. Each shows the analyses that this kundig knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kundig.analysis import Result, analyses
from kundig.customers import Selection
from kundig.errors import KundigError
from kundig.state.notes import notes
from kundig.state.rights import Right
from kundig.web import words
from kundig.web.access import Asked, page
from kundig.web.asking import answers, question
from kundig.web.drawn import drawn
from kundig.web.german import german
from kundig.web.moment import as_of
from kundig.web.shown import Shown, shown
from kundig.web.views.questions import Told, told

METRICS = ("nps", "csat", "ces", "stars")
SPLITS = ("touchpoint", "channel", "stage", "department", "product", "segment", "language")
DEPTH = ("journeys.variants", "journeys.interlocks", "journeys.entries_exits", "journeys.flows")
AT = 8
COLUMNS = 8


@dataclass(frozen=True)
class Panel:
    """An analysis on a page: its question, its answer in small, the way to all of it."""

    told: Told
    href: str
    picture: SafeString | None
    table: Shown | None
    n: int
    fault: str
    wide: bool


@page(Right.FIGURES)
def voice(request: Asked) -> HttpResponse:
    """What customers say: a score by anything, over time, and in their words."""
    moment = as_of(request)
    metric = _among(request.GET.get("metric"), METRICS, "csat")
    by = _among(request.GET.get("by"), SPLITS, "touchpoint")
    customers = request.user.may(Right.CUSTOMERS)
    others = [name for name in analyses() if name.startswith("feedback.") and name != "feedback.scores"]
    asked = [
        question(request, "feedback.scores", as_of=moment, metric=metric, by=by),
        question(request, "feedback.scores", as_of=moment, metric=metric, every="month"),
        question(request, "feedback.scores", as_of=moment, metric=metric),
        *(question(request, name, as_of=moment) for name in others),
    ]
    if customers:
        asked.append(question(request, "customers.quotes", as_of=moment, of=Selection(metric=metric), most=12))
    split, curve, whole, *rest = answers(request, _("Voice"), *asked)
    for one in (split, curve, whole):
        if isinstance(one, KundigError):
            raise one
    marks = {note.on: note.text for note in notes()}
    total = whole.table.to_pylist()
    context: dict[str, Any] = {
        "as_of": moment,
        "metric": metric,
        "by": by,
        "metrics": [(name, words.metric(name)) for name in METRICS],
        "splits": [(name, words.column(name)) for name in SPLITS],
        "title": words.metric(metric),
        "total": total[0] if total else None,
        "split": drawn(split, _("By %(what)s") % {"what": words.column(by)}, links=customers, as_of=moment, width=640),
        "table": shown(split, {}, links=customers, most=40, only=("group", "state", "n", "customers", "score", "low", "high"), as_of=moment),
        "curve": drawn(curve, words.metric(metric), links=customers, notes=marks, as_of=moment, width=1230),
        "split_n": split.n,
        "quotes": rest[-1].to_pylist() if customers and not isinstance(rest[-1], KundigError) else [],
        "panels": [_panel(name, answer, moment, links=customers) for name, answer in zip(others, rest, strict=False)],
        "whole": f"{reverse('question', args=['feedback.scores'])}?metric={metric}&by={by}",
        "scale": {"nps": "nps", "stars": "stars"}.get(metric, "percent"),
    }
    return render(request, "kundig/voice.html", context)


@page(Right.FIGURES)
def paths(request: Asked) -> HttpResponse:
    """Journeys in depth: ways, handovers, beginnings and ends; by customer or by case."""
    unit = "case" if request.GET.get("unit") == "case" else "customer"
    level = _among(request.GET.get("level"), ("touchpoint", "stage", "department"), "stage")
    moment = as_of(request)
    names = [*DEPTH, *(name for name in analyses() if name.startswith("journeys.") and name not in DEPTH)]
    fits: dict[str, Any] = {"unit": unit, "level": level}
    asked = [question(request, name, as_of=moment, **{key: value for key, value in fits.items() if _takes(name, key, value)}) for name in names]
    found = answers(request, _("Journeys in depth"), *asked)
    context = {
        "as_of": moment,
        "unit": unit,
        "level": level,
        "levels": [(name, words.value(name)) for name in ("touchpoint", "stage", "department")],
        "panels": [_panel(name, answer, moment, links=request.user.may(Right.CUSTOMERS), query=dict(one.arguments)) for name, answer, one in zip(names, found, asked, strict=True)],
    }
    return render(request, "kundig/paths.html", context)


@page(Right.FIGURES)
def value(request: Asked) -> HttpResponse:
    """What customers are worth."""
    return _room(request, "value", _("Value"))


@page(Right.FIGURES)
def foresight(request: Asked) -> HttpResponse:
    """What will happen, and how well that is known."""
    return _room(request, "foresight", _("Foresight"))


def _room(request: Asked, room: str, title: str) -> HttpResponse:
    moment = as_of(request)
    names = [name for name in analyses() if name.startswith(f"{room}.")]
    found = answers(request, title, *(question(request, name, as_of=moment) for name in names)) if names else []
    links = request.user.may(Right.CUSTOMERS)
    panels = [_panel(name, answer, moment, links=links) for name, answer in zip(names, found, strict=True)]
    panels.sort(key=lambda panel: bool(panel.fault) or not panel.n)
    return render(request, "kundig/room.html", {"as_of": moment, "room": room, "title": title, "panels": panels})


def _among(given: str | None, known: Iterable[str], other: str) -> str:
    """What is given if it is known; else the other."""
    return given if given is not None and given in known else other


def _takes(name: str, argument: str, value: str) -> bool:
    """Whether an analysis has an argument and knows the value."""
    return any(one.name == argument and (not one.choices or value in one.choices) for one in analyses()[name].arguments)


def _panel(name: str, answer: Any, moment: str | None, *, links: bool, query: dict[str, Any] | None = None) -> Panel:
    from urllib.parse import urlencode  # noqa: PLC0415 -- beside its use

    of = analyses()[name]
    kept = {**(query or {}), **({"as_of": moment} if moment else {})}
    href = reverse("question", args=[name]) + (f"?{urlencode(kept)}" if kept else "")
    if not isinstance(answer, Result):
        return Panel(told(of), href, None, None, 0, str(answer), wide=False)
    picture = drawn(answer, told(of).question, links=links, as_of=moment, width=620)
    meanings = {column: german(meaning) or meaning for column, meaning in of.columns.items()}
    table = shown(answer, meanings, most=AT, links=links, wide=COLUMNS, as_of=moment)
    return Panel(told(of), href, picture, table, answer.n, "", wide=picture is None)
