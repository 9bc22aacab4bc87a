"""Pages of whole rooms: voice, journeys in depth, value, foresight. What stands on them is in `kundig.web.rooms`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kundig.analysis import analyses
from kundig.customers import Selection
from kundig.errors import KundigError
from kundig.state.notes import notes
from kundig.state.rights import Right
from kundig.web import words
from kundig.web.access import Asked, page
from kundig.web.asking import answer, question, some
from kundig.web.desk import Question
from kundig.web.drawn import drawn
from kundig.web.moment import as_of
from kundig.web.parts import Chapter, Panel, Part, complete, panel
from kundig.web.pictures import once
from kundig.web.rooms import foresight as foresight_page
from kundig.web.rooms import journeys as journeys_page
from kundig.web.rooms import value as value_page
from kundig.web.rooms import voice as voice_page
from kundig.web.shown import shown

METRICS = ("nps", "csat", "ces", "stars")
SPLITS = ("touchpoint", "channel", "stage", "department", "product", "segment", "language")


@dataclass(frozen=True)
class Shelf:
    """A chapter as a page shows it: what can be answered first, what cannot by name alone."""

    title: str
    panels: list[Panel]
    without: list[Panel]


@page(Right.FIGURES)
def voice(request: Asked) -> HttpResponse:
    """What customers say: a score by anything, over time, and in their words."""
    moment = as_of(request)
    metric = _among(request.GET.get("metric"), METRICS, "") or _answered(request, moment)
    by = _among(request.GET.get("by"), SPLITS, "touchpoint")
    customers = request.user.may(Right.CUSTOMERS)
    chapters = [_without(chapter, "feedback.scores") for chapter in complete("feedback", voice_page.CHAPTERS)]
    needed = [
        question(request, "feedback.scores", as_of=moment, metric=metric, by=by),
        question(request, "feedback.scores", as_of=moment, metric=metric, every="month"),
        question(request, "feedback.scores", as_of=moment, metric=metric),
    ]
    if customers:
        needed.append(question(request, "customers.quotes", as_of=moment, of=Selection(metric=metric), most=12))
    (split, curve, whole, *quotes), shelves = _asked(request, _("Voice"), chapters, needed=needed, metric=metric)
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
        "table": once(split, ("split", customers, moment), lambda: shown(split, {}, links=customers, most=40, only=("group", "state", "n", "customers", "score", "low", "high"), as_of=moment)),
        "curve": drawn(curve, words.metric(metric), links=customers, notes=marks, as_of=moment, width=1230),
        "split_n": split.n,
        "quotes": quotes[0].to_pylist() if quotes and not isinstance(quotes[0], KundigError) else [],
        "shelves": shelves,
        "late": _late(shelves),
        "whole": f"{reverse('question', args=['feedback.scores'])}?metric={metric}&by={by}",
        "scale": {"nps": "nps", "stars": "stars"}.get(metric, "percent"),
    }
    return render(request, "kundig/voice.html", context)


@page(Right.FIGURES)
def paths(request: Asked) -> HttpResponse:
    """Journeys in depth: ways, handovers, beginnings and ends; by customer or by case."""
    unit = "case" if request.GET.get("unit") == "case" else "customer"
    level = _among(request.GET.get("level"), ("touchpoint", "stage", "department"), "stage")
    _needed, shelves = _asked(request, _("Journeys in depth"), complete("journeys", journeys_page.CHAPTERS), unit=unit, level=level)
    context = {
        "as_of": as_of(request),
        "unit": unit,
        "level": level,
        "levels": [(name, words.value(name)) for name in ("touchpoint", "stage", "department")],
        "shelves": shelves,
        "late": _late(shelves),
    }
    return render(request, "kundig/paths.html", context)


@page(Right.FIGURES)
def value(request: Asked) -> HttpResponse:
    """What customers are worth."""
    return _room(request, "value", _("Value"), value_page.CHAPTERS)


@page(Right.FIGURES)
def foresight(request: Asked) -> HttpResponse:
    """What will happen, and how well that is known."""
    return _room(request, "foresight", _("Foresight"), foresight_page.CHAPTERS)


def _room(request: Asked, room: str, title: str, chapters: Sequence[Chapter]) -> HttpResponse:
    _needed, shelves = _asked(request, title, complete(room, chapters))
    return render(request, "kundig/room.html", {"as_of": as_of(request), "room": room, "title": title, "shelves": shelves, "late": _late(shelves)})


def _asked(request: Asked, title: str, chapters: Sequence[Chapter], *, needed: Sequence[Question] = (), **fits: str) -> tuple[list[Any], list[Shelf]]:
    """The answers that a page needs, and its chapters; arguments of the address go to every analysis that takes them."""
    moment, links = as_of(request), request.user.may(Right.CUSTOMERS)
    parts = [part for chapter in chapters for part in chapter.parts]
    asked = [question(request, part.analysis, as_of=moment, **_arguments(part, fits)) for part in parts]
    found, (directory, *rest) = some(request, title, needed, [question(request, "customers.directory" if links else "seen", as_of=moment), *asked])
    panels = iter([panel(part, answer, one, links=links, directory=directory) for part, answer, one in zip(parts, rest, asked, strict=True)])
    shelves = []
    for chapter in chapters:
        those = [next(panels) for _part in chapter.parts]
        without = [one for one in those if one.empty or one.fault]
        shelves.append(Shelf(str(chapter.title), [one for one in those if one not in without], without))
    return found, shelves


def _arguments(part: Part, fits: Mapping[str, str]) -> dict[str, Any]:
    """What a part is asked with: its own arguments, and those of the address that it takes."""
    return {**part.arguments, **{key: value for key, value in fits.items() if _takes(part.analysis, key, value)}}


def _late(shelves: Sequence[Shelf]) -> int:
    """How many answers are still worked on."""
    return sum(one.late for shelf in shelves for one in shelf.panels)


def _without(chapter: Chapter, name: str) -> Chapter:
    return Chapter(chapter.title, tuple(part for part in chapter.parts if part.analysis != name))


def _answered(request: Asked, moment: str | None) -> str:
    """The score that the page begins with: satisfaction, or the first that anybody has answered."""
    for metric in ("csat", *METRICS):
        if answer(request, _("Voice"), question(request, "feedback.scores", as_of=moment, metric=metric)).n:
            return metric
    return "csat"


def _among(given: str | None, known: Iterable[str], other: str) -> str:
    """What is given if it is known; else the other."""
    return given if given is not None and given in known else other


def _takes(name: str, argument: str, value: str) -> bool:
    """Whether an analysis has an argument and knows the value."""
    return any(one.name == argument and (not one.choices or value in one.choices) for one in analyses()[name].arguments)
