"""Improvement projects: what they bundle, who answers for them, how far they are, and what they brought; every change can be undone."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kundig.analysis import analyses
from kundig.errors import KundigError
from kundig.state.people import Person
from kundig.state.projects import FIELDS, Cause, Project, ProjectState, Step, begun, bundled, changed, taken_back, taken_out
from kundig.state.rights import Right
from kundig.web import causes
from kundig.web.access import Asked, page
from kundig.web.asking import LATE, answers, question, some
from kundig.web.desk import desk
from kundig.web.told import told
from kundig.web.views.changes import told_of
from kundig.web.views.questions import QuestionForm
from kundig.web.words import PROJECT_STATES

OUTCOMES = ("retention", "revenue")


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time it takes none
    """What a project says of itself."""

    departments = forms.MultipleChoiceField(label=gettext_lazy("Departments"), required=False, help_text=gettext_lazy("Several with Ctrl."), widget=forms.SelectMultiple({"size": 6}))

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = list(FIELDS)
        labels: ClassVar[dict[str, Any]] = {
            "title": gettext_lazy("Title"), "owner": gettext_lazy("Owner"), "state": gettext_lazy("State"), "expected": gettext_lazy("Expected effect"), "until": gettext_lazy("Done by"),
            "since": gettext_lazy("Met customers since"), "product": gettext_lazy("Customers of the product"), "campaign": gettext_lazy("Campaign"), "control": gettext_lazy("Group held out by lot"),
        }  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"until": forms.DateInput({"type": "date"}, format="%Y-%m-%d"), "since": forms.DateInput({"type": "date"}, format="%Y-%m-%d"), "expected": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _departments() | set(self.instance.departments or [])
        self.fields["departments"].choices = [(name, name) for name in sorted(known)]  # type: ignore[attr-defined]  # of this field
        self.fields["state"].choices = list(PROJECT_STATES.items())  # type: ignore[attr-defined]  # of this field
        for name in ("until", "since"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """One way to know the effect, and no half of one."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("product") and not given.get("since"):
            self.add_error("since", _("Say since when the product's customers were met."))
        if given.get("since") and given.get("control"):
            self.add_error("control", _("Choose one: a day since when, or a group held out."))
        if given.get("campaign") and not given.get("control"):
            self.add_error("control", _("Say what the group held out is called."))
        return given


@page(Right.FIGURES)
def projects(request: Asked) -> HttpResponse:
    """All projects that a person may see, with how many causes each has."""
    seen = _of(request.user)
    rows = [{"one": one, "causes": Cause.objects.filter(project=one, gone=False).count(), "late": one.until is not None and one.until < timezone.localdate() and one.state in {ProjectState.PLANNED, ProjectState.RUNNING}} for one in seen]
    running = sum(one.state == ProjectState.RUNNING for one in seen)
    return render(request, "kundig/projects.html", {"rows": rows, "running": running, "ways": [told(analyses()[name]) for name in sorted(causes.CAUSES)]})


@page(Right.FIGURES)
def project(request: Asked, project: int) -> HttpResponse:
    """One project: its causes with their figures as they were, and the effect with its interval, or why there is none."""
    one = _one(request.user, project)
    asked = [question(request, "projects.brought", projects=stated(), outcome=outcome) for outcome in OUTCOMES]
    _needed, effects = some(request, one.title, [], asked)
    context = {
        "one": one, "state": PROJECT_STATES[one.state], "causes": [_shown(request.user, cause) for cause in Cause.objects.filter(project=one, gone=False)], "steps": Step.objects.filter(project=one)[:10], "late": LATE in effects,
        "changes": told_of(one),
        "effects": [shown_effect(outcome, found, one) for outcome, found in zip(OUTCOMES, effects, strict=True) if found is not LATE],
    }  # fmt: skip
    return render(request, "kundig/project.html", context)


@page(Right.NOTES)
def project_edit(request: Asked, project: int | None = None) -> HttpResponse:
    """A new project, or what one says."""
    one = None if project is None else _one(request.user, project)
    if request.method != "POST":
        form = ProjectForm(instance=one, initial=None if one else {"owner": request.user.name, "departments": [request.user.unit] if request.user.unit else []})
        return render(request, "kundig/project_edit.html", {"form": form, "one": one})
    # The form is not asked to save: a change is kept with what was before.
    form = ProjectForm(request.POST, instance=Project(departments=list(one.departments) if one else []))
    if not form.is_valid():
        return render(request, "kundig/project_edit.html", {"form": form, "one": one}, status=422)
    values = {name: form.cleaned_data[name] for name in FIELDS}
    if request.user.unit and request.user.unit not in values["departments"]:
        values["departments"] = sorted([*values["departments"], request.user.unit])
    if one is None:
        return redirect("project", begun(values, request.user.name, timezone.now()).pk)
    step = changed(one, values, request.user.name, timezone.now())
    messages.success(request, _("It is kept.") if step else _("It is as it was."), extra_tags=reverse("project-undo", args=[step.pk]) if step else "")
    return redirect("project", one.pk)


@require_POST
@page(Right.NOTES)
def project_undo(request: Asked, step: int) -> HttpResponse:
    """Take a change back."""
    one = get_object_or_404(Step, pk=step)
    _one(request.user, one.project.pk)
    done = taken_back(one, request.user.name, timezone.now())
    messages.success(request, _("It is as it was."), extra_tags=reverse("project-undo", args=[done.pk]) if done else "")
    return redirect("project", one.project.pk)


@page(Right.NOTES)
def project_cause(request: Asked) -> HttpResponse:
    """Put a row of an analysis into a project, with its figures of now; the figures are asked anew and not taken from the address."""
    analysis, which, query = (request.GET.get(name, "") for name in ("analysis", "row", "query"))
    if analysis not in causes.CAUSES:
        raise Http404
    given = QueryDict(query)
    form = QuestionForm(analyses()[analysis], given)
    if not form.is_valid():
        raise Http404
    [answer] = answers(request, told(analyses()[analysis]).question, question(request, analysis, as_of=given.get("as_of") or None, **form.given()))
    if isinstance(answer, KundigError):
        raise answer
    row = causes.found(answer, which)
    if row is None:
        messages.error(request, _("The answer has no such row any longer; choose one."))
        return redirect(f"{reverse('question', args=[analysis])}?{query}")
    if request.method == "POST":
        return _bundled(request, {"analysis": analysis, "query": query[:1000], "row": which, "figures": causes.figures(row), "unit": request.user.unit or ""})
    open_ = [one for one in _of(request.user) if one.state in {ProjectState.PLANNED, ProjectState.RUNNING}]
    return render(request, "kundig/project_cause.html", {"of": told(analyses()[analysis]), "table": causes.as_it_was(analysis, causes.figures(row)), "projects": open_, "back": f"{reverse('question', args=[analysis])}?{query}"})


def _bundled(request: Asked, cause: dict[str, Any]) -> HttpResponse:
    now, by = timezone.now(), request.user.name
    title, which = " ".join(request.POST.get("title", "").split())[:120], request.POST.get("project", "")
    if which.isdigit():
        one = _one(request.user, int(which))
    elif title:
        one = begun({"title": title, "owner": by, "departments": [request.user.unit] if request.user.unit else []}, by, now)
    else:
        messages.error(request, _("Choose a project, or give a new one a title."))
        return redirect(request.get_full_path())
    kept, new = bundled(one, cause, by, now)
    messages.success(request, _("The cause is in the project.") if new else _("The cause is there already, with its figures of then."), extra_tags=reverse("project-cause-out", args=[kept.pk]) if new else "")
    return redirect("project", one.pk)


@require_POST
@page(Right.NOTES)
def project_cause_out(request: Asked, cause: int) -> HttpResponse:
    """Take a cause out of its project, or put it back."""
    one = get_object_or_404(Cause, pk=cause)
    _one(request.user, one.project.pk)
    gone = not one.gone
    taken_out(one, gone=gone)
    messages.success(request, _("The cause is out of the project.") if gone else _("The cause is in the project."), extra_tags=reverse("project-cause-out", args=[one.pk]))
    return redirect("project", one.project.pk)


def _departments() -> set[str]:
    return {entry.department for entry in desk().workspace.config.touchpoints.values() if entry.department}


def _of(person: Person) -> list[Project]:
    """The projects that a person may see: those of the own department, or all."""
    return [one for one in Project.objects.all() if person.unit is None or person.unit in one.departments]


def _one(person: Person, project: int) -> Project:
    one = get_object_or_404(Project, pk=project)
    if person.unit is not None and person.unit not in one.departments:
        raise Http404
    return one


def stated() -> tuple[tuple[str, str | None, str | None, str | None, str | None], ...]:
    """All projects whose effect can be asked for: several are corrected for together."""
    begun_ = Project.objects.exclude(state=ProjectState.DROPPED).order_by("pk")
    return tuple((f"project {one.pk}", one.since.isoformat() if one.since else None, one.product or None, one.campaign or None, one.control or None) for one in begun_ if one.since or one.control)


def shown_effect(outcome: str, found: Any, one: Project) -> dict[str, Any]:
    """The row of the effect of a project, or why there is none."""
    if isinstance(found, KundigError):
        return {"outcome": outcome, "state": str(found), "verdict": None}
    row = next((row for row in found.to_pylist() if row["programme"] == f"project {one.pk}"), None) if found is not None else None
    if row is not None and row["design"] == "interrupted" and row["state"] == "too few months" and not row["treated"]:
        row["state"] = str(_("too few customers of the product “%(product)s” in a month, or none") % {"product": one.product})
    return {"outcome": outcome, **(row or {"design": "none", "state": "no evidence possible", "verdict": "no evidence possible", "n": 0, "effect": None})}


def _shown(person: Person, cause: Cause) -> dict[str, Any]:
    """A cause with its figures as they were; those that were asked of others' events are not for everybody."""
    theirs = person.unit is None or cause.unit == person.unit
    known = cause.analysis in analyses()
    return {
        "cause": cause, "question": told(analyses()[cause.analysis]).question if known else cause.analysis, "table": causes.as_it_was(cause.analysis, cause.figures) if theirs else None,
        "href": f"{reverse('question', args=[cause.analysis])}?{cause.query}" if known else "", "theirs": theirs,
    }  # fmt: skip
