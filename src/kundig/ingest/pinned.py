"""Pinned themes learn from the texts that belonged to them when they were pinned."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundig.events import SAID_BY_COMPANY
from kundig.store.duckdb import connection, relation
from kundig.texts.categories import Categories
from kundig.texts.contest import Contest, contest, enough
from kundig.texts.lessons import NO, YES, keep, lesson
from kundig.texts.normal import bare, cleaned
from kundig.texts.pins import learning, pinned
from kundig.texts.readings import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundig.settings.texts import Texts
    from kundig.store.lake import Lake
    from kundig.texts.protocols import Embedder


def learn_pinned(lake: Lake, settings: Texts, embedder: Embedder, models: Path) -> dict[str, Contest | None]:
    """Teach each pinned theme that is to learn from its texts and has not yet, with this embedder.

    A model decides what belongs to the theme only if, in cross-validation, it is right about its texts oftener than the theme's words and
    examples are, beyond chance.

    Returns:
        By theme how it went; None where too few of the texts are there (any longer). Themes that have learnt are left out.
    """
    found: dict[str, Contest | None] = {}
    for name, theme in settings.themes.items():
        if theme.learnt_from is None or (lesson(models, learning(theme.learnt_from)) or {}).get("embedder") == embedder.revision:
            continue
        belongs = pinned(models, theme.learnt_from) or {}
        texts = _texts(lake, list(belongs), f"{embedder.name}@{embedder.revision}")
        labels = [YES if belongs[key] else NO for key in texts]
        if not enough(labels, (NO, YES)):
            found[name] = None
            continue
        plain = [cleaned(text) for text, _ in texts.values()]
        read = [bare(text) for text in plain]
        vectors = _vectors(read, [vector for _, vector in texts.values()], embedder)
        by_words = Categories({name: theme}, embedder).of(plain, vectors)
        model, how = contest(read, labels, vectors, [NO if own is None else YES for own in by_words], embedder=embedder.revision)
        keep(models, learning(theme.learnt_from), model if how.won else None, {**asdict(how), "embedder": embedder.revision})
        found[name] = how
    return found


def _texts(lake: Lake, hashes: list[str], embeds: str) -> dict[str, tuple[str, bytes | None]]:
    """The texts of customers that have these hashes, by hash, with the vector that the embedder gave them if they were read."""
    ours = ", ".join(f"'{kind}'" for kind in SAID_BY_COMPANY)
    select = f"""
        WITH told AS (SELECT DISTINCT text, sha256(text) AS text_hash FROM {relation(lake, "events")} WHERE text IS NOT NULL AND kind NOT IN ({ours}))
        SELECT text_hash, any_value(text), any_value(vector) FILTER (embedder = ?) FROM told LEFT JOIN {relation(lake, "readings")} USING (text_hash)
        WHERE text_hash IN (SELECT unnest(?::VARCHAR[])) GROUP BY text_hash ORDER BY text_hash
    """
    with connection(lake.folder / ".spill") as con:
        return {key: (text, vector) for key, text, vector in con.execute(select, [embeds, hashes]).fetchall()}


def _vectors(read: list[str], kept: list[bytes | None], embedder: Embedder) -> NDArray[Any]:
    """What was kept, and what was not made anew."""
    new = [at for at, vector in enumerate(kept) if vector is None]
    made = dict(zip(new, packed(embedder.encode([read[at] for at in new])), strict=True)) if new else {}
    return unpacked([made[at] if vector is None else vector for at, vector in enumerate(kept)])
