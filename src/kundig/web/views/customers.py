"""Customers: the list, and the file of one."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundig.customers import Row, counted
from kundig.errors import KundigError
from kundig.state.rights import Right
from kundig.web import members
from kundig.web.access import Asked, page
from kundig.web.asking import LATE, answer, answers, known, question, some
from kundig.web.behind import selection, told
from kundig.web.beside import OUTLOOK, cases, contracts, theirs
from kundig.web.covering import covered
from kundig.web.desk import Question, desk
from kundig.web.files import csv_file
from kundig.web.listing import SORTS, STATES, Listing, found, listed, options
from kundig.web.moment import as_of
from kundig.web.pictures import once
from kundig.web.silos import MOST_DAYS, days, kinds_of, statements

PER_PAGE = 50


@page(Right.CUSTOMERS)
def customers(request: Asked) -> HttpResponse:
    """All customers, or those behind a figure."""
    moment = as_of(request)
    named = members.asked(request.GET.dict())
    of, errors = selection(request.GET.dict()) if named is None else (None, {})
    asked = [question(request, "customers.directory", as_of=moment)]
    if of is not None:
        asked.append(question(request, "customers.behind", as_of=moment, of=of))
    elif named is not None:
        asked.append(_those(request, named, moment))
    directory, *rest = answers(request, _("Customers"), *asked)
    for one in (directory, *rest):
        if isinstance(one, KundigError):
            raise one
    those, nobody = _behind(named, rest[0], directory) if rest else (None, 0)
    if "format" in request.GET:
        if not request.user.may(Right.EXPORT):
            raise PermissionDenied(Right.EXPORT)
        return csv_file(found(directory, request.GET, those), "customers", german=request.GET["format"] == "csv-de")  # type: ignore[return-value]  # a stream is an answer as well

    def drawn() -> tuple[Listing, SafeString]:
        listing = listed(found(directory, request.GET, those), request.GET.get("page", "1"), PER_PAGE)
        return listing, render_to_string("kundig/_people.html", {"listing": listing, "counted": those is not None, "as_of": moment})

    listing, table = once(directory, ("list", moment, tuple(sorted(request.GET.items()))), drawn, [those])
    context = {
        "as_of": moment,
        "listing": listing,
        "table": table,
        "all": directory.num_rows,
        # Who answered without being known is in the answers, not in this list.
        "nobody": nobody,
        "summed": _sum(those),
        "chips": told(of) if of is not None else members.told(named) if named is not None else [],
        "options": once(directory, "options", lambda: options(directory)),
        "sorts": SORTS,
        "states": STATES.items(),
        "errors": errors,
        "counted": those is not None,
    }
    return render(request, "kundig/_customers.html" if request.htmx and not request.htmx.boosted else "kundig/customers.html", context, status=400 if errors else 200)  # type: ignore[attr-defined]


def _those(request: Asked, named: members.Members, moment: str | None) -> Question:
    """The question of who is behind a row, or of the answer that names them."""
    row = named.row
    if row is None:
        return question(request, named.analysis, as_of=moment, **named.arguments)
    behind = counted(named.analysis)
    if behind is not None and behind.estimated:
        # It takes long, and is the same for all rows of the answer: what tells them apart is looked at in what is kept.
        return question(request, "customers.everybody", as_of=moment, of=Row(row.analysis, row.arguments, count=row.count))
    return question(request, "customers.members", as_of=moment, of=row)


def _behind(named: members.Members | None, answer: Any, directory: Any) -> tuple[Any, int]:
    """Those behind a figure, and how much of it is of nobody known; found once for each state of the data."""
    return once(answer, ("behind", repr(named)), lambda: _known(answer if named is None else _found(named, answer), directory), [directory])


def _found(named: members.Members, answer: Any) -> Any:
    behind = counted(named.analysis)
    if named.row is None:
        return members.found(named, answer.table)
    return members.found(named, answer) if behind is not None and behind.estimated else answer


def _sum(those: Any) -> int:
    """How much of the figure is of those in the list."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    return 0 if those is None else pc.sum(those["n"]).as_py() or 0


def _known(those: Any, directory: Any) -> tuple[Any, int]:
    """Of those behind a figure the ones who can be opened, and how much of the figure is of nobody who can."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    if those is None:
        return None, 0
    known = pc.is_in(those["customer_id"], value_set=directory["customer_id"].combine_chunks())
    return those.filter(known), pc.sum(those.filter(pc.invert(known))["n"]).as_py() or 0


@page(Right.CUSTOMERS)
def customer(request: Asked, customer_id: str) -> HttpResponse:
    """Everything about one customer, across all silos."""
    customer_id = unquote(customer_id)
    moment = as_of(request)
    asked = [question(request, name, as_of=moment, customer_id=customer_id) for name in ("customers.timeline", "customers.said_of", "customers.traits_of")]
    asked.append(question(request, "customers.directory", as_of=moment))
    # How records came together is told as it is now, and to those who see the whole company.
    whole = request.user.unit is None and moment is None
    asked += [Question("joined", (("name", customer_id),))] if whole else []
    outlook = [question(request, name, as_of=moment) for name in OUTLOOK if known(name)]
    (timeline, said, traits, directory, *joins), found = some(request, _("Customer"), asked, outlook)
    for one in (timeline, said, traits, directory, *joins):
        if isinstance(one, KundigError):
            raise one
    row = _row(directory, customer_id)
    if row is None:
        # A record that was joined since, or a name that a customer had before: it leads to whose it is now.
        if joins and joins[0].customer_id != customer_id and _row(directory, joins[0].customer_id) is not None:
            return redirect("customer", joins[0].customer_id)
        raise Http404
    own = (said.to_pylist() or [{}])[0]
    config = desk().workspace.config
    language = get_language() or config.company.language
    events = once(timeline, ("events", request.user.role, repr(own), language), lambda: covered(timeline.to_pylist(), own, request.user.role, config.texts, language))
    source, kind = request.GET.get("silo", ""), request.GET.get("kind", "")
    kept = [event for event in events if (not source or event["source"] == source) and (not kind or event["kind"] == kind)]
    facts = once(timeline, ("facts", request.user.role, repr(own), language), lambda: _facts(events))
    timeline_, cut = once(timeline, ("days", request.user.role, repr(own), source, kind), lambda: _drawn(kept))
    context: dict[str, Any] = {
        "as_of": moment,
        "row": row,
        "said": own,
        "timeline": timeline_,
        "days": SimpleLazyObject(lambda: days(kept)),
        "cut": cut,
        "kept": len(kept),
        "events": len(events),
        "facts": facts,
        **facts,
        "silo": source,
        "kind_shown": kind,
        "traits": once(traits, "traits", lambda: _traits(traits.to_pylist())),
        "restricted": request.user.unit,
        "outlook": {one.name.partition(".")[2]: once(answer, ("of", customer_id), partial(theirs, answer, customer_id)) for one, answer in zip(outlook, found, strict=True)},
        "late": LATE in found,
        "joined": joins[0] if joins else None,
        "decides": whole and request.user.may(Right.IDENTITY),
    }
    return render(request, "kundig/customer.html", context)


@page(Right.CUSTOMERS)
def search(request: Asked) -> HttpResponse:
    """The first customers that fit some letters; what `/` leads to."""
    directory = answer(request, _("Search"), question(request, "customers.directory"))
    text = request.GET.get("q", "").strip()

    def looked() -> tuple[list[dict[str, Any]], int]:
        fit = found(directory, {"q": text}, None)
        return fit.slice(0, 8).to_pylist(), fit.num_rows

    rows, count = once(directory, ("search", text), looked) if text else ([], 0)
    context = {"rows": rows, "count": count, "q": text}
    return render(request, "kundig/_found.html" if request.htmx else "kundig/search.html", context)  # type: ignore[attr-defined]


def _facts(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What stands beside the timeline, of all events."""
    return {
        "silos": sorted({event["source"] for event in events}), "kinds": kinds_of(events), "scores": [event for event in events if event["score"] is not None][:12],
        "statements": statements(events), "cases": cases(events), "contracts": contracts(events),
    }  # fmt: skip


def _drawn(kept: list[dict[str, Any]]) -> tuple[SafeString, bool]:
    """The timeline as a page has it, and whether older days are left out; hundreds of events are drawn once for each state of the data."""
    shown = days(kept)
    return render_to_string("kundig/_days.html", {"days": shown}), len(shown) == MOST_DAYS


def _row(directory: Any, customer_id: str) -> dict[str, Any] | None:
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    rows = directory.filter(pc.equal(directory["customer_id"], customer_id)).to_pylist()
    return rows[0] if rows else None


def _traits(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each source says: its newest word for every field."""
    said: dict[tuple[str, str], dict[str, Any]] = {}
    for row in reversed(rows):
        fields = {name: value for name, value in row.items() if name not in {"subject", "known_at", "source", "customer_id", "consents", "properties"} and value}
        one = said.setdefault((row["source"], row["subject"]), {"source": row["source"], "subject": row["subject"], "fields": {}, "consents": {}, "known_at": row["known_at"]})
        one["fields"] |= fields
        one["consents"] |= dict(row["consents"] or [])
        one["known_at"] = row["known_at"]
    return list(said.values())
