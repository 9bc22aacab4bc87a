"""Filters and tags: every number in a template says how it is written."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kundig.events import METRICS
from kundig.report.storyboard import KINDS
from kundig.web import reader
from kundig.web.desk import desk
from kundig.web.findings import set_aside as set_aside_word
from kundig.web.icons import ICONS
from kundig.web.reasons import reason as reason_word
from kundig.web.reasons import state as state_word
from kundig.web.words import CLOSING_STATES, INVITATION_STATES, JOB_WORDS, PLAYBOOK_STATES, PROJECT_FIELDS, PROJECT_STATES, RIGHT_WORDS, TRAITS, WORK_LEVELS
from kundig.web.words import kind as kind_word
from kundig.web.words import metric as metric_word
from kundig.web.words import tie as tie_word
from kundig.web.words import value as value_word

register = template.Library()


@register.filter
def number(value: Any, digits: int = 0) -> str:
    """A number with that many decimals."""
    return reader.formats().number(value, digits)


@register.filter
def change(value: Any, digits: int = 1) -> str:
    """A difference with its sign."""
    return reader.formats().change(value, digits)


@register.filter
def percent(value: float | None, digits: int = 0) -> str:
    """A share as per cent."""
    return reader.formats().percent(value, digits)


@register.filter
def money(value: Decimal | None, digits: int = 2) -> str:
    """An amount in the company's currency."""
    return reader.formats().money(value, digits)


@register.filter
def shortmoney(value: Decimal | float | None) -> str:
    """An amount in thousands or millions."""
    return reader.formats().short_money(value)


@register.filter
def hundredfold(value: float) -> float:
    """A share as a number of per cent, whose sign stands beside it."""
    return value * 100


@register.filter
def code(value: str) -> str:
    """A code of an analysis in the reader's language."""
    return value_word(value)


@register.simple_tag
def interval(low: float | None, high: float | None, unit: str = "") -> str:
    """From the lower to the upper end."""
    formats = reader.formats()
    return formats.percent_interval(low, high) if unit == "share" else formats.interval(low, high, 1 if unit == "stars" else 0)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day; of a moment, that of the company's clock."""
    return "–" if value is None else reader.formats().day(_local(value))


@register.filter
def month(value: date | datetime) -> str:
    """A month with its year."""
    return reader.formats().month(_local(value))


@register.filter
def moment(value: datetime | None) -> str:
    """A moment on the company's clock."""
    return "–" if value is None else reader.formats().moment(value)


@register.filter
def clock(value: datetime) -> str:
    """The time of day; nothing where only the day is known."""
    local = value.astimezone(ZoneInfo(desk().workspace.zone))
    return "" if (local.hour, local.minute, local.second) == (0, 0, 0) else f"{local:%H:%M}"


@register.filter
def span(value: float | None) -> str:
    """A length of time."""
    return reader.formats().span(value)


@register.filter
def touchpoint(name: str | None) -> str:
    """A touchpoint's title."""
    return reader.touchpoint(name)


@register.filter
def stage(name: str | None) -> str:
    """A stage in the reader's language."""
    return reader.stage(name)


@register.filter
def department(name: str | None) -> str:
    """A department in the reader's language."""
    return reader.department(name)


@register.filter
def kind(name: str) -> str:
    """What an event is, in the reader's language."""
    return kind_word(name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside a word."""
    # Drawn in this package; nothing of it comes from outside.
    return mark_safe(f'<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{ICONS[name]}</svg>')  # noqa: S308 -- made here, and every text in it is escaped


@register.simple_tag(takes_context=True)
def linked(context: Context, **changed: Any) -> str:
    """This page's address with parameters changed; an empty one goes."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        if value in {None, ""}:
            query.pop(name, None)
        else:
            query[name] = value
    query.pop("page", None) if "page" not in changed else None
    text = query.urlencode()
    return f"{context['request'].path}?{text}" if text else str(context["request"].path)


@register.simple_tag
def days(first: date, last: date) -> str:
    """From a day to another."""
    return reader.formats().days(first, last)


@register.simple_tag
def verdict(word: str | None, amount: str = "") -> SafeString:
    """Better, worse or chance: a shape, a number and a word, never colour alone."""
    from kundig.web.words import verdict as said  # noqa: PLC0415 -- a name of its own here

    if not word:
        return SafeString("")
    shape, style = {"better": ("▲", "better"), "worse": ("▼", "worse")}.get(word, ("●", "chance"))
    return format_html('<span class="delta {}"><span aria-hidden="true">{}</span> {} {}</span>', style, shape, amount, said(word))


@register.simple_tag
def pill(score: float | None, scale: str = "percent") -> SafeString:
    """A score on its colour, number printed."""
    if score is None:
        return SafeString("–")
    return format_html('<span class="pill s{}">{}</span>', step(score, scale), reader.formats().number(score, 1 if scale == "stars" else 0))


def step(score: float, scale: str) -> int:
    """Which of five steps a score is on; NPS from -100 to 100 and stars from 1 to 5 are brought to 0 to 100."""
    value = {"nps": (score + 100) / 2, "stars": (score - 1) * 25, "answer": score * 10}.get(scale, score)
    return 1 + sum(value >= edge for edge in (40, 55, 70, 80))


def _local(value: date | datetime) -> date:
    return value.astimezone(ZoneInfo(desk().workspace.zone)).date() if isinstance(value, datetime) and value.tzinfo else value.date() if isinstance(value, datetime) else value


@register.filter
def coded(text: str) -> SafeString:
    """Text in which names between backticks are set as code."""
    # Escaped first; what is then put around it is fixed.
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S308 -- made here, and every text in it is escaped


@register.filter
def unlocalized(value: float) -> str:
    """A number for machines."""
    return str(value)


@register.filter
def metric(name: str) -> str:
    """The name of a score."""
    return metric_word(name)


@register.filter
def traitname(name: str) -> str:
    """A field of the traits."""
    return str(TRAITS.get(name, name))


@register.filter
def tiename(how: str) -> str:
    """What joins two records: a key, resemblance, or what somebody decided."""
    return tie_word(how)


@register.filter
def jobname(name: str) -> str:
    """A job of the worker in words."""
    return str(JOB_WORDS.get(name, name))


@register.filter
def rightname(name: str) -> str:
    """A right in words."""
    return str(RIGHT_WORDS[name])


@register.simple_tag
def step_of(of: str, score: float) -> int:
    """The step of a single answer."""
    low, high = METRICS.get(of, (0.0, 10.0))
    return step((score - low) / (high - low) * 100, "percent")


@register.simple_tag(takes_context=True)
def without(context: Context, names: tuple[str, ...]) -> str:
    """This page's address without some parameters."""
    query = context["request"].GET.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    text = query.urlencode()
    return f"{context['request'].path}?{text}" if text else str(context["request"].path)


@register.simple_tag
def playbook_state(state: str, customer: str) -> str:
    """How a customer stands to a playbook, as a sentence, or in short without a customer."""
    short, whole = PLAYBOOK_STATES[state]
    return str(whole) % {"customer": customer} if customer else str(short)


@register.simple_tag
def invitation_state(state: str) -> str:
    """Where an invitation stands."""
    return str(INVITATION_STATES.get(state, state))


@register.filter
def set_aside(reason: str) -> str | SafeString:
    """Why a row could not be read; what nobody translated is marked as English."""
    return set_aside_word(reason) or format_html('<span lang="en">{}</span>', reason)


@register.filter
def reason(kept: str) -> str | SafeString:
    """Why something was not done; a server's own words are marked as such."""
    if not kept:
        return "–"
    return reason_word(kept) or format_html('<span lang="en">{}</span>', kept)


@register.simple_tag
def step_kind(kind: str) -> str:
    """What a kind of step is called."""
    return KINDS[kind].said("de" if get_language() == "de" else "en") if kind in KINDS else kind


@register.filter
def stand(kept: str) -> str:
    """Where an enrolment, a step or what goes out stands."""
    return state_word(kept) or kept


@register.simple_tag
def closing_state(state: str) -> str:
    """Where the letter about a change stands."""
    return str(CLOSING_STATES.get(state, state))


@register.simple_tag
def work_level(level: str) -> str:
    """Whose list work is on."""
    return str(WORK_LEVELS.get(level, level))


@register.simple_tag
def project_state(state: str) -> str:
    """How far a project is."""
    return str(PROJECT_STATES.get(state, state))


@register.simple_tag
def project_field(name: str) -> str:
    """What a project says of itself."""
    return str(PROJECT_FIELDS.get(name, name))
