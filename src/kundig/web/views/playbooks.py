"""Playbooks: which run, and for each the storyboard, who is where, and what became of the others."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.playbooks.playbook import ready
from kundig.playbooks.steps import Step, walked
from kundig.report.storyboard import KINDS, Counts, storyboard
from kundig.settings.languages import said
from kundig.state.enrolments import Enrolment, EnrolmentState
from kundig.state.judging import cost, ended, granted, trialled
from kundig.state.outbox import Outbox, OutboxState
from kundig.state.playbooks import PlaybookVersion, newest
from kundig.state.rights import Right
from kundig.state.standing import Standing, standing
from kundig.web import reader
from kundig.web.access import Asked, page
from kundig.web.asking import LATE, some
from kundig.web.desk import Question
from kundig.web.drawn import safe

MOST_DRAWN = 50_000
"""More are not handed to the lane that measures: it asks the database itself."""


@page(Right.FIGURES)
def playbooks(request: Asked) -> HttpResponse:
    """All playbooks that were applied, and those that can be taken over."""
    names = list(PlaybookVersion.objects.order_by("name").values_list("name", flat=True).distinct())
    rows = [_row(version) for name in names if (version := newest(name)) is not None]
    rest = [{"name": name, "title": said(of.title, _language()), "why": said(of.why, _language()), "when": str(of.when)} for name, of in ready().items() if name not in names]
    return render(request, "kundig/playbooks.html", {"rows": rows, "on": sum(row["version"].on for row in rows), "ready": rest})


@page(Right.FIGURES)
def playbook(request: Asked, name: str) -> HttpResponse:
    """One playbook: its storyboard, its steps with how many came to each, what was held back, and its versions."""
    version = newest(name)
    if version is None:
        raise Http404
    found, of = standing(version), version.playbook
    people = reverse("playbook-people", args=[name])
    counts = Counts(found.came, found.alone, found.through, found.reached, found.here, found.flows, found.stopped)

    def href(path: str) -> str | None:
        return f"{people}?{urlencode({'at': path})}" if request.user.may(Right.CUSTOMERS) else None

    found_, late = brought(request, version)
    context = {
        **_row(version), "brought": found_, "late": late, "stopped": _stopped(version, found_), "trial": of.trial, "granted": granted(name), "board": safe(storyboard(of, counts, reader.formats(), href=href, told=lambda step: words_of(step, _language()))), "standing": found,
        "steps": [_step(path, step, found) for path, step in walked(of.steps)], "versions": PlaybookVersion.objects.filter(name=name), "language": _language(),
        "held_back": _held_back(name), "older": Enrolment.objects.filter(playbook=name, state=EnrolmentState.RUNNING).exclude(version=version).count(),
    }  # fmt: skip
    return render(request, "kundig/playbook.html", context)


def brought(request: Asked, version: PlaybookVersion) -> tuple[dict[str, Any] | None, bool]:
    """What the playbook has brought, and whether that is still worked on; nothing where nobody was drawn."""
    name, of = version.name, version.playbook
    n = Enrolment.objects.filter(playbook=name).count()
    columns = trialled(name) if n <= MOST_DRAWN else {"row": []}
    rows: Any = tuple((row, customer, due.isoformat(), held) for row, customer, due, held in zip(columns["row"], columns["customer_id"], columns["due_at"], columns["held_out"], strict=True)) if n <= MOST_DRAWN else n
    if not rows:
        return None, False
    _needed, [found] = some(request, _("Playbooks"), [], [Question("playbooks.brought", (("name", name), ("drawn", rows), ("days", of.trial.days), ("cost", cost(version))))])
    return (found if isinstance(found, dict) else None), found is LATE


def _stopped(version: PlaybookVersion, found: dict[str, Any] | None) -> str | None:
    """Why the trial is over by its rule; None while it goes on, or is ended already."""
    of = version.playbook
    if found is None or not version.on or not of.hold_out:
        return None
    return of.trial.stopped(next(row for row in found["effects"] if row["outcome"] == of.trial.outcome))


@require_POST
@page(Right.PLAYBOOKS)
def playbook_end(request: Asked, name: str) -> HttpResponse:
    """End the trial by its rule, which is looked at anew: a person does it, and it can be taken back."""
    version = newest(name)
    if version is None:
        raise Http404
    found, _late = brought(request, version)
    why = _stopped(version, found)
    if why is None or why != request.POST.get("why"):
        messages.error(request, _("The rule does not end the trial now."))
        return redirect("playbook", name)
    after = ended(name, "harm" if why == "harm" else "effect", request.user.name, timezone.now())
    undo = reverse("playbook-restore", args=[name, version.number]) if after is not None else ""
    messages.success(request, _("The playbook is off.") if why == "harm" else _("Nobody is left alone any more."), extra_tags=undo)
    return redirect("playbook", name)


def _language() -> str:
    return (get_language() or "en")[:2]


def _held_back(name: str) -> list[dict[str, Any]]:
    """What was asked for and not done, or not yet, with the reason; the most first."""
    rows = Outbox.objects.filter(enrolment__playbook=name).exclude(reason="").exclude(state=OutboxState.DONE)
    counted = rows.values_list("kind", "state", "reason").annotate(n=Count("pk")).order_by("-n", "kind", "reason")[:20]
    return [{"kind": kind_of(kind, _language()), "state": state, "reason": reason, "times": n} for kind, state, reason, n in counted]


def _row(version: PlaybookVersion) -> dict[str, Any]:
    of = version.playbook
    counts = Counter(dict(Enrolment.objects.filter(playbook=version.name).values_list("state").annotate(n=Count("pk")).order_by()))
    return {
        "version": version, "title": said(of.title, _language()), "why": said(of.why, _language()), "owner": of.owner, "when": str(of.when), "again": of.again, "purpose": of.purpose or "",
        "hold_out": of.hold_out, "came": sum(counts.values()) - counts[EnrolmentState.ASKS], "running": counts[EnrolmentState.RUNNING], "asks": counts[EnrolmentState.ASKS],
        "goal": counts[EnrolmentState.GOAL], "taken_back": counts[EnrolmentState.TAKEN_BACK], "alone": Enrolment.objects.filter(playbook=version.name, held_out=True).exclude(state=EnrolmentState.ASKS).count(),
    }  # fmt: skip


def _step(path: str, step: Step, found: Standing) -> dict[str, Any]:
    outcomes = [(outcome, n) for (at, outcome), n in sorted(found.flows.items()) if at == path]
    return {"path": path, "depth": path.count(".") // 2, "kind": kind_of(step.kind, _language()), "words": words_of(step, _language()), "department": step.department, "outcomes": outcomes, "came": found.reached[path], "here": found.here[path]}


def kind_of(kind: str, language: str) -> str:
    """What a kind of step is called."""
    return KINDS[kind].said("de" if language == "de" else "en") if kind in KINDS else kind


def words_of(step: Step, language: str) -> str:  # noqa: C901 -- a line for each kind
    """What a step says of itself, beside its kind."""
    match step.kind:
        case "task" | "escalate":
            return said(step.what.title, language)
        case "wait_until":
            return f"{step.what.event}, {step.what.within}"
        case "wait":
            return str(step.wait)
        case "branch":
            return str(step.what.where)
        case "webhook":
            return str(step.what.url)
        case "email":
            return said(step.what.subject, language)
        case "chat":
            return said(step.what.text, language)
        case "survey":
            return str(step.what.survey)
        case "points":
            return f"{step.what.points:g}"
        case "offer":
            return str(step.what.name)
        case "set":
            return f"{step.what.trait} = {step.what.value}"
        case "split":
            return ", ".join(f"{name} {100 * way.share:.0f} %" for name, way in step.what.ways.items())
        case _:
            return ""
