"""Counts a day that are higher than chance, with a stated number of false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 28
_WEEK = 7
_PRIOR_DAYS = 2.0
"""How many days of the common rhythm stand behind each weekday's factor."""


@dataclass(frozen=True)
class Spikes:
    """For each series and day: what was to be expected, and the probability of so many or more by chance."""

    expected: NDArray[Any]
    p: NDArray[Any]


def spikes(counts: NDArray[Any], *, window: int = WINDOW) -> Spikes:
    """How surprising each day of each series is, given the `window` days before it. Days before that are not judged (nan).

    The expected count is the window's mean times a factor for the weekday, which is common to all series. Counts vary
    more than Poisson's: the overdispersion is estimated from all series together and, with a weight of a fifth, per series; the
    tail is that of the negative binomial distribution. The mean's own uncertainty adds to it.

    Args:
        counts: one row a series, one column a day, days without gaps.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import nbinom  # noqa: PLC0415 -- loaded when it is needed

    series, days = counts.shape
    expected, p = np.full((series, days), np.nan), np.full((series, days), np.nan)
    for day in range(window, days):
        before = counts[:, day - window : day]
        total = before.sum(axis=0)
        weekday = (np.arange(day - window, day) - day) % _WEEK
        usual = total.mean()
        factor = np.array([(total[weekday == at].sum() + _PRIOR_DAYS * usual) / (max((weekday == at).sum() + _PRIOR_DAYS, 1) * usual) if usual > 0 else 1.0 for at in range(_WEEK)])
        rhythm = factor[weekday]
        rate = (before.sum(axis=1) + 0.5) / rhythm.sum()
        mean = rate[:, None] * rhythm
        # Moments: the variance is m + d * m * m. Days that were spikes themselves are capped, or they would hide the next.
        capped = np.minimum(before, mean + 4 * np.sqrt(mean + 0.25 * mean * mean) + 2)
        excess, squares = ((capped - mean) ** 2 - mean).sum(axis=1), (mean**2).sum(axis=1)
        common = max(float(excess.sum() / squares.sum()), 0.01)
        own = np.clip(excess / squares, 0.0, 2.0)
        dispersion = np.maximum(0.2 * own + 0.8 * common, 0.01)
        now = rate * factor[0]
        dispersion = dispersion + (1 + dispersion * rate) / np.maximum(before.sum(axis=1) + 0.5, 0.5)
        size = 1 / dispersion
        expected[:, day] = now
        p[:, day] = nbinom.sf(counts[:, day] - 1, size, size / (size + now))
    return Spikes(expected, p)


def alpha(alarms_a_week: float, series: int) -> float:
    """The probability below which a day is an alarm, so that chance alone gives so many alarms a week over all series."""
    return min(alarms_a_week / (_WEEK * max(series, 1)), 0.05)
