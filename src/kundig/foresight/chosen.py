"""Which model: a ladder from the simple to the rich, where each step must be better beyond noise. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.additive import Additive, Boosted, Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
BEYOND_NOISE = 1.96
STRENGTHS = (0.003, 0.008, 0.02, 0.06, 0.2, 1.0)
LADDER: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("shallow boosting", lambda: Boosted(depth=6, rounds=150, rate=0.05, smallest=20)),
    ("deep boosting", lambda: Boosted(depth=15, rounds=400, rate=0.06, smallest=10, share=0.5, bags=2)),
)


@dataclass(frozen=True)
class Chosen:
    """A calibrated model, and what it was chosen by.

    Attributes:
        name: `logistic`, `shallow boosting` or `deep boosting`.
        model: fitted to all rows.
        folds: fitted without each fifth of the customers in turn; how far they differ is how sure the model is.
        slope: what log odds are multiplied by, so that they are calibrated.
        shift: what is added to them.
        losses: mean log loss of each candidate on customers it had not seen.
        unseen: calibrated probability of each row, from the model that had not seen its customer.
    """

    name: str
    model: Any
    folds: tuple[Any, ...]
    slope: float
    shift: float
    losses: dict[str, float]
    unseen: Numbers

    def log_odds(self, x: Numbers) -> Numbers:
        """The calibrated log odds of each row."""
        return np.asarray(self.shift + self.slope * self.model.log_odds(x))

    def each(self, x: Numbers) -> Numbers:
        """The calibrated log odds by each of the folds' models, a row a model."""
        return np.array([self.shift + self.slope * model.log_odds(x) for model in self.folds])

    def probability(self, x: Numbers) -> Numbers:
        """The calibrated probability of each row."""
        return share(self.log_odds(x))

    def parts(self, x: Numbers) -> Numbers:
        """What each signal adds to the calibrated log odds."""
        return np.asarray(self.slope * self.model.parts(x))


def chosen(  # noqa: PLR0913 -- what a choice needs
    x: Numbers, y: Numbers, groups: NDArray[Any], weight: Numbers | None = None, *, only: str | None = None, period: NDArray[Any] | None = None
) -> Chosen:
    """The model for these rows: logistic regression, unless boosted trees are better on unseen customers beyond noise.

    Args:
        x: a row for each observation, null as NaN.
        y: 0 or 1.
        groups: whose row it is; a customer is never in two folds.
        weight: how many rows each stands for.
        only: the name of a candidate that was chosen before.
        period: the time that each row belongs to, if there are several.
    """
    x = np.asarray(x, dtype=np.float64)
    weight = np.ones(len(y)) if weight is None else weight
    fold = folds(y, groups)
    tried: dict[str, tuple[list[Any], Numbers, Callable[[], Any]]] = {}
    best = ""

    def better(name: str, make: Callable[[], Any], limit: float) -> str:
        tried[name] = (*_crossed(make, x, y, fold, weight, period), make)
        if not best:
            return name
        loss, other = log_loss(y, tried[best][1]), log_loss(y, tried[name][1])
        difference, error = clustered((loss - other) * weight, groups)
        return name if difference > limit * error else best

    for strength in STRENGTHS:
        name = f"logistic {strength}"
        if only in (None, name):
            # Among penalties of one model nothing has to be proved: the better one is taken, from the strictest on.
            before, best = best, better(name, lambda strength=strength: Additive(strength), 0.0)  # type: ignore[misc]
            if best == before:
                break
    for name, make in LADDER:
        if only not in (None, name):
            continue
        before, best = best, better(name, make, BEYOND_NOISE)
        if best == before:
            break
    models, out, make = tried[best]
    slope, shift = calibration(out, y, weight)
    total = weight.sum()
    return Chosen(
        name=best,
        model=make().fit(x, y, sample_weight=weight, period=period),
        folds=tuple(models),
        slope=slope,
        shift=shift,
        losses={name: float((log_loss(y, log_odds) * weight).sum() / total) for name, (_, log_odds, _) in tried.items()},
        unseen=share(shift + slope * out),
    )


def folds(y: Numbers, groups: NDArray[Any]) -> NDArray[np.int64]:
    """The fold of each row: customers are dealt out, those with the outcome and those without alike."""
    names, of = np.unique(groups, return_inverse=True)
    hit = np.zeros(len(names))
    np.maximum.at(hit, of, y)
    order = np.lexsort((np.random.default_rng(20260301).permutation(len(names)), hit))
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return np.asarray((place % FOLDS)[of])


def share(log_odds: Any) -> Numbers:
    """The probability of log odds."""
    from scipy.special import expit  # noqa: PLC0415 -- slow import

    return np.asarray(expit(log_odds))


def log_loss(y: Numbers, log_odds: Numbers) -> Numbers:
    """The log loss of each row, from log odds, where it does not overflow."""
    return np.asarray(np.logaddexp(0, np.where(y > 0, -log_odds, log_odds)))


def clustered(values: Numbers, groups: NDArray[Any]) -> tuple[float, float]:
    """The sum of values, and its standard error where rows of one customer go together."""
    _, of = np.unique(groups, return_inverse=True)
    sums = np.bincount(of, weights=values)
    spread = sums - sums.mean()
    return float(sums.sum()), float(np.sqrt((spread @ spread) * len(sums) / max(len(sums) - 1, 1)))


def calibration(log_odds: Numbers, y: Numbers, weight: Numbers, *, trust: float = 0.25) -> tuple[float, float]:
    """Slope and shift that make log odds of unseen rows fit what happened.

    With few outcomes the slope stays near 1, where it starts from with a standard deviation of `trust`.
    Source: Platt (1999); the penalty is a normal prior on the slope.
    """
    slope, shift = 1.0, 0.0
    for _ in range(30):
        p = share(shift + slope * log_odds)
        rest, curve = weight * (y - p), weight * np.maximum(p * (1 - p), 1e-12)
        gradient = np.array([rest @ log_odds - (slope - 1) / trust**2, rest.sum()])
        a, b, c = curve @ (log_odds * log_odds) + 1 / trust**2, curve @ log_odds, curve.sum()
        step = np.linalg.solve(np.array([[a, b], [b, c]]) + 1e-9 * np.eye(2), gradient)
        step = np.clip(step, -1, 1)
        slope, shift = slope + float(step[0]), shift + float(step[1])
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004 -- settled
            break
    return max(slope, 0.0), shift


def _crossed(make: Callable[[], Any], x: Numbers, y: Numbers, fold: NDArray[np.int64], weight: Numbers, period: NDArray[Any] | None) -> tuple[list[Any], Numbers]:  # noqa: PLR0913 -- what a fit needs
    """The models without each fold, and the log odds of each row by the one that had not seen it."""
    models, out = [], np.zeros(len(y))
    for number in range(FOLDS):
        inside, rest = fold == number, fold != number
        model = make().fit(x[rest], y[rest], sample_weight=weight[rest], period=None if period is None else period[rest])
        models.append(model)
        out[inside] = model.log_odds(x[inside])
    return models, out
