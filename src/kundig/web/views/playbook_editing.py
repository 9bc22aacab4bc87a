"""Writing playbooks: the definition as text, checked with line and nearest name, kept as a version that can be taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.definition import read_text, yaml_text
from kundig.errors import ConfigError, KundigError
from kundig.playbooks.playbook import Playbook, Playbooks, missing, ready
from kundig.playbooks.steps import walked
from kundig.state.playbooks import PlaybookVersion, applied, newest
from kundig.state.rights import Right
from kundig.state.surveys import newest_survey
from kundig.surveys.survey import ready as ready_surveys
from kundig.web.access import Asked, page
from kundig.web.asking import answers
from kundig.web.desk import Question, desk
from kundig.web.previewing import previewed
from kundig.web.views.playbooks import kind_of, words_of

LONGEST = 100_000
FILE = "playbook"


@page(Right.PLAYBOOKS)
def editing(request: Asked, name: str) -> HttpResponse:
    """Show the definition as text; check it, or keep it as the version that holds from now on."""
    version, known = newest(name), ready().get(name)
    if version is None and known is None:
        raise Http404
    before = version.playbook if version is not None else known
    text = request.POST.get("text", "")[:LONGEST] if request.method == "POST" else _text(name, before)
    context: dict[str, Any] = {"name": name, "text": text, "rows": min(max(text.count("\n") + 2, 16), 60), "version": version}
    if request.method == "POST":
        try:
            of = _meant(name, text)
        except ConfigError as error:
            context["faults"] = str(error).splitlines()
            return render(request, "kundig/playbook_edit.html", context, status=422)
        if "keep" in request.POST:
            return _kept(request, name, of, version)
        context |= {"meant": of, "when": str(of.when), "odd": missing({name: of}), "steps": [(kind_of(step.kind, _language()), words_of(step, _language())) for step in of.steps]}
        context |= _preview(request, name, of)
    return render(request, "kundig/playbook_edit.html", context)


def _preview(request: Asked, name: str, of: Playbook) -> dict[str, Any]:
    """What it says to the customer who is named; nothing where nobody is, or to whom customers are not shown."""
    customer = request.POST.get("customer", "").strip()
    if not customer or not request.user.may(Right.CUSTOMERS) or request.user.unit is not None:
        return {}
    directory, found = answers(request, _("Preview"), Question("customers.directory"), Question("customers.recipient", (("customer", customer),)))
    for one in (directory, found):
        if isinstance(one, KundigError):
            raise one
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    if not pc.any(pc.equal(directory["customer_id"], customer)).as_py():
        return {"customer": customer, "unknown": True}
    home, known = desk().workspace.config.company.language, ready_surveys() | {step.what.survey: version.survey for _path, step in walked(of.steps) if step.kind == "survey" and (version := newest_survey(step.what.survey)) is not None}
    told = previewed(of, name, found, day=timezone.localdate().isoformat(), home=home, surveys=known)
    return {"customer": customer, "preview": [{**one, "kind": kind_of(one["kind"], _language())} for one in told]}


def _language() -> str:
    return (get_language() or "en")[:2]


@require_POST
@page(Right.PLAYBOOKS)
def restored(request: Asked, name: str, number: int) -> HttpResponse:
    """Have an older version hold again, as a new one; so the history says who did it."""
    version, before = get_object_or_404(PlaybookVersion, name=name, number=number), newest(name)
    return _kept(request, name, version.playbook, before)


def _kept(request: Asked, name: str, of: Playbook, before: PlaybookVersion | None) -> HttpResponse:
    version, new = applied(name, of, request.user.name, timezone.now())
    if new:
        undo = reverse("playbook-restore", args=[name, before.number]) if before is not None else ""
        messages.success(request, _("Version %(number)s holds from now on.") % {"number": version.number}, extra_tags=undo)
    else:
        messages.success(request, _("It is as it was."))
    return redirect("playbook", name)


def _text(name: str, of: Playbook | None) -> str:
    return "" if of is None else yaml_text({"playbooks": {name: of.model_dump(mode="json", by_alias=True, exclude_defaults=True)}})


def _meant(name: str, text: str) -> Playbook:
    """The playbook that a text states.

    Raises:
        ConfigError: it cannot be meant, or is another one.
    """
    found = read_text(Playbooks, text.replace("\r\n", "\n"), FILE).playbooks
    if list(found) != [name]:
        raise ConfigError(f"{FILE}:1: expected the playbook {name!r} alone, found {', '.join(map(repr, found)) or 'none'}")
    return found[name]
