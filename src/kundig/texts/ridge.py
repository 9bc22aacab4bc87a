"""Learning labels from hundreds of texts: words, letters and meaning in one kernel, solved at once.

Two texts are alike by the words they share, by the runs of letters they share, and by a Gaussian of how far apart they mean.
Regularised least squares on the sum of these (kernel ridge regression) has what each text would have been given had it not
been seen, without fitting again (the leave-one-out identity). So how much to smooth, and what scores are worth as
probabilities, is decided on texts that the model had not seen, at no cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 6_000
"""Of more labelled texts the kernel would not fit a small machine; other parts learn from all of them."""
WIDTH = 0.7
_TEXT, _MEANING = 0.5, 2.0
_SMOOTHINGS = (1.0, 2.0, 4.0)
_OFTEN = 0.1
_LEAST = 0.05
"""A text with less of a chance is not taken for one of a label, however few have it."""


@dataclass(frozen=True, eq=False)
class Solved:
    """What was solved: weights of buckets, weights of landmarks, offset; what turns scores into probabilities, a row a score and one more;
    and of two labels the probability from which on the second is found best.
    """

    words: NDArray[Any]
    meaning: NDArray[Any]
    offset: NDArray[Any]
    worth: NDArray[Any]
    edge: float = 0.5


def solved(rows: Any, points: NDArray[Any], label: NDArray[Any], k: int) -> Solved:
    """Weights that give each label's score.

    Args:
        rows: texts by buckets, weighted, sparse.
        points: meaning of the texts, centred and scaled; they are the landmarks.
        label: number of each text's label.
        k: how many labels.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.linalg import lapack  # noqa: PLC0415 -- loaded when it is needed

    n = len(label)
    alike = _TEXT * _products(rows) + _MEANING * gaussian(points, points, WIDTH)
    wanted = np.eye(k, dtype=np.float32)[label]
    mean = wanted.mean(axis=0)
    tried: list[tuple[float, NDArray[Any], NDArray[Any], NDArray[Any]]] = []
    for smoothing in _SMOOTHINGS:
        matrix = np.array(alike, dtype=np.float32, order="F")
        matrix.flat[:: n + 1] += smoothing
        factor, _ = lapack.spotrf(matrix, lower=1, overwrite_a=1)
        inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
        half = np.tril(inverse)
        weights = half @ (wanted - mean) + np.tril(inverse, -1).T @ (wanted - mean)
        unseen = wanted - weights / np.diag(inverse)[:, None]
        worth, loss = _worth(unseen, label, k)
        tried.append((loss, weights, worth, unseen))
    _, weights, worth, unseen = min(tried, key=lambda one: one[0])
    return Solved(np.asarray(_TEXT * (rows.T @ weights), dtype=np.float32), np.asarray(_MEANING * weights, dtype=np.float32), mean, worth, _edge(weighed(unseen, worth), label) if k == 2 else 0.5)  # noqa: PLR2004 -- one label and the other


def gaussian(points: NDArray[Any], others: NDArray[Any], width: float) -> NDArray[Any]:
    """One where two mean the same, nothing where they are far apart."""
    import numpy as np  # noqa: PLC0415 -- slow import

    apart = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * points @ others.T
    return np.asarray(np.exp(-width * np.clip(apart, 0, None)))


def weighed(scores: NDArray[Any], worth: NDArray[Any]) -> NDArray[Any]:
    """Scores as what `softmax` makes probabilities of."""
    import numpy as np  # noqa: PLC0415 -- slow import

    return np.asarray(scores @ worth[:-1] + worth[-1])


def _products(rows: Any) -> NDArray[Any]:
    """Inner products of all pairs. What stands in many texts is multiplied as a dense block, which is many times as quick."""
    import numpy as np  # noqa: PLC0415 -- slow import

    rows = rows.tocsc()
    often = np.diff(rows.indptr) > max(_OFTEN * rows.shape[0], 1)
    dense, rare = rows[:, often].toarray(), rows[:, ~often].tocsr()
    return np.asarray((rare @ rare.T).toarray() + dense @ dense.T, dtype=np.float32)


def _worth(scores: NDArray[Any], label: NDArray[Any], k: int) -> tuple[NDArray[Any], float]:
    """What scores of texts that were not seen are worth, by multinomial logistic regression, and the loss that is left."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- loaded when it is needed

    fitted = LogisticRegression(max_iter=500).fit(scores, label)
    worth = np.vstack([fitted.coef_.T, fitted.intercept_])
    if k == 2:  # noqa: PLR2004 -- one column then, of the second label against the first
        worth = np.hstack([np.zeros_like(worth), worth])
    logs = fitted.predict_log_proba(scores)
    return np.asarray(worth, dtype=np.float32), float(-logs[np.arange(len(label)), label].mean())


def _edge(powers: NDArray[Any], label: NDArray[Any]) -> float:
    """The probability of the second label from which on it is found with the highest F1 among texts that were not seen; an even chance at most."""
    import numpy as np  # noqa: PLC0415 -- slow import

    chance = 1 / (1 + np.exp(np.clip(powers[:, 0] - powers[:, 1], -50, 50)))
    order = np.argsort(-chance, kind="stable")
    hits, found = np.cumsum(label[order]), np.arange(1, len(label) + 1)
    # Between two that are equally probable there is no edge.
    last = np.append(np.diff(chance[order]) < 0, True)
    score = np.where(last, 2 * hits / (found + label.sum()), -1)
    return float(np.clip(chance[order][int(score.argmax())], _LEAST, 0.5))
