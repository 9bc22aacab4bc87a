"""You said, we did: what was changed because customers raised it, who of them is told, and what is told to everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.customers.raised import KINDS
from kundig.errors import KundigError
from kundig.playbooks.recipients import Recipient
from kundig.sending.closing import SUBJECT, drafted
from kundig.settings.contact import SURVEY
from kundig.settings.languages import LANGUAGES, said
from kundig.state.changes import Change, ClosingState, ToldError, called_off, called_on, closings, counted, kept, shown, told_to
from kundig.state.projects import Cause, Project
from kundig.state.rights import Right
from kundig.web.access import Asked, page
from kundig.web.asking import LATE, answer, question, some
from kundig.web.desk import Question, desk
from kundig.web.words import KINDS as KIND_WORDS

LONGEST = 2000
PARTS = ("touchpoint", "product", "theme", "at_most", "since", "until")


class ChangeForm(forms.Form):
    """What was said, what was done, and who raised it."""

    said_de = forms.CharField(label=gettext_lazy("You said, in German"), max_length=LONGEST, widget=forms.Textarea({"rows": 3, "lang": "de"}))
    said_en = forms.CharField(label=gettext_lazy("You said, in English"), max_length=LONGEST, widget=forms.Textarea({"rows": 3, "lang": "en"}))
    did_de = forms.CharField(label=gettext_lazy("We did, in German"), max_length=LONGEST, widget=forms.Textarea({"rows": 3, "lang": "de"}))
    did_en = forms.CharField(label=gettext_lazy("We did, in English"), max_length=LONGEST, widget=forms.Textarea({"rows": 3, "lang": "en"}))
    kinds = forms.MultipleChoiceField(label=gettext_lazy("Raised by"), choices=[(kind, KIND_WORDS[kind]) for kind in KINDS], widget=forms.CheckboxSelectMultiple, initial=list(KINDS))
    touchpoint = forms.ChoiceField(label=gettext_lazy("Touchpoint"), required=False)
    product = forms.CharField(label=gettext_lazy("Product"), max_length=120, required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False, help_text=gettext_lazy("Themes that are pinned in kundig.yaml."))
    at_most = forms.FloatField(label=gettext_lazy("Score at most"), required=False, help_text=gettext_lazy("What has no score is left out then."))
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    purpose = forms.ChoiceField(label=gettext_lazy("Written for"), initial=SURVEY, help_text=gettext_lazy("Consent, hours and limits go by it; what is written for service takes no consent and is for what the customer has bought."))
    project = forms.ChoiceField(label=gettext_lazy("Project"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        config = desk().workspace.config
        choices: dict[str, list[tuple[str, str]]] = {
            "touchpoint": [(name, name) for name in sorted(config.touchpoints)], "theme": [(name, name) for name in config.texts.themes],
            "project": [(str(one.pk), one.title) for one in Project.objects.all()],
        }  # fmt: skip
        for name, values in choices.items():
            self.fields[name].choices = [("", "–"), *values]  # type: ignore[attr-defined]  # of this field
        self.fields["purpose"].choices = [(name, name) for name in config.contact.purposes]  # type: ignore[attr-defined]  # of this field

    def clean(self) -> dict[str, Any]:
        """A stretch of time has its beginning before its end."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("since") and given.get("until") and given["since"] > given["until"]:
            self.add_error("until", _("The end lies before the beginning."))
        return given

    def values(self) -> dict[str, Any]:
        """The fields of a change."""
        given = self.cleaned_data
        raised = {"kinds": given["kinds"]} | {name: given[name].isoformat() if isinstance(given[name], date) else given[name] for name in PARTS if given[name] not in {None, ""}}
        words = {of: {language: given[f"{of}_{language}"].replace("\r\n", "\n").strip() for language in LANGUAGES} for of in ("said", "did")}
        return {**words, "raised": raised, "purpose": given["purpose"], "project": Project.objects.get(pk=int(given["project"])) if given["project"] else None}


@page(Right.FIGURES)
def changes(request: Asked) -> HttpResponse:
    """All changes, with how many were told of each."""
    return render(request, "kundig/changes.html", {"rows": told_of(None), "listed": desk().workspace.config.contact.public})


@page(Right.FIGURES)
def change(request: Asked, change: int) -> HttpResponse:
    """One change: what is told, who raised it, the letter as a real customer gets it, and what became of the letters."""
    one, language = get_object_or_404(Change, pk=change), _language()
    ledger = counted(one)
    context: dict[str, Any] = {
        "one": one, "said": said(one.said, language), "did": said(one.did, language), "ledger": ledger, "waiting": sum(n for state, _reason, n in ledger if state == ClosingState.WAITING),
        "off": closings(one).filter(reason__startswith="called off by ").count(), "mail": desk().workspace.config.mail is not None, "listed": desk().workspace.config.contact.public, "raised": _raised(one),
    }  # fmt: skip
    _needed, [found] = some(request, said(one.said, language), [], [_asked(one)])
    context["late"] = found is LATE
    if isinstance(found, KundigError):
        context["fault"] = str(found)
    elif found is not LATE:
        known = set(closings(one).values_list("customer", flat=True))
        rows = found.to_pylist()
        context |= {"n": len(rows), "new": sum(row["customer_id"] not in known for row in rows)}
        # Nobody is shown by name to whom customers are not shown.
        if rows and request.user.may(Right.CUSTOMERS) and request.user.unit is None:
            chosen = next((row for row in rows if row["customer_id"] == request.GET.get("customer")), rows[0])
            context |= {"preview": _preview(request, one, chosen), "customers": [row["customer_id"] for row in rows[:50]]}
    return render(request, "kundig/change.html", context)


@page(Right.PLAYBOOKS)
def change_edit(request: Asked, change: int | None = None) -> HttpResponse:
    """A new change, or what one says; once letters went out it stays as it is."""
    one = None if change is None else get_object_or_404(Change, pk=change)
    form = ChangeForm(request.POST) if request.method == "POST" else ChangeForm(initial=_initial(request, one))
    if request.method != "POST" or not form.is_valid():
        return render(request, "kundig/change_edit.html", {"form": form, "one": one, "title": said(one.said, _language()) if one else ""}, status=422 if request.method == "POST" else 200)
    try:
        one = kept(one, form.values(), request.user.name, timezone.now())
    except ToldError:
        messages.error(request, _("Customers were told of it already; write a new one."))
    else:
        messages.success(request, _("It is kept."))
    return redirect("change", one.pk if one else 0)


@require_POST
@page(Right.PLAYBOOKS)
def change_send(request: Asked, change: int) -> HttpResponse:
    """Tell all who raised it up to now, each once; the worker writes as consent, hours and limits allow."""
    one = get_object_or_404(Change, pk=change)
    if request.POST.get("off"):
        n = called_off(one, request.user.name, timezone.now())
        messages.success(request, ngettext("%(n)s customer is not told.", "%(n)s customers are not told.", n) % {"n": n}, extra_tags=reverse("change-resume", args=[one.pk]))
        return redirect("change", one.pk)
    rows = answer(request, said(one.said, _language()), _asked(one)).to_pylist()
    n = told_to(one, [(row["customer_id"], row["last_at"]) for row in rows], timezone.now())
    messages.success(request, ngettext("%(n)s customer is to be told.", "%(n)s customers are to be told.", n) % {"n": n})
    return redirect("change", one.pk)


@require_POST
@page(Right.PLAYBOOKS)
def change_resume(request: Asked, change: int) -> HttpResponse:
    """Take back that it was called off."""
    one = get_object_or_404(Change, pk=change)
    n = called_on(one, timezone.now())
    messages.success(request, ngettext("%(n)s customer is to be told.", "%(n)s customers are to be told.", n) % {"n": n})
    return redirect("change", one.pk)


@require_POST
@page(Right.PLAYBOOKS)
def change_public(request: Asked, change: int) -> HttpResponse:
    """Put it on the public list, or take it from there."""
    one = get_object_or_404(Change, pk=change)
    if not desk().workspace.config.contact.public:
        raise Http404
    shown(one, public=not one.public)
    messages.success(request, _("It is no longer on the public list.") if one.public else _("It is on the public list."), extra_tags=reverse("change-public", args=[one.pk]))
    return redirect("change", one.pk)


def told_of(project: Project | None) -> list[dict[str, Any]]:
    """The changes of a project, or all of them, each with how many customers were told."""
    language, those = _language(), Change.objects.select_related("project")
    rows = those if project is None else those.filter(project=project)
    return [{"one": one, "said": said(one.said, language), "did": said(one.did, language), "told": closings(one).filter(state=ClosingState.SENT).count()} for one in rows]


def _language() -> str:
    return (get_language() or "en")[:2]


def _asked(one: Change) -> Question:
    """Who raised it; of the whole company, whoever looks: it is a count until somebody may see customers."""
    given = one.raised
    return Question("customers.raised", tuple(sorted({**{name: date.fromisoformat(value) if name in {"since", "until"} else value for name, value in given.items()}, "kinds": tuple(given.get("kinds", KINDS))}.items())))


def _raised(one: Change) -> list[tuple[Any, Any]]:
    """By what those are found who raised it, in words."""
    titles = {"touchpoint": _("Touchpoint"), "product": _("Product"), "theme": _("Theme"), "at_most": _("Score at most"), "since": _("From"), "until": _("Until")}
    return [(_("Raised by"), ", ".join(str(KIND_WORDS[kind]) for kind in one.raised.get("kinds", KINDS))), *((titles[name], one.raised[name]) for name in PARTS if name in one.raised)]


def _initial(request: Asked, one: Change | None) -> dict[str, Any]:
    """What the form holds at first: the change, or what a project knows of its causes."""
    if one is not None:
        words = {f"{of}_{language}": getattr(one, of).get(language, "") for of in ("said", "did") for language in LANGUAGES}
        return {**words, **one.raised, "purpose": one.purpose, "project": str(one.project_id or "")}  # type: ignore[attr-defined]  # Django's
    which = request.GET.get("project", "")
    project = Project.objects.filter(pk=int(which)).first() if which.isdigit() else None
    if project is None:
        return {}
    known = desk().workspace.config.touchpoints
    named = [str(value) for cause in Cause.objects.filter(project=project, gone=False) for value in cause.figures.values() if isinstance(value, str)]
    return {"project": str(project.pk), "touchpoint": next((name for name in named if name in known), ""), "product": project.product, "did_de": project.title, "did_en": project.title, "until": project.since}


def _preview(request: Asked, one: Change, row: dict[str, Any]) -> dict[str, Any] | None:
    """The letter as this customer would get it; None while it is worked on."""
    _needed, [found] = some(request, _("Preview"), [], [question(request, "customers.recipient", customer=row["customer_id"])])
    if found is LATE or isinstance(found, KundigError):
        return None
    to = Recipient(row["customer_id"], str(found["language"]), {name: value for name, value in found.items() if name not in {"language", "customer"}})
    draft = drafted(one, to, row["last_at"], desk().workspace.zone, None)
    return {"customer": row["customer_id"], "subject": SUBJECT[draft.language], "text": draft.text, "language": draft.language, "address": bool(to.email)}
