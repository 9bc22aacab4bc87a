"""How wide a text stands, from the font's own advance widths; so labels can be laid out before anything is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from kundig.report.fonts import source
from kundig.report.tokens import SANS

_BOLDER = {400: 1.0, 500: 1.025, 600: 1.05, 700: 1.075}
"""How much wider a heavier cut runs, measured over German text."""


def text_width(text: str, size: float, weight: int = 400) -> float:
    """The width of a line in Instrument Sans, in pixels; a sign that the font lacks counts as wide as an `M`.

    >>> text_width("", 12), text_width("mm", 12) > text_width("ii", 12)
    (0.0, True)
    """
    widths = _advances()
    widest = widths["M"]
    return sum(widths.get(letter, widest) for letter in text) * size * _BOLDER[weight]


def wrapped(text: str, room: float, size: float, weight: int = 400, *, most: int = 2) -> list[str]:
    """The text in at most `most` lines that fit into the room; what does not fit ends with `…`.

    Lines break at blanks, after hyphens, and inside words that are too long for a line.

    >>> wrapped("Rufnummernmitnahme", 80, 11.5)
    ['Rufnummern-', 'mitnahme']
    >>> wrapped("Website", 70, 11.5)
    ['Website']
    """
    lines: list[str] = []
    left = text.strip()
    while left and len(lines) < most:
        if text_width(left, size, weight) <= room:
            lines.append(left)
            return lines
        if len(lines) == most - 1:
            break
        line, left = _broken(left, room, size, weight)
        lines.append(line)
    if left:
        lines.append(_cut(left, room, size, weight))
    return lines


def _broken(text: str, room: float, size: float, weight: int) -> tuple[str, str]:
    places = [index + 1 for index, letter in enumerate(text[:-1]) if letter in " -/" and text_width(text[: index + 1].rstrip(), size, weight) <= room]
    if places:
        return text[: places[-1]].rstrip(), text[places[-1] :].lstrip()
    # Where the rest fits into the next line as well, both halves of a long word are about as long.
    cuts = [place for place in _syllables(text) if text_width(text[:place] + "-", size, weight) <= room]
    whole = [place for place in cuts if text_width(text[place:], size, weight) <= room]
    seams = [place for place in whole if _SEAM.search(text[:place])]
    place = min(seams or whole, key=lambda place: (abs(2 * place - len(text)), -place), default=max(cuts, default=0))
    if not place:
        place = max((index for index in range(1, len(text)) if text_width(text[:index] + "-", size, weight) <= room), default=1)
    return text[:place] + "-", text[place:]


_SEAM = re.compile(r"(ungs|heits|keits|schafts|tions|täts)$")
"""Where a German word is surely made of two."""
_SYLLABLE = re.compile(r"(?<=[a-zäöüß]{2})(?=(?:sch|st|sp|ch|pf|[bfgkp][lr]|[dt]r|[bcdfghjklmnpqrstvwxzß])[aeiouäöüy])", re.IGNORECASE)


def _syllables(text: str) -> list[int]:
    """Where a word may be broken: before the consonants that a vowel follows, never a letter alone."""
    places = [match.start() for match in _SYLLABLE.finditer(text) if 3 <= match.start() <= len(text) - 3]
    # Of two neighbouring places only the first: `sch` is not broken into `s` and `ch`.
    return [place for index, place in enumerate(places) if index == 0 or place - places[index - 1] > 2 or text[place - 1].lower() in "aeiouäöüy"]


def _cut(text: str, room: float, size: float, weight: int) -> str:
    if text_width(text, size, weight) <= room:
        return text
    kept = max((index for index in range(len(text)) if text_width(text[:index].rstrip() + "…", size, weight) <= room), default=0)
    return text[:kept].rstrip() + "…"


@lru_cache(maxsize=1)
def _advances() -> Mapping[str, float]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- slow import

    with TTFont(source(SANS), lazy=True) as font:
        metrics, per_em = font["hmtx"], font["head"].unitsPerEm
        return {chr(code): metrics[name][0] / per_em for code, name in font.getBestCmap().items()}
