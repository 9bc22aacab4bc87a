"""Texts of predictions in another language: the pattern that wrote them is found again, and filled with the same number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kundig.foresight.words import LESS, PLAYS, WORDS, told, unknown

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
    if (text, False) in known:
        return known[text, False][language == "de"]
    for found in NUMBER.finditer(text):
        pattern = known.get((f"{text[: found.start()]}{{}}{text[found.end() :]}", found[0] == "1"))
        if pattern:
            written = found[0].replace(".", ",") if language == "de" else found[0].replace(",", ".")
            return pattern[language == "de"].replace("{}", written)
    return text


@lru_cache(maxsize=1)
def _texts() -> dict[tuple[str, bool], tuple[str, str]]:
    """Every pattern, by its English and by its German, and by whether it stands beside 1; `{}` stands for the number."""
    both = [(pair, False) for pair in PLAYS.values()]
    for signal in WORDS:
        for one in (False, True):
            en, de = told(signal, "en", one=one), told(signal, "de", one=one)
            both.append(((en, de), one))
            if LESS["en"][0] in en.partition("{}")[2]:
                both.append(((en.replace(*LESS["en"]), de.replace(*LESS["de"])), one))
        both.append(((unknown(signal, "en"), unknown(signal, "de")), False))
    return {(text, one): pair for pair, one in both for text in pair}
