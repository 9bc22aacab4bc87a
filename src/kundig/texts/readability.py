"""How hard a sentence or a text is to read: three formulas that people know, and what they are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kundig.texts.normal import sentences

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_VOWELS = {"de": re.compile(r"(?:aa|ee|oo|ie|ai|ay|ei|ey|au|äu|eu|oi|qu(?=[aeiouäöü])|[aeiouyäöüéèàáíóúâêôîœæ])"), "en": re.compile(r"[aeiouy]+")}
# Endings and words whose vowels stand together without being one sound.
_APART = {"de": re.compile(r"(?:ien\b|ient|iell|ium|ie(?=(?:r|n)t\b)|iös|[aeo]ist\b|eum|uell|eur(?=ig))"), "en": re.compile(r"(?:[^aeiou]ia[nltc]|eo[^u]|ism\b|[^cs]ious|ity\b.{9})")}
_EXCEPTIONS = {"de": {"familie": 4, "familien": 4, "linie": 3, "linien": 3, "ferien": 3, "studie": 3, "studien": 3, "aktie": 3, "aktien": 3, "serie": 3, "idee": 2, "ideen": 3, "museum": 3, "radio": 3, "video": 3, "europäisch": 4},
               "en": {"business": 2, "people": 2, "every": 2, "something": 2, "area": 3, "idea": 3, "being": 2, "create": 2, "science": 2}}  # fmt: skip
_SILENT = re.compile(r"(?:[^laeiouy]es|[^tdaeiouy]ed|[^laeiouy]e)$")
LONG_LETTERS, MANY_SYLLABLES = 6, 3


@lru_cache(maxsize=100_000)
def syllables(word: str, language: str = "de") -> int:
    """How many syllables a word has, by the sounds of its vowels.

    >>> [syllables(word) for word in ("Haus", "Verspätung", "Familie", "Information", "Bereitstellungsentgelt")]
    [1, 3, 4, 5, 6]
    >>> [syllables(word, "en") for word in ("delayed", "house", "customer", "little")]
    [2, 1, 3, 2]
    """
    low = word.lower().replace("’", "'")
    tongue = language if language in _VOWELS else "de"
    if low in _EXCEPTIONS[tongue]:
        return _EXCEPTIONS[tongue][low]
    count = len(_VOWELS[tongue].findall(low))
    if tongue == "de":
        count += len(_APART["de"].findall(low))
    elif count > 1 and _SILENT.search(low):
        count -= 1
    return max(count, 1)


@dataclass(frozen=True)
class Counts:
    """What readability formulas count.

    Attributes:
        long: words of more than six letters.
        many: words of three syllables and more.
        single: words of one syllable.
    """

    sentences: int
    words: int
    syllables: int
    long: int
    many: int
    single: int


def words(text: str) -> list[str]:
    """The words of a text, without numbers and signs."""
    return _WORD.findall(text)


def counts(text: str, language: str = "de") -> Counts:
    """What the formulas count in a cleaned text."""
    return counted([words(sentence) for sentence in sentences(text)], language)


def counted(by_sentence: list[list[str]], language: str) -> Counts:
    """What the formulas count in sentences that are lists of words; sentences without words do not count."""
    own = [sentence for sentence in by_sentence if sentence]
    flat = [word for sentence in own for word in sentence]
    beats = [syllables(word, language) for word in flat]
    return Counts(
        len(own), len(flat), sum(beats),
        sum(len(word) > LONG_LETTERS for word in flat), sum(beat >= MANY_SYLLABLES for beat in beats), sum(beat == 1 for beat in beats),
    )  # fmt: skip


def flesch(of: Counts, language: str = "de") -> float | None:
    """Reading ease: about 0 is very hard, 100 very easy. For German after Amstad (1978), otherwise Flesch (1948).

    >>> flesch(Counts(sentences=2, words=20, syllables=30, long=4, many=2, single=10))
    82.25
    """
    if not of.words:
        return None
    length, beats = of.words / of.sentences, of.syllables / of.words
    return 180 - length - 58.5 * beats if language == "de" else 206.835 - 1.015 * length - 84.6 * beats


def wiener(of: Counts) -> float | None:
    """The first Wiener Sachtextformel (Bamberger and Vanecek 1984): about the school grade, 4 very easy, 15 very hard.

    >>> round(wiener(Counts(sentences=2, words=20, syllables=30, long=4, many=2, single=10)), 3)
    3.691
    """
    if not of.words:
        return None
    share = 100 / of.words
    return 0.1935 * of.many * share + 0.1672 * of.words / of.sentences + 0.1297 * of.long * share - 0.0327 * of.single * share - 0.875


def lix(of: Counts) -> float | None:
    """LIX (Björnsson 1968): words per sentence and the percentage of long words; under 40 easy, over 60 very hard.

    >>> lix(Counts(sentences=2, words=20, syllables=30, long=4, many=2, single=10))
    30.0
    """
    return of.words / of.sentences + 100 * of.long / of.words if of.words else None
