"""Scanning a series for stretches that are too far from what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 160, 192, 256)
DRAWS = 1000
ODD = 3.0
"""Beyond that many standard deviations a single value is odd, and how odd does not matter: one alone is no stretch."""
ROUNDS = 50
CAUTION = 1.12
"""Distances are taken to be that much smaller: noise looks narrower once its farthest stretch is left out. Tried on simulated noise."""
FEWEST = 20
"""Shorter series have too little to tell an anomaly from."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of a series: its first position, the one after its last, its distance in standard errors, and the chance of it."""

    first: int
    after: int
    z: float
    p: float


@dataclass(frozen=True)
class Noise:
    """What is left when the expected is taken away: its robust standard deviation, and how alike neighbours are."""

    sd: float
    alike: float

    def error(self, length: int) -> float:
        """The standard error of the mean of `length` neighbours, each like the one before it to the degree `alike`."""
        factor = 1 + 2 * sum((1 - k / length) * self.alike**k for k in range(1, length))
        return float(self.sd * (factor / length) ** 0.5)


def expected(y: NDArray[np.float64], features: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values that a linear model of `features` leads to expect, by Huber's regression: single odd values hardly bend it.

    Iterated least squares, in which what lies beyond 1.345 robust standard deviations counts for the less, the farther it
    lies. Source: Huber (1981), Robust Statistics, chapter 7.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    known = np.isfinite(y) & (weight > 0)
    x, target = features[known] * weight[known, None], y[known] * weight[known]
    found = np.linalg.lstsq(x, target, rcond=None)[0]
    for _ in range(ROUNDS):
        away = np.abs(target - x @ found)
        limit = 1.345 * 1.4826 * float(np.median(away))
        if limit <= 0:
            break
        counts = np.sqrt(np.minimum(1.0, limit / np.maximum(away, limit)))
        then, found = found, np.linalg.lstsq(x * counts[:, None], target * counts, rcond=None)[0]
        if np.abs(x @ (found - then)).max() < 1e-6 * limit:
            break
    return np.asarray(features @ found)


def noise(residuals: NDArray[np.float64], fitted: int) -> Noise:
    """The noise of residuals, from their middle and from where nineteen in twenty lie, whichever is wider.

    Args:
        residuals: null where nothing is known.
        fitted: how many figures the regression that left them has fitted; what it took from the noise is given back.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    known = residuals[np.isfinite(residuals)]
    low, lower, upper, high = np.percentile(known, [2.5, 25, 75, 97.5])
    sd = max((upper - lower) / 1.349, (high - low) / 3.92, 1e-12) * (len(known) / max(len(known) - fitted, 1)) ** 0.5
    clipped = np.clip(residuals / sd, -3, 3)
    pairs = np.isfinite(clipped[1:]) & np.isfinite(clipped[:-1])
    squares = float((clipped[np.isfinite(clipped)] ** 2).mean())
    alike = float((clipped[1:][pairs] * clipped[:-1][pairs]).mean()) / squares if pairs.any() and squares > 0 else 0.0
    # Estimated from few values, and after a regression, it comes out too small: by about that much.
    return Noise(float(sd), float(np.clip(alike + (fitted + 3 * max(alike, 0)) / len(known), 0.0, 0.9)))


def stretch(residuals: NDArray[np.float64], features: NDArray[np.float64], weight: NDArray[np.float64]) -> Stretch | None:
    """The stretch that lies farthest from what is expected, with the chance of one that far in noise; None in a short series.

    Each stretch is measured by the t value that its indicator would have in the regression: so far as the features could
    explain it, it is given back. The noise is that outside of the farthest stretch. Values beyond ODD count as ODD, so that the
    long tails of some noise raise no alarm; a single one never does.

    Args:
        residuals: weighted, null where nothing is known.
        features: of the regression that left them.
        weight: of each value.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import gumbel_r  # noqa: PLC0415 -- slow import

    known = np.isfinite(residuals)
    if known.sum() < FEWEST:
        return None
    seen = np.where(known, weight, 0.0)
    basis = np.linalg.qr(features * seen[:, None])[0]
    own = [np.concatenate([np.zeros((1, part.shape[1])), np.cumsum(part, axis=0)]) for part in (np.column_stack([seen**2, known]), basis * seen[:, None])]

    def farthest(of: Noise) -> tuple[float, int, int]:
        values = np.where(known, np.clip(residuals, -ODD * of.sd, ODD * of.sd), 0.0) * seen
        sums, best = np.concatenate([[0.0], np.cumsum(values)]), (0.0, 0, 1)
        for length in _lengths(len(residuals)):
            squares, count = (own[0][length:] - own[0][:-length]).T
            explained = ((own[1][length:] - own[1][:-length]) ** 2).sum(axis=1)
            # Where half of a stretch is not known, or the features are much like it, nothing can be said.
            usable = (2 * count > length) & (squares - explained > 0.1 * squares)
            error = of.error(length) * length**0.5 * np.sqrt(np.where(usable, squares - explained, 1.0))
            z = np.where(usable, (sums[length:] - sums[:-length]) / error, 0.0)
            if length == 1:
                # One that carries most of the weight counts as odd, and no more than that.
                z = np.clip(z, -ODD, ODD)
            at = int(np.abs(z).argmax())
            if abs(z[at]) > abs(best[0]):
                best = (float(z[at]), at, at + length)
        return best

    whole = noise(residuals, features.shape[1])
    if whole.sd <= 1e-9:  # noqa: PLR2004 -- nothing but rounding
        return None
    _, first, after = farthest(Noise(whole.sd, 0.0))
    outside = residuals.copy()
    outside[first:after] = np.nan
    of = noise(outside, features.shape[1] + 1)
    if of.sd <= 1e-9:  # noqa: PLR2004 -- nothing but rounding
        return None
    z, first, after = farthest(of)
    z = max(z, _apart(residuals, features, weight, (first, after), float(((own[1][after] - own[1][first]) ** 2).sum())), key=abs) / CAUTION
    place, width = _farthest(len(residuals))
    return Stretch(first, after, z, float(gumbel_r.sf(abs(z), place, width)))


def _apart(residuals: NDArray[np.float64], features: NDArray[np.float64], weight: NDArray[np.float64], of: tuple[int, int], explained: float) -> float:
    """The t value of a stretch beside what the rest alone leads to expect: a long one at an end bends even a robust regression.

    Args:
        residuals, features, weight: as in `stretch`.
        of: the stretch's first position, and the one after its last.
        explained: so much of the sum of its squared weights the features explain.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    inside, known = slice(*of), np.isfinite(residuals)
    rest = np.divide(residuals, weight, out=np.full(len(residuals), np.nan), where=known & (weight > 0))
    rest[inside] = np.nan
    squares = float((np.where(known, weight, 0.0)[inside] ** 2).sum())
    if np.isfinite(rest).sum() < FEWEST or squares - explained <= 0.1 * squares:
        return 0.0
    away = residuals - expected(rest, features, weight) * weight
    beside = noise(np.where(np.isfinite(rest), away, np.nan), features.shape[1] + 1)
    if beside.sd <= 1e-9:  # noqa: PLR2004 -- nothing but rounding
        return 0.0
    length, cut = of[1] - of[0], np.clip(away, -ODD * beside.sd, ODD * beside.sd)
    mean = float(np.where(known, cut * weight, 0.0)[inside].sum()) / squares
    return float(mean * (squares - explained) ** 0.5 / (beside.error(length) * length**0.5))


def _lengths(periods: int) -> list[int]:
    """A stretch is at most a quarter of the series: what lasts longer is the usual."""
    return [length for length in _LENGTHS if length <= max(periods // 4, 1)]


@lru_cache(maxsize=512)
def _farthest(periods: int) -> tuple[float, float]:
    """Place and width of the distribution of the farthest stretch in pure noise, a Gumbel distribution fitted to drawn series."""
    import numpy as np  # noqa: PLC0415 -- slow import

    drawn = np.random.default_rng(20_260_302).standard_normal((DRAWS, periods))
    sums = np.concatenate([np.zeros((DRAWS, 1)), np.cumsum(drawn, axis=1)], axis=1)
    best = np.zeros(DRAWS)
    for length in _lengths(periods):
        best = np.maximum(best, np.abs(sums[:, length:] - sums[:, :-length]).max(axis=1) / length**0.5)
    width = float(best.std() * 6**0.5 / np.pi)
    return float(best.mean() - 0.5772156649 * width), width
