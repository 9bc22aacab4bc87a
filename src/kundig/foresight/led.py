"""Which weekly series runs ahead of which: cross-correlation, with as many weeks as drifting series are worth. Pure functions on rows."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control, norm

from kundig.foresight.lasso import Numbers

Row = dict[str, Any]
Name = tuple[str, str | None]
FEWEST = 40
"""Weeks in which both are known."""
WORTH = 6
"""Weeks that both must be worth once their drift is counted out."""


def led(weeks: list[Row], most: int, z: float, confidence: float) -> list[Row]:
    """The rows of `leads`, from weekly means; `week` counts back from the present."""
    means: dict[Name, dict[int, float]] = defaultdict(dict)
    for row in weeks:
        means[row["metric"], row["department"]][row["week"]] = row["mean"]
    length = max((row["week"] for row in weeks), default=-1) + 1
    series = {name: np.array([of.get(week, np.nan) for week in reversed(range(length))]) for name, of in means.items()}
    names = sorted(series, key=lambda name: (name[0], name[1] or ""))
    rows, tested = [], []
    for one, other in combinations(names, 2):
        found = _lagged(series[one], series[other], most)
        if not found:
            rows.append({**_named(one, other), "state": "too few weeks", "n": int((np.isfinite(series[one]) & np.isfinite(series[other])).sum())})
            continue
        tested += [(len(rows), *lag) for lag in found]
        rows.append({"pair": (one, other), "state": "ok"})
    rates = false_discovery_control([lag[-1] for lag in tested]) if tested else []
    lags: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for lag, rate in zip(tested, rates, strict=True):
        lags[lag[0]].append((*lag[1:], float(rate)))
    for place, of in lags.items():
        one, other = rows[place]["pair"]
        rows[place] = _told(one, other, of, series, z, confidence)
    return sorted(rows, key=lambda row: (row.get("q", 2.0), row["ahead"], row["ahead_department"] or "", row["follows"], row["follows_department"] or ""))


def _named(ahead: Name, follows: Name) -> Row:
    return {"ahead": ahead[0], "ahead_department": ahead[1], "follows": follows[0], "follows_department": follows[1]}


def _told(one: Name, other: Name, lags: list[tuple[Any, ...]], series: dict[Name, Numbers], z: float, confidence: float) -> Row:  # noqa: PLR0913 -- what is told of a pair
    lag, n, worth, together, _, rate = max(lags, key=lambda of: (abs(of[3]), -abs(of[0])))
    ahead, follows = (one, other) if lag >= 0 else (other, one)
    half = z / np.sqrt(worth - 3)
    ends = np.sort(np.tanh(np.arctanh(together) + np.array([-half, half])))
    alike = [abs(of[0]) if of[0] * lag >= 0 else -abs(of[0]) for of in lags if np.sign(of[3]) == np.sign(together) and abs(of[3]) >= min(abs(ends))] if ends[0] * ends[1] > 0 else []
    verdict = "may be chance" if rate > 1 - confidence else "together" if lag == 0 else "runs ahead" if together > 0 else "runs ahead, against it"
    return {
        **_named(ahead, follows), "state": "ok", "n": n, "weeks": abs(lag), "weeks_low": min(alike, default=None), "weeks_high": max(alike, default=None), "correlation": together,
        "low": float(ends[0]), "high": float(ends[1]), "points": together * float(np.nanstd(series[follows])), "q": rate, "verdict": verdict,
    }  # fmt: skip


def _lagged(one: Numbers, other: Numbers, most: int) -> list[tuple[int, int, float, float, float]]:
    """For each number of weeks by which the one runs ahead (below zero: behind): that, weeks compared, weeks they are worth, the correlation, and p."""
    found = []
    shrinks = _autocorrelation(one) * _autocorrelation(other)
    # Beyond the first product below zero there is noise only.
    kept = shrinks[: int(np.argmax(shrinks < 0))] if (shrinks < 0).any() else shrinks
    for lag in range(-most, most + 1):
        a, b = (one[: len(one) - lag], other[lag:]) if lag >= 0 else (one[-lag:], other[:lag])
        both = np.isfinite(a) & np.isfinite(b)
        n = int(both.sum())
        if n < FEWEST or a[both].std() < 1e-9 or b[both].std() < 1e-9:  # noqa: PLR2004 -- constant
            continue
        worth = n / (1 + 2 * float(kept @ np.maximum(1 - np.arange(1, len(kept) + 1) / n, 0)))
        if worth < WORTH:
            continue
        together = float(np.clip(np.corrcoef(a[both], b[both])[0, 1], -0.999999, 0.999999))
        found.append((lag, n, worth, together, float(2 * norm.sf(abs(np.arctanh(together)) * np.sqrt(worth - 3)))))
    return found


def _autocorrelation(series: Numbers) -> Numbers:
    """The correlation of a series with itself one week later, two, and so on to a quarter of its length."""
    centred = series - np.nanmean(series)
    variance = np.nanmean(centred**2)
    found = []
    for lag in range(1, max(len(series) // 4, 2)):
        products = centred[:-lag] * centred[lag:]
        found.append(float(np.nanmean(products) / variance) if np.isfinite(products).any() and variance > 0 else 0.0)
    return np.array(found)
