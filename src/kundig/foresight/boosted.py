"""Gradient-boosted trees: the challenger, for signals that only together say something."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kundig.foresight.lasso import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL = 50_000
LEADING = 12
"""So many signals at most are looked at for reasons."""


@dataclass
class Boosted:
    """The mean of some runs of boosted trees.

    Attributes:
        depth: leaves of a tree.
        rounds: trees.
        rate: how much of each tree is taken.
        smallest: rows in a leaf.
        share: of the signals, looked at for each split.
        bags: runs.
    """

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
    level: float = 0.0
    """The log odds where there is nothing to grow trees on."""

    def fit(self, x: Numbers, y: Numbers) -> Self:
        """The model fitted to rows `x` and outcomes `y` of 0 and 1."""
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 -- slow import

        self.varied = np.array([number for number, column in enumerate(x.T) if len(np.unique(column[np.isfinite(column)])) > 1], dtype=np.int64)
        self.usual = np.array([np.median(column[np.isfinite(column)]) if np.isfinite(column).any() else np.nan for column in x.T])
        if not len(self.varied) or len(np.unique(y)) < 2:  # noqa: PLR2004 -- one outcome
            # Trees need something that varies: without it there is the level alone.
            share = np.clip(np.mean(y), 1e-6, 1 - 1e-6)
            self.models, self.level = [], float(np.log(share / (1 - share)))
            return self
        with _threads(x):
            self.models = self._grown(x, y, HistGradientBoostingClassifier)
        return self

    def _grown(self, x: Numbers, y: Numbers, trees: Any) -> list[Any]:
        return [
            trees(
                learning_rate=self.rate, max_iter=self.rounds, max_leaf_nodes=self.depth, min_samples_leaf=self.smallest,
                l2_regularization=1, max_features=self.share, early_stopping=False, random_state=bag,
            ).fit(x[:, self.varied], y)
            for bag in range(self.bags)
        ]  # fmt: skip

    def log_odds(self, x: Numbers) -> Numbers:
        """The log odds of each row."""
        used = x[:, self.varied]
        if not self.models:
            return np.full(len(x), self.level)
        if not len(x):
            return np.zeros(0)
        with _threads(x):
            return np.asarray(np.mean([model.decision_function(used) for model in self.models], axis=0))

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


def _threads(x: Numbers) -> Any:
    """As many threads as these rows repay: of few, threads wait for each other, at each tree, longer than they work."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 -- beside scikit-learn

    return threadpool_limits(1 if len(x) < SMALL else None)
