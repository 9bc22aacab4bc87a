"""What an analysis says of itself, to a reader."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from kundig.analysis import Analysis
from kundig.web import words
from kundig.web.german import german


@dataclass(frozen=True)
class Told:
    """Question, definition, and what an answer without rows means, in the reader's language; `foreign` where they are told in English to a reader of German."""

    name: str
    room: str
    question: str
    definition: tuple[str, ...]
    foreign: bool
    empty: str


def told(of: Analysis) -> Told:
    """An analysis for a reader."""
    asked, definition = german(of.question), german(of.definition)
    room = of.name.partition(".")[0]
    return Told(of.name, str(words.ROOMS.get(room, room)), asked or of.question, tuple((definition or of.definition).split("\n\n")), get_language() == "de" and (definition is None or asked is None), german(of.empty) or of.empty)
