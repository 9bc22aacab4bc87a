"""How often customers buy again and whether they still do: the BG/NBD model of Fader, Hardie and Lee.

While a customer is active it buys at random at a rate of its own; after each purchase it may be gone for good. Rates are
gamma distributed over customers with shape r and rate alpha, the chances of being gone beta distributed with a and b.
Source: Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MOST = 200_000
"""More rows than these are not needed to fit four parameters; a sample of that size is drawn."""
_NEVER = 500.0
"""The largest parameter: beyond, the model says that everybody is alike, or that nobody ever goes."""


@dataclass(frozen=True)
class Buying:
    """A fitted model: its parameters, its log-likelihood, and the covariance of the parameters' logarithms."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    covariance: Numbers

    def alive(self, x: Numbers, recency: Numbers, age: Numbers) -> Numbers:
        """How likely each customer still buys."""
        import numpy as np  # noqa: PLC0415 -- slow import

        log_odds = (self.r + x) * np.log((self.alpha + age) / (self.alpha + recency)) + np.log(self.a / (self.b + np.maximum(x, 1) - 1))
        return np.where(x > 0, 1 / (1 + np.exp(np.minimum(log_odds, 700))), 1.0)

    def expected(self, time: float, x: Numbers, recency: Numbers, age: Numbers) -> Numbers:
        """How many purchases each customer is expected to make within `time` from now."""
        import numpy as np  # noqa: PLC0415 -- slow import
        from scipy.special import hyp2f1  # noqa: PLC0415 -- slow import

        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        a = a if abs(a - 1) > 1e-6 else 1 + 1e-6  # noqa: PLR2004 -- the formula has a gap there that its limit fills
        with np.errstate(over="ignore", invalid="ignore"):
            shrink = ((alpha + age) / (alpha + age + time)) ** (r + x)
            whole = (a + b + x - 1) / (a - 1) * (1 - shrink * hyp2f1(r + x, b + x, a + b + x - 1, time / (alpha + age + time)))
        # Where the series cannot be summed, nobody goes within the time to come.
        usual = (r + x) / (alpha + age) * time
        return np.where(np.isfinite(whole) & (whole >= 0), whole, usual) * self.alive(x, recency, age)

    def from_start(self, time: Numbers) -> Numbers:
        """How many purchases a new customer is expected to make within `time` after the first."""
        import numpy as np  # noqa: PLC0415 -- slow import

        nothing = np.zeros_like(np.atleast_1d(time))
        return np.array([self.expected(float(one), nothing[:1], nothing[:1], nothing[:1])[0] for one in np.atleast_1d(time)])

    def moved(self, index: int, by: float) -> Buying:
        """The model with the logarithm of one parameter moved."""
        import math  # noqa: PLC0415 -- beside the slow ones

        r, alpha, a, b = (value * math.exp(by if place == index else 0.0) for place, value in enumerate((self.r, self.alpha, self.a, self.b)))
        return Buying(r, alpha, a, b, self.log_likelihood, self.covariance)


def buying(x: Numbers, recency: Numbers, age: Numbers, weight: Numbers | None = None) -> Buying:
    """The model fitted by maximum likelihood.

    Args:
        x: purchases after the first.
        recency: time from the first purchase to the last.
        age: time from the first purchase to now.
        weight: how many customers are alike.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import

    n = np.ones_like(x) if weight is None else weight.astype(np.float64)
    if len(x) > MOST:
        chosen = np.sort(np.random.default_rng(5).choice(len(x), MOST, replace=False))
        x, recency, age, n = x[chosen], recency[chosen], age[chosen], n[chosen] * (n.sum() / n[chosen].sum())
    # In units of the longest time, all parameters are of one size.
    unit = float(age.max())
    data = (x, recency / unit, age / unit, n)
    start = np.log([0.5, max(0.5 * float((age * n).sum() / unit / max((x * n).sum(), 1.0)), 1e-3), 1.0, 2.0])
    bounds = [(np.log(1e-4), np.log(_NEVER))] * 4
    found: Any = minimize(lambda point: _minus(point, *data), start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8})
    r, alpha, a, b = np.exp(found.x)
    log_likelihood = -float(found.fun) * n.sum() - float((x * n).sum()) * np.log(unit)
    return Buying(float(r), float(alpha * unit), float(a), float(b), log_likelihood, _covariance(found.x, data))


def _minus(point: Numbers, x: Numbers, recency: Numbers, age: Numbers, n: Numbers) -> tuple[float, Numbers]:
    """Minus the mean log-likelihood and its gradient, at the logarithms of r, alpha, a and b."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.special import digamma, gammaln  # noqa: PLC0415 -- slow import

    r, alpha, a, b = np.exp(point)
    again = x > 0
    shape = r + x
    later = b + np.maximum(x, 1) - 1
    log_here, log_gone = np.log(alpha + age), np.log(alpha + recency)
    here = -shape * log_here
    gone = np.where(again, np.log(a) - np.log(later) - shape * log_gone, -np.inf)
    both = np.logaddexp(here, gone)
    whole = gammaln(shape) - gammaln(r) + r * np.log(alpha) + gammaln(b + x) - gammaln(a + b + x) - gammaln(b) + gammaln(a + b) + both
    stays, goes = np.exp(here - both), np.exp(gone - both)
    of_sum = digamma(a + b + x)
    gradient = (
        digamma(shape) - digamma(r) + np.log(alpha) - stays * log_here - goes * log_gone,
        r / alpha - shape * (stays / (alpha + age) + goes / (alpha + recency)),
        digamma(a + b) - of_sum + goes / a,
        digamma(b + x) - of_sum - digamma(b) + digamma(a + b) - np.where(again, goes / later, 0.0),
    )
    total = n.sum()
    slopes = np.array([(n * part).sum() for part in gradient]) * np.exp(point)
    return -float((n * whole).sum() / total), -slopes / total


def _covariance(point: Numbers, data: tuple[Numbers, Numbers, Numbers, Numbers]) -> Numbers:
    """The inverse of the information at the maximum, from differences of the gradient."""
    import numpy as np  # noqa: PLC0415 -- slow import

    step = 1e-4
    rows = [(_minus(point + move, *data)[1] - _minus(point - move, *data)[1]) / (2 * step) for move in np.eye(4) * step]
    information = (np.array(rows) + np.array(rows).T) / 2 * data[3].sum()
    return np.asarray(np.linalg.pinv(information, rcond=1e-8, hermitian=True))
