"""Playbooks: which run, and for each who came in, who is where, and what became of the others."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from kundig.playbooks.steps import Step, walked
from kundig.state.enrolments import Enrolment, EnrolmentState, Move
from kundig.state.playbooks import PlaybookVersion, newest
from kundig.state.rights import Right
from kundig.web.access import Asked, page


@page(Right.FIGURES)
def playbooks(request: Asked) -> HttpResponse:
    """All playbooks that were applied."""
    names = PlaybookVersion.objects.order_by("name").values_list("name", flat=True).distinct()
    rows = [_row(version) for name in names if (version := newest(name)) is not None]
    return render(request, "kundig/playbooks.html", {"rows": rows, "on": sum(row["version"].on for row in rows)})


@page(Right.FIGURES)
def playbook(request: Asked, name: str) -> HttpResponse:
    """One playbook, step by step, with how many came to each."""
    version = newest(name)
    if version is None:
        raise Http404
    reached = Counter[tuple[str, str]]()
    for path, outcome, n in Move.objects.filter(enrolment__version=version).values_list("path", "outcome").annotate(n=Count("pk")).order_by():
        reached[path, outcome] += n
    steps = [_step(path, step, reached) for path, step in walked(version.playbook.steps)]
    older = PlaybookVersion.objects.filter(name=name)
    return render(request, "kundig/playbook.html", {**_row(version), "steps": steps, "versions": older, "language": (get_language() or "en")[:2]})


def _row(version: PlaybookVersion) -> dict[str, Any]:
    of, language = version.playbook, (get_language() or "en")[:2]
    counts = Counter(dict(Enrolment.objects.filter(playbook=version.name).values_list("state").annotate(n=Count("pk")).order_by()))
    return {
        "version": version, "title": of.title.get(language) or next(iter(of.title.values())), "why": of.why.get(language) or next(iter(of.why.values())), "owner": of.owner, "when": str(of.when), "again": of.again,
        "hold_out": of.hold_out, "came": sum(counts.values()) - counts[EnrolmentState.ASKS], "running": counts[EnrolmentState.RUNNING], "asks": counts[EnrolmentState.ASKS],
        "goal": counts[EnrolmentState.GOAL], "taken_back": counts[EnrolmentState.TAKEN_BACK], "alone": Enrolment.objects.filter(playbook=version.name, held_out=True).exclude(state=EnrolmentState.ASKS).count(),
    }  # fmt: skip


def _step(path: str, step: Step, reached: Counter[tuple[str, str]]) -> dict[str, Any]:
    language = (get_language() or "en")[:2]
    words = _words(step, language)
    outcomes = [(outcome, n) for (at, outcome), n in sorted(reached.items()) if at == path]
    return {"path": path, "depth": path.count(".") // 2, "kind": step.kind, "words": words, "department": step.department, "outcomes": outcomes, "came": sum(n for _, n in outcomes)}


def _words(step: Step, language: str) -> str:
    """What a step says of itself, beside its kind."""
    match step.kind:
        case "task" | "escalate":
            return str(step.what.title.get(language) or next(iter(step.what.title.values())))
        case "wait_until":
            return f"{step.what.event}, {step.what.within}"
        case "wait":
            return str(step.wait)
        case "branch":
            return str(step.what.where)
        case "webhook":
            return str(step.what.url)
        case "split":
            return ", ".join(f"{name} {100 * way.share:.0f} %" for name, way in step.what.ways.items())
        case _:
            return ""
