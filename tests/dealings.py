"""What customers have with a company besides journeys and answers: contracts, purchases, contacts, programmes, points, results."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

CUSTOMERS = 24


def dealings():
    """A year of two dozen customers: a third old, some ending, some in a trial, all with purchases and contacts."""
    found = []
    for number in range(CUSTOMERS):
        found += _customer(number)
    return [{"event_id": f"d{place}", "known_at": event["occurred_at"], **event} for place, event in enumerate(found)]


def _customer(number):
    who = f"c{number:02}"
    product = ("S", "L")[number % 2]
    start = date(2022 if number % 3 == 0 else 2025, 1 + number % 9, 3)
    price = Decimal(20 + 10 * (number % 2)) + (5 if number % 3 == 0 else 0)
    contract = {"subject": who, "kind": "contract", "case_id": f"contract-{number}", "product": product, "touchpoint": "contract", "properties": {"term_months": "12", "region": ("n", "s")[number % 2], "discount": ("10", "0")[number % 3 == 0]}}
    yield {**contract, "occurred_at": f"{start}T00:00", "outcome": "started", "amount": price}
    if number % 4 == 0:
        yield {**contract, "occurred_at": f"2026-01-{1 + number:02}T00:00", "outcome": "expanded", "amount": price + 4}
    if number % 5 == 0:
        yield {**contract, "occurred_at": f"2026-02-{2 + number:02}T00:00", "outcome": "ended"}
    if number % 4 == 1:
        yield {**contract, "occurred_at": "2025-12-05T00:00", "outcome": "started", "case_id": f"second-{number}", "product": "TV", "amount": Decimal(7)}
    if number % 8 == 3:
        yield {**contract, "occurred_at": "2026-02-20T00:00", "outcome": "expanded", "amount": price, "currency": "USD"}
    for turn in range(1 + number % 4):
        bought = date(2025, 2, 1) + timedelta(days=37 * turn + 3 * number)
        yield {"subject": who, "kind": "order", "touchpoint": "order", "occurred_at": f"{bought}T10:00", "amount": Decimal(15 + 5 * turn), "product": ("Case", "Watch")[turn % 2], "case_id": f"order-{number}-{turn}"}
    if number in {1, 3, 7, 9, 11, 17, 19, 21, 23}:
        # Of those who hold L nearly all have one, and of the others nobody: the two go together.
        yield {"subject": who, "kind": "order", "touchpoint": "order", "occurred_at": f"2025-07-{number:02}T10:00", "amount": Decimal(9), "product": "Strap", "case_id": f"strap-{number}"}
    concern = ("bill", "line")[number % 2]
    first = date(2026, 1, 2) + timedelta(days=number)
    yield {"subject": who, "kind": ("call", "self_service")[number % 3 == 1], "touchpoint": "help", "channel": ("phone", "app")[number % 3 == 1], "occurred_at": f"{first}T09:00", "amount": None if number % 3 == 1 else Decimal(4), "quantity": 60.0 + 7 * number, "properties": {"concern": concern}}
    if number % 4 == 2:
        yield {"subject": who, "kind": "call", "touchpoint": "help", "channel": "phone", "occurred_at": f"{first + timedelta(days=3)}T09:00", "amount": Decimal(5), "properties": {"concern": concern}}
    yield from _complaint(who, number, concern)
    yield {"subject": who, "kind": "campaign", "touchpoint": "campaign", "occurred_at": "2025-11-10T00:00", "properties": {"campaign": "call back", "group": ("control", "called")[number // 2 % 2]}}
    yield {"subject": who, "kind": "feedback", "touchpoint": "survey", "occurred_at": f"2026-01-{1 + number:02}T12:00", "metric": "nps", "score": float(4 + number % 7)}
    for month in (11, 12):
        yield {"subject": who, "kind": "invoice", "touchpoint": "invoice", "occurred_at": f"2025-{month}-02T00:00", "amount": price + number % 3, "case_id": f"invoice-{number}-{month}"}
    yield {"subject": who, "kind": "usage", "touchpoint": "use", "occurred_at": f"2026-02-{1 + number:02}T08:00", "quantity": float(number), "properties": {"feature": ("mail", "map", "chat")[number % 3]}}
    yield {"subject": who, "kind": "points", "touchpoint": "points", "occurred_at": f"2025-06-{1 + number:02}T00:00", "quantity": 100.0 + number, "outcome": "earned"}
    if number % 3 == 0:
        yield {"subject": who, "kind": "points", "touchpoint": "points", "occurred_at": f"2025-09-{1 + number:02}T00:00", "quantity": -40.0, "outcome": "redeemed"}
    yield from _goal(who, number)


def _complaint(who, number, concern):
    """Every other customer complains, and some of them get something for it."""
    if number % 2:
        yield {"subject": who, "kind": "complaint", "touchpoint": "help", "channel": "email", "occurred_at": f"2026-01-{1 + number:02}T15:00", "properties": {"concern": concern}}
    if number % 6 == 5:
        yield {"subject": who, "kind": "goodwill", "touchpoint": "help", "occurred_at": "2026-01-28T00:00", "amount": Decimal(5)}


def _goal(who, number):
    """Every sixth customer has agreed on a goal."""
    if number % 6 == 0:
        goal = {"subject": who, "kind": "goal", "touchpoint": "goal", "case_id": f"goal-{number}"}
        yield {**goal, "occurred_at": "2025-10-01T00:00", "outcome": "agreed", "quantity": 100.0, "amount": Decimal(2), "properties": {"goal": "hours saved", "baseline": "20"}}
        yield {**goal, "occurred_at": "2026-01-15T00:00", "outcome": "measured", "quantity": 60.0 + number, "properties": {"confirmed_by": "customer" if number % 12 else "company"}}
