"""Texts of predictions in another language: the pattern that wrote them is found again, and filled with the same number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kundig.foresight.words import LESS, MISSING, PLAYS, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def in_language(rows: pa.Table, names: Sequence[str], language: str) -> pa.Table:
    """The rows with the texts of those columns in that language, as far as they are there; each text is translated once, however many customers it is told of."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    for name in [name for name in names if name in rows.column_names]:
        texts = rows[name].cast(pa.string()).combine_chunks().dictionary_encode()
        said = pa.array([retold(text, language) for text in texts.dictionary.to_pylist()], pa.string())
        rows = rows.set_column(rows.column_names.index(name), name, said.take(texts.indices))
    return rows


def retold(text: str, language: str) -> str:
    """A reason or what helps against it, in that language, whichever it was written in; any other text as it is.

    >>> retold("0.29 contacts less than alike customers (90 days)", "de")
    '0,29 Kontakte weniger als ähnliche Kunden (90 Tage)'
    >>> retold("unbekannt: Nutzungen in 30 Tagen", "en"), retold("they moved", "de")
    ('unknown: uses in 30 days', 'they moved')
    """
    known = _texts()
    if text in known:
        return known[text][language == "de"]
    for found in NUMBER.finditer(text):
        pattern = known.get(f"{text[: found.start()]}{{}}{text[found.end() :]}")
        if pattern:
            written = found[0].replace(".", ",") if language == "de" else found[0].replace(",", ".")
            return pattern[language == "de"].replace("{}", written)
    return text


@lru_cache(maxsize=1)
def _texts() -> dict[str, tuple[str, str]]:
    """Every pattern, by its English and by its German; `{}` stands for the number."""
    both = list(PLAYS.values())
    for word in WORDS.values():
        both.append((word.en, word.de))
        both.append((MISSING["en"] + word.en.replace("{}", "").strip(), MISSING["de"] + word.de.replace("{}", "").strip()))
        if LESS["en"][0] in word.en.partition("{}")[2]:
            both.append((word.en.replace(*LESS["en"]), word.de.replace(*LESS["de"])))
    return {text: pair for pair in both for text in pair}
