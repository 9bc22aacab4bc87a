"""Copies of a text, also those in which a word or two were changed: a campaign is one thought said many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RUN, _FEWEST_WORDS = 2, 8
_BANDS, _ROWS = 20, 4
ALIKE = 0.65
"""Of the pairs of neighbouring words that two texts have, the share that both have: from here on one is a copy of the other."""
_PRIME = (1 << 31) - 1


def originals(gists: Sequence[str]) -> list[str]:
    """For each gist that of the text whose copy it is: its own, or the first (by letters) of those that are nearly the same.

    Pairs of neighbouring words are compared by MinHash (Broder 1997) in bands, so that the work grows with the number of texts
    and not with that of pairs. Of fewer than eight words only equal ones are copies.

    >>> one = "bitte unterschreibt alle die petition gegen die neuen preise von nord"
    >>> originals([one, one + " und für euch", "mein paket kam heute leider schon wieder viel zu spät an"])[1] == one
    True
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    known = sorted(set(gists))
    long = [at for at, gist in enumerate(known) if gist.count(" ") >= _FEWEST_WORDS - 1]
    head = list(range(len(known)))
    if len(long) > 1:
        signatures = _signatures([known[at] for at in long])
        for band in range(_BANDS):
            part = np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS])
            _, bucket = np.unique(part.view([("", part.dtype)] * _ROWS).ravel(), return_inverse=True)
            order = np.argsort(bucket, kind="stable")
            starts = np.flatnonzero(np.diff(bucket[order], prepend=-1))
            first = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
            alike = (signatures[order] == signatures[first]).mean(axis=1) >= ALIKE
            for one, other in zip(order[alike & (order != first)].tolist(), first[alike & (order != first)].tolist(), strict=True):
                a, b = _root(head, long[one]), _root(head, long[other])
                head[max(a, b)] = min(a, b)
    of = {gist: known[_root(head, at)] for at, gist in enumerate(known)}
    return [of[gist] for gist in gists]


def _root(head: list[int], at: int) -> int:
    while head[at] != at:
        head[at] = head[head[at]]
        at = head[at]
    return at


def _signatures(texts: Sequence[str]) -> NDArray[Any]:
    """A row a text: for each of many orders the first of its pairs of words."""
    import numpy as np  # noqa: PLC0415 -- slow import

    runs, lengths = [], []
    for text in texts:
        words = text.split()
        own = {crc32(" ".join(words[at : at + _RUN]).encode()) % _PRIME for at in range(len(words) - _RUN + 1)}
        runs += sorted(own)
        lengths.append(len(own))
    values = np.array(runs, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    rng = np.random.default_rng(0)
    out = np.empty((len(texts), _BANDS * _ROWS), dtype=np.int64)
    for column, (a, b) in enumerate(zip(rng.integers(1, _PRIME, out.shape[1]), rng.integers(0, _PRIME, out.shape[1]), strict=True)):
        # Both are below 2 ** 31, so their product fits.
        out[:, column] = np.minimum.reduceat((a * values + b) % _PRIME, starts)
    return out
