"""What happened to customers before they left or came, in the reader's language: `foresight.reasons` names it in codes."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from kundig.kinds import NOUNS, called
from kundig.web import reader, words
from kundig.web.german import german

_AT = re.compile(r"(?P<what>\w+(?: failed| lost)?) at (?P<where>.+)", re.DOTALL)


def incident(code: str, title: Callable[[str], str] = reader.touchpoint) -> str:
    """An incident or lever as a person says it; a word of the company's own stays as it is written.

    Args:
        code: as `foresight.reasons` has it.
        title: what a touchpoint is called.
    """
    language, (first, blank, rest) = reader.spoken(), code.partition(" ")
    match first if blank else "":
        case "repeated":
            return _("more than once: %(what)s") % {"what": called(rest, language)}
        case "slow":
            return _("took long: %(what)s") % {"what": called(rest, language) if rest in NOUNS else title(rest)}
        case "low":
            return _("low score: %(what)s") % {"what": words.metric(rest)}
        case "contract:":
            # What changed is a word of the source, unless it is an outcome that analyses know.
            return called("contract", language) + ": " + (words.outcome(rest) if rest in words.OUTCOMES else german(rest) or rest)
    if at := _AT.fullmatch(code):
        return f"{called(at['what'], language)} ({title(at['where'])})"
    # Levers and incidents that are told apart from events have names of their own.
    return german(code) or called(code, language)
