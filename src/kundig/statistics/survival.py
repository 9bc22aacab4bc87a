"""Survival where some are still there, and some were there before anybody looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Survival:
    """A curve at the times of its steps: how many were at risk, how many ended, who is left, and how sure that is."""

    times: Numbers
    at_risk: Numbers
    ended: Numbers
    share: Numbers
    low: Numbers
    high: Numbers

    def at(self, time: float) -> tuple[float, float, float]:
        """Who is left at a time, with the interval."""
        import numpy as np  # noqa: PLC0415 -- slow import

        step = int(np.searchsorted(self.times, time, side="right")) - 1
        return (1.0, 1.0, 1.0) if step < 0 else (float(self.share[step]), float(self.low[step]), float(self.high[step]))


def kaplan_meier(duration: Numbers, ended: Numbers, z: float, entry: Numbers | None = None, weight: Numbers | None = None) -> Survival:
    """The product-limit estimate with Greenwood's variance and the interval on the scale of log(-log).

    Args:
        duration: how long each was seen to be there.
        ended: 1 where it ended then, 0 where it was still there.
        z: the normal quantile of the interval.
        entry: from which duration on each was watched; who ended before would not have been seen.
        weight: how many are alike.

    Source: Kaplan and Meier (1958), Journal of the American Statistical Association 53; Kalbfleisch and Prentice (2002),
    The Statistical Analysis of Failure Time Data, 1.4. With late entry: Klein and Moeschberger (2003), Survival Analysis, 4.6.

    >>> import numpy as np
    >>> curve = kaplan_meier(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 1.0, 0.0, 0.0]), 1.96)
    >>> curve.share.tolist()
    [0.75, 0.5]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    begun = np.zeros_like(duration) if entry is None else entry
    alike = np.ones_like(duration) if weight is None else weight
    times = np.unique(duration[ended > 0])
    happened = ended > 0
    deaths = np.bincount(np.searchsorted(times, duration[happened]), weights=alike[happened], minlength=len(times)).astype(np.float64)
    by_end, by_entry = np.argsort(duration, kind="stable"), np.argsort(begun, kind="stable")
    gone = np.concatenate([[0.0], np.cumsum(alike[by_end])])[np.searchsorted(duration[by_end], times, side="left")]
    come = np.concatenate([[0.0], np.cumsum(alike[by_entry])])[np.searchsorted(begun[by_entry], times, side="left")]
    at_risk = come - gone
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(1 - deaths / at_risk)
        greenwood = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        spread = np.sqrt(greenwood) / np.log(share)
        low, high = share ** np.exp(-z * spread), share ** np.exp(z * spread)
    empty = share <= 0
    share = np.where(empty, 0.0, share)
    return Survival(times, at_risk, deaths, share, np.where(empty, 0.0, np.minimum(low, high)), np.where(empty, np.nan, np.maximum(low, high)))
