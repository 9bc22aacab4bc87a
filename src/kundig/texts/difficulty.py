"""What makes a sentence hard, as numbers: the traits that the calibrated score of readability is formed from."""

from __future__ import annotations

import re
from functools import lru_cache
from math import log

from kundig.texts.readability import counted, words

_SUBORDINATE = {
    "de": frozenset("dass daß weil wenn obwohl obgleich während nachdem bevor ehe damit sodass falls sofern soweit sobald indem wobei wodurch womit wofür worauf welche welcher welches welchem welchen deren dessen als ob".split()),
    "en": frozenset("that which who whom whose because although though while whereas unless until since whether if provided whereby".split()),
}
_PASSIVE = {
    "de": (re.compile(r"\b(?:wird|werden|wurde|wurden|worden|wirst|werde|würde|würden)\b", re.IGNORECASE), re.compile(r"\b\w*(?:ge\w{2,}(?:t|en)|iert|(?:be|er|ver|zer|ent)\w{2,}(?:t|en))\b")),
    "en": (re.compile(r"\b(?:is|are|was|were|been|be|being)\b", re.IGNORECASE), re.compile(r"\b\w{2,}(?:ed|en)\b")),
}
_NOUN_STYLE = {"de": re.compile(r"(?:ung|ungen|heit|heiten|keit|keiten|tion|tionen|ität|itäten|nis|ismus|schaft)s?$"), "en": re.compile(r"(?:tion|tions|ment|ments|ness|ance|ence|ity|ities)$")}
_PREPOSITIONS = {
    "de": frozenset("in im an am auf aus bei beim mit nach von vom zu zum zur durch für gegen ohne um über unter vor zwischen gemäß laut wegen trotz hinsichtlich bezüglich aufgrund anhand mittels infolge".split()),
    "en": frozenset("in on at by for from of to with under over between regarding concerning pursuant upon within".split()),
}
_ARTICLES = frozenset("der die das den dem des ein eine einen einem einer eines".split())
TRAITS = (
    "words", "log words", "letters per word", "longest word", "syllables per word", "long words", "words of many syllables", "commas", "brackets and dashes", "figures",
    "rarity", "rarest word", "rare words", "share of rare words", "subordinate clauses", "passive", "noun style", "prepositions", "capitals", "genitive and compounds", "letters",
)  # fmt: skip
RARE_ZIPF = 3.0


def traits(sentence: str, language: str = "de", known: frozenset[str] = frozenset()) -> list[float]:
    """The TRAITS of one sentence, in their order; words that are known, in small letters, are not rare."""
    own = words(sentence)
    n = max(len(own), 1)
    of = counted([own], language)
    low = [word.lower() for word in own]
    rarities = [0.0 if word in known else rarity(word, language) for word in low] or [0.0]
    tongue = language if language in _SUBORDINATE else "de"
    rare = sum(value > 7.0 - RARE_ZIPF for value in rarities)
    return [
        float(len(own)), log(n), sum(map(len, own)) / n, float(max(map(len, own), default=0)), of.syllables / n, of.long / n, of.many / n,
        float(sentence.count(",") + sentence.count(";")), float(sum(sentence.count(sign) for sign in "()–:\"„")), float(len(re.findall(r"\d+", sentence))),
        sum(rarities) / n, max(rarities), float(rare), rare / n,
        float(sum(word in _SUBORDINATE[tongue] for word in low)), float(passive(sentence, language)), sum(nominal(word, language) for word in low) / n,
        sum(word in _PREPOSITIONS[tongue] for word in low) / n, sum(word[0].isupper() for word in own) / n, float(sum(word in {"des", "eines", "deren", "dessen", "of"} for word in low) + sum(len(word) >= 14 for word in own)), log(1 + len(sentence)),  # noqa: PLR2004 -- a long compound
    ]  # fmt: skip


@lru_cache(maxsize=200_000)
def rarity(word: str, language: str = "de") -> float:
    """Seven less the Zipf frequency: 0 for the commonest words, 7 for words that were never counted.

    A compound whose two parts are common is as rare as its rarer part and a little more: readers take it apart.
    """
    own = _zipf(word, language)
    if language == "de" and own < RARE_ZIPF and len(word) > 9:  # noqa: PLR2004 -- shorter ones are no compounds
        for cut in range(4, len(word) - 3):
            head, tail = word[:cut], word[cut:]
            for linked in (head, head.removesuffix("s")):
                if len(linked) > 3:  # noqa: PLR2004 -- a word, not a syllable
                    own = max(own, min(_zipf(linked, "de"), _zipf(tail, "de")) - 1.0)
    return 7.0 - min(max(own, 0.0), 7.0)


@lru_cache(maxsize=200_000)
def _zipf(word: str, language: str) -> float:
    from wordfreq import available_languages, zipf_frequency  # noqa: PLC0415 -- slow import

    return float(zipf_frequency(word, language)) if language in available_languages() else 0.0


def passive(sentence: str, language: str = "de") -> bool:
    """Whether a sentence says what is done and not who does it."""
    auxiliary, participle = _PASSIVE.get(language, _PASSIVE["de"])
    return bool(auxiliary.search(sentence) and participle.search(auxiliary.sub("", sentence)))


def nominal(word: str, language: str = "de") -> bool:
    """Whether a word is a verb or an adjective made into a noun."""
    return bool(_NOUN_STYLE.get(language, _NOUN_STYLE["de"]).search(word.lower())) and len(word) > 6  # noqa: PLR2004 -- not `Junge`
