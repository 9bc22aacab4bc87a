"""The journey map: the picture, a touchpoint's panel, the table, the list on phones."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kundig.customers import Selection
from kundig.errors import ArgumentError
from kundig.report.journey import Journey, journey_list, journey_map, journey_table, legend
from kundig.report.journey.model import Touchpoint
from kundig.state.rights import Right
from kundig.touchpoints import Promise
from kundig.web import reader
from kundig.web.access import Asked, page
from kundig.web.asking import answer, answers, question
from kundig.web.behind import address
from kundig.web.desk import Mapped, desk
from kundig.web.drawn import safe
from kundig.web.moment import as_of
from kundig.web.pictures import once

SPANS = ("13", "26", "52", "all")


@page(Right.FIGURES)
def journey(request: Asked) -> HttpResponse:
    """What customers live through, across stages and departments."""
    moment, weeks = as_of(request), request.GET.get("weeks", "13")
    if weeks not in SPANS:
        raise ArgumentError(_("expected one of %(known)s, found “%(text)s”") % {"known": ", ".join(SPANS), "text": weeks})
    mapped: Mapped = answer(request, _("Journey map"), question(request, "journey", as_of=moment, weeks=None if weeks == "all" else int(weeks)))
    shown, formats = mapped.journey, reader.formats()
    selected = shown.touchpoint(request.GET.get("tp", ""))
    overlay = request.GET.get("overlay") if request.GET.get("overlay") in {"handovers", "deviations"} else None
    table = journey_table(shown, formats)
    beyond = not shown.touchpoints and weeks != "all" and mapped.until is not None
    context: dict[str, Any] = {
        "as_of": moment,
        "weeks": weeks,
        "spans": [(value, _("all time") if value == "all" else _("%(n)s weeks") % {"n": value}) for value in SPANS],
        "overlay": overlay,
        "mapped": mapped,
        "days": _days(mapped),
        "sentence": _("No journeys in this time") if beyond else _sentence(shown),
        "beyond": beyond,
        "as_table": request.GET.get("show") == "table",
        "table": table,
        "empty": not shown.touchpoints,
        "selected": selected,
        "moments": sorted((one for one in shown.touchpoints if one.moment), key=lambda one: one.moment or 0),
        "handovers": sorted(shown.handovers, key=lambda one: -one.n)[:7],
    }
    if not context["empty"]:
        href = _addresses(request)
        # The addresses in it are those of this page with another touchpoint.
        here = request.GET.urlencode()
        context["map"] = once(mapped, ("map", here), lambda: safe(journey_map(shown, formats, width=1000 if selected else 1304, selected=selected.name if selected else None, overlay=overlay, href=href)))  # type: ignore[arg-type]  # one of the two, or None
        context["legend"] = safe(legend(formats, desk().workspace.config.satisfaction, moments=any(one.moment for one in shown.touchpoints), width=980))
        context["list"] = once(mapped, ("list", here), lambda: safe(journey_list(shown, formats, href=href)))
    if selected:
        context |= _panel(request, selected, mapped, moment)
    return render(request, "kundig/journey.html", context)


def _addresses(request: Asked) -> Any:
    kept = {name: value for name, value in request.GET.items() if name not in {"tp", "show"}}
    return lambda name: f"{request.path}?{urlencode({**kept, 'tp': name})}#panel"


def _days(mapped: Mapped) -> str:
    if mapped.until is None:
        return ""
    zone = ZoneInfo(desk().workspace.zone)
    until = mapped.until.astimezone(zone).date()
    return reader.formats().days(mapped.since.astimezone(zone).date(), until) if mapped.since else _("until %(day)s") % {"day": reader.formats().day(until)}


def _sentence(shown: Journey) -> str:
    """The stage that is worst for certain, where scores of one kind can be compared; else what there is."""
    scored = [stage for stage in shown.stages if stage.score]
    metrics = {stage.score.metric for stage in scored if stage.score}
    if len(scored) > 1 and len(metrics) == 1:
        worst = min(scored, key=lambda stage: stage.score.high if stage.score else 0)
        rest = [stage.score.low for stage in scored if stage is not worst and stage.score]
        if worst.score and worst.score.high < max(rest):
            return _("%(stage)s is the valley: satisfaction there is %(score)s.") % {"stage": reader.stage(worst.name), "score": reader.formats().number(worst.score.value)}
    if not shown.touchpoints:
        return _("No journeys yet")
    busiest = max(shown.touchpoints, key=lambda one: (one.contacts, one.name))
    return _("Most contacts are at %(touchpoint)s: %(n)s.") % {"touchpoint": busiest.title, "n": reader.formats().number(busiest.contacts)}


def _panel(request: Asked, of: Touchpoint, mapped: Mapped, moment: str | None) -> dict[str, Any]:
    zone = ZoneInfo(desk().workspace.zone)
    since = mapped.since.astimezone(zone).date() if mapped.since else None
    until = mapped.until.astimezone(zone).date() if mapped.until else None
    flows = [flow for flow in mapped.journey.flows if of.name in {flow.source, flow.target}]
    waits = [flow for flow in flows if flow.source == of.name and flow.median_seconds is not None]
    quotes: list[Any] = []
    customers = request.user.may(Right.CUSTOMERS)
    if customers:
        [found] = answers(request, of.title, question(request, "customers.quotes", as_of=moment, of=Selection(by="touchpoint", value=of.name, since=since, until=until), most=3))
        quotes = [] if isinstance(found, Exception) else found.to_pylist()
    entry = desk().workspace.config.touchpoints.get(of.name)
    return {
        "come": [flow for flow in flows if flow.target == of.name][:4],
        "go": [flow for flow in flows if flow.source == of.name][:4],
        "wait": max(waits, key=lambda flow: flow.customers).median_seconds if waits else None,
        "promises": [_promise(one) for one in entry.promise] if entry else [],
        "quotes": quotes,
        "behind": address({"by": "touchpoint", "value": of.name, "since": since, "until": until}, as_of=moment) if customers else None,
        "scale": of.score.metric if of.score else "",
        "deeper": f"{reverse('question', args=['feedback.scores'])}?{urlencode({'metric': of.score.metric, 'by': 'touchpoint', 'every': 'quarter'})}" if of.score else "",
    }


def _promise(one: Promise) -> tuple[str, str]:
    from kundig.touchpoints import span  # noqa: PLC0415 -- beside its use
    from kundig.web.words import kind  # noqa: PLC0415 -- loaded when it is needed

    return kind(one.kind), reader.formats().span(span(one.within).total_seconds())
