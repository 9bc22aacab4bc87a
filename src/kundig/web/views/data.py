"""Data: sources and how fresh they are, what was set aside, what is odd; and the import."""

from __future__ import annotations

import logging
from threading import Thread

from django.contrib import messages
from django.db import connections
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.errors import KundigError
from kundig.state.jobs import Job, JobState, advanced, begun, ended
from kundig.state.rights import Right
from kundig.web.access import Asked, page
from kundig.web.asking import answer, question
from kundig.web.desk import desk
from kundig.web.findings import finding
from kundig.web.freshness import settled
from kundig.workspace import Workspace

log = logging.getLogger("kundig.web")


@page(Right.DATA)
def data(request: Asked) -> HttpResponse:
    """Where everything comes from, and how fresh it is."""
    sources = answer(request, _("Data"), question(request, "seen"))
    context = {
        "sources": sources,
        "events": sum(one.events for one in sources),
        "quarantined": sum(one.quarantined for one in sources),
        "newest": max((one.last for one in sources if one.last), default=None),
        "jobs": Job.objects.filter(key="import")[:5],
        "running": Job.objects.filter(key="import", state=JobState.RUNNING).first(),
    }
    return render(request, "kundig/data.html", context)


@page(Right.DATA)
def data_source(request: Asked, source: str) -> HttpResponse:
    """What was set aside of one source."""
    found = [one for one in answer(request, source, question(request, "seen")) if one.source == source]
    if not found:
        raise Http404
    return render(request, "kundig/data_source.html", {"one": found[0], "rows": answer(request, source, question(request, "quarantined", source=source))})


@page(Right.DATA)
def data_checks(request: Asked) -> HttpResponse:
    """What is odd, and what to do."""
    order = {"error": 0, "warning": 1, "fine": 2}
    findings = sorted(answer(request, _("Checks"), question(request, "checks")), key=lambda finding: order[finding.level])
    counts = {level: sum(finding.level == level for finding in findings) for level in order}
    return render(request, "kundig/data_checks.html", {"findings": [(one, *finding(one)) for one in findings], "counts": counts})


@require_POST
@page(Right.IMPORT)
def data_import(request: Asked) -> HttpResponse:
    """Import all sources in the background; it goes on when the page is left."""
    job, new = begun("import", _("Import"), request.user, reverse("data"))
    if new:
        Thread(target=_imported, args=(job, desk().workspace.folder), name="kundig-import", daemon=True).start()
    return redirect("job", job.pk)


@page(Right.FIGURES)
def job_page(request: Asked, job: int) -> HttpResponse:
    """How far a piece of work is; asked every second while it runs."""
    one = get_object_or_404(Job, pk=job)
    # What others had computed is theirs to know; an import concerns everybody who sees the data.
    if one.person != request.user and not request.user.may(Right.DATA):
        raise Http404
    if one.state == JobState.DONE and one.key != "import" and one.back:
        if job_said := one.told.get("said"):
            messages.success(request, job_said, extra_tags=one.told.get("undo", ""))
            # Said once, also where the page of the work is opened again.
            Job.objects.filter(pk=one.pk).update(told={key: value for key, value in one.told.items() if key not in {"said", "undo"}})
        # A part of a page cannot be sent elsewhere; the whole page is.
        return HttpResponse(status=204, headers={"HX-Redirect": one.back}) if request.htmx else redirect(one.back)  # type: ignore[attr-defined]
    return render(request, "kundig/_job.html" if request.htmx else "kundig/job.html", {"job": one})  # type: ignore[attr-defined]


def _imported(job: Job, folder: object) -> None:
    """The import itself, in a thread of its own."""
    try:
        workspace = Workspace(str(folder))
        names = list(workspace.config.sources)
        done: list[dict[str, object]] = []

        def progress(source: str, share: float, rows: int, per_second: float) -> None:
            del per_second
            advanced(job, (len(done) + min(max(share, 0.0), 1.0)) / max(len(names), 1), source=source, rows=rows)

        for one in workspace.imports(progress=progress):
            done.append({"source": one.source, "rows": one.rows, "added": one.events_added, "corrected": one.events_corrected, "quarantined": one.quarantined})
            advanced(job, len(done) / max(len(names), 1), done=done)
        settled(workspace.folder)
        ended(job)
    except KundigError as error:
        ended(job, str(error))
    except Exception:
        log.exception("an import failed")
        ended(job, "an unexpected fault; the log of the server says more")
    finally:
        connections.close_all()


