"""How good a prediction was: each measure with an interval that knows that rows of one customer go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kundig.foresight.chosen import calibration
from kundig.foresight.lasso import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = 20
BINS = 10
Scale = Literal["share", "positive", "plain"]
"""Where a figure may lie: between 0 and 1, above 0, or anywhere."""
SHARES = {"auc", "average_precision", "brier", "calibration_error", "recall_at_capacity", "precision_at_capacity", "alarmed", "recall", "precision", "lost anyway"}
POSITIVE = {"expected_per_observed", "false_alarms_per_week", "lead_days", "times as often"}


def scale(measure: str) -> Scale:
    """Where a measure of a backtest may lie; a difference of two may lie anywhere."""
    return "share" if measure in SHARES or " tenth " in measure else "positive" if measure in POSITIVE else "plain"


def seen(y: Numbers) -> dict[str, float]:
    """Of how many outcomes each measure that may be none or all speaks: a ranking of the fewer of leavers and others."""
    leavers, fewer = float(y.sum()), float(min(y.sum(), len(y) - y.sum()))
    return {"auc": fewer, "average_precision": leavers, "brier": len(y), "calibration_error": len(y), "recall_at_capacity": leavers, "recall": leavers, "alarmed": len(y), "lost anyway": len(y)}


def anywhere(_measure: str) -> Scale:
    """The scale of figures that may lie anywhere."""
    return "plain"


def measures(y: Numbers, p: Numbers, day: NDArray[Any], capacity: int) -> dict[str, float]:
    """The measures of a probability `p` of outcomes `y`; `day` is the snapshot of each row.

    `capacity` customers can be looked after at each snapshot: the first by probability, ties in the order of rows.
    """
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score  # noqa: PLC0415 -- slow import

    if not y.any() or y.all():
        return dict.fromkeys(("auc", "average_precision", "brier", "calibration_slope", "calibration_error", "expected_per_observed", "recall_at_capacity", "precision_at_capacity"), np.nan)
    odds = np.log(np.clip(p, 1e-9, 1) / np.clip(1 - p, 1e-9, 1))
    picked = alerted(p, day, capacity)
    return {
        "auc": float(roc_auc_score(y, p)),
        "average_precision": float(average_precision_score(y, p)),
        "brier": float(brier_score_loss(y, p)),
        "calibration_slope": calibration(odds, y, np.ones(len(y)), trust=100.0)[0],
        "calibration_error": calibration_error(y, p),
        "expected_per_observed": float(p.sum() / y.sum()),
        "recall_at_capacity": float(y[picked].sum() / y.sum()),
        "precision_at_capacity": float(y[picked].mean()) if picked.any() else np.nan,
    }


def alerted(p: Numbers, day: NDArray[Any], capacity: int) -> NDArray[np.bool_]:
    """Who would have been looked after: at each snapshot the `capacity` highest."""
    picked = np.zeros(len(p), dtype=bool)
    for one in np.unique(day):
        rows = np.flatnonzero(day == one)
        picked[rows[np.argsort(-p[rows], kind="stable")[:capacity]]] = True
    return picked


def calibration_error(y: Numbers, p: Numbers, bins: int = BINS) -> float:
    """Mean distance of probability and share, over tenths of the rows by probability.

    Source: Naeini, Cooper, Hauskrecht (2015), with bins of equal size.
    """
    return float(sum(abs(p[rows].mean() - y[rows].mean()) * len(rows) for rows in np.array_split(np.argsort(p, kind="stable"), bins) if len(rows)) / len(y))


def jackknifed(
    figures: Callable[[NDArray[np.bool_]], Mapping[str, float]], groups: NDArray[Any], confidence: float, *, scale: Callable[[str], Scale] = anywhere, seen: Mapping[str, float] | None = None
) -> dict[str, tuple[float, float, float]]:
    """Each figure with its interval: what it is without each of twenty parts of the customers in turn.

    Intervals of shares are made by their log odds and those of positive figures by their logarithm, so that none leaves
    the room in which the figure lies.

    Args:
        figures: from the rows that are kept.
        groups: whose row it is.
        confidence: of the intervals.
        scale: where each figure may lie.
        seen: of how many a share is taken, and how many were to be expected of a count, for figures that may be none or
            all: there the parts do not differ, and the interval is Wilson's, or the exact one of Poisson's distribution.

    Source: Kott (2001), The Delete-a-Group Jackknife, Journal of Official Statistics 17.
    """
    from scipy.stats import t  # noqa: PLC0415 -- slow import

    names, of = np.unique(groups, return_inverse=True)
    part = (np.random.default_rng(20260301).permutation(len(names)) % PARTS)[of]
    whole = figures(np.ones(len(groups), dtype=bool))
    without = [figures(part != number) for number in range(PARTS)]
    quantile = float(t.ppf((1 + confidence) / 2, PARTS - 1))
    found = {}
    for name, value in whole.items():
        each = np.array([one[name] for one in without])
        half = quantile * float(np.sqrt((PARTS - 1) / PARTS * ((each - each.mean()) ** 2).sum())) if np.isfinite(each).all() else np.nan
        found[name] = (value, *_within(value, half, scale(name), (seen or {}).get(name, 0), confidence, quantile))
    return found


def _within(value: float, half: float, where: Scale, seen: float, confidence: float, quantile: float) -> tuple[float, float]:  # noqa: PLR0913 -- what an interval hangs on
    """The two ends of an interval that stays where its figure may lie."""
    if where == "plain" or not np.isfinite(value):
        return value - half, value + half
    if where == "positive":
        if value > 0:
            return float(value * np.exp(-half / value)), float(value * np.exp(half / value))
        return (0.0, float(-np.log((1 - confidence) / 2) / seen)) if seen else (np.nan, np.nan)
    if 0 < value < 1:
        odds, half = np.log(value / (1 - value)), half / (value * (1 - value))
        low, high = 1 / (1 + np.exp(-(odds - half))), 1 / (1 + np.exp(-(odds + half)))
        return float(low), float(high)
    if not seen:
        return np.nan, np.nan
    end = quantile**2 / (seen + quantile**2)
    return (0.0, end) if value <= 0 else (1 - end, 1.0)
