"""The public page of a survey: one question after the other, each kept as soon as it is answered; no cookie, no script, no tracking."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kundig.settings.languages import said
from kundig.state.invitations import OPEN, ClosedError, Invitation, InvitationState, answer, answered_since, invitation_of, opened_by
from kundig.state.surveys import newest_survey
from kundig.surveys.question import Question
from kundig.surveys.survey import Survey
from kundig.touchpoints import span
from kundig.web.languages import chosen
from kundig.web.telling import told_now


# The link itself is the proof of who may answer; a token in a cookie would prove nothing more, and would be a cookie.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answering(request: HttpRequest, token: str) -> HttpResponse:
    """Show a question, or keep the answer to one. Looking at a link answers nothing."""
    one = invitation_of(token)
    if one is None:
        raise Http404
    survey, language = one.version.survey, chosen(request)
    with translation.override(language):
        over = one.asked_at is not None and timezone.now() > one.asked_at + span(survey.closes)
        if one.state not in OPEN or over:
            return _over(request, survey, language, answered=one.state == InvitationState.ANSWERED)
        question = survey.question(request.POST.get("q") or request.GET.get("q") or "") or _first(survey, one)
        if request.method != "POST":
            kept = one.answers.get(question.key, {}).get("value")
            return _page(request, survey, question, language, chosen=request.GET.getlist("a") if kept is None else _texts(kept))
        given = request.POST.getlist("a")
        try:
            value = question.answer(given)
        except ValueError:
            return _page(request, survey, question, language, chosen=[], fault=True)
        if value is None and question.required:
            return _page(request, survey, question, language, chosen=[], fault=True)
        try:
            one = answer(one, question, value, timezone.now(), language=language)
        except ClosedError:
            return _over(request, survey, language, answered=True)
        told_now()
        return _onward(one, survey, question, language)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answering_open(request: HttpRequest, token: str) -> HttpResponse:
    """A link for everybody, such as that of a QR code: the first answer makes an invitation of nobody known."""
    found = opened_by(token)
    version = newest_survey(found[0]) if found else None
    if found is None or version is None:
        raise Http404
    survey, language, first = version.survey, chosen(request), version.survey.questions[0]
    with translation.override(language):
        # Of whoever comes by such a link no group is known.
        quota = survey.quota
        full = quota is not None and answered_since(version.name, timezone.now() - span(quota.within), None if quota.by is None else "") >= quota.of("")
        if not survey.on or full:
            return _over(request, survey, language, answered=False)
        if request.method != "POST":
            return _page(request, survey, first, language, chosen=request.GET.getlist("a"))
        try:
            value = first.answer(request.POST.getlist("a"))
        except ValueError:
            value = None
        if value is None:
            return _page(request, survey, first, language, chosen=[], fault=True)
        now = timezone.now()
        with transaction.atomic():
            made = Invitation.objects.create(version=version, survey=version.name, key=f"open:{uuid4().hex}", channel=found[1], at=now, asked_at=now, state=InvitationState.ASKED)
            made = answer(made, first, value, now, language=language)
        told_now()
        return _onward(made, survey, first, language)


def _onward(one: Invitation, survey: Survey, question: Question, language: str) -> HttpResponse:
    place = survey.questions.index(question) + 1
    following = f"&q={survey.questions[place].key}" if place < len(survey.questions) else ""
    return HttpResponseRedirect(f"{reverse('answering', args=[one.token])}?l={language}{following}")


def _first(survey: Survey, one: Invitation) -> Question:
    """The first question that has no answer yet."""
    return next((question for question in survey.questions if question.key not in one.answers), survey.questions[0])


def _texts(kept: Any) -> list[str]:
    return [str(value) for value in kept] if isinstance(kept, list) else [str(kept)]


def _page(request: HttpRequest, survey: Survey, question: Question, language: str, *, chosen: list[str], fault: bool = False) -> HttpResponse:
    place = survey.questions.index(question)
    options = [(str(value), str(value)) for value in question.scale] or [(key, said(words, language)) for key, words in question.options.items()]
    context = {
        "title": said(survey.title, language), "intro": said(survey.intro, language) if survey.intro and place == 0 else "", "question": question, "ask": said(question.ask, language), "language": language,
        "low": said(question.low, language) if question.low else "", "high": said(question.high, language) if question.high else "",
        "options": [(value, words, value in chosen) for value, words in options], "text": chosen[0] if chosen and question.kind == "text" else "",
        "place": place + 1, "of": len(survey.questions), "before": survey.questions[place - 1].key if place else None, "last": place + 1 == len(survey.questions), "fault": fault,
    }  # fmt: skip
    return render(request, "kundig/answering.html", context, status=422 if fault else 200)


def _over(request: HttpRequest, survey: Survey, language: str, *, answered: bool) -> HttpResponse:
    return render(request, "kundig/answered.html", {"title": said(survey.title, language), "thanks": said(survey.thanks, language) if answered else "", "language": language})
