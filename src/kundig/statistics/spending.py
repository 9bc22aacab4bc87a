"""What customers spend at a purchase: the Gamma-Gamma model.

Purchases of a customer scatter around a mean of its own; means scatter over customers, and do not go with how often they buy.
Source: Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MOST = 200_000


@dataclass(frozen=True)
class Spending:
    """A fitted model: its parameters and its log-likelihood."""

    p: float
    q: float
    gamma: float
    log_likelihood: float

    def expected(self, x: Numbers, mean: Numbers) -> Numbers:
        """What each customer is expected to spend at a purchase, from `x` purchases of that mean; 0 purchases give the mean of all."""
        import numpy as np  # noqa: PLC0415 -- slow import

        return np.asarray(self.p * (self.gamma + x * np.where(x > 0, mean, 0)) / (self.p * x + self.q - 1))


def spending(x: Numbers, mean: Numbers, weight: Numbers | None = None) -> Spending:
    """The model fitted by maximum likelihood to customers with `x` > 0 purchases and a `mean` above 0.

    `q` is kept above 1, below which customers would have no mean.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import
    from scipy.special import gammaln  # noqa: PLC0415 -- slow import

    n = np.ones_like(x) if weight is None else weight.astype(np.float64)
    if len(x) > MOST:
        chosen = np.sort(np.random.default_rng(6).choice(len(x), MOST, replace=False))
        x, mean, n = x[chosen], mean[chosen], n[chosen]
    unit = float((mean * n).sum() / n.sum())
    z = mean / unit

    def minus(point: Numbers) -> float:
        p, q, gamma = np.exp(point[0]), 1 + np.exp(point[1]), np.exp(point[2])
        whole = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma) + (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * z)
        return -float((n * whole).sum() / n.sum())

    found: Any = minimize(minus, np.log([5.0, 2.0, 1.0]), method="L-BFGS-B", bounds=[(-6, 8), (-6, 8), (-8, 8)], options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9})
    p, q, gamma = np.exp(found.x[0]), 1 + np.exp(found.x[1]), np.exp(found.x[2])
    return Spending(float(p), float(q), float(gamma * unit), -float(found.fun) * n.sum() - float(n.sum()) * np.log(unit))
