"""`kundig init`: a first configuration."""

from __future__ import annotations

from pathlib import Path

from kundig.errors import ConfigError
from kundig.ingest.drafting import BLANK, drafted


def run(folder: Path, files: list[Path]) -> None:
    """Write kundig.yaml into the folder; an existing one is never overwritten."""
    target = folder / "kundig.yaml"
    if target.exists():
        raise ConfigError(f"{target} exists already; nothing was written. Move it away, or edit it")
    data = files[0].resolve().parent if files else folder
    text = drafted(files, data) if files else BLANK
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    print(f"{target} written. Read it through, then: kundig check && kundig import")
