"""Make the seed models: `python -m kundig.texts.seed` writes beside this file one for each embedder that comes with kundig."""

from __future__ import annotations

from pathlib import Path

from kundig.texts.choice import BUILT_IN
from kundig.texts.seed.making import made

if __name__ == "__main__":
    for name, embedder in BUILT_IN.items():
        Path(__file__).with_name(f"{name}.npz").write_bytes(made(embedder()).stored())
