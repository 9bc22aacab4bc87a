"""Work: what playbooks ask people to do, each department its own; done with what came of it, and undone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.state.outbox import LeewayError, Work, WorkState, finished, reopened
from kundig.state.people import Person
from kundig.state.rights import Right
from kundig.web.access import Asked, page
from kundig.web.asking import desk

MOST = 200


class DoneForm(forms.Form):
    """What came of it, and what was granted."""

    outcome = forms.CharField(label=gettext_lazy("What came of it"), max_length=200)
    granted = forms.DecimalField(label=gettext_lazy("Granted"), min_value=Decimal(0), max_digits=12, decimal_places=2, required=False)


@page(Right.CUSTOMERS)
def work(request: Asked) -> HttpResponse:
    """Open work, what is due first on top; and what was done of late."""
    theirs = _of(request.user)
    chosen = request.GET.get("department", "")
    departments = sorted(set(theirs.values_list("department", flat=True)))
    listed = theirs.filter(department=chosen) if chosen in departments else theirs
    waiting = listed.filter(state=WorkState.OPEN)
    now = timezone.now()
    context: dict[str, Any] = {
        "departments": departments, "chosen": chosen, "open": waiting.count(), "late": waiting.filter(due_at__lt=now).count(), "now": now,
        "tasks": [_shown(one) for one in waiting.select_related("act__enrolment")[:MOST]],
        "done": [_shown(one) for one in listed.filter(state=WorkState.DONE).order_by("-done_at")[:20]],
        "form": DoneForm(), "currency": desk().workspace.config.company.currency,
    }  # fmt: skip
    return render(request, "kundig/work.html", context)


@require_POST
@page(Right.CUSTOMERS)
def work_done(request: Asked, work: int) -> HttpResponse:
    """Say that it is done, and what came of it."""
    one = get_object_or_404(_of(request.user), pk=work)
    form = DoneForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what came of it."))
        return redirect("work")
    try:
        done = finished(one, by=request.user.name, outcome=form.cleaned_data["outcome"], now=timezone.now(), granted=form.cleaned_data["granted"])
    except LeewayError:
        messages.error(request, _("More was granted than may be granted without asking; ask your lead."))
        return redirect("work")
    if done:
        messages.success(request, _("Done."))
    else:
        messages.error(request, _("Somebody else has done it already."))
    return redirect("work")


@require_POST
@page(Right.CUSTOMERS)
def work_reopen(request: Asked, work: int) -> HttpResponse:
    """Take back that it is done."""
    reopened(get_object_or_404(_of(request.user), pk=work))
    messages.success(request, _("It is open again."))
    return redirect("work")


def _of(person: Person) -> QuerySet[Work]:
    """The work that a person may see: of the own department, or all of it."""
    everything = Work.objects.all()
    return everything if person.unit is None else everything.filter(department=person.unit)


def _shown(one: Work) -> dict[str, Any]:
    """A task in the reader's language; the variables of its title are filled in with what is known of the cause."""
    from kundig.playbooks.wording import worded  # noqa: PLC0415 -- stands below

    enrolment, language = one.act.enrolment, (get_language() or "en")[:2]
    values = {"customer": one.customer, "name": one.customer, "cause": enrolment.cause, "key": enrolment.key, "playbook": enrolment.playbook, "day": enrolment.at.date().isoformat()}
    return {"one": one, "title": worded(one.title, values, language), "text": worded(one.text, values, language) if one.text else "", "playbook": enrolment.playbook}
