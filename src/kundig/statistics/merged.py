"""Quantiles of what is looked at in parts: each part gives few values, and these are put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

POINTS = 500
"""Into how many steps a part is divided; as few values stand for themselves."""


def stands_for(ordered: Any) -> Any:
    """What stands for a part, from its values in order: POINTS steps of equal numbers of values from the least to the greatest, or all of few values.

    >>> import ibis
    >>> stands_for(ibis.array([1.0, 5.0])).execute()
    [1.0, 5.0]
    """
    import ibis  # noqa: PLC0415 -- slow import

    n = ordered.length()
    places = ibis.range(POINTS + 1).map(lambda step: ordered[((n - 1).cast("float64") * step / POINTS).round().cast("int32")])
    return ibis.ifelse(n > POINTS + 1, places, ordered)


def merged(parts: Sequence[tuple[int, Sequence[float]]], asked: Sequence[float]) -> list[float]:
    """Quantiles of all values of some parts, each with its number of values and what stands for them.

    Values that stand for themselves alone are put together exactly, with the interpolation of Hyndman and Fan's seventh
    definition. Otherwise the rank of what is given is that which is asked to within a thousandth of all values and one value.

    >>> merged([(2, [10.0, 20.0]), (1, [60.0])], [0.5, 0.75])
    [20.0, 40.0]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    values = np.concatenate([np.asarray(points, float) for _, points in parts])
    weights = np.concatenate([_weights(n, len(points)) for n, points in parts])
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    # A value takes the places that it stands for, and is met in their middle.
    places = np.cumsum(weights) - weights + (weights - 1) / 2
    n = sum(number for number, _ in parts)
    return [float(one) for one in np.interp(np.asarray(asked) * (n - 1), places, values)]


def _weights(n: int, points: int) -> Any:
    """How many values each stands for; the least and the greatest quantile for half as many as the others."""
    import numpy as np  # noqa: PLC0415 -- slow import

    if n <= points:
        return np.ones(points)
    weights = np.full(points, n / (points - 1))
    weights[[0, -1]] /= 2
    return weights
