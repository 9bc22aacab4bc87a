"""How many months of contract are still to come at each age, and how sure that is for any mixture of ages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.value.forecasts import FEWEST
from kundig.value.lives import MONTH

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Staying:
    """What Kaplan and Meier's curve of all customers says of those who are there, by their age in whole months.

    Attributes:
        months: months still to come within the horizon.
        alive: the chance of still being there at its end.
        worth: the months, each worth what money then is worth today.
        most: the same if nobody left.
        slopes: for each age and month of life, the change of `worth` with the logarithm of the share that stays in that month.
        spread: the variance of that logarithm, month by month of life; 0 where the mean rate goes on.
        thin: 1 where that goes on, else 0.
        rate: the variance of the mean rate of a month.
        both: the covariance of that with each month's logarithm, for both come from the same ends.
    """

    months: Numbers
    alive: Numbers
    worth: Numbers
    most: float
    slopes: Numbers
    spread: Numbers
    thin: Numbers
    rate: float
    both: Numbers

    def error(self, weight: Any = None) -> Numbers:
        """The standard error of `worth`: at each age, or of the sum over ages with the weights of each row (the delta method on Greenwood's variances).

        Months of life are independent of each other, and all ages that have one before them share it.
        """
        import numpy as np  # noqa: PLC0415 -- slow import

        slopes = self.slopes if weight is None else weight @ self.slopes
        beyond = slopes @ self.thin
        return np.asarray(np.sqrt(np.maximum(slopes**2 @ self.spread + beyond**2 * self.rate + 2 * beyond * (slopes @ self.both), 0)))


def staying(days: Numbers, ended: Numbers, entry: Numbers, oldest: int, worth: Numbers) -> Staying:
    """The curve of customers who were watched, continued by the mean rate of leaving where hardly anybody has been.

    Args:
        days, ended, entry: their ages at the end or now, whether it was an end, and from which age on each was watched; at least one ended.
        oldest: the highest age in months that is asked about.
        worth: what money of each of the months to come is worth today.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.statistics.survival import kaplan_meier  # noqa: PLC0415 -- needs it too

    horizon, at = len(worth), np.arange(oldest + len(worth) + 1) * MONTH
    curve = kaplan_meier(days, ended, 0.0, entry)
    enough = curve.at_risk >= FEWEST
    with np.errstate(divide="ignore"):
        steps = np.where(enough, np.log1p(-curve.ended / np.maximum(curve.at_risk, 1)), 0)
        spreads = np.where(enough, curve.ended / (curve.at_risk * np.maximum(curve.at_risk - curve.ended, 1)), 0)
    place = np.searchsorted(curve.times, at, side="right")
    left, spread = (np.diff(np.concatenate([[0], np.cumsum(of)])[place]) for of in (steps, spreads))
    # Whoever was watched came before the end: those at risk are those who came less those who are over.
    thin = np.searchsorted(np.sort(entry), at, side="left") - np.searchsorted(np.sort(days), at, side="left") < FEWEST
    seen = float((days - entry).sum()) / MONTH
    rate = float(ended.sum()) / seen
    gone = np.concatenate([[0], np.cumsum(left - rate * thin[1:])])
    ages, ahead = np.arange(oldest + 1), np.arange(1, horizon + 1)
    stays = np.exp(gone[ages[:, None] + ahead] - gone[ages][:, None])
    # A month of life bears on every month to come after it.
    still = np.cumsum((stays * worth)[:, ::-1], axis=1)[:, ::-1]
    slopes = np.zeros((oldest + 1, len(at) - 1))
    slopes[ages[:, None], ages[:, None] + ahead - 1] = still
    return Staying(stays.sum(axis=1), stays[:, -1], (stays * worth).sum(axis=1), float(worth.sum()), slopes, spread, thin[1:].astype(np.float64), rate / seen, -left / seen)
