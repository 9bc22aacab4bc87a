"""The seed's own texts, drawn from its phrases: each mood alike often, no text twice."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from kundig.texts.seed import english, german

if TYPE_CHECKING:
    import numpy as np

MOODS = {"negative": "BAD", "neutral": "PLAIN", "positive": "GOOD"}


def texts(each: int = 1_500, seed: int = 20) -> list[tuple[str, str, str]]:
    """Texts with their mood and language: `each` of every mood and language, and each whole phrase once.

    >>> one = texts(each=2)
    >>> sorted({(mood, language) for _, mood, language in one})[:2]
    [('negative', 'de'), ('negative', 'en')]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    rng = np.random.default_rng(seed)
    found: dict[str, tuple[str, str, str]] = {}
    for language, phrases in (("de", german), ("en", english)):
        for mood, suffix in MOODS.items():
            for whole in getattr(phrases, f"WHOLE_{suffix}").split("|"):
                found[whole] = (whole, mood, language)
            for _ in range(each):
                text = _text(rng, phrases, suffix)
                found.setdefault(text, (text, mood, language))
    return list(found.values())


def _text(rng: np.random.Generator, phrases: ModuleType, suffix: str) -> str:
    def one(listed: str) -> str:
        options = listed.split("|")
        return options[int(rng.integers(len(options)))]

    genders = list(phrases.THINGS)
    gender = genders[int(rng.integers(len(genders)))]
    thing, before = one(phrases.THINGS[gender]), one(getattr(phrases, f"BEFORE_{suffix}"))
    article = phrases.ARTICLES[gender][0]
    said = f"{article} {thing} {one(getattr(phrases, suffix))}"
    if rng.random() < 0.3:  # noqa: PLR2004 -- a share
        said += (" und " if phrases is german else " and ") + one(getattr(phrases, suffix))
    end = one(".|!|" if suffix != "BAD" else ".|!|!!|…")
    more = " " + one(getattr(phrases, f"WHOLE_{suffix}")) if rng.random() < 0.25 else one(getattr(phrases, f"AND_{suffix}"))  # noqa: PLR2004 -- a share
    text = f"{before}{said}{end}{more}"
    return text.lower() if rng.random() < 0.2 else text  # noqa: PLR2004 -- a share
