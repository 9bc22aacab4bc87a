"""What a page says when it cannot be shown: what happened, what is safe, what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kundig.errors import ArgumentError, KundigError
from kundig.web.asking import PendingError
from kundig.web.desk import desk


class Faults:
    """Answers that are still computed become a progress page, and errors a page in the reader's language."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        with desk().drawing(reading=request.method in {"GET", "HEAD"}):
            return self.answer(request)

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """A page for an error; None where Django knows better."""
        if isinstance(error, PendingError):
            return redirect("job", error.job.pk) if request.method == "POST" else render(request, "kundig/job.html", {"job": error.job}, status=202)
        if isinstance(error, ArgumentError):
            return render(request, "kundig/fault.html", {"kind": "argument", "told": str(error)}, status=400)
        if isinstance(error, KundigError):
            return render(request, "kundig/fault.html", {"kind": "data", "told": str(error)}, status=503)
        return None


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Somebody's role has no right to this page."""
    del exception
    return render(request, "kundig/fault.html", {"kind": "right"}, status=403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page, or it is not the reader's to see: both are the same."""
    del exception
    return render(request, "kundig/fault.html", {"kind": "missing"}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of kundig itself."""
    return render(request, "kundig/fault.html", {"kind": "broken"}, status=500)


