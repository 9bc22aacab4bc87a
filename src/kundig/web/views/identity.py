"""Who is who: pairs that wait for a decision, and decisions: join, not the same person, and back."""

from __future__ import annotations

import logging
from datetime import datetime
from threading import Lock, Thread
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.errors import KundigError
from kundig.state.jobs import Job, begun, ended
from kundig.state.rights import Right
from kundig.web.access import Asked, page
from kundig.web.asking import answer, question
from kundig.web.desk import desk
from kundig.web.freshness import settled
from kundig.web.pictures import once
from kundig.workspace import Workspace

log = logging.getLogger("kundig.web")
_ONE = Lock()
"""Of several runs in this process one holds the lake."""
HOUR = 3600.0
"""Seconds."""
A_MOMENT = 15.0
"""So many seconds a decision waits for whoever writes: the last rows of an import, or another decision. Then it is refused, and says why."""


class DecisionForm(forms.Form):
    """What is decided on which subjects."""

    action = forms.ChoiceField(choices=[(name, name) for name in ("split", "merge", "apart", "undo")])
    subject = forms.CharField(max_length=400)
    other = forms.CharField(max_length=400, required=False)
    at = forms.CharField(max_length=40, required=False)
    back = forms.CharField(max_length=1000, required=False)

    def clean_at(self) -> datetime | None:
        """The moment of a decision that is taken back."""
        text = self.cleaned_data["at"]
        try:
            return datetime.fromisoformat(text) if text else None
        except ValueError:
            raise forms.ValidationError(_("This is no moment.")) from None

    def clean(self) -> dict[str, Any]:
        """What each kind of decision needs."""
        cleaned = super().clean() or {}
        needed = {"merge": "other", "apart": "other", "undo": "at"}.get(cleaned.get("action", ""))
        if needed and not cleaned.get(needed):
            raise forms.ValidationError(_("This decision needs more than one record."))
        return cleaned


@page(Right.DATA)
def data_identity(request: Asked) -> HttpResponse:
    """Pairs that may be one, for somebody to decide."""
    if request.user.unit is not None:
        # Whose records these are is not for one department.
        raise PermissionDenied(Right.DATA)
    pairs = answer(request, _("Who is who"), question(request, "waiting"))
    may = {right.value: request.user.may(right) for right in (Right.CUSTOMERS,)}
    tables = once(pairs, ("pairs", may["customers"]), lambda: [render_to_string("kundig/_pair.html", {"pair": pair, "may": may}) for pair in pairs])
    return render(request, "kundig/data_identity.html", {"pairs": list(zip(pairs, tables, strict=True))})


@require_POST
@page(Right.IDENTITY)
def identity_decide(request: Asked) -> HttpResponse:
    """Keep a decision, and settle who is who anew in the background; it can be taken back."""
    if request.user.unit is not None:
        raise PermissionDenied(Right.IDENTITY)
    # The way back of a message carries what it takes back in its address.
    form = DecisionForm({**request.GET.dict(), **request.POST.dict()})
    if not form.is_valid():
        messages.error(request, _("This decision cannot be kept: a record is missing."))
        return redirect("customers")
    given = form.cleaned_data
    workspace, by, subject = Workspace(desk().workspace.folder, patience=A_MOMENT), request.user.login, given["subject"]
    back = given["back"] if given["back"] and url_has_allowed_host_and_scheme(given["back"], None) and given["back"].startswith("/") else ""
    try:
        match given["action"]:
            case "split":
                workspace.split(subject, by=by)
                said = _("%(subject)s is no longer the same person.") % {"subject": subject}
            case "undo":
                workspace.taken_back(subject, given["at"], by=by)
                said = _("The decision on %(subject)s is taken back.") % {"subject": subject}
            case "merge":
                workspace.decide("merge", subject, given["other"], by=by)
                said = _("%(subject)s and %(other)s are one.") % {"subject": subject, "other": given["other"]}
            case _:
                workspace.decide("split", subject, given["other"], by=by)
                said = _("%(subject)s and %(other)s are two.") % {"subject": subject, "other": given["other"]}
    except KundigError as error:
        messages.error(request, str(error))
        return redirect(back or "customers")
    undo = "" if given["action"] == "undo" else _undo(workspace, subject, back)
    job, new = begun(f"identify:{given['action']}:{subject}", _("Who is who"), request.user, back or reverse("customer", args=[subject]))
    if new:
        job.told = {"said": said, "undo": undo}
        job.save(update_fields=["told"])
        Thread(target=_identified, args=(job, workspace.folder), name="kundig-identify", daemon=True).start()
    return redirect("job", job.pk)


def _undo(workspace: Workspace, subject: str, back: str) -> str:
    """The address that takes the newest decision on a subject back."""
    newest = next((one for one in workspace.joined(subject).decided if one.subject == subject), None)
    if newest is None:
        return ""
    return f"{reverse('identity-decide')}?{urlencode({'action': 'undo', 'subject': subject, 'at': newest.at.isoformat(), 'back': back})}"


def _identified(job: Job, folder: object) -> None:
    """The run itself, in a thread of its own; decisions of one process are counted one after the other."""
    try:
        with _ONE:
            # What somebody has decided is done as soon as an import that runs has ended.
            workspace = Workspace(str(folder), patience=HOUR)
            changed = workspace.identify()
        settled(workspace.folder)
        job.told = {**job.told, "subjects": changed.subjects, "customers": changed.customers, "moved": changed.moved}
        job.save(update_fields=["told"])
        ended(job)
    except KundigError as error:
        ended(job, str(error))
    except Exception:
        log.exception("settling who is who failed")
        ended(job, "an unexpected fault; the log of the server says more")
    finally:
        connections.close_all()
