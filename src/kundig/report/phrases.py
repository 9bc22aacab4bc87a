"""What a reader reads, in every language the product speaks.

A phrase holds all its languages in one place, so that none can be missing: leaving one out is a type error. Sentences
stand in the file that uses them; what several files say stands in `words.py`.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")


class Phrase(NamedTuple):
    """A text in English and German; `{name}` is filled in when it is said.

    >>> Phrase("{n} answers", "{n} Antworten").said("de", n="12")
    '12 Antworten'
    """

    en: str
    de: str

    def said(self, language: Language, **values: Any) -> str:
        """The text in a language, filled in."""
        text = self.de if language == "de" else self.en
        return text.format(**values) if values else text


class Counted(NamedTuple):
    """A phrase that differs for one and for several.

    >>> answers = Counted(Phrase("{n} answer", "{n} Antwort"), Phrase("{n} answers", "{n} Antworten"))
    >>> answers.said("en", 1, n="1"), answers.said("de", 0, n="0")
    ('1 answer', '0 Antworten')
    """

    one: Phrase
    several: Phrase

    def said(self, language: Language, count: float, **values: Any) -> str:
        """The text that fits the count."""
        return (self.one if count == 1 else self.several).said(language, **values)
