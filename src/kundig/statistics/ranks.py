"""Tests of ranks within strata, on values that many share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]


def van_elteren(strata: Iterable[tuple[Numbers, Whole, Numbers, Whole]]) -> float:
    """How likely chance alone puts the values of one group so far above or below those of the other within strata.

    Each stratum is the values of the one group with how often each stands there, then those of the other. In a single
    stratum it is Wilcoxon's rank-sum test, by the normal approximation with the correction for ties.
    Source: van Elteren (1960), Bulletin of the International Statistical Institute 37.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import norm  # noqa: PLC0415 -- slow import

    above, spread = 0.0, 0.0
    for one, of_one, other, of_other in strata:
        values, place = np.unique(np.concatenate([one, other]), return_inverse=True)
        mine = np.bincount(place[: len(one)], weights=of_one, minlength=len(values))
        ties = mine + np.bincount(place[len(one) :], weights=of_other, minlength=len(values))
        m, total = mine.sum(), ties.sum()
        if m in {0.0, total} or total < 2:  # noqa: PLR2004 -- one value has no other to be compared with
            continue
        ranks = np.cumsum(ties) - ties + (ties + 1) / 2
        above += ((mine * ranks).sum() - m * (total + 1) / 2) / (total + 1)
        spread += m * (total - m) / 12 * (total + 1 - (ties**3 - ties).sum() / (total * (total - 1))) / (total + 1) ** 2
    return float(2 * norm.sf(abs(above) / np.sqrt(spread))) if spread > 1e-12 else 1.0  # noqa: PLR2004 -- nothing but ties
