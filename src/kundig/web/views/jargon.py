"""The jargon bounty: words that staff found, what was decided and paid, and whether the texts agree; every entry can be undone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kundig.state.finding import LONGEST_WORD, Decision, Find, entered, turned
from kundig.state.rights import Right
from kundig.web.access import Asked, page
from kundig.web.asking import answer, question
from kundig.web.desk import desk
from kundig.web.telling import told_now

ENTRIES = 20
DECISIONS = {Decision.ACCEPTED: gettext_lazy("accepted"), Decision.DECLINED: gettext_lazy("declined"), Decision.REWARDED: gettext_lazy("rewarded")}
WORDS = {Decision.FOUND: gettext_lazy("found"), **DECISIONS}


class FindForm(forms.Form):
    """A word that customers do not understand."""

    word = forms.CharField(max_length=LONGEST_WORD)


class DecisionForm(FindForm):
    """What becomes of a find; a reward has an amount, and nothing else has."""

    decision = forms.ChoiceField(choices=list(DECISIONS.items()))
    amount = forms.DecimalField(required=False, min_value=Decimal("0.01"), max_value=Decimal(1_000_000), decimal_places=2, localize=True)

    def clean(self) -> dict[str, Any]:
        """An amount where there is a reward."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("decision") == Decision.REWARDED and not given.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Say how much."))
        if given.get("decision") != Decision.REWARDED:
            given["amount"] = None
        return given


@page(Right.FIGURES)
def jargon(request: Asked) -> HttpResponse:
    """The ledger, a find of one's own, and the entries of late."""
    ledger = answer(request, _("Jargon bounty"), question(request, "feedback.jargon_bounty"))
    entries = [{"one": one, "word": WORDS[Decision(one.decision)], "mine": _theirs(request, one)} for one in Find.objects.all()[:ENTRIES]]
    rows = ledger.table.to_pylist()
    context = {"rows": rows, "open": sum(row["state"] == "open" for row in rows), "entered": entries, "longest": LONGEST_WORD, "decisions": list(DECISIONS.items()), "currency": desk().workspace.config.company.currency}
    return render(request, "kundig/jargon.html", context)


@require_POST
@page(Right.CUSTOMERS)
def jargon_find(request: Asked) -> HttpResponse:
    """Enter a word that one has found."""
    form = FindForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the word, in at most %(n)s letters.") % {"n": LONGEST_WORD})
        return redirect("jargon")
    one = entered(form.cleaned_data["word"], Decision.FOUND, request.user.name, request.user.login, timezone.now())
    return _entered(request, one, _("“%(word)s” is in the ledger.") % {"word": one.word})


@require_POST
@page(Right.NOTES)
def jargon_decide(request: Asked) -> HttpResponse:
    """Accept, decline or reward a find."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what was decided; a reward needs an amount."))
        return redirect("jargon")
    given = form.cleaned_data
    one = entered(given["word"], given["decision"], request.user.name, request.user.login, timezone.now(), amount=given["amount"], currency=desk().workspace.config.company.currency)
    return _entered(request, one, _("“%(word)s”: %(decision)s.") % {"word": one.word, "decision": WORDS[Decision(one.decision)]})


@require_POST
@page(Right.CUSTOMERS)
def jargon_undo(request: Asked, find: int) -> HttpResponse:
    """Take an entry back, or put it back; one's own, or anybody's for those who decide."""
    one = get_object_or_404(Find, pk=find)
    if not _theirs(request, one):
        messages.error(request, _("Somebody else has entered it."))
        return redirect("jargon")
    turned(one, timezone.now(), gone=not one.gone)
    return _entered(request, one, _("The entry is taken back.") if one.gone else _("The entry is back."))


def _entered(request: Asked, one: Find, said: str) -> HttpResponse:
    told_now()
    messages.success(request, said, extra_tags=reverse("jargon-undo", args=[one.pk]))
    return redirect("jargon")


def _theirs(request: Asked, one: Find) -> bool:
    return request.user.may(Right.NOTES) or (one.decision == Decision.FOUND and one.by == request.user.name)
