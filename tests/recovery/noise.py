"""How far a figure may lie from what was planted and still be chance."""

from __future__ import annotations

from math import log, sqrt

SURE = 3.3
"""Standard errors that one figure in a thousand exceeds."""


def share_is(hits: float, n: float, planted: float, *, slack: float = 0.0) -> bool:
    """Whether a share lies within noise of the planted one."""
    return abs(hits / n - planted) <= SURE * sqrt(planted * (1 - planted) / n) + slack


def times_is(hits: float, n: float, base_hits: float, base_n: float, planted: float, *, slack: float = 0.1) -> bool:
    """Whether a ratio of two rates lies within noise of the planted one; `slack` is on the logarithm."""
    seen = log((hits / n) / (base_hits / base_n))
    return abs(seen - log(planted)) <= SURE * sqrt(1 / hits + 1 / base_hits) + slack


def difference_is(hits: float, n: float, other_hits: float, other_n: float, planted: float) -> bool:
    """Whether the difference of two shares lies within noise of the planted one."""
    p, q = hits / n, other_hits / other_n
    return abs(p - q - planted) <= SURE * sqrt(p * (1 - p) / n + q * (1 - q) / other_n) + 0.005
