"""What customers bought, when, at which price; and how their first weeks went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundig.demo.chance import Texts, pick, sigmoid, stream
from kundig.demo.people import People
from kundig.demo.period import DAYS, MONTH_START, MONTHS, Days, Flags, Numbers, day

TARIFFS = ("Nordwind S", "Nordwind M", "Nordwind L", "Nordwind Business")
PRICES = np.array([24.99, 34.99, 49.99, 59.99])
S, M, L, BUSINESS = range(4)
HARDWARE = 9.99
LOYALTY_PENALTY = 0.18
LOYAL_AFTER = 36
PRICE_RISE = 0.03
PRICE_RISE_MONTH = 18
ROUTERS = ("Router N3", "Router N5", "Router R2", "Router Pro")
BAD_ROUTER = 2
ADVOCATES_EXTRA = 0.135
TRIAL_DAYS = 14
MONTH_DAYS = 30.44


@dataclass
class Contracts:
    """One entry a person; days count from the start of the period and are negative before it."""

    tariff: Days
    start: Days
    activated: Days
    new: Flags
    online: Flags
    porting: Flags
    porting_days: Days
    slow: Flags
    silent: Flags
    hardware: Days
    router: Texts
    advocate: Flags
    price: Numbers
    extras: Numbers
    tenure: Numbers


def contracts(people: People, seed: int, block: int) -> Contracts:
    """The contract of every person. `price` and `extras` are per month, a row a person; `tenure` is in months."""
    rng = stream(seed, "contracts", block)
    n = len(people)
    tariff = np.where(people.business, BUSINESS, rng.choice(3, n, p=(0.38, 0.38, 0.24)))
    new = rng.random(n) < 0.56
    start = np.where(new, rng.integers(0, DAYS - 25, n), -rng.integers(1, 8 * 365, n))
    activated = start + rng.integers(2, 9, n)
    porting = new & (rng.random(n) < 0.6)
    slow = porting & (rng.random(n) < 0.25)
    porting_days = np.where(slow, 11 + rng.gamma(2.5, 3.5, n), rng.integers(1, 7, n)).astype(np.int64)
    silent = new & (rng.random(n) < 0.14)
    advocate = rng.random(n) < sigmoid(-1.95 + np.array([0.0, 0.7, 1.45, 0.95])[tariff] + (people.age - 47) / 30)
    tenure = (MONTH_START[None, :MONTHS] - start[:, None]) / MONTH_DAYS
    hardware = np.where(tariff == M, start + np.where(rng.random(n) < 0.15, 0, rng.exponential(30, n) * MONTH_DAYS).astype(np.int64), 99_999)
    online = rng.random(n) < 0.3
    price = _prices(tariff, online, hardware, tenure)
    extras = _extras(people, advocate, price, rng)
    router = pick(rng, ROUTERS, n, (0.35, 0.3, 0.2, 0.15))
    return Contracts(tariff, start, activated, new, online, porting, porting_days, slow, silent, hardware, router, advocate, price, extras, tenure)


def _prices(tariff: Days, online: Flags, hardware: Days, tenure: Numbers) -> Numbers:
    """Prices per month. In L they jump after 36 months; in M a price rise meets everybody, and hardware comes with time."""
    base = np.repeat(PRICES[tariff][:, None], MONTHS, axis=1)
    base[(tariff == M), PRICE_RISE_MONTH:] *= 1 + PRICE_RISE
    base[(tariff == L)[:, None] & (tenure > LOYAL_AFTER)] *= 1 + LOYALTY_PENALTY
    plan = (MONTH_START[None, :MONTHS] >= hardware[:, None]) * HARDWARE
    return np.asarray(np.round(base * np.where(online, 0.95, 1.0)[:, None] + plan, 2))


def _extras(people: People, advocate: Flags, price: Numbers, rng: np.random.Generator) -> Numbers:
    """What is spent besides: older customers and those of dear tariffs spend more, advocates more still."""
    habit = rng.gamma(2, 0.5, len(people))[:, None]
    usual = 0.07 * price * habit * (0.5 + people.age[:, None] / 60) * rng.gamma(3, 1 / 3, price.shape)
    return np.asarray(np.round(usual + advocate[:, None] * ADVOCATES_EXTRA * (price + usual), 2))


RISE_ANNOUNCED = day("2025-06-02")
"""When customers of tariff M were told about the price rise."""
