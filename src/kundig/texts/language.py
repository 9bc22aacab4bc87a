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
_KNOWN = 0.3
"""A text of which fewer words than this are known in any of the languages is in none of them."""
_MANY = 6
_UNSEEN = 1e-8
_MOST_LETTERS = 1_000
_LETTERS_WEIGHT = 0.5


class Tongue(NamedTuple):
    """A language by its ISO 639-1 code, or None, and the probability that it is the one."""

    code: str | None
    confidence: float


def language(text: str, among: Sequence[str] = ("de", "en"), hint: str | None = None) -> Tongue:
    """The language of a cleaned text among the company's.

    Two witnesses are heard: `py3langid`'s naive Bayes on letter sequences, and the frequencies of the words in each
    language (`wordfreq`). A text of less than two words, or one whose words belong to none of the languages, takes
    `hint`, such as the language of its sender, with no confidence in it.

    >>> language("Wo bleibt mein Paket?").code, language("Where is my parcel?").code, language("👍").code
    ('de', 'en', None)
    """
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text[:_MOST_LETTERS])]
    if len(words) < _FEWEST_WORDS or not among:
        return Tongue(hint, 0.0)
    letters = _letters(text[:_MOST_LETTERS], tuple(among))
    known = {code: sum(_frequency(word, code) > 0 for word in words) / len(words) for code in among if code in _counted()}
    if known and len(words) >= _MANY and max(known.values()) < _KNOWN:
        return Tongue(hint, 0.0)
    scores = {code: _LETTERS_WEIGHT * letters[code] + sum(log(max(_frequency(word, code), _UNSEEN)) for word in words) * (code in _counted()) for code in among}
    if any(code not in _counted() for code in among):
        scores = letters
    best = max(scores, key=lambda code: scores[code])
    return Tongue(best, 1 / sum(exp(max(score - scores[best], -700.0)) for score in scores.values()))


@cache
def _identifier(among: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 -- slow import

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
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
