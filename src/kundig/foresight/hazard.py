"""The hazard: the probability to leave in each of the coming stretches of time, of those who are still there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.chosen import Chosen, chosen, share
from kundig.foresight.lasso import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRETCHES = (30, 90, 180)
"""Ends of the stretches, in days from the snapshot."""
MOST = 40_000
"""So many rows are learned from: all who leave, up to half of it, and a sample of the others that stands for all."""
OTHERS, LEAST = 10, 10_000
"""Ten who stay for each who leaves tell nine tenths of what all would (Ury 1975); of few rows all are taken."""


@dataclass(frozen=True)
class Hazard:
    """A model of each stretch's hazard.

    Attributes:
        model: of the hazard; its last column is the number of the stretch.
        stretches: how many there was enough history for.
        leavings: how many it was learned from.
    """

    model: Chosen
    stretches: int
    leavings: int

    def probabilities(self, x: Numbers) -> Numbers:
        """The probability to have left by the end of each stretch, a column a stretch."""
        hazards = np.column_stack([self.model.probability(_at(x, stretch)) for stretch in range(self.stretches)])
        return np.asarray(1 - np.cumprod(1 - hazards, axis=1))

    def interval(self, x: Numbers, stretch: int, confidence: float) -> tuple[Numbers, Numbers]:
        """The interval of the probability by the end of a stretch: a jackknife over fifths of the customers.

        Source: Kott (2001), The Delete-a-Group Jackknife, Journal of Official Statistics 17.
        """
        from scipy.stats import t  # noqa: PLC0415 -- slow import

        stays = np.zeros(len(x))
        for number in range(stretch + 1):
            stays = stays - np.logaddexp(0, self.model.each(_at(x, number)))
        each = _odds(-np.expm1(stays))
        count = len(each)
        error = np.sqrt((count - 1) / count * ((each - each.mean(axis=0)) ** 2).sum(axis=0))
        centre, half = _odds(self.probabilities(x)[:, stretch]), t.ppf((1 + confidence) / 2, count - 1) * error
        return share(centre - half), share(centre + half)

    def parts(self, x: Numbers) -> Numbers:
        """What each signal adds to the log odds of the first stretch."""
        return self.model.parts(_at(x, 0))[:, :-1]


def hazard(  # noqa: PLR0913 -- what a hazard needs
    x: Numbers, left: Numbers, followed: Numbers, groups: NDArray[Any], *, when: NDArray[Any] | None = None, only: str | None = None, most: int = MOST
) -> Hazard | None:
    """The model of the hazard; None where nobody left, or nobody stayed.

    Args:
        x: a row for each customer at risk and snapshot.
        left: days from the snapshot until the customer left; NaN for those who did not.
        followed: days for which it is known.
        groups: whose row it is.
        when: the snapshot of each row.
        only: a candidate that was chosen before.
        most: rows to learn from.
    """
    rows, stretch, y = person_periods(left, followed)
    stretches = int(stretch.max()) + 1 if len(stretch) else 0
    if not y.any() or y.all():
        return None
    kept, weight = sampled(y, most)
    model = chosen(x[rows[kept]], y[kept], groups[rows[kept]], weight, only=only, period=None if when is None else when[rows[kept]], stratum=stretch[kept])
    return Hazard(model, stretches, len(np.unique(groups[rows[y > 0]])))


def person_periods(left: Numbers, followed: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64], Numbers]:
    """Each row once for each stretch that it began and that was followed to its end: row, stretch, and whether it left in it."""
    rows, stretches, hits = [], [], []
    start = 0
    gone = np.where(np.isfinite(left), left, np.inf)
    for number, end in enumerate(STRETCHES):
        # Whoever left early is kept only where those who stayed would be: otherwise leaving would look frequent.
        there = np.flatnonzero((gone > start) & (followed >= end))
        rows.append(there)
        stretches.append(np.full(len(there), number))
        hits.append((gone[there] <= end).astype(np.float64))
        start = end
    return np.concatenate(rows), np.concatenate(stretches), np.concatenate(hits)


def sampled(y: Numbers, most: int) -> tuple[NDArray[np.int64], Numbers]:
    """Some of the rows, and for how many each stands; all of them if they are few."""
    most = min(most, max(LEAST, (OTHERS + 1) * int(y.sum())))
    if len(y) <= most:
        return np.arange(len(y)), np.ones(len(y))
    chance = np.random.default_rng(20260301)
    kept: list[NDArray[np.int64]] = []
    weight: list[Numbers] = []
    for outcome in (1, 0):
        rows = np.flatnonzero(y == outcome)
        room = most // 2 if outcome else most - len(kept[0])
        some = np.sort(chance.choice(rows, room, replace=False)) if len(rows) > room else rows
        kept.append(some)
        weight.append(np.full(len(some), len(rows) / max(len(some), 1)))
    return np.concatenate(kept), np.concatenate(weight)


def _at(x: Numbers, stretch: int) -> Numbers:
    return np.column_stack([x, np.full(len(x), float(stretch))])


def _odds(p: Numbers) -> Numbers:
    from scipy.special import logit  # noqa: PLC0415 -- slow import

    return np.asarray(logit(np.clip(p, 1e-9, 1 - 1e-9)))
