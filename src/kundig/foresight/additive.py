"""A regularised logistic regression whose signals may bend: the default, since each signal's part can be read off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
KNOTS = (0.1, 0.25, 0.5, 0.75, 0.9)
FEW = 10
"""Up to so many different values, each may have a step of its own."""


@dataclass
class Additive:
    """log odds = constant + a piecewise linear function of each signal, with an absolute penalty (lasso).

    The penalty leaves out what says nothing, so that the parts stay few. Columns are standardised: all signals are
    treated alike. Missing values have a part of their own. Source: Tibshirani (1996), Journal of the Royal Statistical
    Society B 58.

    Attributes:
        strength: how freely the parts may move; the inverse of the penalty.
    """

    strength: float = 0.1
    knots: list[Numbers] = field(default_factory=list)
    usual: Numbers = field(default_factory=lambda: np.zeros(0))
    missing: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    of: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """The signal that each column of the design comes from."""
    mean: Numbers = field(default_factory=lambda: np.zeros(0))
    scale: Numbers = field(default_factory=lambda: np.ones(0))
    weights: Numbers = field(default_factory=lambda: np.zeros(0))
    constant: float = 0.0

    def fit(self, x: Numbers, y: Numbers, sample_weight: Numbers | None = None, period: NDArray[Any] | None = None) -> Self:
        """The model fitted to rows `x` and outcomes `y` of 0 and 1.

        Args:
            x: a row for each observation.
            y: the outcomes.
            sample_weight: how many rows each stands for.
            period: the time each row belongs to. Each has a level of its own, so that no signal is taken for a reason
                because it tells the season; a prediction has the mean level.
        """
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow import

        there = np.isfinite(x)
        share = there.mean(axis=0)
        self.missing = (share < 0.995) & (share > 0.005)  # noqa: PLR2004 -- rarer than that says nothing
        self.usual = np.array([np.median(x[there[:, column], column]) if share[column] > 0 else 0.0 for column in range(x.shape[1])])
        self.knots = [_bends(x[there[:, column], column]) for column in range(x.shape[1])]
        design, self.of = self._design(x)
        weight = np.ones(len(y)) if sample_weight is None else sample_weight
        self.mean = np.average(design, axis=0, weights=weight)
        spread = np.sqrt(np.average((design - self.mean) ** 2, axis=0, weights=weight))
        self.scale = np.where(spread > 1e-9, spread, np.inf)  # noqa: PLR2004 -- a constant column has no part
        # The constant is penalised too, unless it is scaled out of reach.
        lasso = LogisticRegression(l1_ratio=1, C=self.strength, solver="liblinear", intercept_scaling=30, random_state=0, tol=1e-3, max_iter=300)
        standard = (design - self.mean) / self.scale
        if period is not None and len(np.unique(period)) > 1:
            levels = (period[:, None] == np.unique(period)[None, :]).astype(np.float64)
            # Large columns are hardly penalised.
            standard = np.column_stack([standard, 30 * (levels - np.average(levels, axis=0, weights=weight))])
        model = lasso.fit(standard, y, sample_weight=weight)
        self.weights, self.constant = model.coef_[0][: design.shape[1]], float(model.intercept_[0])
        return self

    def log_odds(self, x: Numbers) -> Numbers:
        """The log odds of each row."""
        return np.concatenate([self.constant + self._standard(part)[0] @ self.weights for part in _chunks(x)]) if len(x) else np.zeros(0)

    def parts(self, x: Numbers) -> Numbers:
        """What each signal adds to a row's log odds, against the mean of those it learned from."""
        found = []
        for part in _chunks(x):
            standard, of = self._standard(part)
            parts = np.zeros((len(part), x.shape[1]))
            for signal in range(x.shape[1]):
                chosen = of == signal
                parts[:, signal] = standard[:, chosen] @ self.weights[chosen]
            found.append(parts)
        return np.concatenate(found) if found else np.zeros((0, x.shape[1]))

    def _standard(self, x: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
        design, of = self._design(x)
        return (design - self.mean) / self.scale, of

    def _design(self, x: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
        columns, of = [], []
        for signal in range(x.shape[1]):
            values = x[:, signal].astype(np.float64)
            gone = ~np.isfinite(values)
            values = np.where(gone, self.usual[signal], values)
            low, *bends, high = self.knots[signal]
            # Beyond what was seen the line goes on flat: nobody is judged by a guess.
            values = np.clip(values, low, high)
            columns += [values, *(np.maximum(values - bend, 0) for bend in bends)]
            of += [signal] * (1 + len(bends))
            if self.missing[signal]:
                columns.append(gone.astype(np.float64))
                of.append(signal)
        return np.column_stack(columns) if columns else np.zeros((len(x), 0)), np.array(of, dtype=np.int64)


def _bends(values: Numbers) -> Numbers:
    """The lowest value, where the line may bend, and the highest."""
    if not len(values):
        return np.zeros(2)
    different = np.unique(values)
    if len(different) <= FEW:
        return different if len(different) > 1 else np.repeat(different, 2)
    # Many signals are mostly zero: their bends lie among the others.
    middle = np.unique(np.quantile(values, KNOTS))
    if len(middle) <= 2:  # noqa: PLR2004 -- nearly all values are one
        middle = np.unique(np.concatenate([middle, np.quantile(values[values != np.median(values)], KNOTS)]))
    low, high = np.quantile(values, [0.001, 0.999])
    inside = middle[(middle > low) & (middle < high)]
    return np.array([low, *inside, high])


def _chunks(x: Any, rows: int = 50_000) -> Any:
    return (x[start : start + rows] for start in range(0, len(x), rows))


@dataclass
class Boosted:
    """Gradient-boosted trees: the challenger, for signals that only together say something."""

    depth: int
    rounds: int
    rate: float
    smallest: int
    share: float = 1.0
    bags: int = 1
    models: list[Any] = field(default_factory=list)
    usual: Numbers = field(default_factory=lambda: np.zeros(0))
    varied: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """The signals that are not the same for everybody; trees cannot use the others."""

    def fit(self, x: Numbers, y: Numbers, sample_weight: Numbers | None = None, period: NDArray[Any] | None = None) -> Self:  # noqa: ARG002 -- trees have no levels
        """The model fitted to rows `x` and outcomes `y` of 0 and 1."""
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 -- slow import

        self.varied = np.array([number for number, column in enumerate(x.T) if len(np.unique(column[np.isfinite(column)])) > 1], dtype=np.int64)
        self.usual = np.array([np.median(column[np.isfinite(column)]) if np.isfinite(column).any() else np.nan for column in x.T])
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 -- beside scikit-learn

        # On few rows threads wait for each other longer than they work.
        with threadpool_limits(1 if len(x) < SMALL else None):
            self.models = self._grown(x, y, sample_weight, HistGradientBoostingClassifier)
        return self

    def _grown(self, x: Numbers, y: Numbers, sample_weight: Numbers | None, trees: Any) -> list[Any]:
        return [
            trees(
                learning_rate=self.rate, max_iter=self.rounds, max_leaf_nodes=self.depth, min_samples_leaf=self.smallest,
                l2_regularization=1, max_features=self.share, early_stopping=False, random_state=bag,
            ).fit(x[:, self.varied], y, sample_weight=sample_weight)
            for bag in range(self.bags)
        ]  # fmt: skip

    def log_odds(self, x: Numbers) -> Numbers:
        """The log odds of each row."""
        used = x[:, self.varied]
        return np.asarray(np.mean([model.decision_function(used) for model in self.models], axis=0)) if len(x) else np.zeros(0)

    def parts(self, x: Numbers) -> Numbers:
        """What each of the leading signals adds to a row's log odds: what it says less what it would with the usual value."""
        whole, parts = self.log_odds(x), np.zeros(x.shape)
        if not len(x):
            return parts
        some = x[:: max(1, len(x) // 2000)]
        moved = [np.abs(self.log_odds(some) - self.log_odds(self._without(some, signal))).mean() for signal in range(x.shape[1])]
        for signal in np.argsort(moved, kind="stable")[::-1][:LEADING]:
            parts[:, signal] = whole - self.log_odds(self._without(x, int(signal)))
        return parts

    def _without(self, x: Numbers, signal: int) -> Numbers:
        replaced = x.copy()
        replaced[:, signal] = self.usual[signal]
        return replaced


SMALL = 50_000
LEADING = 12
"""Of boosted trees, so many signals at most are looked at for reasons."""
