"""Attribution by a Markov chain: what would be lost if a state were taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def removal_effects(passages: NDArray[np.float64], starts: NDArray[np.float64], goals: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[Any]:
    """For each state, the share of the chance to reach the goal that is lost without it.

    Whoever would go to a removed state ends there without the goal. Source: Anderl, Becker, von Wangenheim and Schumann
    (2016), International Journal of Research in Marketing 33.

    >>> import numpy as np
    >>> passages = np.array([[0, 1.0, 0], [0, 0, 2], [0, 0, 0]])
    >>> removal_effects(passages, np.array([2.0, 1, 0]), np.array([0.0, 0, 1]), np.array([1.0, 0, 1])).round(3).tolist()
    [0.5, 1.0, 1.0]

    Args:
        passages: how often each state (row) was followed by each (column).
        starts: how often paths began in each state.
        goals: how often each state was followed by the goal.
        ends: how often each was the end without the goal.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    out = passages.sum(axis=1) + goals + ends
    share = np.divide(passages, out[:, None], out=np.zeros_like(passages, dtype=float), where=out[:, None] > 0)
    goal = np.divide(goals, out, out=np.zeros(len(out)), where=out > 0)
    first = starts / max(starts.sum(), 1.0)

    def chance(without: int | None) -> float:
        keep = np.ones(len(out), dtype=bool)
        if without is not None:
            keep[without] = False
        inner = np.eye(int(keep.sum())) - share[np.ix_(keep, keep)]
        # A state that only ever follows itself never gets out: least squares gives it no chance.
        return float(first[keep] @ np.linalg.lstsq(inner, goal[keep], rcond=None)[0])

    whole = chance(None)
    if whole <= 0:
        return np.zeros(len(out))
    return np.array([1 - chance(state) / whole for state in range(len(out))])
