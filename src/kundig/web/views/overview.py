"""The overview: one sentence, the figures, what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kundig.analysis import Result
from kundig.report.figures import range_bar
from kundig.report.weekly.figure import Figure as Told
from kundig.report.weekly.figure import judged
from kundig.state.notes import notes
from kundig.state.rights import Right
from kundig.web import reader, words
from kundig.web.access import Asked, page
from kundig.web.asking import LATE, known, question, some
from kundig.web.behind import of_row
from kundig.web.drawn import drawn, figure_bar, safe
from kundig.web.moment import as_of
from kundig.web.pictures import once
from kundig.web.renewing import DAYS, at_risk, renewals_field, risks
from kundig.web.revenue import bridge_of_year
from kundig.web.sentences import Sentence, overview_sentence
from kundig.web.shown import Shown, period, shown

T = TypeVar("T")
METRICS = ("nps", "csat", "ces", "stars")
RETAINED = ("nrr", "grr")
FIGURES = 4
CHANGES = 6


@dataclass(frozen=True)
class Figure:
    """A key figure: the newest period that has enough answers, beside the one before."""

    name: str
    metric: str
    period: str
    row: dict[str, Any]
    bar: SafeString
    href: str | None
    trend: str


@dataclass(frozen=True)
class Change:
    """What moved at a touchpoint."""

    touchpoint: str
    row: dict[str, Any]
    href: str | None


@page(Right.FIGURES)
def overview(request: Asked) -> HttpResponse:
    """How things stand, in two minutes."""
    moment = as_of(request)
    asked = [question(request, "feedback.scores", as_of=moment, metric=metric, every="quarter") for metric in METRICS]
    more = [
        question(request, "feedback.scores", as_of=moment, metric="nps", every="month"),
        question(request, "feedback.scores", as_of=moment, metric="csat", by="touchpoint", every="quarter"),
        question(request, "feedback.scores", as_of=moment, metric="csat", by="touchpoint"),
        question(request, "journeys.interlocks", as_of=moment),
        question(request, "customers.directory", as_of=moment),
        question(request, "seen"),
    ]
    money = [question(request, "value.retention", as_of=moment, every="quarter"), question(request, "value.revenue_bridge", as_of=moment, every="month")]
    later = [question(request, "value.renewals", as_of=moment, days=DAYS), question(request, "foresight.churn", as_of=moment)]
    (*scores, curve, changes, places, handovers, people, seen, retention, revenue), (due, churn) = some(request, _("Overview"), [*asked, *more, *money], later)
    customers = request.user.may(Right.CUSTOMERS)
    figures = [figure for metric, answer in zip(METRICS, scores, strict=True) if isinstance(answer, Result) and (figure := _kept(answer, "figure", partial(_figure, metric, answer, moment, customers=customers), customers, metric, moment))]
    kept = _kept(retention, "retained", lambda: _retained(retention, moment), customers, moment)
    # Two of what customers say, two of what they pay; where nothing recurs, four of what they say.
    key = [*figures[: FIGURES - len(kept)], *kept]
    field = _kept(due, "field", lambda: renewals_field(due, churn, people, links=customers), customers, churn, people)
    moved = _kept(changes, "changes", lambda: _changes(changes, moment, customers=customers), customers, moment) if isinstance(changes, Result) else ()
    fresh = max((one.last for one in seen if one.last), default=None) if isinstance(seen, list) else None
    marks = {note.on: note.text for note in notes()}
    context = {
        "empty": isinstance(seen, list) and not any(one.events for one in seen),
        "as_of": moment,
        "fresh": fresh,
        "customers": people.num_rows if not isinstance(people, Exception) else 0,
        "figures": key,
        "bridge": _kept(revenue, "bridge", lambda: bridge_of_year(revenue, _("Where recurring revenue went, last twelve months"), customers, moment, width=660, height=380), customers) if isinstance(revenue, Result) else None,
        "field": field,
        "risks": _kept(churn, "risks", lambda: risks(churn, people, links=customers), customers, people),
        "at_risk": at_risk(churn),
        "late": LATE in (due, churn),
        "days": DAYS,
        "sentence": overview_sentence(figures, places, field) if isinstance(places, Result) else Sentence("", (), ""),
        "curve": drawn(curve, _("NPS by month"), links=customers, notes=marks, as_of=moment) if isinstance(curve, Result) else None,
        "curve_n": curve.n if isinstance(curve, Result) else 0,
        "changes": moved,
        "places": drawn(places, _("Satisfaction by touchpoint"), links=customers, as_of=moment, width=620) if isinstance(places, Result) else None,
        "handovers": _kept(handovers, "handovers", lambda: _handovers(handovers), customers),
        "rooms": [room for room in ("value", "foresight") if known(room)],
        "notes": notes().order_by("-on")[:5],
    }
    return render(request, "kundig/overview.html", context)


def _kept(answer: Any, what: str, draw: Callable[[], T], customers: bool, *others: Any) -> T:
    """What is drawn of an answer and others, once for each state of them all."""
    if not isinstance(answer, Result):
        return draw()
    texts = tuple(one for one in others if isinstance(one, str | None))
    return once(answer, (what, customers, texts), draw, [one for one in others if not isinstance(one, str | None)])


def _figure(metric: str, answer: Result, moment: str | None, *, customers: bool) -> Figure | None:
    rows = answer.table.to_pylist()
    sure = [row for row in rows if row["state"] == "ok"]
    if not sure:
        return Figure(words.metric(metric), metric, "", {"n": sum(row["n"] for row in rows), "score": None}, SafeString(""), None, "") if rows else None
    row = sure[-1]
    before = row["score"] - row["change"] if row["change"] is not None else None
    name = words.metric(metric)
    return Figure(name, metric, period(row["period"], "quarter"), row, figure_bar(row, before, metric, name), of_row(answer.name, answer.arguments, row, as_of=moment) if customers else None, reader.formats().change(row["change"], 1) if before is not None else "")


def _retained(answer: Any, moment: str | None) -> list[Figure]:
    """What stays of recurring revenue, judged as the weekly report judges."""
    if not isinstance(answer, Result):
        return []
    rows = sorted((row for row in answer.table.to_pylist() if row["state"] == "ok" and row["nrr"] is not None and row["group"] is None), key=lambda row: row["period"])
    if not rows:
        return []
    now, then = rows[-1], rows[-2] if len(rows) > 1 else None
    compared = judged([Told(f"retention.{name}", "share", now[name], now[f"{name}_low"], now[f"{name}_high"], now["n"], *((then[name], then[f"{name}_low"], then[f"{name}_high"]) if then else ())) for name in RETAINED])
    names = {"nrr": _("Net revenue retention"), "grr": _("Gross revenue retention")}
    href = f"{reverse('question', args=['value.retention'])}?" + urlencode({"every": "quarter", **({"as_of": moment} if moment else {})})
    found = []
    for name, one in zip(RETAINED, compared, strict=True):
        row = {"score": one.value, "low": one.low, "high": one.high, "n": one.n, "verdict": one.verdict, "share": True}
        bar = safe(range_bar(one.value, one.low, one.high, title=names[name], before=one.before, domain=(0.6, 1.1)))
        found.append(Figure(names[name], name, period(now["period"], "quarter"), row, bar, href, reader.formats().change(100 * one.change, 1) if one.change is not None else ""))
    return found


def _changes(answer: Result, moment: str | None, *, customers: bool) -> list[Change]:
    rows = [row for row in answer.table.to_pylist() if row["state"] == "ok" and row["verdict"] and row["group"]]
    if not rows:
        return []
    newest = max(row["period"] for row in rows)
    rows = sorted((row for row in rows if row["period"] == newest), key=lambda row: (row["verdict"] == "may be chance", -abs(row["z"] or 0.0)))
    return [Change(reader.touchpoint(row["group"]), row, of_row(answer.name, answer.arguments, row, as_of=moment) if customers else None) for row in rows[:CHANGES]]


def _handovers(answer: Any) -> Shown | None:
    if not isinstance(answer, Result) or not answer.table.num_rows:
        return None
    return shown(answer, {}, most=6, links=False, only=("source", "target", "n", "median_seconds"))
