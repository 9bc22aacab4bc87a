"""What pinned themes learn from: the hashes of texts that belonged to a theme when it was pinned, and of some that did not.

A file holds hashes alone, under a name made of its content: a step that is taken back finds it again, and a text that
was forgotten teaches no longer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.texts.lessons import lesson

if TYPE_CHECKING:
    from kundig.settings.texts import Texts

_FOLDER = "pinned"


def pin(models: Path, belongs: Mapping[str, bool]) -> str:
    """Keep which texts, by their hash, belong to a theme; what it is known by."""
    text = json.dumps(dict(sorted(belongs.items())), separators=(",", ":"))
    # It begins with a letter: in YAML digits would be a number.
    name = f"t{hashlib.sha256(text.encode()).hexdigest()[:15]}"
    folder = models / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    part.write_text(text, encoding="ascii")
    part.replace(folder / f"{name}.json")
    return name


def pinned(models: Path, name: str) -> dict[str, bool] | None:
    """Which texts belong to a theme; None where that is not kept here."""
    file = models / _FOLDER / f"{name}.json"
    return dict(json.loads(file.read_text(encoding="ascii"))) if file.is_file() else None


def learning(name: str) -> str:
    """What the lesson from them is called."""
    return f"pinned {name}"


def learnt(texts: Texts, models: Path) -> Texts:
    """What is settled about texts as texts were read: a theme that has not learnt yet goes by its words."""
    waiting = {name: theme.model_copy(update={"learnt_from": None}) for name, theme in texts.themes.items() if theme.learnt_from and lesson(models, learning(theme.learnt_from)) is None}
    return texts.model_copy(update={"themes": {**texts.themes, **waiting}}) if waiting else texts
