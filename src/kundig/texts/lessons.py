"""What a company's labels teach: moods, whether a text is about it, and its pinned themes; kept only where it beats what reads now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundig.texts.classifier import Learnt, loaded
from kundig.texts.contest import Contest, contest, enough
from kundig.texts.normal import bare, cleaned
from kundig.texts.readings import MOODS, packed, unpacked

if TYPE_CHECKING:
    from kundig.texts.readings import Reader

MOOD, ABOUT_US = "mood", "about us"
YES, NO = "yes", "no"


def theme(name: str) -> str:
    """What the lesson about a pinned theme is called."""
    return f"theme {name}"


def kept(models: Path, what: str) -> Learnt | None:
    """The model of one's own that won; None where there is none."""
    file = models / _file(what)
    return loaded(file.read_bytes()) if file.is_file() else None


def keep(models: Path, what: str, model: Learnt | None, how: Mapping[str, Any]) -> None:
    """Keep how one lesson went, and its model if it won."""
    models.mkdir(parents=True, exist_ok=True)
    file = models / _file(what)
    _written(file.with_suffix(".json"), json.dumps(how).encode())
    if model is None:
        file.unlink(missing_ok=True)
    else:
        _written(file, model.stored())


def lesson(models: Path, what: str) -> dict[str, Any] | None:
    """How a lesson went, and with which `embedder`; None where it was not tried."""
    file = (models / _file(what)).with_suffix(".json")
    return dict(json.loads(file.read_bytes())) if file.is_file() else None


def _written(file: Path, data: bytes) -> None:
    part = file.with_suffix(".part")
    part.write_bytes(data)
    part.replace(file)


def _file(what: str) -> str:
    return "own.npz" if what == MOOD else f"own-{hashlib.sha256(what.encode()).hexdigest()[:12]}.npz"


def learn(labelled: Mapping[str, Sequence[tuple[str, str]]], reader: Reader, models: Path) -> dict[str, Contest | None]:
    """Teach what there are labels for, compare each in cross-validation, and keep a model only where it is better beyond chance.

    Args:
        labelled: by lesson (`mood`, `about us`, `theme NAME`) texts with their label.
        reader: who reads now, without models of one's own.

    Returns:
        By lesson how it went; None where there are too few labels.
    """
    found: dict[str, Contest | None] = {}
    models.mkdir(parents=True, exist_ok=True)
    for what, rows in labelled.items():
        labels = [label for _, label in rows]
        if not enough(labels, MOODS if what == MOOD else (NO, YES)):
            found[what] = None
            continue
        texts = [text for text, _ in rows]
        read = [bare(cleaned(text)) for text in texts]
        packs = packed(reader.embedder.encode(read))
        model, how = contest(read, labels, unpacked(packs), _given(what, texts, reader, packs), embedder=reader.embedder.revision)
        file = models / _file(what)
        if how.won:
            _written(file, model.stored())
        else:
            file.unlink(missing_ok=True)
        found[what] = how
    told = {what: how and asdict(how) for what, how in found.items()}
    (models / "contest.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


def _given(what: str, texts: Sequence[str], reader: Reader, packs: Sequence[bytes]) -> list[str]:
    """What is said of each text now."""
    rows = reader.read(texts, vectors=packs).select([*MOODS, "names_us", "categories"]).to_pylist()
    if what == MOOD:
        return [max(MOODS, key=lambda mood: row[mood]) for row in rows]
    if what == ABOUT_US:
        return [YES if row["names_us"] else NO for row in rows]
    return [YES if what in map(theme, (row["categories"] or "").split("|")) else NO for row in rows]
