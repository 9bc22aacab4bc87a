"""Two groups that differ in much else, made comparable by overlap weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

BINS = 5
MOST_VALUES = 20


@dataclass(frozen=True)
class Ratio:
    """The mean of the members by that of the others, less 1, with its interval."""

    lift: float
    low: float
    high: float
    p: float
    members: float
    others: float


def features(numbers: Mapping[str, Numbers], words: Mapping[str, Sequence[str | None]]) -> dict[str, Numbers]:
    """What a propensity is modelled from: numbers in fifths, words as they are, each value a column of 0 and 1.

    What is missing is a value of its own; the rarest words beyond twenty are put together.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    found: dict[str, Numbers] = {}
    for name, values in numbers.items():
        known = ~np.isnan(values)
        if not known.any():
            continue
        cuts = np.unique(np.quantile(values[known], np.arange(1, BINS) / BINS))
        fifth = np.searchsorted(cuts, np.where(known, values, 0), side="left")
        for place in range(len(cuts) + 1):
            low, high = (cuts[place - 1] if place else None), (cuts[place] if place < len(cuts) else None)
            label = f"over {low:g}" if high is None and low is not None else f"up to {high:g}" if low is None else f"{low:g} to {high:g}"
            found[f"{name}: {label}"] = ((fifth == place) & known).astype(np.float64)
        if not known.all():
            found[f"{name}: not known"] = (~known).astype(np.float64)
    for name, said in words.items():
        values_, counts = np.unique([str(value) if value is not None else "not known" for value in said], return_counts=True)
        kept = {values_[place] for place in sorted(range(len(values_)), key=lambda place: (-counts[place], values_[place]))[:MOST_VALUES]}
        told = np.array([word if (word := str(value) if value is not None else "not known") in kept else "other" for value in said])
        for value in sorted(set(told.tolist())):
            found[f"{name}: {value}"] = (told == value).astype(np.float64)
    return {name: column for name, column in found.items() if 0 < column.sum() < len(column)}


def overlap_weights(member: Numbers, columns: Mapping[str, Numbers]) -> Numbers:
    """Weights under which both groups are alike in all columns: for members the propensity of not being one, for others that of being one.

    With a propensity by logistic regression without penalty, weighted means of the columns agree exactly.
    Source: Li, Morgan and Zaslavsky (2018), Journal of the American Statistical Association 113.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow import

    if not columns:
        share = member.mean()
        return np.asarray(np.where(member > 0, 1 - share, share))
    x = np.column_stack(list(columns.values()))
    # So weak a penalty only settles what columns that add up to one leave open.
    model = LogisticRegression(C=1e4, max_iter=2000, tol=1e-8).fit(x, member)
    propensity = model.predict_proba(x)[:, 1]
    return np.asarray(np.where(member > 0, 1 - propensity, propensity))


def ratio_of_means(y: Numbers, member: Numbers, weight: Numbers, z: float) -> Ratio:
    """The weighted mean of `y` of members by that of others, on the logarithm, with the weights as given."""
    from scipy.stats import norm  # noqa: PLC0415 -- slow import

    means, variances = [], []
    for group in (member > 0, member <= 0):
        w = weight[group]
        mean = float((w * y[group]).sum() / w.sum())
        means.append(mean)
        variances.append(float((w**2 * (y[group] - mean) ** 2).sum() / w.sum() ** 2) / mean**2 if mean > 0 else float("nan"))
    one, other = means
    if not (one > 0 and other > 0):
        return Ratio(*(float("nan"),) * 3, 1.0, one, other)
    error, size = sqrt(sum(variances)), log(one / other)
    p = float(2 * norm.sf(abs(size) / error)) if error > 0 else float(size == 0)
    return Ratio(one / other - 1, exp(size - z * error) - 1, exp(size + z * error) - 1, p, one, other)


def differences(member: Numbers, column: Numbers, weight: Numbers) -> tuple[float, float, float]:
    """The mean of a column among members and others, and the difference in standard deviations of the unweighted groups."""
    import numpy as np  # noqa: PLC0415 -- slow import

    one, other = (float(np.average(column[group], weights=weight[group])) for group in (member > 0, member <= 0))
    spread = sqrt((float(column[member > 0].var()) + float(column[member <= 0].var())) / 2)
    return one, other, (one - other) / spread if spread > 0 else 0.0


def e_value(ratio: float) -> float:
    """How strongly something unmeasured would have to go with both membership and outcome to explain a ratio away.

    Source: VanderWeele and Ding (2017), Annals of Internal Medicine 167.

    >>> round(e_value(3.9), 2)
    7.26
    """
    risk = max(ratio, 1 / ratio) if ratio > 0 else float("nan")
    return risk + sqrt(risk * (risk - 1))
