"""Which model: a ladder from the simple to the rich, where each step must be better beyond noise. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.additive import rows
from kundig.foresight.boosted import Boosted
from kundig.foresight.lasso import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
BEYOND_NOISE = 1.96
STRENGTHS = (0.003, 0.005, 0.008, 0.012, 0.02, 0.05, 0.12, 0.3, 1.0, 3.0)
LADDER: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("shallow boosting", lambda: Boosted(depth=6, rounds=150, rate=0.05, smallest=20)),
    ("deep boosting", lambda: Boosted(depth=15, rounds=300, rate=0.08, smallest=10, share=0.4, bags=4)),
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
    x: Numbers, y: Numbers, groups: NDArray[Any], weight: Numbers | None = None, *, only: str | None = None, period: NDArray[Any] | None = None, stratum: NDArray[Any] | None = None
) -> Chosen:
    """The model for these rows: logistic regression, unless boosted trees are better on unseen customers beyond noise.

    Args:
        x: a row for each observation, null as NaN.
        y: 0 or 1.
        groups: whose row it is; a customer is never in two folds.
        weight: how many rows each stands for. Where rows were drawn by outcome only the level depends on it (Prentice and
            Pyke 1979), so that it counts where models are compared and calibrated.
        only: the name of a candidate that was chosen before.
        period: the time that each row belongs to, if there are several.
        stratum: a number from 0 that the level of the odds depends on; it stands behind the signals where the model is asked.
    """
    x = np.asarray(x, dtype=np.float64)
    weight = np.ones(len(y)) if weight is None else weight
    fold = folds(y, groups)
    whole = x if stratum is None else np.column_stack([x, stratum.astype(np.float64)])
    tried = list(_lassos(x, whole, y, fold, weight, only, period, stratum)) if only is None or only.startswith("logistic") else []
    best = min(tried, key=lambda one: one.loss(y, weight)) if tried else None
    for name, make in LADDER:
        if only not in (None, name):
            continue
        found = _crossed(name, make, whole, y, fold, weight, best)
        if found is None:
            break
        tried.append(found)
        if best is not None and not _better(found, best, y, weight, groups):
            break
        best = found
    assert best is not None, only  # noqa: S101 -- there is always a candidate
    slope, shift = best.calibration(y, weight)
    return Chosen(
        name=best.name,
        model=best.whole(),
        folds=tuple(best.models),
        slope=slope,
        shift=shift,
        losses={one.name: one.loss(y, weight) for one in tried},
        unseen=share(shift + slope * best.out),
    )


@dataclass
class Candidate:
    """A kind of model, fitted without each fold in turn.

    Attributes:
        models: one a fold.
        out: the log odds of each row by the model that had not seen it.
        whole: gives the model of all rows.
    """

    name: str
    models: list[Any]
    out: Numbers
    whole: Callable[[], Any]

    def calibration(self, y: Numbers, weight: Numbers) -> tuple[float, float]:
        """Slope and shift of its log odds."""
        return calibration(self.out, y, weight)

    def losses(self, y: Numbers, weight: Numbers) -> Numbers:
        """The log loss of each row once calibrated: candidates are compared as they would be used."""
        slope, shift = self.calibration(y, weight)
        return log_loss(y, shift + slope * self.out) * weight

    def loss(self, y: Numbers, weight: Numbers) -> float:
        """Its mean."""
        return float(self.losses(y, weight).sum() / weight.sum())


def _lassos(  # noqa: PLR0913 -- what a path needs
    x: Numbers, whole: Numbers, y: Numbers, fold: NDArray[np.int64], weight: Numbers, only: str | None, period: NDArray[Any] | None, stratum: NDArray[Any] | None
) -> Iterator[Candidate]:
    """Regressions from the strictest penalty on, until one is worse than that before."""
    learned = rows(x, y, period=period, stratum=stratum)
    paths = [learned.path(fold != number) for number in range(FOLDS)]
    before = np.inf
    for strength in STRENGTHS if only is None else (float(only.removeprefix("logistic ")),):
        models, out = [path.at(strength) for path in paths], np.zeros(len(y))
        for number, model in enumerate(models):
            out[fold == number] = model.log_odds(whole[fold == number])
        found = Candidate(f"logistic {strength}", models, out, lambda strength=strength: learned.path(slice(None)).at(strength))  # type: ignore[misc]
        yield found
        if (loss := found.loss(y, weight)) > before:
            return
        before = loss


def _crossed(  # noqa: PLR0913 -- what a fit needs
    name: str, make: Callable[[], Any], x: Numbers, y: Numbers, fold: NDArray[np.int64], weight: Numbers, best: Candidate | None
) -> Candidate | None:
    """The candidate; none if after two folds it is behind the best so far, since it will not be ahead beyond noise."""
    found = Candidate(name, [], np.zeros(len(y)), lambda: make().fit(x, y))
    for number in range(FOLDS):
        inside, rest = fold == number, fold != number
        found.models.append(make().fit(x[rest], y[rest]))
        found.out[inside] = found.models[-1].log_odds(x[inside])
        if number == 1 and best is not None:
            seen = fold <= 1
            some = Candidate(name, [], found.out[seen], make), Candidate(best.name, [], best.out[seen], make)
            if some[0].loss(y[seen], weight[seen]) > some[1].loss(y[seen], weight[seen]):
                return None
    return found


def _better(one: Candidate, other: Candidate, y: Numbers, weight: Numbers, groups: NDArray[Any]) -> bool:
    """Whether the one's loss is smaller beyond noise."""
    difference, error = clustered(other.losses(y, weight) - one.losses(y, weight), groups)
    return difference > BEYOND_NOISE * error


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
