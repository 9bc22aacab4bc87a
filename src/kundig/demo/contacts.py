"""Customers who help themselves in the app, and customers who call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundig.demo.cases import Cases
from kundig.demo.chance import Texts, stream, texts
from kundig.demo.contracts import RISE_ANNOUNCED, Contracts, M
from kundig.demo.letters import CALLS_JARGON, CALLS_PLAIN, Letters
from kundig.demo.life import Life
from kundig.demo.people import People
from kundig.demo.period import DAYS, Days, Flags, Numbers, date, day, within_month

CONCERNS = ("address change", "invoice copy", "sim unlock", "line fault")
ONLY_DELAYED = "line fault"
CALLS_AGAIN = 0.12
CALLS_AFTER_SELF_SERVICE = 0.6
RISE_COMPLAINTS = 0.07
ANOMALY_REGION, ANOMALY_FROM, ANOMALY_TIMES = "Ost", "2026-03-02", 2.2
DECEMBER_TIMES = 1.6
MINUTE_COST = 0.95


@dataclass
class Contacts:
    """Calls and the use of self-service: one entry each."""

    customer: Days
    day: Days
    concern: Texts
    wait: Numbers
    """Seconds in the queue."""
    handling: Numbers
    """Seconds of talk and work."""
    complaint: Flags
    self_customer: Days
    self_day: Days
    self_concern: Texts


def contacts(people: People, contracts: Contracts, life: Life, letters: Letters, cases: Cases, seed: int, block: int) -> Contacts:  # noqa: PLR0913 -- contacts come of everything
    """All contacts of a block."""
    rng = stream(seed, "contacts", block)
    customer, m = np.nonzero(life.active & (rng.random(life.active.shape) < 0.2))
    when = within_month(m, rng)
    concern = texts(CONCERNS)[rng.integers(0, 4, len(customer))]
    self_served = rng.random(len(customer)) < 0.5
    again = rng.random(len(customer)) < np.where(self_served & (concern == ONLY_DELAYED), CALLS_AFTER_SELF_SERVICE, CALLS_AGAIN)
    later = when + rng.integers(1, 7, len(customer))
    called = _asked(rng, letters)
    about = rng.random(len(cases.customer)) < 0.3
    angry = np.flatnonzero((contracts.tariff == M) & (rng.random(len(people)) < RISE_COMPLAINTS))
    parts = [
        (customer[~self_served], when[~self_served], concern[~self_served]),
        (customer[again], later[again], concern[again]),
        (letters.customer[called], letters.day[called] + 1 + rng.integers(0, 6, int(called.sum())), _all("letter", called.sum())),
        (cases.customer[about], cases.days[about, 0] + rng.integers(0, 4, int(about.sum())), cases.concern[about]),
        (angry, RISE_ANNOUNCED + rng.integers(3, 30, len(angry)), _all("price rise", len(angry))),
    ]
    who, days, what = (np.concatenate([part[index] for part in parts]) for index in range(3))
    there = (days >= np.maximum(contracts.start[who], 0)) & (days < np.minimum(life.ended[who], DAYS))
    who, days, what = who[there], days[there], what[there]
    begun = self_served & (when >= contracts.start[customer])
    return Contacts(
        who, days, what, _waits(people.region[who], days, rng), rng.gamma(4, 85, len(who)), what == "price rise",
        customer[begun], when[begun], concern[begun],
    )  # fmt: skip


def _all(word: str, n: int) -> Texts:
    return texts([word] * int(n))


def _asked(rng: np.random.Generator, letters: Letters) -> Flags:
    """Which letters make their reader call."""
    return np.asarray(rng.random(len(letters.customer)) < np.where(letters.jargon, CALLS_JARGON, CALLS_PLAIN))


def _waits(region: Texts, days: Days, rng: np.random.Generator) -> Numbers:
    """Waiting times: longer everywhere each December, and in one region from one week on."""
    seconds = rng.lognormal(np.log(95), 0.55, len(days))
    december = (date(days).astype("datetime64[M]").astype(np.int64) % 12) == 11
    broken = (region == ANOMALY_REGION) & (days >= day(ANOMALY_FROM))
    return np.asarray(np.rint(seconds * np.where(december, DECEMBER_TIMES, 1) * np.where(broken, ANOMALY_TIMES, 1)))
