"""The reader's language: as they have chosen, else as the browser asks, else the company's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from kundig.state.people import Person


class Language:
    """Speaks the reader's language for the length of a request."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer in the reader's language."""
        with translation.override(language(request)):
            response = self.answer(request)
        response.headers.setdefault("Content-Language", language(request))
        return response


def language(request: HttpRequest) -> str:
    """The language of a request."""
    if isinstance(request.user, Person):
        return request.user.language
    known = dict(settings.LANGUAGES)
    for part in request.headers.get("Accept-Language", "").split(","):
        code = part.partition(";")[0].strip()[:2].lower()
        if code in known:
            return code
    return settings.LANGUAGE_CODE


def chosen(request: HttpRequest) -> str:
    """The language of a public page: what its address says by `l`, else that of the request."""
    said = request.GET.get("l", "")
    return said if said in dict(settings.LANGUAGES) else (translation.get_language() or "en")[:2]
