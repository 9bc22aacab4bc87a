"""Means and covariances where not everybody was asked everything."""

from __future__ import annotations

from typing import Any

PRIOR = 1.0
"""Rows without any correlation that are added, so that every covariance matrix is positive definite."""
_AT_ONCE = 4_000_000


def normal(observed: Any, n: Any, sums: Any, products: Any, start: tuple[Any, Any] | None = None, *, steps: int = 500, near: float = 1e-9) -> tuple[Any, Any]:
    """Mean and covariance of a normal distribution from rows with gaps, by the EM algorithm.

    Every row counts with what it has. Right if what is missing hangs on nothing but what was observed (missing at
    random): a question that comes only after another, a survey that goes to buyers only. Source: Dempster, Laird and Rubin
    (1977), Journal of the Royal Statistical Society B 39; Little and Rubin (2002), 11.2. Rows with the same gaps are taken
    together, so the work grows with the number of patterns, not of rows.

    Args:
        observed: patterns by k variables, whether the variable is there.
        n: rows of each pattern; with a leading dimension for many samples at once.
        sums: of each variable, patterns by k; nothing where it is not observed.
        products: of each two variables, patterns by k by k.
        start: mean and covariance to begin with.
        steps: at most so many.
        near: ends when no entry moves more than this, in the variables' own units.

    >>> import numpy as np
    >>> x = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    >>> mean, covariance = normal([[True, True], [True, False]], [300, 100], [100 * x.sum(0), [600.0, 0.0]], [100 * x.T @ x, [[3600.0, 0.0], [0.0, 0.0]]])
    >>> mean.round(1).tolist()
    [3.0, 3.0]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    there, count, total, product = np.asarray(observed, dtype=bool), *(np.asarray(part, dtype=float) for part in (n, sums, products))
    if count.ndim == 1:
        mean, covariance = normal(there, count[None], total[None], product[None], None if start is None else (start[0][None], start[1][None]), steps=steps, near=near)
        return mean[0], covariance[0]
    k, chunk = there.shape[1], max(1, _AT_ONCE // max(there.size * there.shape[1], 1))
    if len(count) > chunk:
        parts = [
            normal(there, count[at : at + chunk], total[at : at + chunk], product[at : at + chunk], None if start is None else (start[0][at : at + chunk], start[1][at : at + chunk]), steps=steps, near=near)
            for at in range(0, len(count), chunk)
        ]
        return np.concatenate([mean for mean, _ in parts]), np.concatenate([covariance for _, covariance in parts])
    rows = count.sum(axis=1)
    if start is None:
        each = np.maximum(np.einsum("rp,pk->rk", count, there.astype(float)), 1)
        mean = total.sum(axis=1) / each
        spread = np.einsum("rpkk->rk", product) / each - mean**2
        covariance = np.maximum(spread, 1e-12)[:, None, :] * np.eye(k)
    else:
        mean, covariance = (np.array(part, dtype=float) for part in start)
    masked = there[:, :, None] & there[:, None, :]
    gaps = (~there)[:, :, None] * np.eye(k)
    for _ in range(steps):
        last, was = mean, covariance
        seen = np.linalg.inv(np.where(masked, covariance[:, None], 0.0) + gaps) * masked
        slope = covariance[:, None] @ seen
        off = total - (count[..., None] * mean[:, None]) * there
        about = (product - total[..., :, None] * mean[:, None, None, :] - mean[:, None, :, None] * total[..., None, :] + count[..., None, None] * mean[:, None, :, None] * mean[:, None, None, :]) * masked
        left = covariance[:, None] - slope @ covariance[:, None]
        second = (slope @ about @ slope.swapaxes(-1, -2) + count[..., None, None] * left).sum(axis=1)
        step = (slope @ off[..., None])[..., 0].sum(axis=1) / rows[:, None]
        mean = mean + step
        covariance = second / rows[:, None, None] - step[:, :, None] * step[:, None, :]
        covariance = (covariance + covariance.swapaxes(-1, -2)) / 2
        own = np.einsum("rkk->rk", covariance)[:, None, :] * np.eye(k)
        covariance = (rows[:, None, None] * covariance + PRIOR * own) / (rows[:, None, None] + PRIOR) + 1e-12 * np.eye(k)
        if max(np.abs(mean - last).max(), np.abs(covariance - was).max()) < near:
            break
    return mean, covariance
