"""What stands beside a task or in a file of one customer: cases, contracts, how they stand, last words and last events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kundig.analysis import Result
from kundig.errors import KundigError
from kundig.web.access import Asked
from kundig.web.asking import LATE, known, question, some
from kundig.web.covering import covered
from kundig.web.desk import desk
from kundig.web.reader import spoken
from kundig.web.silos import days, statements

OUTLOOK = ("foresight.churn", "foresight.health", "foresight.expansion", "value.expansion_candidates", "journeys.silences", "value.engagement_members")
"""What is told of one customer from answers about all; it may come later."""
LAST_DAYS = 6


def beside(request: Asked, customer: str) -> dict[str, Any]:
    """What a person needs to know of a customer while working on a task, as far as it is there: nothing is waited for.

    Whoever sees one department alone is told of what happened in it. `gone` says that nothing of the customer is known there.
    """
    of = ("customers.timeline", "customers.said_of")
    outlook = [question(request, name) for name in OUTLOOK if known(name)]
    _needed, found = some(request, _("Customer"), [], [*(question(request, name, customer_id=customer) for name in of), *outlook])
    timeline, said, *rest = found
    context: dict[str, Any] = {"outlook": {one.name.partition(".")[2]: theirs(answer, customer) for one, answer in zip(outlook, rest, strict=True)}, "late": LATE in found}
    if timeline is LATE or said is LATE or isinstance(timeline, KundigError) or isinstance(said, KundigError):
        return context
    own, config = (said.to_pylist() or [{}])[0], desk().workspace.config
    events = covered(timeline.to_pylist(), own, request.user.role, config.texts, get_language() or config.company.language)
    return context | {"cases": [one for one in cases(events) if one["resolved"] is None], "contracts": contracts(events)[:3], "statements": statements(events)[:3], "days": days(events)[:LAST_DAYS], "gone": not events}


def theirs(answer: Any, customer_id: str) -> list[dict[str, Any]]:
    """The rows of an answer that are about one customer."""
    if not isinstance(answer, Result):
        return []
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    own = answer.table.filter(pc.equal(answer.table["customer_id"], customer_id)).slice(0, 6)
    return list(replace(answer, table=own).in_language(spoken()).table.to_pylist())


def cases(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cases that were opened, the newest first, with when they were resolved and how often handed over."""
    found: dict[str, dict[str, Any]] = {}
    for event in reversed(events):
        if event["kind"] == "case_opened" and event["case_id"]:
            found.setdefault(event["case_id"], {"case_id": event["case_id"], "opened": event["occurred_at"], "touchpoint": event["touchpoint"], "resolved": None, "handovers": 0})
        elif event["case_id"] in found and event["kind"] == "case_resolved":
            found[event["case_id"]]["resolved"] = event["occurred_at"]
        elif event["case_id"] in found and event["kind"] == "case_handover":
            found[event["case_id"]]["handovers"] += 1
    return sorted(found.values(), key=lambda case: (case["resolved"] is not None, -case["opened"].timestamp()))[:8]


def contracts(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Contracts with their last state, the newest first."""
    found: dict[str, dict[str, Any]] = {}
    for event in reversed(events):
        if event["kind"] in {"contract", "cancellation"}:
            contract = found.setdefault(event["case_id"] or "", {"case_id": event["case_id"], "since": event["occurred_at"], "amount": None, "product": None, "over": None})
            contract["amount"] = event["amount"] if event["amount"] is not None else contract["amount"]
            contract["product"] = event["product"] or contract["product"]
            contract["over"] = event["occurred_at"] if event["kind"] == "cancellation" or event["outcome"] == "ended" else None
    return sorted(found.values(), key=lambda contract: (contract["over"] is not None, -contract["since"].timestamp()))
