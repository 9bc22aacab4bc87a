"""Work: what playbooks ask people to do, as a list and as a board; done with what came of it, handed over, remarked on, and undone."""

from __future__ import annotations

from datetime import datetime, timedelta
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

from kundig.playbooks.wording import worded
from kundig.state.outbox import LeewayError, Work, WorkState, finished, reopened
from kundig.state.people import Person
from kundig.state.rights import Right
from kundig.state.working import LADDER, Turn, handed_over, remarked
from kundig.web.access import Asked, page
from kundig.web.asking import LATE, question, some
from kundig.web.beside import beside
from kundig.web.desk import desk
from kundig.web.telling import told_now

MOST = 200
MONTHS = 12


class DoneForm(forms.Form):
    """What came of it, and what was granted."""

    outcome = forms.CharField(label=gettext_lazy("What came of it"), max_length=200)
    granted = forms.DecimalField(label=gettext_lazy("Granted"), min_value=Decimal(0), max_digits=12, decimal_places=2, required=False)


@page(Right.CUSTOMERS)
def work(request: Asked) -> HttpResponse:
    """Open work, what is due first on top or by day and department; and what was done of late."""
    theirs = _of(request.user)
    chosen, level, board = request.GET.get("department", ""), request.GET.get("level", ""), request.GET.get("view") == "board"
    departments = sorted(set(theirs.exclude(department="").values_list("department", flat=True)))
    listed = theirs.filter(department=chosen) if chosen in departments else theirs
    listed = listed.filter(level=level) if level in LADDER[1:] else listed
    waiting = listed.filter(state=WorkState.OPEN)
    now = timezone.now()
    tasks = [_shown(one) for one in waiting.select_related("act__enrolment")[:MOST]]
    _valued(request, tasks)
    context: dict[str, Any] = {
        "departments": departments, "chosen": chosen, "level": level, "levels": LADDER[1:], "open": waiting.count(), "late": waiting.filter(due_at__lt=now).count(), "now": now,
        "tasks": tasks, "board": _board(tasks, now) if board else None, "query": f"department={chosen}&level={level}",
        "done": [_shown(one) for one in listed.filter(state=WorkState.DONE).order_by("-done_at")[:20]],
        "form": DoneForm(), "currency": desk().workspace.config.company.currency,
    }  # fmt: skip
    return render(request, "kundig/work.html", context)


@page(Right.CUSTOMERS)
def work_one(request: Asked, work: int) -> HttpResponse:
    """One task with all that became of it; remarks and hand-overs are posted here."""
    one = get_object_or_404(_of(request.user), pk=work)
    departments = sorted({entry.department for entry in desk().workspace.config.touchpoints.values() if entry.department} | set(Work.objects.exclude(department="").values_list("department", flat=True)))
    if request.method == "POST":
        return _changed(request, one, departments)
    task = _shown(one)
    _valued(request, [task])
    context = {**beside(request, one.customer), "task": task, "turns": Turn.objects.filter(work=one), "departments": [name for name in departments if name != one.department], "now": timezone.now(), "currency": desk().workspace.config.company.currency, "earlier": Work.objects.filter(customer=one.customer).exclude(pk=one.pk).count()}
    return render(request, "kundig/work_one.html", context)


def _changed(request: Asked, one: Work, departments: list[str]) -> HttpResponse:
    text, to = " ".join(request.POST.get("text", "").split())[:1000], request.POST.get("department", "")
    if to:
        if to not in departments or not handed_over(one, to, request.user.name, text, timezone.now()):
            messages.error(request, _("It could not be handed over; it is done, or there already."))
            return redirect("work-one", one.pk)
        told_now()
        messages.success(request, _("Handed over to %(department)s.") % {"department": to})
        # Whoever sees one department alone has given it away.
        return redirect("work") if request.user.unit is not None else redirect("work-one", one.pk)
    if text:
        remarked(one, request.user.name, text, timezone.now())
    else:
        messages.error(request, _("Write the remark."))
    return redirect("work-one", one.pk)


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
    enrolment, language = one.act.enrolment, (get_language() or "en")[:2]
    values = {"customer": one.customer, "name": one.customer, "cause": enrolment.cause, "key": enrolment.key, "playbook": enrolment.playbook, "day": enrolment.at.date().isoformat()}
    return {"one": one, "title": worded(one.title, values, language), "text": worded(one.text, values, language) if one.text else "", "playbook": enrolment.playbook, "stake": None, "who": "", "values": values}


def _valued(request: Asked, tasks: list[dict[str, Any]]) -> None:
    """What each customer's contracts bring in a year, and the name; while that is still worked on, nothing is said of it."""
    if not tasks:
        return
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    _needed, [directory] = some(request, _("Tasks"), [], [question(request, "customers.directory")])
    if directory is LATE or not isinstance(directory, pa.Table):
        return
    asked = pa.array(sorted({task["one"].customer for task in tasks}), pa.string())
    known = {row["customer_id"]: row for row in directory.filter(pc.is_in(directory["customer_id"], asked)).to_pylist()}
    for task in tasks:
        row = known.get(task["one"].customer)
        if row is not None:
            language, values = (get_language() or "en")[:2], {**task["values"], "name": row["name"]}
            task["title"] = worded(task["one"].title, values, language)
            task["text"] = worded(task["one"].text, values, language) if task["one"].text else ""
            task["who"], task["stake"] = row["name"], None if row["monthly"] is None else row["monthly"] * MONTHS
            task["open_cases"], task["nps"] = row["open_cases"], row["nps"]


def _board(tasks: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Columns by when it is due, on the company's clock."""
    today = timezone.localtime(now).date()
    columns: dict[str, list[dict[str, Any]]] = {"late": [], "today": [], "week": [], "later": []}
    for task in tasks:
        due = timezone.localtime(task["one"].due_at).date()
        name = "late" if task["one"].due_at < now else "today" if due <= today else "week" if due <= today + timedelta(days=7) else "later"
        columns[name].append(task)
    words = {"late": _("overdue"), "today": _("today"), "week": _("within a week"), "later": _("later")}
    return [{"name": name, "title": words[name], "tasks": of, "many": len(of), "stake": sum((task["stake"] for task in of if task["stake"] is not None), Decimal(0))} for name, of in columns.items()]
