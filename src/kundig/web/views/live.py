"""Live: what arrives, what could not become an event, how the worker stands; and the write keys."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.errors import KundigError
from kundig.live.replaying import replayed
from kundig.sources.live.live import Live
from kundig.state.keys import WriteKey, made_key, revoked_key, write_keys
from kundig.state.rights import Right
from kundig.store.inbox.kept import OTHERS, Counted, Letter, Standing
from kundig.web.access import Asked, page
from kundig.web.desk import desk
from kundig.web.lately import lately

MINUTES = 30
LETTERS = 50
SILENT = 60.0
"""Seconds without a sign of life after which the worker is said to be away."""


@dataclass(frozen=True)
class Arriving:
    """What came of one kind in the last minutes: at which touchpoint, how many, and how many a minute, the oldest first."""

    source: str
    name: str
    touchpoint: str | None
    accepted: int
    duplicates: int
    rejected: int
    minutes: tuple[int, ...]


@page(Right.DATA)
def live(request: Asked) -> HttpResponse:
    """Events of the last minutes, dead letters, and the worker; looked at again every few seconds."""
    kept = desk().workspace.inbox
    now = datetime.now(timezone.utc)
    context: dict[str, Any] = {"inbox": kept is not None, "minutes": MINUTES}
    if request.GET.get("part") == "lately" and kept is not None:
        return render(request, "kundig/_lately.html", {"lately": lately(request, now)})
    if kept is not None:
        standing, told = kept.standing(), kept.told()
        rows = arriving(kept.counted(int((now - timedelta(minutes=MINUTES)).timestamp() * 1e6)), desk().workspace.config.live, now)
        context |= {
            "rows": rows,
            "accepted": sum(row.accepted for row in rows),
            "rejected": sum(row.rejected for row in rows),
            "standing": standing,
            "waits": _waits(standing, now),
            "jobs": [(name.removeprefix("job:"), datetime.fromtimestamp(ran["at"], timezone.utc), ran) for name, ran in sorted(told.items()) if name.startswith("job:")],
            "away": not any(until > now.timestamp() - SILENT for _holder, until in kept.leases().values()),
        }
    if kept is not None and not request.htmx:  # type: ignore[attr-defined]  # the middleware's
        context["lately"] = lately(request, now)
    return render(request, "kundig/_live.html" if request.htmx else "kundig/live.html", context)  # type: ignore[attr-defined]  # the middleware's


def arriving(counted: list[Counted], settings: Live, now: datetime) -> list[Arriving]:
    """Counts by minute as rows by source and name, the most frequent first."""
    by: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for one in counted:
        by[one.source, one.name].append(one)
    first = int(now.timestamp()) // 60 - MINUTES + 1
    rows = []
    for (source, name), of in by.items():
        known = settings.names.get(name)
        minutes = [0] * MINUTES
        for one in of:
            position = one.minute // 60_000_000 - first
            if 0 <= position < MINUTES:
                minutes[position] = one.accepted
        touchpoint = (known.touchpoint or name) if known else None if name == OTHERS else name
        rows.append(Arriving(source, name, touchpoint, sum(one.accepted for one in of), sum(one.duplicates for one in of), sum(one.rejected for one in of), tuple(minutes)))
    return sorted(rows, key=lambda row: (-row.accepted, row.source, row.name))


def _waits(standing: Standing, now: datetime) -> int:
    return max(round(now.timestamp() - standing.oldest / 1e6), 0) if standing.oldest is not None else 0


@dataclass(frozen=True)
class Shown:
    """A dead letter as the page shows it."""

    letter: Letter
    came: datetime
    body: str


@page(Right.DATA)
def live_letters(request: Asked) -> HttpResponse:
    """What arrived and could not become an event, whole and with its reason."""
    kept = desk().workspace.inbox
    # What customers wrote and who they are is for those who may see customers.
    whole = request.user.may(Right.CUSTOMERS)
    letters = kept.letters(most=LETTERS) if kept is not None else []
    shown = [Shown(letter, datetime.fromtimestamp(letter.received_at / 1e6, timezone.utc), _body(letter) if whole else "") for letter in letters]
    context = {
        "letters": shown,
        "dead": kept.standing().dead if kept is not None else 0,
        "days": desk().workspace.config.live.letters,
        "gone": kept.told().get("letters-gone", {}).get("letters", 0) if kept is not None else 0,
    }
    return render(request, "kundig/live_letters.html", context)


def _body(letter: Letter) -> str:
    text = letter.body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)[:4000]
    except ValueError:
        return text[:4000]


@require_POST
@page(Right.IMPORT)
def live_replay(request: Asked) -> HttpResponse:
    """Send dead letters again, with the rules and mappings as they are now."""
    kept = desk().workspace.inbox
    if kept is None:
        # Nothing ever arrived: the page of letters says so.
        return redirect("live-letters")
    done = replayed(kept, reversed(kept.letters(most=1000)))
    text = _("Letters sent again: %(n)s. Events that wait for the lake now: %(accepted)s. Dead again: %(rejected)s.")
    messages.success(request, text % {"n": done.letters, "accepted": done.accepted, "rejected": done.rejected})
    return redirect("live-letters")


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time it takes none
    """A new write key."""

    class Meta:
        model = WriteKey
        fields: ClassVar[list[str]] = ["source", "name", "rate"]


@page(Right.KEYS)
def live_keys(request: Asked) -> HttpResponse:
    """Who may send events. A new key is shown once, on this answer, and never stored."""
    form = KeyForm(request.POST or None, label_suffix="")
    context: dict[str, Any] = {"form": form, "keys": write_keys()}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, text = made_key(form.cleaned_data["source"], form.cleaned_data["name"], rate=form.cleaned_data["rate"], person=request.user)
            context |= {"made": made, "text": text, "form": KeyForm(label_suffix=""), "keys": write_keys()}
            status = 200
    answer = render(request, "kundig/live_keys.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@page(Right.KEYS)
def live_key_revoke(request: Asked, key: int) -> HttpResponse:
    """Let a key send nothing any longer."""
    try:
        revoked = revoked_key(key)
    except KundigError:
        raise Http404 from None
    messages.success(request, _("The key %(name)s sends nothing any longer.") % {"name": revoked.name})
    return redirect("live-keys")
