"""What customers wrote, with personal data covered as far as the reader's role says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kundig.texts.masking import masked
from kundig.texts.normal import cleaned

if TYPE_CHECKING:
    from kundig.settings.texts import Texts


def covered(events: Sequence[Mapping[str, Any]], said: Mapping[str, Any], role: str, settings: Texts, language: str) -> list[dict[str, Any]]:
    """Events whose texts show what `texts: shown:` allows the role, and else the kind of what is covered.

    Args:
        said: the customer's own row, whose names go wherever they stand.
        language: of the words in brackets.
    """
    sees = next((kinds for reader, kinds in settings.shown.items() if reader == role), ())
    names = [said[column] for column in ("given_name", "family_name", "company") if said.get(column)]
    return [
        {**event, "text": masked(cleaned(event["text"]), sees=sees, names=names, numbers=settings.numbers, language=language) if event["text"] else event["text"]} for event in events
    ]
