"""Make the seed models: `python -m kundig.texts.seed` writes beside this file one for each embedder that comes with kundig."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kundig.texts.choice import BUILT_IN
from kundig.texts.normal import bare, cleaned
from kundig.texts.paired import Paired
from kundig.texts.seed.grammar import texts
from kundig.texts.seed.making import made
from kundig.texts.small_e5 import SmallE5, centre

HERE = Path(__file__).parent
# The slow embedders read a third of them.
EACH = {SmallE5.name: 200, Paired.name: 200}

if __name__ == "__main__":
    middle = HERE / "e5-centre.npy"
    np.save(middle, np.zeros(SmallE5.dim, np.float32))
    np.save(middle, np.mean(SmallE5().encode([bare(cleaned(text)) for text, _, _ in texts(60)]), axis=0).astype(np.float32))
    centre.cache_clear()
    for name, embedder in BUILT_IN.items():
        (HERE / f"{name}.npz").write_bytes(made(embedder(), each=EACH.get(name, 600)).stored())
