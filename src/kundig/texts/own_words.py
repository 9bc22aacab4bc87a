"""Customers' own words for the company's: nearest in meaning, and said in like surroundings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALIKE = 0.3
PROPOSED = 3
_CANDIDATES, _NEAREST, _SENTENCES, _ENOUGH = 1_500, 12, 3, 50
_COMMON = 4.5
"""A word of this Zipf frequency and more stands for nothing of its own."""
_CONTEXT = 0.3
"""How much surroundings weigh beside meaning."""


def own_words(ours: Sequence[str], theirs: Sequence[str], sent: Sequence[str], said: Sequence[str], language: str) -> list[list[str]]:
    """For each of the company's words the customers' words that are most like it, up to three, the likeliest first; none where nothing is near.

    Likeness is that of the words' vectors, from the middle of all of the customers' words, and for the nearest few that
    of the sentences in which they stand, with the word itself left out. It is little: of 36 German words of
    administration, the customers' word is the first of one in four and among three of two in five (`kundig evaluate`, `pairs`).

    Args:
        theirs: customers' words, the most frequent first.
        sent: texts of the company, to find surroundings in.
        said: texts of customers, likewise.
    """
    from wordfreq import zipf_frequency  # noqa: PLC0415 -- slow import

    from kundig.texts.encoder import UniversalEncoder  # noqa: PLC0415 -- loaded when it is needed

    # Customers write in other languages too: a word that is commoner there is no word for one of ours.
    others = [code for code in ("de", "en") if code != language]
    known = [
        word for word in theirs
        if zipf_frequency(word, language) < _COMMON and (language != "de" or word[0].isupper()) and all(zipf_frequency(word, code) <= zipf_frequency(word, language) for code in others)
    ][:_CANDIDATES]  # fmt: skip
    if not ours or not known:
        return [[] for _ in ours]
    encoder = UniversalEncoder()
    plain, aside = near(encoder.encode(ours), encoder.encode(known))
    nearest = [sorted(range(len(known)), key=lambda at: (-round(float(row[at]), 6), known[at]))[:_NEAREST] for row in aside]
    around = {
        "ours": _surroundings(ours, sent, encoder),
        "theirs": _surroundings(sorted({known[at] for few in nearest for at in few}), said, encoder),
    }
    found = []
    for word, row, sure, few in zip(ours, aside, plain, nearest, strict=True):
        scored = [(-round(_likeness(float(row[at]), around["ours"].get(word), around["theirs"].get(known[at])), 6), known[at]) for at in few if sure[at] >= ALIKE]
        found.append([name for _, name in sorted(scored)[:PROPOSED]])
    return found


def near(ours: NDArray[Any], theirs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cosines as they are, which say whether anything is near, and from the middle of all of theirs, which say what is nearest: a few words lie near to all."""
    import numpy as np  # noqa: PLC0415 -- slow import

    middle = theirs.mean(axis=0) if len(theirs) >= _ENOUGH else np.zeros(theirs.shape[1], dtype=theirs.dtype)
    ours_aside, theirs_aside = (part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-6) for part in (ours - middle, theirs - middle))
    return np.asarray(ours @ theirs.T), np.asarray(ours_aside @ theirs_aside.T)


def _likeness(meaning: float, ours: NDArray[Any] | None, theirs: NDArray[Any] | None) -> float:
    """Of the words and of their surroundings; a word whose surroundings are not known has nothing to show for them, or it would win by that."""
    if ours is None:
        return meaning
    return (1 - _CONTEXT) * meaning + (_CONTEXT * float(ours @ theirs) if theirs is not None else 0.0)


def _surroundings(wanted: Sequence[str], texts: Sequence[str], encoder: Any) -> dict[str, NDArray[Any]]:
    """For each word that stands in a text the mean vector of some sentences around it."""
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.texts.normal import bare, cleaned, sentences  # noqa: PLC0415 -- loaded when it is needed

    left = dict.fromkeys((word.lower() for word in wanted), _SENTENCES)
    owners: list[str] = []
    rest: list[str] = []
    for text in texts:
        if not left:
            break
        for sentence in sentences(bare(cleaned(text))):
            for word in {one.lower() for one in re.findall(r"[^\W\d_]+", sentence)} & left.keys():
                owners.append(word)
                rest.append(re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", sentence, flags=re.IGNORECASE))
                left[word] -= 1
                if not left[word]:
                    del left[word]
    vectors = encoder.encode(rest)
    found: dict[str, NDArray[Any]] = {}
    for word in wanted:
        own = [at for at, owner in enumerate(owners) if owner == word.lower()]
        if own:
            mean = vectors[own].mean(axis=0)
            found[word] = mean / max(float(np.linalg.norm(mean)), 1e-6)
    return found
