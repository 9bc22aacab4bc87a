"""The calibrated score of readability, as people rated sentences, and what makes a sentence cost its readers effort."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kundig.texts.difficulty import RARE_ZIPF, TRAITS, nominal, passive, rarity, traits
from kundig.texts.readability import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONG_SENTENCE, MANY_COMMAS = 20, 3
HARD = 4.0
"""Of 1 (very easy) to 7 (very complex)."""


@dataclass(frozen=True, eq=False)
class Scale:
    """A ridge regression on TRAITS: what is subtracted, what is divided by, and weights."""

    centre: NDArray[Any]
    spread: NDArray[Any]
    weights: NDArray[Any]
    offset: float

    def of(self, rows: Sequence[Sequence[float]]) -> NDArray[Any]:
        """Complexity from 1 to 7, one a row of traits."""
        import numpy as np  # noqa: PLC0415 -- slow import

        return np.asarray(np.clip((np.asarray(rows, float).reshape(-1, len(TRAITS)) - self.centre) / self.spread @ self.weights + self.offset, 1.0, 7.0))


def fitted(rows: Sequence[Sequence[float]], ratings: Sequence[float]) -> Scale:
    """The scale that people's ratings of sentences give."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.linear_model import RidgeCV  # noqa: PLC0415 -- loaded when it is needed

    x = np.asarray(rows, float)
    centre, spread = x.mean(axis=0), np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    ridge = RidgeCV(np.logspace(-1, 4, 20)).fit((x - centre) / spread, np.asarray(ratings, float))
    return Scale(centre, spread, ridge.coef_, float(ridge.intercept_))


@cache
def scale() -> Scale:
    """The scale that comes with kundig: fitted on German sentences rated by learners of German (`python -m kundig.texts.clarity FILE` makes it)."""
    import numpy as np  # noqa: PLC0415 -- slow import

    stored = json.loads((files("kundig.texts") / "clarity.json").read_text(encoding="utf-8"))
    return Scale(np.asarray(stored["centre"]), np.asarray(stored["spread"]), np.asarray(stored["weights"]), float(stored["offset"]))


def complexity(sentences: Sequence[str], language: str = "de", known: frozenset[str] = frozenset()) -> list[float]:
    """How hard each sentence is, from 1 (very easy) to 7 (very complex), as people rate it.

    The scale was fitted on German; other languages are put on it unproven.

    Args:
        known: words, in small letters, that every reader knows, such as the company's name.

    >>> easy, hard = complexity(["Wir rufen Sie an.", "Die Inanspruchnahme der Mehrleistung setzt voraus, dass eine schriftliche Einverständniserklärung des Vertragsnehmers vorliegt."])
    >>> easy < 2 < 3 < hard
    True
    """
    return [float(value) for value in scale().of([traits(sentence, language, known) for sentence in sentences])] if sentences else []


_KINDS = (("long: ", "lang: "), ("rare words: ", "seltene Wörter: "), ("nested: ", "verschachtelt: "), ("noun style: ", "Hauptwörter statt Verben: "), ("passive", "Passiv"))
_UNITS = ((" words", " Wörter"), (" commas", " Kommas"))


def retold(reason: str, language: str) -> str:
    """Reasons, parted by semicolons, in that language, whichever they were written in.

    >>> retold("long: 24 words; rare words: Entgelt; passive", "de")
    'lang: 24 Wörter; seltene Wörter: Entgelt; Passiv'
    """
    told = []
    for part in reason.split("; "):
        kind = next((pair for pair in _KINDS if part.startswith(pair)), None)
        if kind:
            rest = part.removeprefix(kind[0]) if part.startswith(kind[0]) else part.removeprefix(kind[1])
            unit = next((pair for pair in _UNITS if rest.endswith(pair)), None) if rest[:1].isdigit() else None
            part = kind[language == "de"] + (rest.split(" ")[0] + unit[language == "de"] if unit else rest)  # noqa: PLW2901 -- the part, told
        told.append(part)
    return "; ".join(told)


def reasons(sentence: str, language: str = "de", known: frozenset[str] = frozenset()) -> list[str]:
    """What makes a sentence hard, in words of a few fixed kinds: the first is the gravest."""
    own = words(sentence)
    rare = sorted({word for word in own if word.lower() not in known and rarity(word.lower(), language) > 7.0 - RARE_ZIPF}, key=lambda word: (-rarity(word.lower(), language), word))
    nouns = sorted({word for word in own if nominal(word, language)})
    found = []
    if len(own) > LONG_SENTENCE:
        found.append(f"long: {len(own)} words")
    if rare:
        found.append("rare words: " + ", ".join(rare[:3]))
    if sentence.count(",") >= MANY_COMMAS:
        found.append(f"nested: {sentence.count(',')} commas")
    if len(nouns) > 1:
        found.append("noun style: " + ", ".join(nouns[:3]))
    if passive(sentence, language):
        found.append("passive")
    return found


def main(file: str) -> None:
    """Write `clarity.json` from a gzipped table with the columns Sentence and MOS_Complexity."""
    import csv  # noqa: PLC0415 -- only here
    import gzip  # noqa: PLC0415 -- loaded when it is needed
    from pathlib import Path  # noqa: PLC0415 -- loaded when it is needed

    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = fitted([traits(row["Sentence"]) for row in rows], [float(row["MOS_Complexity"]) for row in rows])
    stored = {name: [round(float(value), 5) for value in getattr(found, name)] for name in ("centre", "spread", "weights")}
    Path(__file__).with_suffix(".json").write_text(json.dumps({**stored, "offset": round(found.offset, 5)}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    import sys

    main(sys.argv[1])
