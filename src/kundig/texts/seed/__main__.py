"""Make the seed model: `python -m kundig.texts.seed` writes `moods.npz` beside this file from the grammar's texts."""

from __future__ import annotations

from pathlib import Path

from kundig.texts.classifier import learnt
from kundig.texts.encoder import UniversalEncoder
from kundig.texts.normal import bare, cleaned
from kundig.texts.readings import packed, unpacked
from kundig.texts.seed.grammar import texts


def made() -> bytes:
    """The seed's weights: only what is meant counts, since words of the grammar would not be those of customers."""
    encoder = UniversalEncoder()
    rows = texts(600)
    read = [bare(cleaned(text)) for text, _, _ in rows]
    vectors = unpacked(packed(encoder.encode(read)))
    return learnt("seed", read, [mood for _, mood, _ in rows], vectors, embedder=encoder.revision, from_words=False, calibrated=False, kernel=False).stored()


if __name__ == "__main__":
    Path(__file__).with_name("moods.npz").write_bytes(made())
