"""Means and covariances where not everybody was asked everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PRIOR = 1.0
"""Rows without any correlation that are added, so that every covariance matrix is positive definite."""
_AT_ONCE = 4_000_000
_LEAST = 1e-9
_JUMPS = (25, 30, 35, 100)
"""After so many steps, what moves fast has come to rest."""


@dataclass(frozen=True)
class Gaps:
    """Rows with gaps, as sums over all rows with the same gaps.

    Attributes:
        observed: patterns by k variables, whether the variable is there.
        n: rows of each pattern; with a leading dimension for many samples.
        sums: of each variable, patterns by k; nothing where it is not observed.
        products: of each two variables, patterns by k by k.
    """

    observed: Any
    n: Any
    sums: Any
    products: Any


def normal(gaps: Gaps, *, steps: int = 200, near: float = 1e-8) -> tuple[Any, Any]:
    """Mean and covariance of a normal distribution from rows with gaps, by the EM algorithm.

    Every row counts with what it has. Right if what is missing hangs on nothing but what was observed (missing at
    random): a question that comes only after another, a survey that goes to buyers only. Source: Dempster, Laird and Rubin
    (1977), Journal of the Royal Statistical Society B 39; Little and Rubin (2002), 11.2. Rows with the same gaps are taken
    together, so the work grows with the number of patterns, not of rows. Where many gaps make it slow, it is sped up by
    Newton's method on its own fixed point.

    >>> import numpy as np
    >>> x = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    >>> rows = Gaps([[True, True], [True, False]], [300, 100], [100 * x.sum(0), [600.0, 0.0]], [100 * x.T @ x, [[3600.0, 0.0], [0.0, 0.0]]])
    >>> mean, covariance = normal(rows)
    >>> mean.round(1).tolist()
    [3.0, 3.0]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    whole = _one(gaps)
    k = whole.observed.shape[1]
    each = np.maximum(whole.n @ whole.observed, 1)
    mean = whole.sums.sum(axis=1) / each
    covariance = np.maximum(np.einsum("rpkk->rk", whole.products) / each - mean**2, 1e-12)[:, None, :] * np.eye(k)
    for number in range(steps):
        following = _step(whole, mean, covariance)
        moved = max(np.abs(following[0] - mean).max(), np.abs(following[1] - covariance).max())
        mean, covariance = following
        if moved < near:
            break
        if number in _JUMPS:
            mean, covariance = _ahead(whole, mean, covariance)
    return mean[0], covariance[0]


def redrawn(gaps: Gaps, blocks: Gaps, weights: Any, fit: tuple[Any, Any]) -> Any:
    """Covariances as `normal` would give them for samples in which blocks of rows count as often as `weights` says.

    One step of the algorithm from the fit of all rows, and the rest of its way by its derivative there: exact to the first
    order, which is what a bootstrap rests on, and as wide for sparse variables as it has to be.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    mean, covariance = (part[None] for part in fit)
    away = np.linalg.inv(np.eye(_size(mean)) - _derivative(_one(gaps), mean, covariance))
    at, found = _packed(mean, covariance)[0], []
    chunk = max(1, _AT_ONCE // max(blocks.observed.size * blocks.observed.shape[1], 1))
    for start in range(0, len(weights), chunk):
        some = weights[start : start + chunk]
        sample = Gaps(blocks.observed, some @ blocks.n, np.tensordot(some, blocks.sums, axes=1), np.tensordot(some, blocks.products, axes=1))
        shape = (len(some), *mean.shape[1:])
        moved = _packed(*_step(sample, np.broadcast_to(mean, shape), np.broadcast_to(covariance, (*shape, shape[-1])))) - at
        found.append(_positive(_unpacked(at + moved @ away.T, mean.shape[-1])[1]))
    return np.concatenate(found)


def _one(gaps: Gaps) -> Gaps:
    """The rows as a single sample."""
    import numpy as np  # noqa: PLC0415 -- slow import

    return Gaps(np.asarray(gaps.observed, dtype=bool), *(np.asarray(part, dtype=float)[None] for part in (gaps.n, gaps.sums, gaps.products)))


def _step(gaps: Gaps, mean: Any, covariance: Any) -> tuple[Any, Any]:
    """One step of EM: what the gaps are expected to hold, and the mean and covariance with it."""
    import numpy as np  # noqa: PLC0415 -- slow import

    there, k = gaps.observed, gaps.observed.shape[1]
    both = there[:, :, None] & there[:, None, :]
    seen = np.linalg.inv(np.where(both, covariance[:, None], 0.0) + (~there)[:, :, None] * np.eye(k)) * both
    slope = covariance[:, None] @ seen
    centre, count = mean[:, None], gaps.n[..., None]
    off = gaps.sums - count * centre * there
    crossed = gaps.sums[..., :, None] * centre[..., None, :]
    about = (gaps.products - crossed - crossed.swapaxes(-1, -2) + count[..., None] * centre[..., :, None] * centre[..., None, :]) * both
    left = covariance[:, None] - slope @ covariance[:, None]
    rows = gaps.n.sum(axis=1)[:, None]
    step = (slope @ off[..., None])[..., 0].sum(axis=1) / rows
    second = (slope @ about @ slope.swapaxes(-1, -2) + count[..., None] * left).sum(axis=1) / rows[..., None] - step[:, :, None] * step[:, None, :]
    second = (second + second.swapaxes(-1, -2)) / 2
    own = np.einsum("rkk->rk", second)[:, None, :] * np.eye(k)
    return mean + step, (rows[..., None] * second + PRIOR * own) / (rows[..., None] + PRIOR) + 1e-12 * np.eye(k)


def _ahead(gaps: Gaps, mean: Any, covariance: Any) -> tuple[Any, Any]:
    """Where the steps lead to, as far as their derivative tells; back to where they are if that is no covariance."""
    import numpy as np  # noqa: PLC0415 -- slow import

    at = _packed(mean, covariance)
    onward = _packed(*_step(gaps, mean, covariance)) - at
    try:
        there = at + onward @ np.linalg.inv(np.eye(_size(mean)) - _derivative(gaps, mean, covariance)).T
    except np.linalg.LinAlgError:
        return mean, covariance
    further = _unpacked(there, mean.shape[-1])
    if not np.isfinite(there).all() or np.linalg.eigvalsh(further[1]).min() < _LEAST:
        return mean, covariance
    left = np.abs(_packed(*_step(gaps, *further)) - there).max()
    return further if left < np.abs(onward).max() else (mean, covariance)


def _derivative(gaps: Gaps, mean: Any, covariance: Any) -> Any:
    """How a step's end moves with its beginning, by central differences."""
    import numpy as np  # noqa: PLC0415 -- slow import

    at, size, by = _packed(mean, covariance), _size(mean), 1e-5
    ends = []
    chunk = max(1, _AT_ONCE // max(gaps.observed.size * gaps.observed.shape[1], 1))
    for sign in (by, -by):
        moved = at + sign * np.eye(size)
        parts = [_packed(*_step(gaps, *_unpacked(moved[start : start + chunk], mean.shape[-1]))) for start in range(0, size, chunk)]
        ends.append(np.concatenate(parts))
    return ((ends[0] - ends[1]) / (2 * by)).T


def _size(mean: Any) -> int:
    k = int(mean.shape[-1])
    return k + k * (k + 1) // 2


def _packed(mean: Any, covariance: Any) -> Any:
    import numpy as np  # noqa: PLC0415 -- slow import

    upper = np.triu_indices(mean.shape[-1])
    return np.concatenate([mean, covariance[:, upper[0], upper[1]]], axis=1)


def _unpacked(packed: Any, k: int) -> tuple[Any, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import

    upper = np.triu_indices(k)
    covariance = np.zeros((len(packed), k, k))
    covariance[:, upper[0], upper[1]] = packed[:, k:]
    covariance[:, upper[1], upper[0]] = packed[:, k:]
    return packed[:, :k], covariance


def _positive(covariance: Any) -> Any:
    """The nearest covariance without negative directions."""
    import numpy as np  # noqa: PLC0415 -- slow import

    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.maximum(values, _LEAST)[..., None, :]) @ vectors.swapaxes(-1, -2)
