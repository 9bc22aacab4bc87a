"""Forty small companies in one journal, each a segment, a product, a concern and a campaign of its own, with what was planted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import exp

import numpy as np

from kundig.journal import told
from kundig.settings import Settings

COMPANIES, CUSTOMERS = 40, 80
MONTHS_KEPT = 20
"""How long customers stay, in the mean."""
PLANTED = {
    "logo_churn": 0.12, "revenue_churn": 0.12, "grr": 1 - 0.12 - 0.88 * 0.15 * 0.2, "nrr": 1 - 0.12 - 0.88 * 0.15 * 0.2 + 0.88 * 0.2 * 0.2,
    "survival": exp(-12 / MONTHS_KEPT), "rate": exp(-28 / (MONTHS_KEPT * 30.4375)), "difference": -0.2, "cost": 4.8, "solved_7": 0.7, "penalty": 2.0, "effect": 0.1,
}  # fmt: skip


def _contract(who, at, outcome, amount=None, **more):
    return {"subject": who, "kind": "contract", "occurred_at": str(at), "outcome": outcome, "amount": None if amount is None else Decimal(f"{amount:.2f}"), "case_id": f"{who}'s", **more}


def _journal(events, present, **settings):
    people = {event["subject"] for event in events}
    traits = [{"subject": who, "known_at": "2020-01-01", "segment": who.partition("-")[0]} for who in sorted(people)]
    return told([*events, ("the clock", "visit", present)], traits, settings=Settings.model_validate(settings))


def _people():
    return [(f"s{company:02}", f"s{company:02}-{number}") for company in range(COMPANIES) for number in range(CUSTOMERS)]


def a_month(draw):
    """In January an eighth of the customers leave, some buy more, some pay less; one had left before."""
    events = [_contract("first-0", "2025-11-10", "started", 20), _contract("first-0", "2025-12-10", "ended")]
    for _, who in _people():
        amount = draw.lognormal(3, 0.6)
        events.append(_contract(who, "2025-11-10", "started", amount))
        at, chance = f"2026-01-{draw.integers(2, 29):02}", draw.random()
        if chance < 0.12:
            events.append(_contract(who, at, "ended"))
        elif chance < 0.12 + 0.88 * 0.2:
            events.append(_contract(who, at, "expanded", amount * 1.2))
        elif chance < 0.12 + 0.88 * 0.35:
            events.append(_contract(who, at, "reduced", amount * 0.8))
    return _journal(events, "2026-02-03")


def lives(draw):
    """Customers come over three years and stay for random times without memory; contracts run for a year at a time."""
    events, begin, present = [], date(2023, 1, 1), date(2026, 1, 1)
    for _, who in _people():
        start = begin + timedelta(days=int(draw.integers(0, 1000)))
        end = start + timedelta(days=float(draw.exponential(MONTHS_KEPT * 30.4375)))
        events.append(_contract(who, start, "started", draw.lognormal(3, 0.6)))
        if end < present:
            events.append(_contract(who, max(end, start + timedelta(days=1)), "ended"))
    return _journal(events, "2026-01-01", contracts={"term_months": 12})


def concerns(draw):
    """Half of the concerns begin in the app and are asked about again by four in ten, half by telephone and by two in ten."""
    events = []
    for number, (company, who) in enumerate(_people()):
        at = date(2026, 1, 1) + timedelta(days=int(draw.integers(0, 28)))
        own = number % 2 == 0
        first = {"subject": who, "occurred_at": str(at), "properties": {"concern": company}}
        events.append({**first, "kind": "self_service", "channel": "app", "amount": Decimal(0)} if own else {**first, "kind": "call", "channel": "phone", "amount": Decimal(f"{draw.gamma(2, 3):.2f}")})
        if draw.random() < (0.4 if own else 0.2):
            events.append({**first, "kind": "call", "channel": "phone", "occurred_at": str(at + timedelta(days=3)), "amount": Decimal(f"{draw.gamma(2, 3):.2f}")})
    return _journal(events, "2026-03-31")


def prices(draw):
    """Half of the customers have been there for five years, and pay two more in the median."""
    events = [
        _contract(who, "2020-06-01" if number % 2 else "2025-09-01", "started", max(1.0, 20 + 2 * (number % 2) + draw.normal(0, 3)), product=company)
        for number, (company, who) in enumerate(_people())
    ]  # fmt: skip
    return _journal(events, "2026-01-31")


def trials(draw):
    """Of those called eight in ten stay, of those held out seven."""
    events = []
    for number, (company, who) in enumerate(_people()):
        events.append({"subject": who, "kind": "campaign", "occurred_at": "2025-01-01", "properties": {"campaign": company, "group": ("control", "called")[number % 2]}})
        if draw.random() < (0.3, 0.2)[number % 2]:
            events.append({"subject": who, "kind": "cancellation", "occurred_at": "2025-03-01"})
    return _journal(events, "2026-01-31")


def buyers(draw, n, model, age=420.0):
    """Buyers as the BG/NBD model has them: repeat purchases, recency and age in days, and the same as known a third of the time earlier.

    Of purchases at random times, as many as there are before a buyer is gone count; the last of them is the largest of as many
    uniform times, or the so-manieth of all.
    """
    rate, leaves = draw.gamma(model.r, 1 / model.alpha, n), draw.beta(model.a, model.b, n)
    rows = []
    for number in range(n):
        times = np.sort(draw.random(draw.poisson(rate[number] * age))) * age
        times = times[: int(draw.geometric(leaves[number]))]
        early = times[times <= age * 2 / 3]
        rows.append((len(times), times[-1] if len(times) else 0.0, age, len(early), early[-1] if len(early) else 0.0, age * 2 / 3, len(times) - len(early)))
    return np.array(rows, dtype=float).T
