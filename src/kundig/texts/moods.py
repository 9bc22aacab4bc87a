"""Who reads moods: the seed that comes with kundig, or what a company's own ratings and corrections have taught."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kundig.texts.classifier import Learnt, loaded
from kundig.texts.contest import Contest, contest

if TYPE_CHECKING:
    from numpy.typing import NDArray


@cache
def seed(embedder: str = "universal-sentence-encoder") -> Learnt | None:
    """The model that comes with kundig for an embedder: learnt from texts of the project's own, in German and English, on meaning alone.

    None where there is none for that embedder; `seed.making` makes one.
    """
    file = files("kundig.texts.seed") / f"{embedder}.npz"
    return loaded(file.read_bytes()) if file.is_file() else None


def rated(metric: str, score: float) -> str | None:
    """The mood that a rating stands for: of NPS 0 to 6, 7 and 8, 9 and 10; of five the two ends; of seven likewise.

    >>> rated("nps", 6), rated("csat", 3), rated("ces", 7), rated("speed", 3)
    ('negative', 'neutral', 'positive', None)
    """
    ends = {"nps": (6, 9), "enps": (6, 9), "csat": (2, 4), "stars": (2, 4), "ces": (3, 5)}.get(metric)
    if ends is None:
        return None
    return "negative" if score <= ends[0] else "positive" if score >= ends[1] else "neutral"


def taught(texts: Sequence[str], moods: Sequence[str], vectors: NDArray[Any], *, against: Any, embedder: str = "") -> tuple[Learnt, Contest]:
    """The company's own model, and how it did against the one in use in cross-validation."""
    import numpy as np  # noqa: PLC0415 -- slow import

    theirs = np.asarray(against.labels)[against.predict_proba(texts, vectors).argmax(axis=1)]
    return contest(texts, moods, vectors, list(theirs), embedder=embedder)
