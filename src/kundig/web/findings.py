"""What checks found and what to do, in the reader's language; they are English, and say the same to everybody."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from kundig.checks import Finding
from kundig.touchpoints import span
from kundig.web import reader, words
from kundig.web.kept_words import KeptWords

FOUND = KeptWords([
    _("there are no events yet"),
    _("%(place)s: %(n)s columns, the mapping fits"),
    _("1 event from %(first_day)s to %(last_day)s"),
    _("%(n)s events from %(first_day)s to %(last_day)s"),
    _("nothing since %(last_day)s, %(pause)s days, while other sources went on; a pause is usually at most 1 day"),
    _("nothing since %(last_day)s, %(pause)s days, while other sources went on; a pause is usually at most %(n)s days"),
    _("%(n)s of %(of)s events were known more than a day before they happened"),
    _("%(n)s of %(of)s events are from before 1990, as when a clock was reset"),
    _("%(n)s of %(of)s events (%(share)s) have no subject and belong to no customer"),
    _("1 event at a touchpoint that is not in the catalogue"),
    _("%(n)s events at a touchpoint that is not in the catalogue"),
    _("the catalogue lacks %(fields)s"),
    _("the catalogue names several owners: %(owners)s"),
    _("the catalogue promises %(kind)s within %(within)s, and no such event was ever recorded"),
    _("%(n)s of %(of)s in the catalogue with nothing recorded: %(names)s"),
    _("%(n)s of %(of)s in the catalogue with no answer of a customer: %(names)s"),
    _("%(n)s of %(of)s in the catalogue with no promise: %(names)s"),
    _("1 row in quarantine: %(why)s"),
    _("%(n)s rows in quarantine: %(why)s"),
    _("1 row of contracts: %(fault)s, first that of %(customer)s, contract %(contract)s, on %(day)s"),
    _("%(n)s rows of contracts: %(fault)s, first that of %(customer)s, contract %(contract)s, on %(day)s"),
    _("1 amount beside contracts: %(fault)s, first that of %(customer)s, %(kind)s of %(stated)s, on %(day)s"),
    _("%(n)s amounts beside contracts: %(fault)s, first that of %(customer)s, %(kind)s of %(stated)s, on %(day)s"),
])  # fmt: skip
"""What is found."""

ADVICE = KeptWords([
    _("run `kundig import`"),
    _("mend `kundig.yaml` or the file, then check again"),
    _("see whether its export still runs"),
    _("see whether `at:` and `known_at:` are mapped to the right columns"),
    _("see the column mapped to `at:`"),
    _("map `subject:`, or leave them for totals only"),
    _("add it under `touchpoints:` with stage, department and owner"),
    _("complete it under `touchpoints:`"),
    _("name the one who is accountable"),
    _("import its source, or mend `promise:`"),
    _("import a source for them, or take them out of `touchpoints:`"),
    _("ask there, or know that nobody measures them"),
    _("write under `promise:` what customers may count on there"),
    _("mend the mapping or the file and import again; `kundig import --quarantined` reads the kept rows anew"),
    _("%(done)s; `kundig ask value.contract_faults` lists them all"),
])  # fmt: skip
"""What to do."""

WHY = KeptWords([
    _("%(why)s (such as %(such)s), first in %(file)s line %(line)s"),
    _("%(why)s (such as %(such)s), first in %(file)s"),
    _("%(why)s (such as %(such)s)"),
    _("%(why)s, first in %(file)s line %(line)s"),
    _("%(why)s, first in %(file)s"),
])  # fmt: skip
"""Where rows were set aside, and an example."""

SET_ASIDE = KeptWords([
    _("%(field)s: not a time: %(value)s"),
    _("%(field)s: not a time"),
    _("%(field)s: not a number: %(value)s"),
    _("%(field)s: not a number"),
    _("%(field)s: is empty"),
    _("%(field)s: is none of %(known)s: %(value)s"),
    _("%(field)s: is none of %(known)s"),
    _("%(field)s: is outside %(range)s of %(metric)s: %(value)s"),
    _("%(field)s: is outside %(range)s of %(metric)s"),
    _("%(field)s: a cast in the expression fails"),
    _("not a JSON object"),
    _("too many columns"),
    _("missing columns"),
    _("unquoted value"),
    _("line size over maximum"),
    _("invalid state"),
    _("cast"),
])  # fmt: skip
"""Why a row was set aside: rules of mappings, and what the engine says of lines."""

_FIELDS = {"stage": _("stage"), "department": _("department"), "owner": _("owner")}


def finding(of: Finding) -> tuple[str | None, str | None]:
    """What was found and what to do in the reader's language; None where nobody translated it, such as an error's own words."""
    return _in(FOUND, of.found), _in(ADVICE, of.advice) if of.advice else ""


def set_aside(reason: str) -> str | None:
    """Why a row was set aside, in the reader's language; None where nobody translated it."""
    return _in(SET_ASIDE, reason)


def _in(known: KeptWords, kept: str) -> str | None:
    if get_language() != "de":
        return kept
    found = known.of(kept)
    return gettext(found[0]) % {name: _filled(name, value) for name, value in found[1].items()} if found is not None else None


def _filled(name: str, value: str) -> str:
    """What fills a place, as the reader writes it."""
    formats = reader.formats()
    if name in {"n", "of", "pause", "line"} and re.fullmatch(r"[\d,]+(\.\d+)?", value):
        digits = len(value.partition(".")[2])
        return formats.number(float(value.replace(",", "")), digits)
    if name == "share":
        return formats.percent(float(value.rstrip("%")) / 100, 1)
    if name.endswith("day"):
        return formats.day(date.fromisoformat(value))
    if name == "why":
        return _in(WHY, value) or set_aside(value) or value
    if name == "such":
        return set_aside(value) or value
    if name == "within":
        return formats.span(span(value).total_seconds())
    if name == "fields":
        return ", ".join(gettext(_FIELDS.get(field, field)) for field in value.split(", "))
    return words.value(value) if name in {"fault", "done"} else words.kind(value) if name == "kind" else value
