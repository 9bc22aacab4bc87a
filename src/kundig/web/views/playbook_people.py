"""Who is in a playbook, and why: the list behind each count, and one customer explained."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.playbooks.playbook import ready
from kundig.playbooks.standing import following
from kundig.playbooks.steps import walked
from kundig.settings.languages import said
from kundig.state.enrolments import Enrolment, EnrolmentState, let_in
from kundig.state.outbox import Outbox
from kundig.state.playbooks import newest
from kundig.state.rights import Right
from kundig.state.standing import THROUGH, settled, those
from kundig.web.access import Asked, page
from kundig.web.asking import answer
from kundig.web.desk import Question
from kundig.web.tried import definition
from kundig.web.views.playbooks import kind_of, words_of

SHOWN = 100


@page(Right.CUSTOMERS)
def people(request: Asked, name: str) -> HttpResponse:
    """The enrolments behind a count."""
    version = newest(name)
    # Whoever sees one department alone sees the work of it, and not who else is on the way.
    if version is None or request.user.unit is not None:
        raise Http404
    steps, language = dict(walked(version.playbook.steps)), (get_language() or "en")[:2]
    at, state = request.GET.get("at", ""), request.GET.get("state", "")
    at, state = at if at in steps or at == THROUGH else "", state if state in EnrolmentState.values else ""
    alone = {"yes": True, "no": False}.get(request.GET.get("alone", ""))
    numbers = those(version, at=at, state=state, alone=False if at else alone)
    place = max(int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1, 1)
    part = numbers[(place - 1) * SHOWN : place * SHOWN]
    rows: list[Any] = sorted(settled(version).filter(pk__in=part), key=lambda one: part.index(one.pk))
    shown = []
    for one in rows:
        path = following(version.playbook.steps, one.last_path, one.last_outcome) if one.state == EnrolmentState.RUNNING else None
        shown.append({"one": one, "path": path, "what": f"{kind_of(steps[path].kind, language)} {words_of(steps[path], language)}" if path in steps else ""})
    context = {
        "name": name, "title": said(version.playbook.title, language), "version": version, "rows": shown, "many": len(numbers), "at": at, "what": words_of(steps[at], language) if at in steps else "", "state": state, "states": EnrolmentState.choices,
        "place": place, "pages": max(-(-len(numbers) // SHOWN), 1), "asks": state == EnrolmentState.ASKS,
    }  # fmt: skip
    return render(request, "kundig/playbook_people.html", context)


@page(Right.CUSTOMERS)
def explain(request: Asked, name: str) -> HttpResponse:
    """Why a customer is in or not, where it stands, what was sent and what was held back."""
    customer, version = request.GET.get("customer", "").strip(), newest(name)
    of = version.playbook if version is not None else ready().get(name)
    if of is None or request.user.unit is not None:
        raise Http404
    language, now = (get_language() or "en")[:2], timezone.now()
    context: dict[str, Any] = {"name": name, "title": said(of.title, language), "customer": customer, "applied": version is not None}
    if customer:
        # To the minute, so that looking again costs nothing.
        asked = Question("playbooks.explained", (("name", name), ("of", definition(of)), ("customer", customer), ("now", now.replace(second=0, microsecond=0).isoformat())))
        context["told"] = answer(request, _("Why in, why not?"), asked)
        acts = Outbox.objects.filter(enrolment__playbook=name, enrolment__customer=customer).select_related("enrolment").order_by("at", "pk")
        context["acts"] = [{"one": act, "kind": kind_of(act.kind, language)} for act in acts]
        context["enrolments"] = Enrolment.objects.filter(playbook=name, customer=customer)
    return render(request, "kundig/playbook_explain.html", context)


@page(Right.FIGURES)
def on_the_past(request: Asked, name: str) -> HttpResponse:
    """What the playbook would have done in the last year, and how many of those whom it finds were lost, beside all."""
    version = newest(name)
    of = version.playbook if version is not None else ready().get(name)
    if of is None:
        raise Http404
    done = answer(request, _("On the past"), Question("playbooks.tried", (("name", name), ("of", definition(of)))))
    language = (get_language() or "en")[:2]
    return render(request, "kundig/playbook_past.html", {"name": name, "title": said(of.title, language), "when": str(of.when), "applied": version is not None, "done": done})


@require_POST
@page(Right.PLAYBOOKS)
def let_them_in(request: Asked, name: str) -> HttpResponse:
    """Say yes to those who would have been too many at once."""
    if newest(name) is None:
        raise Http404
    n = let_in(name, request.user.name)
    if n:
        messages.success(request, ngettext("%(n)s customer comes in.", "%(n)s customers come in.", n) % {"n": n})
    else:
        messages.error(request, _("Nobody waits any more."))
    return redirect("playbook", name)
