"""Which forecast of purchases to trust: the model and the simple ways, tried on a past of which the future is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.statistics.buying import Buying, buying

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MODELS = ("BG/NBD", "own rate", "mean rate")
FEWEST = 30
"""Customers who bought again, below which nothing is fitted."""


@dataclass(frozen=True)
class Chosen:
    """The way that was chosen, by how much it is better than the next, and the model if it was that."""

    model: str
    against: str | None
    gain: float | None
    fitted: Buying | None
    rate: float


def chosen(past: tuple[Numbers, Numbers, Numbers], then: Numbers, horizon: float, now: tuple[Numbers, Numbers, Numbers]) -> Chosen:
    """The way with the smallest squared error on the part held out, fitted anew to all that is known now.

    Args:
        past: repeat purchases, days from first to last, and from the first to the part held out, as known then.
        then: purchases within it.
        horizon: its length.
        now: as `past`, as known now.
    """
    x, recency, age = past
    rate = float(now[0].sum() / max(now[2].sum(), 1.0))
    if (now[0] > 0).sum() < FEWEST or (x > 0).sum() < FEWEST or horizon < 1 or not len(then):
        return Chosen("mean rate", None, None, None, rate)
    known = buying(x, recency, age)
    mean = float(x.sum() / max(age.sum(), 1.0))
    tried = {"BG/NBD": known.expected(horizon, x, recency, age), "own rate": _own(x, age, horizon), "mean rate": mean * horizon + 0 * x}
    errors = {name: float(((then - forecast) ** 2).mean()) for name, forecast in tried.items()}
    best, second = sorted(errors, key=lambda name: (errors[name], MODELS.index(name)))[:2]
    gain = 1 - errors[best] / errors[second] if errors[second] > 0 else 0.0
    return Chosen(best, second, gain, buying(*now) if best == "BG/NBD" else None, rate)


def _own(x: Numbers, age: Numbers, time: float) -> Numbers:
    """What a customer bought again so far, per time, goes on."""
    import numpy as np  # noqa: PLC0415 -- slow import

    return x / np.maximum(age, 1.0) * time


def forecast(of: Chosen, time: float, now: tuple[Numbers, Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """The purchases expected of each customer within `time`, and the gradient or standard error that their interval comes from.

    For BG/NBD the second is a row for each parameter: the change of the forecast with the parameter's logarithm. For the others
    it is one row of standard errors, that of Poisson's counts.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    x, recency, age = now
    if of.fitted is not None:
        here = of.fitted.expected(time, x, recency, age)
        step = 1e-3
        return here, np.array([(of.fitted.moved(index, step).expected(time, x, recency, age) - here) / step for index in range(4)])
    if of.model == "own rate":
        return _own(x, age, time), np.sqrt(np.maximum(x, 1.0))[None, :] / np.maximum(age, 1.0) * time
    total = max(float(x.sum()), 1.0)
    return of.rate * time + 0 * x, np.full((1, len(x)), of.rate * time / np.sqrt(total))


def spread(of: Chosen, gradient: Numbers, weight: Any) -> float:
    """The standard error of a weighted sum of forecasts."""
    import numpy as np  # noqa: PLC0415 -- slow import

    if of.fitted is not None:
        slope = gradient @ weight
        return float(np.sqrt(max(slope @ of.fitted.covariance @ slope, 0.0)))
    if of.model == "own rate":
        return float(np.sqrt(((gradient[0] * weight) ** 2).sum()))
    return float(np.abs((gradient[0] * weight).sum()))
