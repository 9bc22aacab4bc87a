"""Names that a namer proposes for themes, kept until people take them over, or do not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_FILE = "proposed-names.json"


def proposals(models: Path) -> dict[str, str]:
    """By theme the name that was proposed for it."""
    file = models / _FILE
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def propose(models: Path, names: Mapping[str, str]) -> None:
    """Keep what was proposed, in place of what was proposed before."""
    models.mkdir(parents=True, exist_ok=True)
    part = (models / _FILE).with_suffix(".part")
    part.write_text(json.dumps(dict(sorted(names.items())), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(models / _FILE)
