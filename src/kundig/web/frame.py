"""What stands around every page: the way to the others, who is reading, and in which look."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from kundig import __version__
from kundig.errors import KundigError
from kundig.state.people import Person
from kundig.state.rights import Right
from kundig.state.saved import saved_views
from kundig.web.desk import desk
from kundig.web.freshness import as_it_was

ENTRIES = (
    ("overview", _("Overview"), Right.FIGURES, "overview"),
    ("customers", _("Customers"), Right.CUSTOMERS, "customers"),
    ("work", _("Tasks"), Right.CUSTOMERS, "work"),
    ("journey", _("Journey"), Right.FIGURES, "journey"),
    ("voice", _("Voice"), Right.FIGURES, "voice"),
    ("value", _("Value"), Right.FIGURES, "value"),
    ("foresight", _("Foresight"), Right.FIGURES, "foresight"),
    ("paths", _("Journeys in depth"), Right.FIGURES, "paths"),
    ("inbox", _("Inbox"), Right.CUSTOMERS, "inbox"),
    ("playbooks", _("Playbooks"), Right.FIGURES, "playbooks"),
    ("surveys", _("Surveys"), Right.FIGURES, "surveys"),
    ("projects", _("Projects"), Right.FIGURES, "projects"),
    ("report", _("Weekly report"), Right.EXPORT, "report"),
    ("questions", _("All questions"), Right.FIGURES, "questions"),
    ("data", _("Data"), Right.DATA, "data"),
    ("settings", _("Settings"), None, "settings"),
)


@dataclass(frozen=True)
class Entry:
    """A way to another page."""

    name: str
    title: Any
    href: str
    icon: str
    here: bool


ABOUT_ONE = {"customer": "customers", "question": "questions", "playbook": "playbooks", "survey": "surveys", "project": "projects", "changes": "projects", "change": "projects"}
"""Pages about one of what an entry leads to, and which entry that is."""


@lru_cache(maxsize=200)
def _entries(here: str, may: frozenset[Right]) -> tuple[Entry, ...]:
    """The ways that somebody with these rights has, the same object for the same ones."""
    here = ABOUT_ONE.get(here, here)
    return tuple(Entry(name, title, reverse(name), icon, name == here) for name, title, right, icon in ENTRIES if right is None or right in may)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    person = request.user if isinstance(getattr(request, "user", None), Person) else None
    match = request.resolver_match
    name = match.url_name if match else ""
    here = str(match.kwargs.get("room") or name).partition("-")[0] if match else ""
    # What arrives belongs to the data.
    here = "data" if here == "live" else here
    # What is settled of what customers say belongs to their voice.
    here = "voice" if here in {"themes", "jargon"} else here
    try:
        company = desk().workspace.config.company.name
    except KundigError:
        company = ""
    rights = {right.value: person.may(right) for right in Right} if isinstance(person, Person) else {}
    entries = _entries(here, frozenset(right for right in Right if rights[right.value])) if isinstance(person, Person) else ()
    return {
        "entries": entries,
        "person": person,
        "may": rights,
        "theme": person.theme if isinstance(person, Person) else "system",
        "company": company,
        "nonce": getattr(request, "csp_nonce", ""),
        "kundig_version": __version__,
        "as_it_was": as_it_was(request),
        # Asked for by those pages alone whose address is what they show.
        "saved": SimpleLazyObject(lambda: list(saved_views(person, request.path, below=name == "questions"))) if isinstance(person, Person) else (),
    }
