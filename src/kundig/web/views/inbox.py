"""The inbox: what customers wrote in public or with a score and nobody has answered; who answers, the reply from a template, undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.errors import KundigError
from kundig.playbooks.replies import drafted, offered, templates
from kundig.settings.languages import said
from kundig.state.people import Person
from kundig.state.replying import LONGEST, Reply, ReplyState, last_taken_back, let_go, none_needed, replied, taken_back, taken_up
from kundig.state.rights import Right
from kundig.web.access import Asked, page
from kundig.web.asking import LATE, answer, question, some
from kundig.web.desk import Question, desk
from kundig.web.pictures import once
from kundig.web.telling import told_now

DAYS = ("7", "30", "90", "all")
EVER = 100_000
PAGE = 25
UNREAD, NO_THEME = "unread", "none"
MOODS = {"negative": gettext_lazy("negative"), "neutral": gettext_lazy("neutral"), "positive": gettext_lazy("positive"), "unclear": gettext_lazy("unclear"), UNREAD: gettext_lazy("not read yet")}
FACETS = ("mood", "theme", "kind", "who")


class ReplyForm(forms.Form):
    """What is answered; or why nothing is."""

    text = forms.CharField(max_length=LONGEST)


@page(Right.CUSTOMERS)
def inbox(request: Asked) -> HttpResponse:
    """What waits for an answer, by mood, theme, kind and who answers; each count is what its filter lists."""
    days = _days(request)
    rows = _waiting(request, days)
    chosen = {facet: request.GET.get(facet, "") for facet in FACETS}
    of = [{facet: _value(row, facet) for facet in FACETS} for row in rows]
    listed = [row for row, values in zip(rows, of, strict=True) if _fits(values, chosen)]
    alike = Counter(tuple(values.values()) for values in of)
    order = "reach" if request.GET.get("order") == "reach" else "new"
    if order == "reach":
        listed.sort(key=lambda row: -1.0 if row["reach"] is None else row["reach"], reverse=True)
    pages = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {
        "n": len(listed), "pages": pages, "facets": [(facet, _FACET_TITLES[facet], _counted(alike, chosen, facet)) for facet in FACETS], "chosen": chosen, "days": days, "spans": DAYS, "order": order,
        "more": rows[0]["more"] if rows else 0, "kept": urlencode({"days": days}), "narrowed": any(chosen.values()),
        "done": _of(request.user).exclude(state=ReplyState.OPEN)[:20],
    }  # fmt: skip
    return render(request, "kundig/inbox.html", context)


@page(Right.CUSTOMERS)
def inbox_post(request: Asked) -> HttpResponse:
    """One post with its reply, drafted from a template; taken up, answered or passed over here."""
    days, event = _days(request), request.GET.get("event", "")
    row = next((row for row in _waiting(request, days) if row["event_id"] == event), None)
    if row is None:
        if request.method == "POST" and _of(request.user).filter(event=event).exists():
            messages.error(request, _("Somebody else has done it already."))
            return redirect(_listed(days))
        raise Http404
    if request.method == "POST":
        return _changed(request, row, days)
    public = row["kind"] == "post" or row["channel"] == "social"
    known = offered(templates(desk().workspace.folder), row["mood"], public=public)
    picked = request.GET.get("template", "")
    person = {} if public else _person(request, row)
    language = _language()
    context = {
        "row": row, "public": public, "days": days, "templates": [(name, said(one.title, language)) for name, one in known.items()], "picked": picked if picked in known else "", "longest": LONGEST,
        "text": drafted(known[picked], person | {"day": timezone.localtime(row["occurred_at"]).date().isoformat()}, row["language"], otherwise=str(person.get("language") or desk().workspace.config.company.language), public=public) if picked in known else "",
    }  # fmt: skip
    return render(request, "kundig/inbox_post.html", context)


def _changed(request: Asked, row: Mapping[str, Any], days: str) -> HttpResponse:
    now, by = timezone.now(), request.user.name
    here = f"{reverse('inbox-post')}?{urlencode({'event': row['event_id'], 'days': days})}"
    if "take" in request.POST or "leave" in request.POST:
        if not (taken_up(row, by) if "take" in request.POST else let_go(row, by)):
            messages.error(request, _("Somebody else has it."))
        return redirect(here)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the reply, in at most %(n)s characters.") % {"n": LONGEST} if "none" not in request.POST else _("Say why it needs no answer."))
        return redirect(here)
    text = form.cleaned_data["text"].replace("\r\n", "\n")
    done = none_needed(row, text[:200], by, now) if "none" in request.POST else replied(row, text, by, now)
    if not done:
        messages.error(request, _("Somebody else has done it already."))
        return redirect(_listed(days))
    told_now()
    one = Reply.objects.get(event=row["event_id"])
    messages.success(request, _("It needs no answer.") if "none" in request.POST else _("The reply is recorded."), extra_tags=reverse("inbox-undo", args=[one.pk]))
    return redirect(_listed(days))


@require_POST
@page(Right.CUSTOMERS)
def inbox_undo(request: Asked, reply: int) -> HttpResponse:
    """Take back that it is answered; it waits again."""
    if taken_back(get_object_or_404(_of(request.user), pk=reply), timezone.now()):
        told_now()
    messages.success(request, _("It waits for an answer again."))
    return redirect("inbox")


_FACET_TITLES = {"mood": gettext_lazy("Mood"), "theme": gettext_lazy("Theme"), "kind": gettext_lazy("Kind"), "who": gettext_lazy("Who answers")}


def _language() -> str:
    return (get_language() or "en")[:2]


def _days(request: Asked) -> str:
    return request.GET["days"] if request.GET.get("days") in DAYS else DAYS[1]


def _listed(days: str) -> str:
    return f"{reverse('inbox')}?{urlencode({'days': days})}"


def _of(person: Person) -> QuerySet[Reply]:
    """The replies that a person may see: of the own department, or all."""
    every = Reply.objects.all()
    return every if person.unit is None else every.filter(about__department=person.unit)


def _waiting(request: Asked, days: str) -> list[dict[str, Any]]:
    """What waits, with who answers; what was answered a moment ago is not among it, also where the answer is of before.

    Raises:
        KundigError: as the question has it.
    """
    table = answer(request, _("Inbox"), question(request, "customers.posts", days=EVER if days == "all" else int(days), undone=last_taken_back()))
    rows: list[dict[str, Any]] = once(table, "inbox", lambda: [row | _words(row) for row in table.to_pylist()])
    if not rows:
        return []
    first = min(row["occurred_at"] for row in rows)
    done = set(Reply.objects.exclude(state=ReplyState.OPEN).filter(at__gte=first).values_list("event", flat=True))
    persons = dict(Reply.objects.filter(state=ReplyState.OPEN).exclude(person="").values_list("event", "person"))
    waiting = (row for row in rows if row["event_id"] not in done)
    # What is drawn once for each row is the same object until somebody takes it up.
    return [row if row["event_id"] not in persons else row | {"person": persons[row["event_id"]], "mine": persons[row["event_id"]] == request.user.name} for row in waiting]


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row shows beside what it holds, as long as nobody has taken it up."""
    mood = row["mood"] or UNREAD
    return {"person": "", "mine": False, "mood_word": MOODS[mood], "sign": {"negative": "▼", "positive": "▲"}.get(mood, "●")}


def _value(row: Mapping[str, Any], facet: str) -> str:
    match facet:
        case "mood":
            return str(row["mood"] or UNREAD)
        case "theme":
            return str(row["theme"] or NO_THEME)
        case "who":
            return "me" if row["mine"] else "others" if row["person"] else "nobody"
    return str(row["kind"])


def _fits(values: Mapping[str, str], chosen: Mapping[str, str], but: str = "") -> bool:
    return all(not value or facet == but or values[facet] == value for facet, value in chosen.items())


def _counted(alike: Mapping[tuple[str, ...], int], chosen: Mapping[str, str], facet: str) -> list[dict[str, Any]]:
    """What can be chosen, with how many it would list under the other filters; rows that no filter tells apart are counted as one."""
    counts: Counter[str] = Counter()
    for of, n in alike.items():
        values = dict(zip(FACETS, of, strict=True))
        if _fits(values, chosen, facet):
            counts[values[facet]] += n
    if chosen[facet]:
        counts.setdefault(chosen[facet], 0)
    words: dict[str, Any] = {**MOODS, NO_THEME: _("no clear theme"), "post": _("Post"), "feedback": _("Feedback"), "me": _("me"), "others": _("somebody else"), "nobody": _("nobody yet")}
    if facet == "theme":
        words = {NO_THEME: words[NO_THEME]}
    return [{"value": value, "words": words.get(value, value), "n": n, "chosen": value == chosen[facet]} for value, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _person(request: Asked, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a reply may name of the customer, and the language; nothing while that is still worked on, or of nobody known."""
    if row["customer_id"] is None:
        return {}
    _needed, [found] = some(request, _("Inbox"), [], [Question("customers.recipient", (("customer", row["customer_id"]),))])
    return {} if found is LATE or isinstance(found, KundigError) else dict(found)
