"""What people write: a phrase grammar with themes, moods and two languages.

A text is an opening, one or two facts of its theme, a detail with a number or a time in it, and a closing. Each part
is drawn by itself, so that a theme gives some hundred thousand texts and hardly any comes twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundig.demo.chance import Texts, texts
from kundig.demo.period import Days
from kundig.demo.phrases import CLOSINGS, DETAILS, FACTS, OPENINGS, THEMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

GOOD, BAD = 1, 0


def written(rng: np.random.Generator, themes: Texts, good: NDArray[Any], english: NDArray[Any]) -> Texts:
    """A text for each row.

    Args:
        themes: what it is about, of THEMES.
        good: GOOD or BAD, the mood.
        english: 1 where it is English, 0 where it is German.
    """
    n = len(themes)
    codes = np.searchsorted(THEMES, themes.astype("U"))
    group = (codes * 2 + good.astype(np.int64)) * 2 + english.astype(np.int64)
    mood = good.astype(np.int64) * 2 + english.astype(np.int64)
    fact = _drawn(rng, FACTS, group)
    second = _drawn(rng, FACTS, group)
    detail = _drawn(rng, DETAILS, mood)
    amount = pa.array(rng.integers(2, 60, n).astype("U").astype(object), pa.string())
    detail = _slotted(detail, amount)
    twice = pa.array((rng.random(n) < 0.45) & (np.asarray(fact) != np.asarray(second)))
    more = pc.if_else(twice, pc.binary_join_element_wise(" ", second, ""), "")
    opening = pc.if_else(pa.array(rng.random(n) < 0.7), pc.binary_join_element_wise(_drawn(rng, OPENINGS, mood), " ", ""), "")
    told = pc.if_else(pa.array(rng.random(n) < 0.75), pc.binary_join_element_wise(" ", detail, ""), "")
    closing = pc.if_else(pa.array(rng.random(n) < 0.7), pc.binary_join_element_wise(" ", _drawn(rng, CLOSINGS, mood), ""), "")
    whole = pc.binary_join_element_wise(opening, fact, more, told, closing, "")
    return np.asarray(whole.to_numpy(zero_copy_only=False), dtype=object)


def _slotted(details: pa.Array, amounts: pa.Array) -> pa.Array:
    """The details with their number where # stands."""
    around = pc.split_pattern(details, "#")
    return pc.binary_join_element_wise(pc.list_element(around, 0), amounts, pc.list_element(around, 1), "")


def _drawn(rng: np.random.Generator, groups: list[tuple[str, ...]], group: Days) -> pa.Array:
    """One phrase of the group of each row."""
    sizes = np.array([len(phrases) for phrases in groups])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    flat = texts([phrase for phrases in groups for phrase in phrases])
    index = starts[group] + (rng.random(len(group)) * sizes[group]).astype(np.int64)
    return pa.array(flat[index], pa.string())
