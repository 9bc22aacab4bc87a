"""Intervals of shares as plain numbers, for what an engine has counted."""

from __future__ import annotations

from math import sqrt


def wilson_share(count: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share; from nothing, everything between 0 and 1.

    >>> [round(100 * end, 2) for end in wilson_share(960, 1200, 1.959964)]
    [77.64, 82.17]
    """
    if not n:
        return 0.0, 1.0
    share = count / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)
