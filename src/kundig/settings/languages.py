"""Texts for people in the languages that kundig speaks."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from kundig.errors import nearest

LANGUAGES = ("de", "en")


def _worded(value: Any) -> Any:
    return dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value


def _known(texts: dict[str, str]) -> dict[str, str]:
    for language in texts:
        if language not in LANGUAGES:
            raise ValueError(f"found the language {language!r}; {nearest(language, LANGUAGES)}")
    if not texts or not all(text.strip() for text in texts.values()):
        raise ValueError("expected a text, found none")
    return texts


Worded = Annotated[dict[str, str], BeforeValidator(_worded), AfterValidator(_known)]
"""A text for everybody, or one for each language: `{de: …, en: …}`."""


def said(texts: dict[str, str], language: str) -> str:
    """The text in a language, or in the other one where it is missing.

    >>> said({"en": "Thank you"}, "de")
    'Thank you'
    """
    return texts.get(language) or next(iter(texts.values()))
