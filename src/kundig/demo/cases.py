"""Tickets: opened in one department, handed to another or not, reopened or not, resolved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundig.demo.chance import Texts, stream, texts
from kundig.demo.contracts import Contracts
from kundig.demo.life import Life
from kundig.demo.period import DAYS, MONTH_START, Days, at, weekday, within_month

DEPARTMENTS = ("billing", "technology", "service", "logistics", "porting")
BILLING, TECHNOLOGY, SERVICE, LOGISTICS, PORTING = range(5)
NOWHERE = -1
PING_PONG_DAYS = 9
ROUTES = {
    "billing": (BILLING, NOWHERE, NOWHERE),
    "billing, handed around": (BILLING, TECHNOLOGY, BILLING),
    "technology": (TECHNOLOGY, NOWHERE, NOWHERE),
    "technology, handed around": (SERVICE, TECHNOLOGY, SERVICE),
    "service": (SERVICE, NOWHERE, NOWHERE),
    "service, handed around": (SERVICE, PORTING, SERVICE),
    "logistics": (SERVICE, LOGISTICS, NOWHERE),
    "porting": (PORTING, NOWHERE, NOWHERE),
}
ROUTE_NAMES = tuple(ROUTES)
_STOPS = np.array(list(ROUTES.values()))
_CONCERN = texts(("billing", "billing", "network", "network", "service", "service", "delivery", "porting"))


@dataclass
class Cases:
    """One entry a case: `stops` and `days` hold up to three departments and the day each took over."""

    customer: Days
    number: Texts
    concern: Texts
    handed: Days
    stops: Days
    days: Days
    resolved: Days
    reopened: Days
    """The day of being reopened, -1 if it was not; `resolved` is the first time then, `closed` the last."""
    closed: Days


def cases(contracts: Contracts, life: Life, seed: int, block: int) -> Cases:
    """All cases of a block, in no order; what lies after the period is for the export to leave out."""
    rng = stream(seed, "cases", block)
    kinds = ((life.billing_case, 0, 1), (life.technology_case, 2, 3), (life.service_case, 4, 5), (life.logistics_case, 6, 6))
    who, day, route = [], [], []
    for flags, straight, around in kinds:
        customer, m = np.nonzero(flags)
        # A case that was handed around in a month with several: billing takes precedence, as in the life itself.
        handed = life.handed[customer, m] & ((straight == 0) | ~life.billing_case[customer, m])
        who.append(customer)
        # A wrong invoice comes in the first days of its month, and the complaint about it later.
        wrong = (straight == 0) & life.error[customer, m]
        day.append(np.maximum(np.where(wrong, MONTH_START[m] + rng.integers(6, 20, len(m)), within_month(m, rng)), contracts.activated[customer]))
        route.append(np.where(handed, around, straight))
    slow = np.flatnonzero(contracts.slow & (rng.random(len(contracts.slow)) < 0.6))
    who, day, route = [*who, slow], [*day, contracts.start[slow] + 7], [*route, np.full(len(slow), 7)]
    customer, opened, chosen = np.concatenate(who), np.concatenate(day), np.concatenate(route)
    # Deliveries go wrong before the weekend: four in five of these cases are opened on a Friday.
    friday = (chosen == 6) & (rng.random(len(chosen)) < 0.8)
    opened = np.where(friday, opened - weekday(opened) + 4, opened)
    alive = (opened < DAYS) & (opened <= life.notice[customer])
    customer, opened, chosen = customer[alive], opened[alive], chosen[alive]
    stops = _STOPS[chosen]
    days = _taken_over(opened, stops, chosen, rng)
    last = days[np.arange(len(days)), (stops != NOWHERE).sum(axis=1) - 1]
    resolved = _working(last + _waited(rng, 1.3, 0.6, len(last)), stops)
    reopened = np.where(rng.random(len(last)) < 0.08, resolved + rng.integers(1, 8, len(last)), -1)
    closed = np.where(reopened >= 0, reopened + _waited(rng, 2.0, 0.5, len(last)), resolved)
    number = texts([f"T{block:03d}{index:06d}" for index in range(len(customer))])
    return Cases(customer, number, _CONCERN[chosen], (stops[:, 2] != NOWHERE).astype(np.int64), stops, days, resolved, reopened, closed)


def _waited(rng: np.random.Generator, median: float, spread: float, n: int) -> Days:
    return np.rint(rng.lognormal(np.log(median), spread, n)).astype(np.int64)


def _taken_over(opened: Days, stops: Days, chosen: Days, rng: np.random.Generator) -> Days:
    """The day on which each department took over: at once, except where it is known to be slow."""
    n = len(opened)
    first = opened + np.where(chosen == 6, 0, _waited(rng, 1.0, 0.5, n))
    logistics = stops[:, 1] == LOGISTICS
    first = np.where(logistics, _working(opened + 1, stops), np.maximum(first, opened + 1))
    slow = (stops[:, 0] == BILLING) & (stops[:, 1] == TECHNOLOGY)
    second = first + np.where(slow, _waited(rng, PING_PONG_DAYS, 0.4, n), np.maximum(1, _waited(rng, 1.2, 0.5, n)))
    return np.column_stack([opened, first, second])


def _working(days: Days, stops: Days) -> Days:
    """Logistics rests at the weekend: what falls on it waits for Monday. The other departments work every day."""
    late = np.maximum(weekday(days) - 4, 0)
    return np.where((stops[:, 1] == LOGISTICS) & (late > 0), days + 3 - late, days)


def moments(days: Days, rng: np.random.Generator, after: Days | None = None) -> np.ndarray:
    """When on the day something was done; `after` marks rows that happen later on a day than what came before."""
    early = at(days, rng, 8, 14)
    return np.where(after, at(days, rng, 15, 19), early) if after is not None else early
