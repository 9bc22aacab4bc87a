"""Texts with variables, in German and English: what a task, a message or a letter says to one person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from kundig.errors import nearest
from kundig.settings.languages import LANGUAGES

VARIABLES = ("customer", "title", "given_name", "family_name", "name", "company", "city", "segment", "cause", "key", "day", "playbook")
"""What a text may name: fields of the golden record, and what set the playbook off."""
_NAMED = re.compile(r"\{([^{}]*)\}")


def _worded(value: Any) -> Any:
    return dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value


def _known(texts: dict[str, str]) -> dict[str, str]:
    for language, text in texts.items():
        if language not in LANGUAGES:
            raise ValueError(f"found the language {language!r}; {nearest(language, LANGUAGES)}")
        for name in _NAMED.findall(text):
            if name not in VARIABLES:
                raise ValueError(f"found the variable {{{name}}}; {nearest(name, VARIABLES, most=len(VARIABLES))}")
        if re.search(r"[{}]", _NAMED.sub("", text)):
            raise ValueError(f"expected each brace to enclose a variable such as {{given_name}}, found {text!r}")
    if not texts or not all(text.strip() for text in texts.values()):
        raise ValueError("expected a text, found none")
    return texts


Texts = Annotated[dict[str, str], BeforeValidator(_worded), AfterValidator(_known)]
"""A text for everybody, or one for each language: `{de: …, en: …}`. Variables stand in braces."""


def worded(texts: Mapping[str, str], values: Mapping[str, Any], language: str) -> str:
    """The text in a language, or in the other one where it is missing, with the variables filled in once.

    What a value holds is text and nothing else: a brace in it names no variable.

    >>> worded({"en": "Dear {name}"}, {"name": "{segment}"}, "de")
    'Dear {segment}'
    """
    text = texts.get(language) or next(iter(texts.values()))
    return _NAMED.sub(lambda match: "" if values.get(match[1]) is None else str(values[match[1]]), text)


def named(texts: Mapping[str, str]) -> frozenset[str]:
    """The variables that a text names, in whatever language.

    >>> sorted(named({"de": "Hallo {name}", "en": "Hello {given_name}"}))
    ['given_name', 'name']
    """
    return frozenset(name for text in texts.values() for name in _NAMED.findall(text))
