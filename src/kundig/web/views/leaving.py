"""Unsubscribing: a page that asks, and one click by which a mail programme does it for its reader (RFC 8058)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kundig.state.letters import letter_of, resubscribe, suppressed, unsubscribe


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Who opens the link is asked; who posts to it is unsubscribed. A robot that only looks changes nothing."""
    letter = letter_of(token)
    if letter is None:
        raise Http404
    if request.method == "POST":
        if "back" in request.POST:
            resubscribe(letter, timezone.now())
        else:
            unsubscribe(letter, timezone.now())
    return render(request, "kundig/leave.html", {"left": suppressed(letter.address, letter.purpose) is not None, "purpose": letter.purpose})
