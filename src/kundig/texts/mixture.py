"""Texts parted into groups by a mixture: each group says its words with chances of its own, and points into a direction of its own.

A group is a multinomial over terms and a von Mises-Fisher distribution over directions; expectation and maximisation take
turns (Nigam et al. 2000 for the words, Banerjee et al. 2005 for the directions). Words of one text hang on one another, so
each counts for a third; otherwise they would be surer of a group than they can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS, _DIRECTION = 0.3, 4.0
"""What a term counts, and how closely a group's texts point one way. Anything near parts as well."""
_PRIOR = 0.1
_ROUNDS = 40
_STILL = 1e-5
_NEIGHBOURS = 20
_SAMPLE = 5_000
_REPEATS, _STARTS = 3, 3


def grouped(counted: Any, points: NDArray[Any], k: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The group of each text, and how sure that is, from 0 to 1. Groups may be fewer than k: one that nobody is in is left out.

    Args:
        counted: texts by terms, sparse.
        points: texts by axes.
        k: at most so many groups.

    >>> import numpy as np
    >>> from scipy.sparse import csr_matrix
    >>> counted = csr_matrix(np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]))
    >>> group, sure = grouped(counted, np.array([[1, 0.1], [1, 0], [0, 1], [0.1, 1]]), 2)
    >>> bool(group[0] == group[1] != group[2] == group[3]), bool(sure.min() > 0.5)
    (True, True)
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 -- loaded when it is needed

    directions, terms = _unit(points), counted.astype(np.float64).tocsr()
    with threadpool_limits(limits=1):
        runs = [_mixed(terms, directions, begun, k) for begun in _begun(directions, k)]
    shares = max(runs, key=lambda run: run[0])[1]
    _, group = np.unique(shares.argmax(axis=1), return_inverse=True)
    return group.astype(np.int64), shares.max(axis=1)


def _mixed(terms: Any, directions: NDArray[Any], begun: NDArray[Any], k: int) -> tuple[float, NDArray[Any]]:
    """How likely the texts are under the mixture that is found from there, and each text's shares in its groups."""
    import numpy as np  # noqa: PLC0415 -- slow import

    shares, likelihood = np.eye(k)[begun], 0.0
    for _ in range(_ROUNDS):
        size = (shares.sum(axis=0) + 1) / (len(directions) + k)
        said = np.asarray(terms.T @ shares).T + _PRIOR
        likely = np.log(size) + _WORDS * np.asarray(terms @ np.log(said / said.sum(axis=1, keepdims=True)).T) + _DIRECTION * directions @ _unit(shares.T @ directions).T
        highest = likely.max(axis=1, keepdims=True)
        powers = np.exp(likely - highest)
        total = powers.sum(axis=1, keepdims=True)
        before, shares, likelihood = shares, powers / total, float((highest + np.log(total)).mean())
        if np.abs(shares - before).mean() < _STILL:
            break
    return likelihood, shares


def _begun(directions: NDArray[Any], k: int) -> Iterator[NDArray[Any]]:
    """Groups to begin with, several times: k-means on an even draw, where each text stands amid its nearest neighbours, so that odd ones pull no group away."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.cluster import KMeans  # noqa: PLC0415 -- loaded when it is needed

    drawn = directions[np.linspace(0, len(directions) - 1, min(_SAMPLE, len(directions))).astype(int)]
    amid = _amid(drawn, min(_NEIGHBOURS, max(1, len(drawn) // (2 * k))))
    parts = min(k, len(np.unique(amid.round(6), axis=0)))
    for seed in range(_STARTS):
        centres = KMeans(parts, n_init=_REPEATS, random_state=seed, max_iter=100).fit(amid).cluster_centers_
        yield np.asarray((directions @ _unit(centres).T).argmax(axis=1))


def _amid(directions: NDArray[Any], neighbours: int) -> NDArray[Any]:
    """The middle of each point's nearest ones, itself among them."""
    import numpy as np  # noqa: PLC0415 -- slow import

    out = np.empty_like(directions)
    for start in range(0, len(directions), 1_000):
        near = directions[start : start + 1_000] @ directions.T
        nearest = np.argpartition(-near, min(neighbours, near.shape[1] - 1), axis=1)[:, :neighbours]
        out[start : start + 1_000] = directions[nearest].mean(axis=1)
    return _unit(out)


def _unit(rows: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415 -- slow import

    return np.asarray(rows / np.clip(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9, None))
