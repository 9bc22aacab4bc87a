"""Month by month: what goes wrong, how it feels, and who leaves because of it.

Everything is an array over the customers of a block; a month is one step. What happens in a month moves the hazard
from the next month on, so that a cause always comes before its effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundig.demo.chance import stream
from kundig.demo.contracts import PRICE_RISE_MONTH, Contracts, M
from kundig.demo.people import People
from kundig.demo.period import DAYS, MONTH_START, MONTHS, Days, Flags, Numbers, month

SLOW_PORTING = 2.75
REPEATED_ERRORS = 3.2
HANDED_AROUND = 2.5
SILENT_START = 2.8
PRICE_RISE_EFFECT = 1.04
CALL_EFFECT = 0.55
BASE_HAZARD = 0.0095
FIRST_WAVE, LAST_WAVE = 8, 23
AT_RISK = 0.021
HOLD_OUT = 0.4
NO_ONE = 9_999


@dataclass
class Life:
    """Two and a half years of a block: a row a customer, a column a month, unless said otherwise."""

    active: Flags
    hazard: Numbers
    mood: Numbers
    error: Flags
    billing_case: Flags
    technology_case: Flags
    service_case: Flags
    logistics_case: Flags
    handed: Flags
    left: Days
    """The month in which notice was given, NO_ONE for those who stayed; one entry a customer."""
    notice: Days
    """The day of the notice."""
    ended: Days
    """The first day without a contract."""
    trial: Days
    """The month in which the customer came into the retention trial, or NO_ONE."""
    called: Flags
    """Who was called in the trial; one entry a customer."""
    newsletter: Flags
    """Who gets the newsletter; one entry a customer."""
    errors_cause: Flags
    handed_cause: Flags
    porting_cause: Flags
    silence_cause: Flags


_MONTHLY = (
    "active", "error", "billing_case", "technology_case", "service_case", "logistics_case", "handed", "errors_cause", "handed_cause", "porting_cause", "silence_cause",
)  # fmt: skip


def life(people: People, contracts: Contracts, seed: int, block: int) -> Life:
    """The life of every customer of the block."""
    n, rng = len(people), stream(seed, "life", block)
    of = _unlived(n)
    usual = rng.normal(0, 0.8, n)
    prone = rng.random(n) < 0.12
    first = month(contracts.activated)
    ported = month(contracts.start + contracts.porting_days)
    of.newsletter = (contracts.advocate | (usual > 0.5)) & (rng.random(n) < 0.8)
    shock, alive = np.zeros(n), np.ones(n, bool)
    for m in range(MONTHS):
        active = alive & (contracts.start < MONTH_START[m + 1])
        of.active[:, m] = active
        _causes(of, contracts, first, ported, m)
        of.hazard[:, m] = np.where(active, _hazard(of, contracts, usual, m), 0)
        _trial(of, m, rng)
        leaves = active & (rng.random(n) < of.hazard[:, m])
        of.left[leaves] = m
        _happens(of, contracts, prone, active, m, rng)
        shock = 0.72 * shock - 0.5 * of.error[:, m] - 0.9 * of.handed[:, m] - 0.15 * _cases(of, m)
        shock -= 1.1 * (contracts.slow & (ported == m)) + 0.25 * ((contracts.tariff == M) & (m == PRICE_RISE_MONTH))
        of.mood[:, m] = usual + 0.5 * contracts.advocate + shock
        alive &= ~leaves
    _leave(of, contracts, rng)
    return of


def _unlived(n: int) -> Life:
    """Room for the life of n customers, in which nothing has happened yet."""
    months = {name: np.zeros((n, MONTHS), bool) for name in _MONTHLY}
    return Life(
        **months, hazard=np.zeros((n, MONTHS)), mood=np.zeros((n, MONTHS)), called=np.zeros(n, bool), newsletter=np.zeros(n, bool),
        left=np.full(n, NO_ONE), notice=np.full(n, NO_ONE), ended=np.full(n, NO_ONE), trial=np.full(n, NO_ONE),
    )  # fmt: skip


def _cases(of: Life, m: int) -> Days:
    return np.asarray(np.sum([cases[:, m] for cases in (of.billing_case, of.technology_case, of.service_case, of.logistics_case)], axis=0))


def _causes(of: Life, contracts: Contracts, first: Days, ported: Days, m: int) -> None:
    """What of the past raises the hazard of this month."""
    since = m - np.where(contracts.new, first, -NO_ONE)
    of.errors_cause[:, m] = of.error[:, max(0, m - 6) : m].sum(axis=1) >= 2
    of.handed_cause[:, m] = of.handed[:, max(0, m - 4) : m].any(axis=1)
    of.porting_cause[:, m] = contracts.slow & (m > ported) & (m - ported <= 12)
    of.silence_cause[:, m] = contracts.silent & (since >= 1) & (since <= 12)


def _hazard(of: Life, contracts: Contracts, usual: Numbers, m: int) -> Numbers:
    """The probability of giving notice in this month."""
    risen = (contracts.tariff == M) & (m >= PRICE_RISE_MONTH) & (m < PRICE_RISE_MONTH + 3)
    hazard = BASE_HAZARD * np.exp(-0.3 * usual) * np.where(contracts.advocate, 0.75, 1.0)
    for cause, times in ((of.porting_cause, SLOW_PORTING), (of.errors_cause, REPEATED_ERRORS), (of.handed_cause, HANDED_AROUND), (of.silence_cause, SILENT_START)):
        hazard *= np.where(cause[:, m], times, 1.0)
    hazard *= np.where(risen, PRICE_RISE_EFFECT, 1.0)
    hazard *= np.where(of.called & (m > of.trial) & (m <= of.trial + 6), CALL_EFFECT, 1.0)
    return np.asarray(np.minimum(hazard, 0.5))


def _trial(of: Life, m: int, rng: np.random.Generator) -> None:
    """Customers at risk are drawn for a retention call; two in five of them are held out at random."""
    drawn, held = rng.random((2, len(of.left)))
    if FIRST_WAVE <= m <= LAST_WAVE:
        chosen = of.active[:, m] & (of.trial == NO_ONE) & (of.hazard[:, m] >= AT_RISK) & (drawn < 0.6)
        of.trial[chosen] = m
        of.called[chosen] = held[chosen] >= HOLD_OUT


def _happens(of: Life, contracts: Contracts, prone: Flags, active: Flags, m: int, rng: np.random.Generator) -> None:  # noqa: PLR0913 -- what a month depends on
    """Errors in invoices, cases, and which of these are handed around."""
    wrong, billing, technology, service, logistics, around = rng.random((6, len(active)))
    ready = active & (contracts.activated < MONTH_START[m])
    of.error[:, m] = ready & (wrong < np.where(prone, 0.14, 0.012))
    risen = (contracts.tariff == M) & (m in (PRICE_RISE_MONTH - 1, PRICE_RISE_MONTH))
    of.billing_case[:, m] = ready & (billing < np.where(of.error[:, m], 0.55, np.where(risen, 0.07, 0.016)))
    of.technology_case[:, m] = ready & (technology < 0.028)
    of.service_case[:, m] = ready & (service < 0.035)
    of.logistics_case[:, m] = ready & (logistics < 0.012)
    of.handed[:, m] = (of.billing_case[:, m] & (around < 0.35)) | ((of.technology_case[:, m] | of.service_case[:, m]) & ~of.billing_case[:, m] & (around < 0.1))


def _leave(of: Life, contracts: Contracts, rng: np.random.Generator) -> None:
    """The day of each notice, after the contract's start; the contract ends with the month after."""
    gone = np.flatnonzero(of.left != NO_ONE)
    m = of.left[gone]
    low = np.maximum(MONTH_START[m], contracts.start[gone] + 1)
    high = np.maximum(MONTH_START[m + 1], low + 1)
    of.notice[gone] = np.minimum(low + (rng.random(len(gone)) * (high - low)).astype(np.int64), DAYS - 1)
    of.ended[gone] = MONTH_START[np.minimum(m + 2, MONTHS)] + np.where(m + 2 > MONTHS, 31, 0)
