"""Surveys as their owners see them: what is asked, who was asked and who was not, links for everybody, and the definition as text."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.definition import read_text, yaml_text
from kundig.errors import ConfigError
from kundig.settings.languages import said
from kundig.state.invitations import OPEN, InvitationState, counted, filled, open_token
from kundig.state.rights import Right
from kundig.state.surveys import SurveyVersion, applied_survey, newest_survey
from kundig.surveys.survey import Survey, Surveys, missing, ready
from kundig.web.access import Asked, page
from kundig.web.desk import desk
from kundig.web.drawn import safe
from kundig.web.snippets import code, snippet
from kundig.web.views.playbook_editing import LONGEST

FILE = "survey"
REACHED = (*OPEN, InvitationState.ANSWERED, InvitationState.CLOSED)
ANSWERED = (InvitationState.BEGUN, InvitationState.ANSWERED)
HELD_BACK = (InvitationState.NOT_SAMPLED, InvitationState.SUPPRESSED, InvitationState.BOUNCED)


def _language() -> str:
    return (get_language() or "en")[:2]


@page(Right.FIGURES)
def surveys(request: Asked) -> HttpResponse:
    """All surveys that were applied, and those that can be taken over."""
    names = list(SurveyVersion.objects.order_by("name").values_list("name", flat=True).distinct())
    rows = [_row(version) for name in names if (version := newest_survey(name)) is not None]
    rest = [{"name": name, "title": said(of.title, _language()), "questions": [said(question.ask, _language()) for question in of.questions]} for name, of in ready().items() if name not in names]
    return render(request, "kundig/surveys.html", {"rows": rows, "on": sum(row["on"] for row in rows), "ready": rest})


def _row(version: SurveyVersion) -> dict[str, Any]:
    of, ledger = version.survey, counted(version.name)

    def times(states: tuple[InvitationState, ...]) -> int:
        return sum(n for state, _reason, n in ledger if state in states)

    return {"name": version.name, "title": said(of.title, _language()), "owner": of.owner, "on": of.on, "asked": times(REACHED), "answered": times(ANSWERED), "not_asked": times(HELD_BACK)}


@page(Right.FIGURES)
def survey(request: Asked, name: str) -> HttpResponse:
    """One survey."""
    version = newest_survey(name)
    if version is None:
        raise Http404
    of, mail, opened = version.survey, desk().workspace.config.mail, reverse("answering-open", args=[open_token(name, "link")])
    link = f"{mail.address}{reverse('answering-open', args=[open_token(name, 'qr')])}" if mail is not None else ""
    embedded = f"{mail.address}{reverse('answering-open', args=[open_token(name, 'embed')])}" if mail is not None else ""
    context = {
        "name": name, "title": said(of.title, _language()), "of": of, "sample": 100 * of.sample, "questions": _questions(of), "ledger": counted(name), "metric": of.metric, "versions": SurveyVersion.objects.filter(name=name),
        "quota": filled(name, of.quota, timezone.now()) if of.quota is not None else [], "page": opened, "link": link, "code": safe(code(link)) if link else "", "snippet": snippet(of, embedded, _language()) if link else "",
    }  # fmt: skip
    return render(request, "kundig/survey.html", context)


def _questions(of: Survey) -> list[dict[str, Any]]:
    return [{"ask": said(one.ask, _language()), "kind": one.kind, "options": ", ".join(said(words, _language()) for words in one.options.values()) or (f"{one.scale[0]} – {one.scale[-1]}" if one.scale else "")} for one in of.questions]


@page(Right.PLAYBOOKS)
def survey_editing(request: Asked, name: str) -> HttpResponse:
    """Show the definition as text; check it, or keep it as the version that holds from now on."""
    version, known = newest_survey(name), ready().get(name)
    before = version.survey if version is not None else known
    if before is None:
        raise Http404
    text = request.POST.get("text", "")[:LONGEST] if request.method == "POST" else yaml_text({"surveys": {name: before.model_dump(mode="json", by_alias=True, exclude_defaults=True)}})
    context: dict[str, Any] = {"name": name, "text": text, "rows": min(max(text.count("\n") + 2, 16), 60), "version": version}
    if request.method == "POST":
        try:
            of = _meant(name, text)
        except ConfigError as error:
            return render(request, "kundig/survey_edit.html", {**context, "faults": str(error).splitlines()}, status=422)
        if "keep" in request.POST:
            return kept(request, name, of, version)
        context |= {"meant": of, "questions": _questions(of), "odd": missing({name: of})}
    return render(request, "kundig/survey_edit.html", context)


@require_POST
@page(Right.PLAYBOOKS)
def survey_restored(request: Asked, name: str, number: int) -> HttpResponse:
    """Have an older version hold again, as a new one; so the history says who did it."""
    version = get_object_or_404(SurveyVersion, name=name, number=number)
    return kept(request, name, version.survey, newest_survey(name))


def kept(request: Asked, name: str, of: Survey, before: SurveyVersion | None) -> HttpResponse:
    version, new = applied_survey(name, of, request.user.name, timezone.now())
    undo = reverse("survey-restore", args=[name, before.number]) if new and before is not None else ""
    messages.success(request, _("Version %(number)s holds from now on.") % {"number": version.number} if new else _("It is as it was."), extra_tags=undo)
    return redirect("survey", name)


def _meant(name: str, text: str) -> Survey:
    """The survey that a text states.

    Raises:
        ConfigError: it cannot be meant, or is another one.
    """
    found = read_text(Surveys, text.replace("\r\n", "\n"), FILE).surveys
    if list(found) != [name]:
        raise ConfigError(f"{FILE}:1: expected the survey {name!r} alone, found {', '.join(map(repr, found)) or 'none'}")
    return found[name]
