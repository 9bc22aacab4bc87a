"""From a figure to the customers behind it: an address, and the selection that the address means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kundig.customers import Selection
from kundig.journeys.variants import ARROW
from kundig.web import members, reader
from kundig.web.members import EMPLOYEES, NOTHING
from kundig.web.words import metric as metric_word


def of_row(name: str, arguments: Mapping[str, Any], row: Mapping[str, Any], *, as_of: str | None = None) -> str | None:
    """The address of the customers behind a row of an analysis; None where a row is not made of customers."""
    query = _QUERIES[name](arguments, row) if name in _QUERIES else None
    if query is not None:
        return address(query, as_of=as_of)
    named = members.of_row(name, arguments, row)
    return None if named is None else address(named.query(), as_of=as_of)


def of_count(name: str, arguments: Mapping[str, Any], row: Mapping[str, Any], count: str, *, as_of: str | None = None) -> str | None:
    """The address of the customers behind one of several counts of a row, such as those who were lost; None where it is nobody."""
    named = members.of_row(name, arguments, row, count)
    return None if named is None else address(named.query(), as_of=as_of)


def address(query: Mapping[str, Any], *, as_of: str | None = None) -> str:
    """The list of customers with a selection."""
    kept = {key: value for key, value in {**query, "as_of": as_of}.items() if value not in {None, ""}}
    return f"{reverse('customers')}?{urlencode(kept)}"


def last_day(first: date, every: str) -> date:
    """The last day of a period.

    >>> last_day(date(2026, 1, 1), "quarter")
    datetime.date(2026, 3, 31)
    """
    days = {"day": 1, "week": 7}.get(every)
    if days:
        return first + timedelta(days=days - 1)
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    following = first.month - 1 + months
    return date(first.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)


def _scores(arguments: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any] | None:
    metric = arguments["metric"]
    if metric in EMPLOYEES or arguments.get("repeated", "clustered") != "clustered":
        return None
    query: dict[str, Any] = {"metric": metric, "occasion": row["occasion"]}
    if arguments.get("by"):
        query |= {"by": arguments["by"], "value": NOTHING if row["group"] is None else row["group"]}
    if arguments.get("every"):
        query |= {"since": row["period"], "until": last_day(row["period"], arguments["every"])}
    return query


def _whole(arguments: Mapping[str, Any]) -> bool:
    """Whether an answer is about all journeys, each a customer's life or a case: a selection knows of no other."""
    return arguments["unit"] in {"customer", "case"} and not arguments.get("where") and not arguments.get("by")


def _flows(arguments: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"source": row["source"], "target": row["target"], "unit": arguments["unit"], "level": arguments["level"]} if _whole(arguments) else None


def _ends(arguments: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"end": row["end"], "target": row["step"], "unit": arguments["unit"], "level": arguments["level"]} if _whole(arguments) else None


def _ways(arguments: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"way": row["variant"], "unit": arguments["unit"], "level": arguments["level"]} if _whole(arguments) and row["rank"] is not None else None


def _handovers(arguments: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"handed": "yes", "source": row["source"], "target": row["target"], "unit": arguments["unit"]} if _whole(arguments) else None


_QUERIES = {"feedback.scores": _scores, "journeys.flows": _flows, "journeys.entries_exits": _ends, "journeys.variants": _ways, "journeys.interlocks": _handovers}


class SelectionForm(forms.Form):
    """What an address says about a selection; what does not fit is told, not guessed."""

    metric = forms.CharField(required=False)
    kind = forms.CharField(required=False)
    occasion = forms.ChoiceField(required=False, choices=[("relational", _("about the relationship")), ("transactional", _("about something that happened"))])
    by = forms.CharField(required=False)
    value = forms.CharField(required=False)
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    source = forms.CharField(required=False)
    target = forms.CharField(required=False)
    end = forms.ChoiceField(required=False, choices=[("entry", _("entry")), ("exit", _("exit"))])
    handed = forms.ChoiceField(required=False, choices=[("yes", _("yes"))])
    way = forms.CharField(required=False)
    unit = forms.ChoiceField(required=False, choices=[("customer", _("customer")), ("case", _("case"))])
    level = forms.ChoiceField(required=False, choices=[(level, level) for level in ("touchpoint", "stage", "department", "kind")])


def selection(given: Mapping[str, Any]) -> tuple[Selection | None, dict[str, Any]]:
    """The selection of an address, with its faults; None where it selects nothing."""
    form = SelectionForm(given)
    if not form.is_valid():
        return None, dict(form.errors)
    said = {key: value for key, value in form.cleaned_data.items() if value not in {None, ""}}
    if not said:
        return None, {}
    if "handed" in said:
        said["handed"] = True
    if said.get("value") == NOTHING:
        del said["value"]
    if said.get("metric") in EMPLOYEES:
        return None, {"metric": [_("Answers of employees are shown as sums alone.")]}
    if "end" in said and "target" not in said:
        return None, {"target": [_("This is needed beside “end”.")]}
    return Selection(**said), {}


def told(of: Selection) -> list[tuple[str, tuple[str, ...]]]:
    """A selection in words: each chip with the parameters that make it."""
    chips: list[tuple[str, tuple[str, ...]]] = []
    if of.metric:
        chips.append((str(_("Answered: %(metric)s") % {"metric": metric_word(of.metric)}), ("metric",)))
    if of.kind:
        chips.append((of.kind, ("kind",)))
    if of.occasion:
        chips.append((str(_("about the relationship") if of.occasion == "relational" else _("about something that happened")), ("occasion",)))
    if of.by:
        chips.append((f"{reader.dimension(of.by)}: {reader.member(of.by, of.value)}", ("by", "value")))
    chips += _of_journeys(of)
    if of.since and of.until:
        chips.append((reader.formats().days(of.since, of.until), ("since", "until")))
    elif of.since:
        chips.append((str(_("since %(day)s") % {"day": reader.formats().day(of.since)}), ("since",)))
    elif of.until:
        chips.append((str(_("until %(day)s") % {"day": reader.formats().day(of.until)}), ("until",)))
    return chips


def _of_journeys(of: Selection) -> list[tuple[str, tuple[str, ...]]]:
    def step(name: str | None) -> str:
        return reader.step(name, "department" if of.handed else of.level) if name else str(_("unknown"))

    if of.end:
        word = _("Journey begins at %(step)s") if of.end == "entry" else _("Last step so far: %(step)s")
        return [(str(word % {"step": step(of.target)}), ("end", "target", "unit", "level"))]
    if of.handed:
        return [(str(_("Handed over: %(between)s") % {"between": f"{step(of.source)} → {step(of.target)}"}), ("handed", "source", "target", "unit"))]
    if of.way:
        return [(str(_("The way: %(way)s") % {"way": ARROW.join(step(name) for name in of.way.split(ARROW))}), ("way", "unit", "level"))]
    return [(f"{step(of.source)} → {step(of.target)}", ("source", "target", "unit", "level"))] if of.source else []
