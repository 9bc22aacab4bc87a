"""English sentences that are kept with their figures filled in, told apart again so that a reader of German has German."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property


class KeptWords:
    """Sentences as the code has them, with places such as `%(n)s`.

    Args:
        texts: of several that fit, the first counts.

    >>> KeptWords(["no consent to %(purpose)s"]).of("no consent to advertising")
    ('no consent to %(purpose)s', {'purpose': 'advertising'})
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((text, re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(text)).replace("%%", "%"), re.DOTALL)) for text in self.texts)

    def of(self, kept: str) -> tuple[str, dict[str, str]] | None:
        """The sentence and what fills its places; None for one that is none of these."""
        for text, pattern in self._patterns:
            found = pattern.fullmatch(kept)
            if found is not None:
                return text, found.groupdict()
        return None
