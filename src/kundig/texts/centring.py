"""Vectors from a middle: as most models give them they all point nearly one way, and any two texts seem alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EACH = 15
"""So many texts of each mood and language say where a model's middle is."""


def centred(vectors: NDArray[Any], middle: NDArray[Any]) -> NDArray[Any]:
    """The directions of vectors as seen from a middle, each of length one."""
    import numpy as np  # noqa: PLC0415 -- slow import

    apart = vectors - middle
    return np.asarray(apart / np.clip(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6, None), dtype=np.float32)


def unit(vectors: NDArray[Any]) -> NDArray[Any]:
    """Vectors of length one."""
    return centred(vectors, 0 * vectors[:1])


def middle(encode: Callable[[Sequence[str]], NDArray[Any]]) -> NDArray[Any]:
    """Where a model's vectors lie on average: the mean of some of kundig's own texts, German and English, of every mood.

    Whatever counts texts as alike from one cosine on (pinned themes do) works with any model this way.
    """
    from kundig.texts.normal import bare, cleaned  # noqa: PLC0415 -- with the seed
    from kundig.texts.seed.grammar import texts  # noqa: PLC0415 -- seldom

    mean: NDArray[Any] = encode([bare(cleaned(text)) for text, _, _ in texts(_EACH)]).mean(axis=0)
    return mean
