"""Lifts: the share of some by the share of others, with interval and test, exact where counts are small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FEW = 10
"""Counts below which the logarithm of a lift is not near enough to normal."""


class Lifts(NamedTuple):
    """Lifts with the ends of their intervals, and how often chance alone gives such ones. A lift over nobody is infinite."""

    size: Numbers
    low: Numbers
    high: Numbers
    p: Numbers


def lifts(here: Any, n: Any, there: Any, rest: Any, z: float) -> Lifts:
    """Each share `here / n` by the share `there / rest`.

    Where both counts are `FEW` or more, the interval is Katz's on the logarithm (Katz et al. 1978) and the test the same normal one. Below, both are exact given
    how many there are in all: of them so many are `here` as a binomial draw gives (Przyborowski and Wilenski 1940; its ends are Clopper and
    Pearson's). That is careful where shares are large, and so never claims more than the counts hold. Nothing is added to what was counted: of two
    groups without anybody no lift is known, the interval goes from 0 to infinity, and p is 1.

    Args:
        here: who has it, of the first.
        n: how many they are, above 0.
        there: who has it, of the others.
        rest: how many those are, above 0.
        z: quantile of the normal distribution for the interval.

    >>> one = lifts([0, 1, 40], [54, 79, 100], [3, 24, 200], [31_000, 31_000, 1000], 1.96)
    >>> one.size.round(1).tolist(), (one.p < 0.05).tolist(), ((one.low > 1) | (one.high < 1)).tolist()
    ([0.0, 16.4, 2.0], [False, False, True], [False, False, True])
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import beta, binom, norm  # noqa: PLC0415 -- slow import

    a, size, b, others = (np.asarray(values, dtype=np.float64) for values in (here, n, there, rest))
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = (a / size) / (b / others)
        away = np.log(lift)
        error = np.sqrt(np.maximum(1 / a - 1 / size + 1 / b - 1 / others, 1e-12))
        wide = Lifts(lift, np.exp(away - z * error), np.exp(away + z * error), 2 * norm.sf(np.abs(away) / error))
        alpha, both = 2 * norm.sf(z), a + b
        # Of all who have it, the share that is here; by its odds the lift is known.
        least = np.where(a > 0, beta.ppf(alpha / 2, a, b + 1), 0.0)
        most = np.where(b > 0, beta.ppf(1 - alpha / 2, a + 1, b), 1.0)
        low, high = (odds / (1 - odds) * others / size for odds in (least, most))
        usual = size / (size + others)
        p = np.minimum(2 * np.minimum(binom.cdf(a, both, usual), binom.sf(a - 1, both, usual)), 1.0)
    exact = np.minimum(a, b) < FEW
    return Lifts(lift, *(np.where(exact, one, other) for one, other in zip((low, high, p), wide[1:], strict=True)))


def finite(value: float) -> float | None:
    """A number, or None where there is none.

    >>> finite(2.0), finite(float("inf"))
    (2.0, None)
    """
    from math import isfinite  # noqa: PLC0415 -- beside the slow ones

    return float(value) if isfinite(value) else None
