"""A seed model for an embedder, made from the grammar's texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.texts.classifier import Learnt, learnt
from kundig.texts.normal import bare, cleaned
from kundig.texts.readings import packed, unpacked
from kundig.texts.seed.grammar import texts

if TYPE_CHECKING:
    from kundig.texts.protocols import Embedder


def made(embedder: Embedder, each: int = 600) -> Learnt:
    """What the grammar's texts teach on this embedder: only what is meant counts, since its words would not be those of customers.

    Args:
        each: texts of every mood and language.
    """
    rows = texts(each)
    read = [bare(cleaned(text)) for text, _, _ in rows]
    vectors = unpacked(packed(embedder.encode(read)))
    return learnt("seed", read, [mood for _, mood, _ in rows], vectors, embedder=embedder.revision, from_words=False, calibrated=False, kernel=False)
