"""The report as plain data, from which it is printed: texts as they are read, pictures as SVG text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kundig.report.figures import Point, range_bar, trend
from kundig.report.formats import Formats
from kundig.report.journey import asked_journey, journey_map, legend
from kundig.report.journey.listing import Table
from kundig.report.phrases import Phrase
from kundig.report.tokens import resolved
from kundig.report.weekly import definitions
from kundig.report.weekly.figure import DOMAINS, Figure, judged, written
from kundig.report.weekly.headline import headline
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import Drawing, LeftOut, Section
from kundig.report.weekly.sections import scores
from kundig.report.weekly.sections.changes import changes, metric, title
from kundig.report.weekly.sections.departments import departments
from kundig.report.weekly.sections.funnel import funnel
from kundig.report.weekly.sections.handovers import handovers
from kundig.report.weekly.sections.load import load
from kundig.report.weekly.sections.moments import moments
from kundig.report.weekly.sections.renewals import renewals
from kundig.report.weekly.sections.retention import NAMES as RETAINED
from kundig.report.weekly.sections.retention import retention
from kundig.report.weekly.sections.rules import rules
from kundig.report.words import VERDICTS

SECTIONS: tuple[Callable[[Inquiry], Section | LeftOut], ...] = (departments, moments, handovers, rules, funnel, retention, renewals, load)
_WORDS = {
    "kicker": Phrase("Customer report for the board", "Kundenbericht für den Vorstand"),
    "as_of": Phrase("As known on {moment}", "Stand {moment}"),
    "changes": Phrase("What changed", "Was sich geändert hat"),
    "brief": Phrase("At a glance", "Auf einen Blick"),
    "map": Phrase("The customer journey, last 13 weeks", "Die Kundenreise, letzte 13 Wochen"),
    "details": Phrase("In detail", "Im Einzelnen"),
    "definitions": Phrase("How the figures are defined", "Wie die Zahlen bestimmt sind"),
    "method": Phrase("All figures", "Alle Zahlen"),
    "left_out": Phrase("Not in this report", "Nicht in diesem Bericht"),
    "corrections": Phrase("Corrections", "Korrekturen"),
    "page": Phrase("Page", "Seite"),
    "no_map": Phrase("The map needs touchpoints with stages in kundig.yaml, and contacts at them.", "Die Karte braucht Kontaktpunkte mit Phasen in kundig.yaml und Kontakte an ihnen."),
}
_RANGE = Phrase("range {range}", "Bereich {range}")
_FEW = Phrase("too few answers", "zu wenige Antworten")
_NOW = Phrase("{value}, before {before} · {metric}, {answers} · {verdict}", "{value}, vorher {before} · {metric}, {answers} · {verdict}")
_TREND = Phrase("{metric}, last 12 months", "{metric}, letzte 12 Monate")
_TREND_NOTE = Phrase("By month. The band is the 95% range: a move inside it may be chance.", "Nach Monaten. Das Band ist der 95-%-Bereich: Bewegung darin kann Zufall sein.")
_NOT_DRAWN = Phrase("Touchpoints without a stage are not on the map: {names}.", "Kontaktpunkte ohne Phase stehen nicht auf der Karte: {names}.")
_MAP = Phrase("Map of the customer journey: {stages} stages, {touchpoints} touchpoints.", "Landkarte der Kundenreise: {stages} Phasen, {touchpoints} Kontaktpunkte.")
_NONE = Phrase("nothing to compare with", "nichts zum Vergleichen")


@dataclass(frozen=True)
class Page:
    """What is printed, and the figures in it."""

    data: dict[str, Any]
    figures: tuple[Figure, ...]


def page(inquiry: Inquiry) -> Page:
    """The whole report of a week in one language."""
    formats, language, week = inquiry.formats, inquiry.formats.language, inquiry.week
    told = [section(inquiry) for section in (changes, *SECTIONS)]
    sections = [section for section in told if isinstance(section, Section)]
    keys = key_figures(inquiry)
    moved = next((section.figures for section in sections if section.key == "changes"), ())
    journey = asked_journey(inquiry.workspace, as_of=inquiry.as_of, until=week.end)
    # The map asks these by itself.
    inquiry.asked.setdefault("journeys.flows", {})
    inquiry.asked.setdefault("journeys.entries_exits", {})
    drawn = journey_map(journey, formats, width=1180) if journey.touchpoints else None
    data = {
        "language": language,
        "company": inquiry.workspace.config.company.name,
        "week": week.name,
        "period": formats.week_days(week.monday),
        "words": {name: phrase.said(language) for name, phrase in _WORDS.items() if name != "as_of"},
        "as_of": _WORDS["as_of"].said(language, moment=formats.moment(inquiry.as_of)),
        "headline": headline(keys, moved, inquiry),
        "figures": [_key(figure, formats) for figure in keys[:4]],
        "trend": _trend(keys, inquiry),
        "changes": [_change(figure, inquiry) for figure in moved[:5]],
        "no_changes": next((section.reason for section in told if isinstance(section, LeftOut) and section.key == "changes"), ""),
        "brief": [{"title": section.title, "text": section.sentence} for section in sections if section.key != "changes"],
        "map": {"svg": resolved(drawn, "print"), "legend": resolved(legend(formats, inquiry.workspace.config.satisfaction, moments=any(one.moment for one in journey.touchpoints), width=1180), "print"), "alt": _MAP.said(language, stages=formats.number(len(journey.stages)), touchpoints=formats.number(len(journey.touchpoints)))} if drawn else None,
        "map_note": _NOT_DRAWN.said(language, names=", ".join(journey.left_out)) if journey.left_out else "",
        "details": [_detail(section) for section in sections if section.key != "changes"],
        "definitions": [{"title": definitions.title(name, language), "text": definitions.definition(name, language)} for name in sorted(inquiry.asked)],
        "method": definitions.METHOD.said(language),
        "left_out": [{"title": section.title, "text": section.reason} for section in told if isinstance(section, LeftOut)],
        "corrections": [],
    }
    figures = {figure.key: figure for figure in [*keys, *(figure for section in sections for figure in section.figures if section.key != "retention")]}
    return Page(data, tuple(figures.values()))


def key_figures(inquiry: Inquiry) -> list[Figure]:
    """Loyalty, satisfaction and what stayed of the revenue before all else: four stand on the first page."""
    retained = retention(inquiry)
    figures = judged([*scores.scores(inquiry), *(retained.figures if isinstance(retained, Section) else ())])
    order = ("score.nps", "score.csat", "retention.nrr", "retention.grr")
    return sorted(figures, key=lambda figure: order.index(figure.key) if figure.key in order else len(order))


def name(key: str, inquiry: Inquiry) -> str:
    """A figure's name as it is read."""
    head, _, rest = key.partition(".")
    if head == "score":
        return scores.NAMES[rest].said(inquiry.formats.language)
    if head == "retention":
        return RETAINED[rest].said(inquiry.formats.language)
    if head == "change":
        figure = Figure(key, "points", None)
        return f"{title(figure, inquiry)}, {metric(figure, inquiry)}"
    return key


def _key(figure: Figure, formats: Formats) -> dict[str, Any]:
    language = formats.language
    kind, _, what = figure.key.partition(".")
    label = scores.NAMES[what] if kind == "score" else RETAINED[what]
    domain = DOMAINS[figure.unit]
    if figure.unit == "share":
        domain = (0.5, 1.2)
    range_ = _RANGE.said(language, range=figure.range(formats)) if figure.value is not None else _FEW.said(language)
    svg = range_bar(figure.value, figure.low, figure.high, before=figure.before, domain=domain, title=range_)
    return {
        "name": label.said(language),
        "n": f"n {formats.number(figure.n)}",
        "value": figure.written(formats),
        "range": range_,
        "moved": figure.moved(formats) or _NONE.said(language),
        "verdict": figure.verdict or "",
        "up": (figure.change or 0) > 0,
        "svg": resolved(svg, "print"),
    }


def _change(figure: Figure, inquiry: Inquiry) -> dict[str, Any]:
    formats, language = inquiry.formats, inquiry.formats.language
    return {
        "title": title(figure, inquiry),
        "size": formats.change(figure.change, 1 if figure.unit == "stars" else 0),
        "verdict": figure.verdict,
        "up": (figure.change or 0) > 0,
        "evidence": _NOW.said(language, value=figure.written(formats), verdict=VERDICTS[figure.verdict or "may be chance"].said(language), metric=metric(figure, inquiry), answers=f"n {formats.number(figure.n)}", before=written(figure.before, figure.unit, formats)),
    }


def _trend(keys: Sequence[Figure], inquiry: Inquiry) -> dict[str, Any] | None:
    """The metric that was asked in most months, month by month."""
    formats, language = inquiry.formats, inquiry.formats.language
    # Whole months only: a part of one would swing more than the others.
    first = (inquiry.week.last.replace(day=1) - timedelta(days=365)).replace(day=1)
    last = (inquiry.week.last + timedelta(days=1)).replace(day=1)
    drawn: dict[str, list[Point]] = {}
    for figure in keys:
        if figure.key.startswith("score."):
            rows = inquiry.all_time("feedback.scores", metric=figure.key.partition(".")[2], every="month")
            drawn[figure.key] = [Point(row["period"], row["score"], row["low"], row["high"]) for row in rows if row["period"] and first <= row["period"] < last and row["score"] is not None]
    if not any(len(points) > 1 for points in drawn.values()):
        return None
    key = max(drawn, key=lambda one: len(drawn[one]))
    what, points = key.partition(".")[2], drawn[key]
    told = _TREND.said(language, metric=scores.NAMES[what].said(language))
    return {"title": told, "note": _TREND_NOTE.said(language), "svg": resolved(trend(points, title=told, formats=formats, every=31, notes=_annotations(inquiry, points[0].day, points[-1].day), width=560, height=250), "print"), "alt": told}


def _annotations(inquiry: Inquiry, first: date, last: date) -> dict[date, str]:
    """What the company has noted for the time that is drawn, where it is about the company as a whole."""
    noted = getattr(inquiry.workspace.config, "annotations", ())
    return {one.on: one.text for one in noted if first <= one.on <= last and one.touchpoint is None and one.department is None}


def _detail(section: Section) -> dict[str, Any]:
    return {"title": section.title, "text": section.sentence, "note": section.note, "drawing": _drawing(section.drawing), "table": _table(section.table)}


def _drawing(drawing: Drawing | None) -> dict[str, str] | None:
    return {"svg": resolved(drawing.svg, "print"), "alt": drawing.alt} if drawing else None


def _table(table: Table | None) -> dict[str, Any] | None:
    return {"heads": list(table.heads), "rows": [list(row) for row in table.rows], "numbers": list(table.numbers)} if table else None
