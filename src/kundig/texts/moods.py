"""Who reads moods: the seed that comes with kundig, or what a company's own ratings and corrections have taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kundig.texts.classifier import Learnt, learnt, loaded
from kundig.texts.readings import MOODS

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 150
"""With fewer rated texts than this a company's own model is not tried."""
_FOLDS = 5
_DRAWS = 500


@cache
def seed() -> Learnt:
    """The model that comes with kundig: learnt from texts of the project's own, in German and English, on meaning alone."""
    return loaded((files("kundig.texts.seed") / "moods.npz").read_bytes())


def rated(metric: str, score: float) -> str | None:
    """The mood that a rating stands for: of NPS 0 to 6, 7 and 8, 9 and 10; of five the two ends; of seven likewise.

    >>> rated("nps", 6), rated("csat", 3), rated("ces", 7), rated("speed", 3)
    ('negative', 'neutral', 'positive', None)
    """
    ends = {"nps": (6, 9), "enps": (6, 9), "csat": (2, 4), "stars": (2, 4), "ces": (3, 5)}.get(metric)
    if ends is None:
        return None
    return "negative" if score <= ends[0] else "positive" if score >= ends[1] else "neutral"


@dataclass(frozen=True)
class Contest:
    """How the company's own model did against the seed, each text judged by a model that had not seen it.

    Attributes:
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


def taught(texts: Sequence[str], moods: Sequence[str], vectors: NDArray[Any], *, embedder: str = "", against: Any = None) -> tuple[Learnt, Contest]:
    """The company's own model, and how it did against the one in use (by default the seed) in cross-validation."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.metrics import accuracy_score, f1_score  # noqa: PLC0415
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415

    order = np.array(sorted(range(len(texts)), key=lambda at: (texts[at], moods[at])))
    texts, gold, vectors = [texts[at] for at in order], np.asarray(moods)[order], vectors[order]
    other = against or seed()
    theirs = np.asarray(other.labels)[other.predict_proba(texts, vectors).argmax(axis=1)]
    own = np.empty(len(gold), dtype=object)
    # Copies of a text stay together, or the model would be asked what it was told.
    groups = np.unique(texts, return_inverse=True)[1]
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    for seen, held in folds.split(gold, gold, groups):
        part = learnt("own", [texts[at] for at in seen], gold[seen], vectors[seen], calibrated=False)
        given = part.predict_proba([texts[at] for at in held], vectors[held])
        own[held] = np.asarray(part.labels)[given.argmax(axis=1)]
    own = own.astype(str)
    labels = sorted(set(gold))

    def macro(of: NDArray[Any], rows: Any = slice(None)) -> float:
        return float(f1_score(gold[rows], of[rows], average="macro", labels=labels, zero_division=0))

    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(gold), len(gold)) for _ in range(_DRAWS)]
    differences = [macro(own, rows) - macro(theirs, rows) for rows in draws]
    low, high = np.quantile(differences, [0.025, 0.975])
    contest = Contest(
        len(gold), float(accuracy_score(gold, own)), macro(own), float(accuracy_score(gold, theirs)), macro(theirs),
        macro(own) - macro(theirs), float(low), float(high),
    )  # fmt: skip
    return learnt("own", texts, gold, vectors, embedder=embedder), contest


__all__ = ["FEWEST", "MOODS", "Contest", "rated", "seed", "taught"]
