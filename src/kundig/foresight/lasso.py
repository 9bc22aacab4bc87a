"""Logistic regression with an absolute penalty, along a path from the strictest on. Pure functions on arrays."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

Numbers = NDArray[np.float64]
SETTLED = 3e-3
"""The log odds move less than that on average: they have settled."""
STEPS = 40


@dataclass
class Lasso:
    """The regression on some rows, wherever its path has come: each strength starts from the one before.

    Each step is Newton's: the likelihood's quadratic approximation over the columns that have a part or ask for one,
    its penalised minimum by coordinate descent, and half the way as often as the objective would rise.
    Source: Friedman, Hastie, Tibshirani (2010), Journal of Statistical Software 33.

    Attributes:
        x: the penalised columns, on one scale.
        y: the outcomes, 0 and 1.
        base: columns that are not selected, such as the constant.
        ridge: the quadratic penalty of each of those: the inverse of its prior variance.
    """

    x: Any
    y: Numbers
    base: Any
    ridge: Numbers
    parts: Numbers = field(init=False)
    levels: Numbers = field(init=False)

    def __post_init__(self) -> None:
        """Start with no parts, and the level of the mean."""
        self.parts, self.levels = np.zeros(self.x.shape[1]), np.zeros(self.base.shape[1])
        share = np.clip(self.y.mean(), 1e-6, 1 - 1e-6)
        self.levels[0] = np.log(share / (1 - share))

    def at(self, strength: float) -> tuple[Numbers, Numbers]:
        """The parts and levels where the penalty is the inverse of `strength`."""
        penalty = 1 / strength
        for _ in self._steps(penalty):
            pass
        return self.parts, self.levels

    def _steps(self, penalty: float) -> Iterator[None]:
        odds = self._odds(self.parts, self.levels)
        for _ in range(STEPS):
            p = _share(odds)
            rest, curve = self.y - p, np.maximum(p * (1 - p), 1e-6)
            asks = np.abs(rest.astype(self.x.dtype) @ self.x) > penalty * (1 + SETTLED)
            active = np.flatnonzero((self.parts != 0) | asks)
            columns = np.column_stack([self.base, self.x[:, active]])
            there = np.concatenate([self.levels, self.parts[active]])
            weighted = columns * np.sqrt(curve).astype(columns.dtype)[:, None]
            curvature = (weighted.T @ weighted).astype(np.float64)
            aim = curvature @ there + rest.astype(columns.dtype) @ columns
            found = _minimum(curvature, aim, self.ridge, penalty, self.parts[active])
            odds, moved = self._moved(odds, columns, there, found, active, penalty)
            yield
            if moved < SETTLED:
                return

    def _moved(self, odds: Numbers, columns: Any, there: Numbers, found: Numbers, active: NDArray[np.int64], penalty: float) -> tuple[Numbers, float]:  # noqa: PLR0913 -- what a step needs
        """The log odds after a step that does not go uphill, and how far they moved on average."""
        width = len(self.levels)
        direction = columns @ (found - there).astype(columns.dtype)
        before = self._objective(odds, there[:width], there[width:], penalty)
        length = 1.0
        while length > 2**-6:
            now = there + length * (found - there)
            if self._objective(odds + length * direction, now[:width], now[width:], penalty) <= before * (1 + 1e-9):
                self.levels, self.parts = now[:width], np.zeros(len(self.parts))
                self.parts[active] = now[width:]
                return odds + length * direction, float(length * np.sqrt(np.mean(direction**2)))
            length /= 2
        return odds, 0.0

    def _objective(self, odds: Numbers, levels: Numbers, parts: Numbers, penalty: float) -> float:
        loss = np.logaddexp(0, np.where(self.y > 0, -odds, odds)).sum()
        return float(loss + penalty * np.abs(parts).sum() + 0.5 * (self.ridge * levels) @ levels)

    def _odds(self, parts: Numbers, levels: Numbers) -> Numbers:
        chosen = np.flatnonzero(parts)
        return np.asarray(self.base @ levels + self.x[:, chosen] @ parts[chosen], dtype=np.float64)


def _minimum(curvature: Numbers, aim: Numbers, ridge: Numbers, penalty: float, start: Numbers) -> Numbers:
    """The minimum of the quadratic with an absolute penalty on all but the first columns, which are solved for exactly."""
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 -- slow import
    from sklearn.linear_model import lasso_path  # noqa: PLC0415 -- loaded when it is needed

    width = len(ridge)
    base = curvature[:width, :width] + np.diag(ridge + 1e-6)
    if len(aim) == width:
        return np.asarray(np.linalg.solve(base, aim))
    across = curvature[:width, width:]
    solved = np.linalg.solve(base, np.column_stack([across, aim[:width]]))
    rest, toward = curvature[width:, width:] - across.T @ solved[:, :-1], aim[width:] - across.T @ solved[:, -1]
    size = len(toward)
    root = np.linalg.cholesky(rest + np.eye(size) * max(1e-4 * np.trace(rest) / size, 1e-9)).T
    with warnings.catch_warnings():
        # The next step goes on where this one stopped.
        warnings.simplefilter("ignore", ConvergenceWarning)
        _, path, _ = lasso_path(np.asfortranarray(root), np.linalg.solve(root.T, toward), alphas=[penalty / size], coef_init=start, max_iter=500, tol=1e-5, precompute=False)
    parts = path[:, 0]
    return np.concatenate([solved[:, -1] - solved[:, :-1] @ parts, parts])


def _share(odds: Numbers) -> Numbers:
    from scipy.special import expit  # noqa: PLC0415 -- slow import

    return np.asarray(expit(odds))
