"""Variance between groups beyond chance: how far apart groups truly lie, from their means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Between:
    """What separates groups.

    Attributes:
        mean: of all answers.
        sd: the standard deviation of the groups' true means, 0 if what is seen is no more than chance makes.
        low: lower end of its interval.
        high: upper end of its interval.
        share: the variance between groups as a share of all variance, the intraclass correlation.
        p: the chance of means at least that far apart if all groups were alike.
        shrunken: each group's mean, drawn towards that of all as far as it is uncertain.
    """

    mean: float
    sd: float
    low: float
    high: float
    share: float
    p: float
    shrunken: NDArray[np.float64]


def between(n: NDArray[np.float64], total: NDArray[np.float64], squares: NDArray[np.float64], confidence: float) -> Between:
    """The random-effects analysis of variance of groups, from their counts, sums and sums of squares.

    With the variance within groups s² from all of them, q(t) is the sum of (mean - weighted mean)² / (t + s²/n), which for
    the true variance t between groups is (k - 1) times an F with k - 1 and N - k degrees of freedom. t is where q equals
    k - 1 (Paule and Mandel, 1982), its interval where q equals the quantiles (Viechtbauer, 2007), p that of q(0): the
    F test of the analysis of variance.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.optimize import brentq  # noqa: PLC0415 -- slow import
    from scipy.stats import f  # noqa: PLC0415 -- slow import

    groups, answers = len(n), n.sum()
    means = total / n
    within = max(float((squares - total * means).sum()), 0.0) / (answers - groups)
    overall = float(total.sum() / answers)
    if within <= 0:
        apart = float(np.std(means))
        return Between(overall, apart, apart, apart, float(apart > 0), float(apart == 0), means)
    error = within / n

    def q(variance: float) -> float:
        weight = 1 / (variance + error)
        return float((weight * (means - (weight @ means) / weight.sum()) ** 2).sum())

    def where(level: float) -> float:
        if q(0.0) <= level:
            return 0.0
        top = 1.0
        while q(top) > level:
            top *= 4
        return float(brentq(lambda variance: q(variance) - level, 0.0, top))

    free, rest, side = groups - 1, answers - groups, (1 - confidence) / 2
    variance = where(free)
    weight = 1 / (variance + error)
    centre = float((weight @ means) / weight.sum())
    shrunken = centre + (means - centre) * variance / (variance + error)
    low, high = where(free * f.isf(side, free, rest)), where(free * f.ppf(side, free, rest))
    return Between(overall, variance**0.5, low**0.5, high**0.5, variance / (variance + within), float(f.sf(q(0.0) / free, free, rest)), shrunken)
