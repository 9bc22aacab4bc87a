"""Relative importance: how much of what a regression explains each predictor stands for."""

from __future__ import annotations

from math import factorial
from typing import Any

MOST = 12
"""With so many predictors there are 4,096 regressions; with more the exact answer is out of reach."""


def lmg(covariance: Any) -> tuple[Any, Any]:
    """The part of R² that each predictor stands for, and R², from a covariance matrix whose last variable is the outcome.

    The part is what a predictor adds to R², averaged over all orders in which predictors can be added: Lindeman, Merenda
    and Gold (1980), the Shapley value of R². It is computed exactly, from all subsets. The parts add up to R², and
    predictors that say the same share what they say.

    Args:
        covariance: of predictors and outcome, k + 1 square; or many of them, in the last two dimensions.

    >>> parts, r2 = lmg([[1.0, 0.0, 0.6], [0.0, 1.0, 0.3], [0.6, 0.3, 1.0]])
    >>> parts.round(2).tolist(), float(r2.round(2))
    ([0.36, 0.09], 0.45)

    Raises:
        ValueError: there are more than twelve predictors.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    whole = np.asarray(covariance, dtype=float)
    k = whole.shape[-1] - 1
    if k > MOST:
        raise ValueError(f"expected at most {MOST} predictors, found {k}")
    explained = np.zeros((1 << k, *whole.shape[:-2]))
    _explained(whole, whole[..., -1, -1], 0, 0, k, explained)
    subsets = np.arange(1 << k)
    sizes = np.bitwise_count(subsets) if hasattr(np, "bitwise_count") else np.array([int(one).bit_count() for one in subsets])
    weights = np.array([factorial(size) * factorial(max(k - size - 1, 0)) / factorial(max(k, 1)) for size in range(k + 1)])
    parts = []
    for predictor in range(k):
        without = subsets[subsets & (1 << predictor) == 0]
        parts.append(np.tensordot(weights[sizes[without]], explained[without | (1 << predictor)] - explained[without], axes=1))
    return (np.stack(parts, axis=-1) if parts else np.zeros((*whole.shape[:-2], 0))), explained[-1]


def _explained(residual: Any, total: Any, subset: int, first: int, k: int, explained: Any) -> None:  # noqa: PLR0913 -- where the recursion stands
    """R² of each subset: from what earlier predictors leave, one more is taken off at a time."""
    import numpy as np  # noqa: PLC0415 -- slow import

    explained[subset] = 1 - residual[..., -1, -1] / total
    for place in range(k - first):
        pivot = residual[..., place, place]
        column = residual[..., place + 1 :, place]
        # A predictor that others leave nothing of adds nothing.
        share = np.where(pivot > 0, 1 / np.where(pivot > 0, pivot, 1), 0.0)
        rest = residual[..., place + 1 :, place + 1 :] - share[..., None, None] * column[..., :, None] * column[..., None, :]
        _explained(rest, total, subset | (1 << (first + place)), first + place + 1, k, explained)
