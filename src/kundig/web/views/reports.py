"""The weekly board report: what it says now, and the PDF as it is reported."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kundig.report.weekly import Report
from kundig.state.rights import Right
from kundig.web import reader
from kundig.web.access import Asked, page
from kundig.web.asking import answer, question
from kundig.web.moment import as_of


@page(Right.EXPORT)
def report(request: Asked) -> HttpResponse:
    """What the report of the last week says; nothing is reported by looking."""
    return render(request, "kundig/report.html", {"as_of": as_of(request), "report": _weekly(request, draft=True)})


@page(Right.EXPORT)
def report_pdf(request: Asked) -> HttpResponse:
    """The report as a PDF; with this the week counts as reported."""
    found = _weekly(request, draft=False)
    response = HttpResponse(found.pdf(), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="kundig-{found.week}-{found.language}.pdf"'
    return response


def _weekly(request: Asked, *, draft: bool) -> Report:
    if request.user.unit is not None:
        # The report is about the whole company.
        raise PermissionDenied(Right.EXPORT)
    found: Report = answer(request, _("Weekly report"), question(request, "weekly", as_of=as_of(request), language=reader.spoken(), draft=draft))
    return found
