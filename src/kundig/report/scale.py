"""From a value to a place in a picture, with ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A straight line from values to pixels; what lies outside stands at the edge.

    >>> Scale(0, 100, 10, 210).at(50)
    110.0
    """

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Where a value stands."""
        if self.high == self.low:
            return (self.first + self.last) / 2
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return self.first + share * (self.last - self.first)

    def ticks(self, about: int = 4) -> list[float]:
        """Round numbers within the scale.

        >>> Scale(29, 47, 0, 1).ticks()
        [30.0, 35.0, 40.0, 45.0]
        """
        span = self.high - self.low
        if span <= 0 or not math.isfinite(span):
            return [self.low]
        raw = span / about
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= raw * 0.999)
        start = math.ceil(self.low / step - 1e-9)
        return [round(index * step, 10) for index in range(start, math.floor(self.high / step + 1e-9) + 1)]


def around(values: Iterable[float | None], room: float = 0.08, *, least: float = 1e-9) -> tuple[float, float]:
    """The lowest and highest of the values with some room; what is null counts not.

    >>> around([10, None, 20], 0.1)
    (9.0, 21.0)
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    margin = max((high - low) * room, least / 2)
    return low - margin, high + margin


def digits(step: float) -> int:
    """How many decimals numbers need that lie so far apart.

    >>> digits(5), digits(0.25)
    (0, 2)
    """
    return next((places for places in range(4) if math.isclose(step * 10**places, round(step * 10**places), rel_tol=1e-9, abs_tol=1e-9)), 4)
