"""Chance that can be repeated: a stream of numbers of its own for every purpose, derived from the seed by name.

What is drawn for one purpose never shifts what is drawn for another, so that a silo can change alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.object_]


def stream(seed: int, purpose: str, block: int = 0) -> np.random.Generator:
    """The stream for a purpose in a block of customers."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), block]))


def texts(values: Sequence[str]) -> Texts:
    """Texts as an array of objects."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def pick(rng: np.random.Generator, values: Sequence[str], n: int, weights: Sequence[float] | None = None) -> Texts:
    """So many of the values, drawn with their weights."""
    p = None if weights is None else np.asarray(weights) / np.sum(weights)
    return texts(values)[rng.choice(len(values), n, p=p)]


def sigmoid(x: NDArray[Any]) -> NDArray[Any]:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-x)))


def either(which: Any, one: Any, other: Any = None) -> Texts:
    """One value or text where `which`, the other elsewhere; None is an empty cell."""
    return np.where(which, np.asarray(one, dtype=object), np.asarray(other, dtype=object))
