"""Texts with what is known of them: ratings that came with them, and corrections by people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kundig.events import SAID_BY_COMPANY
from kundig.store.duckdb import connection, history
from kundig.texts.lessons import ABOUT_US, MOOD, NO, YES, theme
from kundig.texts.moods import rated

if TYPE_CHECKING:
    from kundig.store.lake import Lake

MOST_TAUGHT = 20_000
_SAID = {"true": YES, "yes": YES, "ja": YES, "1": YES, "false": NO, "no": NO, "nein": NO, "0": NO}


def labelled(lake: Lake, zone: str, themes: tuple[str, ...] = ()) -> dict[str, list[tuple[str, str]]]:
    """By lesson, texts with their label, at most MOST_TAUGHT of each, evenly drawn.

    Moods come from ratings and from the property `mood`; whether a text is about the company from `about_us`, true or
    false; themes from `themes`, names parted by |, where a text without one of them does not belong to it.
    """
    found = {MOOD: list(rated_texts(lake, zone)), ABOUT_US: _one(corrected(lake, zone, "about_us"), lambda value: _SAID.get(value.strip().lower()))}
    sorted_ = list(corrected(lake, zone, "themes")) if themes else []
    for name in themes:
        found[theme(name)] = _one(iter(sorted_), lambda value, name=name: YES if name in [part.strip() for part in value.split("|")] else NO)  # type: ignore[misc]  # mypy takes no default in a lambda
    return found


def corrected(lake: Lake, zone: str, key: str) -> Iterator[tuple[str, str]]:
    """Texts with what the property `key` of their events says."""
    ours = ", ".join(f"'{kind}'" for kind in SAID_BY_COMPANY)
    select = f"""
        SELECT text, properties[?] FROM ({history(lake, zone)})
        WHERE text IS NOT NULL AND known_until IS NULL AND kind NOT IN ({ours}) AND properties[?] IS NOT NULL
        ORDER BY sha256(text), event_id LIMIT {3 * MOST_TAUGHT}
    """
    with connection(lake.folder / ".spill") as con:
        yield from con.execute(select, [key, key]).fetchall()


def _one(told: Iterator[tuple[str, str]], label: Callable[[str], str | None]) -> list[tuple[str, str]]:
    """Each text with its label; a text with two labels teaches nothing."""
    found: dict[str, set[str]] = {}
    for text, value in told:
        if said := label(value):
            found.setdefault(text, set()).add(said)
    return [(text, next(iter(labels))) for text, labels in list(found.items())[:MOST_TAUGHT] if len(labels) == 1]


def rated_texts(lake: Lake, zone: str) -> Iterator[tuple[str, str]]:
    """Texts with the mood that their own rating or a correction (`properties.mood`) says, at most MOST_TAUGHT, evenly drawn.

    A text with two different moods teaches nothing. A correction stands above the rating.
    """
    ours = ", ".join(f"'{kind}'" for kind in SAID_BY_COMPANY)
    select = f"""
        SELECT text, metric, score, properties['mood'] AS mood FROM ({history(lake, zone)})
        WHERE text IS NOT NULL AND known_until IS NULL AND kind NOT IN ({ours}) AND (score IS NOT NULL OR properties['mood'] IS NOT NULL)
        ORDER BY sha256(text), event_id LIMIT {3 * MOST_TAUGHT}
    """
    found: dict[str, set[str]] = {}
    corrected: dict[str, set[str]] = {}
    with connection(lake.folder / ".spill") as con:
        for text, metric, score, mood in con.execute(select).fetchall():
            said = mood if mood in {"negative", "neutral", "positive"} else None
            if said:
                corrected.setdefault(text, set()).add(said)
            elif score is not None and (stood := rated(metric or "", score)):
                found.setdefault(text, set()).add(stood)
    for text, moods in list({**found, **corrected}.items())[:MOST_TAUGHT]:
        if len(moods) == 1:
            yield text, next(iter(moods))
