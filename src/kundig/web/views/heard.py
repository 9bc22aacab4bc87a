"""The public list of what was changed because customers said so; off unless the company wants it. No cookie, no script, no tracking."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from kundig.settings.languages import said
from kundig.state.changes import Change
from kundig.web.desk import desk
from kundig.web.languages import chosen

MOST = 200


@require_safe
def heard(request: HttpRequest) -> HttpResponse:
    """Each change that a person has put there, the newest first."""
    if not desk().workspace.config.contact.public:
        raise Http404
    language = chosen(request)
    with translation.override(language):
        rows = [{"said": said(one.said, language), "did": said(one.did, language), "at": one.at} for one in Change.objects.filter(public=True)[:MOST]]
        return render(request, "kundig/heard.html", {"rows": rows, "language": language})
