"""In which of the company's languages a text is: letters and words asked together, and silence where neither knows."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import exp, log
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FEWEST_WORDS = 2
_SURE = 0.95
"""A single word tells its language only if it is this sure."""
_KNOWN = 0.3
"""A text of which fewer words than this are known in any of the languages is in none of them."""
_MANY = 6
_UNSEEN = 1e-8
_RARE = -9.5
"""A mean logarithm of frequencies below this is seldom in a language's own texts."""
_MOST_LETTERS = 1_000
_LETTERS_WEIGHT = 0.5


class Tongue(NamedTuple):
    """A language by its ISO 639-1 code, or None, and the probability that it is the one."""

    code: str | None
    confidence: float


def language(text: str, among: Sequence[str] = ("de", "en"), hint: str | None = None) -> Tongue:
    """The language of a cleaned text among the company's.

    Two witnesses are heard: `py3langid`'s naive Bayes on letter sequences, and the frequencies of the words in each
    language (`wordfreq`). A text without words, a single word that
    could be several languages', or words that belong to none of the languages take `hint`, such as the language of its sender, with no confidence in it.

    >>> language("Wo bleibt mein Paket?").code, language("Where is my parcel?").code, language("👍").code
    ('de', 'en', None)
    """
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text[:_MOST_LETTERS])]
    if not words or not among:
        return Tongue(hint, 0.0)
    letters = _letters(text[:_MOST_LETTERS], tuple(among))
    known = {code: sum(_frequency(word, code) > 0 for word in words) / len(words) for code in among if code in _counted()}
    if known and len(words) >= _MANY and max(known.values()) < _KNOWN:
        return Tongue(hint, 0.0)
    scores = {code: _LETTERS_WEIGHT * letters[code] + sum(log(max(_frequency(word, code), _UNSEEN)) for word in words) * (code in _counted()) for code in among}
    if any(code not in _counted() for code in among):
        scores = letters
    best = max(scores, key=lambda code: scores[code])
    if len(words) >= _MANY and best in _counted() and _foreign(text, words, best, among):
        return Tongue(hint, 0.0)
    confidence = 1 / sum(exp(max(score - scores[best], -700.0)) for score in scores.values())
    if len(words) < _FEWEST_WORDS and (confidence < _SURE or not known.get(best)):
        return Tongue(hint, 0.0)
    return Tongue(best, confidence)


def _foreign(text: str, words: Sequence[str], best: str, among: Sequence[str]) -> bool:
    """Whether letters and words agree that the text is in a language that is none of the company's.

    Asked only where the words are rare ones in the best of the company's languages.
    """
    own = sum(log(max(_frequency(word, best), _UNSEEN)) for word in words) / len(words)
    if own > _RARE:
        return False
    other = _identifier(())
    code = str(other.classify(text[:_MOST_LETTERS])[0])
    if code in among or code not in _counted():
        return False
    return sum(log(max(_frequency(word, code), _UNSEEN)) for word in words) / len(words) > own + 1.0


@cache
def _identifier(among: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 -- slow import

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    if among:
        found.set_languages(list(among))
    return found


def _letters(text: str, among: tuple[str, ...]) -> dict[str, float]:
    """The log-likelihood of each language by sequences of letters."""
    return {code: float(score) for code, score in _identifier(among).rank(text)}


@cache
def _counted() -> frozenset[str]:
    """Languages whose words were counted."""
    from wordfreq import available_languages  # noqa: PLC0415 -- slow import

    return frozenset(available_languages())


@lru_cache(maxsize=200_000)
def _frequency(word: str, code: str) -> float:
    from wordfreq import get_frequency_dict  # noqa: PLC0415 -- slow import

    return float(get_frequency_dict(code).get(word, 0.0))
