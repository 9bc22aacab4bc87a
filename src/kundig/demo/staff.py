"""The people who work there, as pseudonyms, and the mood of their departments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundig.demo.chance import Texts, stream, texts
from kundig.demo.period import DAYS, Days, Numbers

WEEKS = DAYS // 7 + 1
LEAD_WEEKS = 3
MOODY, CALM = "service", "technology"
"""Customers feel the mood of the first department three weeks later, and never that of the second."""
MOOD_EFFECT = 0.5
TEAM = 40


@dataclass
class Pulse:
    """Answers of the weekly staff survey."""

    staff: Texts
    department: Texts
    day: Days
    score: Days


def moods(seed: int) -> dict[str, Numbers]:
    """The mood of each department by week: it drifts, with a standard deviation of one."""
    found = {}
    for name in ("billing", "technology", "service", "logistics", "porting"):
        shocks = stream(seed, f"mood of {name}").normal(0, 1, WEEKS + 60)
        drift = np.zeros(len(shocks))
        for week in range(1, len(shocks)):
            drift[week] = 0.85 * drift[week - 1] + shocks[week]
        kept = drift[60:]
        found[name] = (kept - kept.mean()) / kept.std()
    return found


def felt(mood: Numbers, days: Days) -> Numbers:
    """The mood of three weeks before each day, as customers feel it."""
    return np.asarray(MOOD_EFFECT * mood[np.clip(days // 7 - LEAD_WEEKS, 0, WEEKS - 1)])


def pulse(seed: int) -> Pulse:
    """Everybody is asked every fourth week, and four in five answer."""
    rng = stream(seed, "pulse")
    staff, departments, days, scores = [], [], [], []
    for index, mood in enumerate(moods(seed).values()):
        who, week = np.meshgrid(np.arange(TEAM), np.arange(WEEKS), indexing="ij")
        asked = ((who + week) % 4 == 0) & (rng.random(who.shape) < 0.8)
        who, week = who[asked], week[asked]
        staff.append(who + index * TEAM)
        departments.append(np.full(len(who), index))
        days.append(np.minimum(week * 7 + rng.integers(0, 5, len(who)), DAYS - 1))
        scores.append(np.clip(np.rint(6.3 + 1.6 * mood[week] + rng.normal(0, 1.4, len(who))), 0, 10).astype(np.int64))
    names = texts(list(moods(seed)))
    return Pulse(pseudonym(np.concatenate(staff)), names[np.concatenate(departments)], np.concatenate(days), np.concatenate(scores))


def pseudonym(numbers: Days) -> Texts:
    """Staff references that tell nothing: the payroll number is not in them."""
    scattered = (numbers * 7919 + 104_729) % 900_001 + 100_000
    return np.array([*map("MA-{}".format, scattered.tolist())], dtype=object)


def assigned(rng: np.random.Generator, departments: Days) -> Texts:
    """Who of a department, by its number, did something."""
    return pseudonym(departments * TEAM + rng.integers(0, TEAM, len(departments)))
