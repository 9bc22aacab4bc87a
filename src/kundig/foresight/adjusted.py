"""Which finds stand beside the others: what only comes along with another reason is told from what adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import false_discovery_control, norm

from kundig.foresight.conditional import conditional
from kundig.foresight.lasso import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ratio = tuple[float, float]
"""A log rate ratio with its standard error."""
SAME = 1e-6
"""What the chosen explain of an exposure to that share says nothing of its own."""


def standing(exposed: Numbers, case: NDArray[np.bool_], of: NDArray[np.int64], z: float) -> tuple[list[int], list[Ratio]]:
    """The columns that go with leaving beside each other, and each column's rate ratio beside them.

    Chosen step by step, each time the one that adds most to those chosen before: a case handed around is also a case and
    a handover, and of exposures that nearly always come together a joint model would make one help and the other harm.
    False discoveries are controlled over all columns once more, in their ratios beside the chosen.

    Args:
        exposed: 0 or 1, a row for each member of a set, a column for each find.
        case: the leaver of each set.
        of: the number of the set, from 0.
        z: of the confidence.

    Source: forward selection by score tests, Rao (1948); Benjamini and Hochberg (1995).
    """
    chosen: list[int] = []
    while len(chosen) < exposed.shape[1]:
        added = added_by(exposed, chosen, case, of)
        best = int(np.argmax(added))
        if added[best] <= z:
            break
        chosen.append(best)
    ratios = beside(exposed, chosen, case, of)
    level = 2 * norm.sf(z)
    q = false_discovery_control([2 * norm.sf(abs(ratio) / error) for ratio, error in ratios])
    kept = [number for number in chosen if q[number] <= level and ratios[number][0] > 0]
    return sorted(kept), ratios if kept == chosen else beside(exposed, kept, case, of)


def added_by(exposed: Numbers, chosen: list[int], case: NDArray[np.bool_], of: NDArray[np.int64]) -> Numbers:
    """For each column the normal score of what it adds to the chosen, above zero where it raises the rate; none for these."""
    sets = int(of.max()) + 1
    odds = np.exp(exposed[:, chosen] @ conditional(exposed[:, chosen], case, of).log_ratio)
    share = odds / np.bincount(of, odds, sets)[of]
    weighted = exposed * share[:, None]
    mean = np.column_stack([np.bincount(of, column, sets) for column in weighted.T])
    gradient = exposed[case].sum(axis=0) - mean.sum(axis=0)
    information = exposed.T @ weighted - mean.T @ mean
    across = information[:, chosen]
    own = np.diag(information) - (across * np.linalg.solve(information[np.ix_(chosen, chosen)], across.T).T).sum(axis=1) if chosen else np.diag(information)
    known = own > SAME * np.diag(information)
    known[chosen] = False
    return np.where(known, gradient / np.sqrt(np.where(known, own, 1.0)), -np.inf)


def beside(exposed: Numbers, chosen: list[int], case: NDArray[np.bool_], of: NDArray[np.int64]) -> list[Ratio]:
    """Each column's log rate ratio and its error with the chosen held alike; the chosen beside each other."""
    found = []
    joint = conditional(exposed[:, chosen], case, of)
    for number in range(exposed.shape[1]):
        at = chosen.index(number) if number in chosen else -1
        fitted = joint if at >= 0 else conditional(exposed[:, [*chosen, number]], case, of)
        found.append((float(fitted.log_ratio[at]), float(fitted.error[at])))
    return found
