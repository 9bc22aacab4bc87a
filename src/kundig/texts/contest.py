"""A model that a company's own labels have taught, against what reads now: who is right oftener about texts it has not seen?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.texts.classifier import Learnt, learnt

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 150
"""With fewer labelled texts than this a model of one's own is not tried."""
FEWEST_EACH = 10
"""Nor with fewer of any label: two a fold."""
_FOLDS = 5
_DRAWS = 500


@dataclass(frozen=True)
class Contest:
    """How the company's own model did against what reads now, each text judged by a model that had not seen it.

    Attributes:
        seed_accuracy: of what reads now.
        low: lower end of the 95 % interval of the difference in macro-F1 (bootstrap over texts).
    """

    n: int
    own_accuracy: float
    own_macro_f1: float
    seed_accuracy: float
    seed_macro_f1: float
    difference: float
    low: float
    high: float

    @property
    def won(self) -> bool:
        """Whether the own model is better beyond chance."""
        return self.low > 0


def enough(labels: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether so many texts of each label are there that a model can be tried."""
    return len(labels) >= FEWEST and all(labels.count(label) >= FEWEST_EACH for label in wanted)


def contest(texts: Sequence[str], labels: Sequence[str], vectors: NDArray[Any], theirs: Sequence[str], *, embedder: str = "") -> tuple[Learnt, Contest]:
    """The company's own model, and how it did in cross-validation against the labels `theirs` that are given now."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.metrics import accuracy_score, f1_score  # noqa: PLC0415 -- loaded when it is needed
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415 -- loaded when it is needed

    order = np.array(sorted(range(len(texts)), key=lambda at: (texts[at], labels[at])))
    texts, gold, vectors, now = [texts[at] for at in order], np.asarray(labels)[order], vectors[order], np.asarray(theirs)[order]
    own = np.empty(len(gold), dtype=object)
    # Copies of a text stay together, or the model would be asked what it was told.
    groups = np.unique(texts, return_inverse=True)[1]
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    for seen, held in folds.split(gold, gold, groups):
        part = learnt("own", [texts[at] for at in seen], gold[seen], vectors[seen], calibrated=False)
        given = part.predict_proba([texts[at] for at in held], vectors[held])
        own[held] = np.asarray(part.labels)[given.argmax(axis=1)]
    own = own.astype(str)
    known = sorted(set(gold))

    def macro(of: NDArray[Any], rows: Any = slice(None)) -> float:
        return float(f1_score(gold[rows], of[rows], average="macro", labels=known, zero_division=0))

    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(gold), len(gold)) for _ in range(_DRAWS)]
    differences = [macro(own, rows) - macro(now, rows) for rows in draws]
    low, high = np.quantile(differences, [0.025, 0.975])
    found = Contest(
        len(gold), float(accuracy_score(gold, own)), macro(own), float(accuracy_score(gold, now)), macro(now),
        macro(own) - macro(now), float(low), float(high),
    )  # fmt: skip
    return learnt("own", texts, gold, vectors, embedder=embedder), found
