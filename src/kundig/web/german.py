"""What analyses say of themselves, in the reader's language: their docstrings are English, German stands in a catalogue of its own."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import get_language

from kundig.web.place import HERE

_NUMBER = re.compile(r"(?<![\w#])\d+(?:[.,]\d+)*(?!\w)")
_MARKS = str.maketrans(",.", ".,")


def german(text: str) -> str | None:
    """The text as the reader's language has it; None where the catalogue does not hold it, and for readers of English.

    Numbers in a text stand as # in the catalogue, in the same order in both languages.
    """
    if get_language() != "de":
        return None
    if (told := catalogue().get(text)) is not None:
        return told
    numbers = iter(_NUMBER.findall(text))
    told = catalogue().get(_NUMBER.sub("#", text))
    return told and re.sub("#", lambda _: next(numbers).translate(_MARKS), told)


@lru_cache(maxsize=1)
def catalogue() -> dict[str, str]:
    """English texts of analyses with their German."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 -- slow import

    with (HERE / "locale/de/LC_MESSAGES/analyses.po").open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream) if message.id and message.string and not message.fuzzy}
