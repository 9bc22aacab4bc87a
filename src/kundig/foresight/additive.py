"""A regularised logistic regression whose signals may bend and step: the default, since each signal's part can be read off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.basis import Basis, basis
from kundig.foresight.lasso import Lasso, Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERIOD_SPREAD, STRATUM_SPREAD = 1.5, 3.0
"""How far, in log odds, a period's level may lie from that of its stratum, and a stratum's from that of all: standard deviations of their priors."""


@dataclass(frozen=True)
class Additive:
    """log odds = the level of the stratum + a part for each signal, a line with bends and steps; most columns have none.

    The absolute penalty leaves out what says nothing, so that the parts stay few. Source: Tibshirani (1996), Journal of
    the Royal Statistical Society B 58.

    Attributes:
        strength: how freely the parts may move; the inverse of the penalty.
        basis: what signals are turned into.
        weights: of its columns.
        levels: the constant of each stratum, by number.
        stratified: the last column of what is judged is the number of the stratum.
    """

    strength: float
    basis: Basis
    weights: Numbers
    levels: Numbers
    stratified: bool

    def log_odds(self, x: Any) -> Numbers:
        """The log odds of each row."""
        return np.concatenate([self._chunk(part) for part in _chunks(x)]) if len(x) else np.zeros(0)

    def _chunk(self, x: Any) -> Numbers:
        odds = self.levels[np.rint(x[:, -1]).astype(np.int64)] if self.stratified else np.full(len(x), self.levels[0])
        for number in np.flatnonzero(self.weights).tolist():
            odds = odds + self.weights[number] * self.basis.column(x, number)
        return np.asarray(odds, dtype=np.float64)

    def parts(self, x: Any) -> Numbers:
        """What each signal adds to a row's log odds, against the mean of those it learned from."""
        found = np.zeros((len(x), x.shape[1]))
        for number in np.flatnonzero(self.weights).tolist():
            found[:, self.basis.of[number]] += self.weights[number] * self.basis.column(x, number)
        return found


@dataclass(frozen=True)
class Rows:
    """Rows to learn from, turned into columns once for all fits.

    Attributes:
        basis: what signals are turned into.
        columns: the rows so turned.
        base: columns for the constant, the strata, and the periods within them.
        ridge: the inverse prior variances of those.
        strata: how many there are; 0 without.
    """

    basis: Basis
    columns: Any
    base: Any
    ridge: Numbers
    strata: int
    y: Numbers

    def path(self, which: Any) -> Path:
        """The way from strict to free on some of the rows."""
        return Path(self, Lasso(self.columns[which], self.y[which], self.base[which], self.ridge))


@dataclass(frozen=True)
class Path:
    """Models on the same rows, each from the one before."""

    rows: Rows
    lasso: Lasso

    def at(self, strength: float) -> Additive:
        """The model of a strength."""
        weights, base = self.lasso.at(strength)
        levels = base[0] + base[1 : 1 + self.rows.strata] if self.rows.strata else base[:1]
        # A constant column's scale is infinite: it is never selected, and stays out.
        return Additive(strength, self.rows.basis, np.where(np.isfinite(self.rows.basis.scale), weights, 0.0), levels.copy(), bool(self.rows.strata))


def rows(x: Any, y: Numbers, *, period: NDArray[Any] | None = None, stratum: NDArray[Any] | None = None) -> Rows:
    """Rows to learn from.

    Args:
        x: a row for each observation, missing as NaN.
        y: the outcomes, 0 and 1.
        period: the time each row belongs to. Each has a level of its own, so that no signal is taken for a reason because
            it tells the season; a prediction has the mean level.
        stratum: a number from 0 with levels of its own, which a prediction keeps.
    """
    found = basis(x)
    levels: list[Any] = [np.ones((len(y), 1))]
    ridge = [np.zeros(1)]
    strata = 0 if stratum is None else int(stratum.max()) + 1
    if stratum is not None:
        levels.append(stratum[:, None] == np.arange(strata)[None, :])
        ridge.append(np.full(strata, STRATUM_SPREAD**-2))
    if period is not None and len(np.unique(period)) > 1:
        of = np.unique(period if stratum is None else period * max(strata, 1) + stratum, return_inverse=True)[1]
        levels.append(of[:, None] == np.arange(of.max() + 1)[None, :])
        ridge.append(np.full(int(of.max()) + 1, PERIOD_SPREAD**-2))
    return Rows(found, found.matrix(x), np.column_stack(levels).astype(np.float32), np.concatenate(ridge), strata, y)


def additive(x: Any, y: Numbers, strength: float, *, period: NDArray[Any] | None = None) -> Additive:
    """The model of one strength on all of the rows; arguments as for `rows`."""
    return rows(x, y, period=period).path(slice(None)).at(strength)


def _chunks(x: Any, rows: int = 50_000) -> Any:
    return (x[start : start + rows] for start in range(0, len(x), rows))
