"""How values are written for whoever reads: language of the request, money and time of the company."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundig.report.formats import Formats
from kundig.report.phrases import Language
from kundig.report.words import DEPARTMENTS, STAGES, named
from kundig.web.desk import desk


def spoken() -> Language:
    """The language of this request."""
    return "de" if (get_language() or "").startswith("de") else "en"


def formats() -> Formats:
    """The formats of this request."""
    company = desk().workspace.config.company
    return _formats(spoken(), company.currency, company.timezone)


@lru_cache(maxsize=8)
def _formats(language: Language, currency: str, zone: str) -> Formats:
    return Formats(language, currency, zone)


def touchpoint(name: str | None) -> str:
    """A touchpoint's title, else its name."""
    if name is None:
        return "–"
    entry = desk().workspace.config.touchpoints.get(name)
    return entry.title or name if entry else name


def stage(name: str | None) -> str:
    """A stage in the reader's language."""
    return named(STAGES, name, spoken())


def department(name: str | None) -> str:
    """A department in the reader's language."""
    return named(DEPARTMENTS, name, spoken())


def step(name: str | None, level: str) -> str:
    """A step of a journey, at the level it was asked at."""
    if level == "":
        # An analysis that names steps at a level of its own: whichever catalogue knows the word.
        if name in desk().workspace.config.touchpoints:
            return touchpoint(name)
        return department(name) if name in {entry.department for entry in desk().workspace.config.touchpoints.values()} else stage(name) if name in STAGES else name or "–"
    match level:
        case "touchpoint":
            return touchpoint(name)
        case "stage":
            return stage(name)
        case "department":
            return department(name)
    return name or "–"


def dimension(name: str) -> str:
    """What answers are split by."""
    from kundig.web.words import column  # noqa: PLC0415 -- words need this module's language only when said

    return name.removeprefix("properties.") if name.startswith("properties.") else column(name)


def member(of: str, value: str | None) -> str:
    """A value of a dimension."""
    if value is None:
        return str(_("none"))
    return {"touchpoint": touchpoint, "stage": stage, "department": department}.get(of, str)(value)
