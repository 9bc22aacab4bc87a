"""Conditional logistic regression: leavers against those who were at risk on the same day. A pure function on arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kundig.foresight.lasso import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Conditional:
    """Log rate ratios with their covariance; `infinite` where nobody, or only leavers, were exposed."""

    log_ratio: Numbers
    covariance: Numbers

    @property
    def error(self) -> Numbers:
        """Standard errors."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def conditional(x: Numbers, case: NDArray[np.bool_], of: NDArray[np.int64]) -> Conditional:
    """The rate ratios of exposures, from sets of one leaver and some at risk on that day.

    With controls drawn from those at risk at the moment of leaving, the odds ratio is the rate ratio.
    Source: Prentice and Breslow (1978), Biometrika 65. A prior of half an observation keeps what is seen in leavers
    alone finite (Firth 1993, here by its logarithm's second-order equal: a normal prior with standard deviation 4).

    Args:
        x: a row for each member of a set, a column for each exposure.
        case: the leaver of each set.
        of: the number of the set, from 0.
    """
    sets, width = int(of.max()) + 1 if len(of) else 0, x.shape[1]
    ratio, prior = np.zeros(width), np.eye(width) / 16
    observed = x[case].sum(axis=0)
    information = prior
    for _ in range(50):
        odds = np.exp(np.clip(x @ ratio, -30, 30))
        share = odds / np.bincount(of, odds, sets)[of]
        weighted = x * share[:, None]
        mean = np.column_stack([np.bincount(of, weighted[:, column], sets) for column in range(width)]) if width else np.zeros((sets, 0))
        gradient = observed - mean.sum(axis=0) - prior @ ratio
        information = x.T @ weighted - mean.T @ mean + prior
        step = np.clip(np.linalg.solve(information, gradient), -2, 2)
        ratio = ratio + step
        if np.abs(step).max(initial=0) < 1e-8:  # noqa: PLR2004 -- settled
            break
    return Conditional(ratio, np.asarray(np.linalg.inv(information), dtype=np.float64))
