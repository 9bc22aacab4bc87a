"""Pinned themes as a classifier: a text belongs to a theme by its words, by being like its examples, or by what corrections taught."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from kundig.texts.normal import bare

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundig.texts.classifier import Learnt
    from kundig.texts.protocols import Embedder

ALIKE = 0.6
"""The cosine from which on a text is like an example."""


class Theme(Protocol):
    """A pinned theme as configuration states it."""

    @property
    def words(self) -> tuple[str, ...]: ...  # noqa: D102 -- the signature says it
    @property
    def examples(self) -> tuple[str, ...]: ...  # noqa: D102 -- the signature says it


class Categories:
    """The pinned themes of a company, ready to sort texts.

    Args:
        taught: for themes that people's corrections taught, the model; it decides alone.
    """

    def __init__(self, themes: Mapping[str, Theme], embedder: Embedder | None, taught: Mapping[str, Learnt] | None = None) -> None:
        self.taught = dict(taught or {})
        self.themes = {name: (tuple(theme.words), tuple(theme.examples)) for name, theme in sorted(themes.items())}
        self.embedder = embedder
        self._words = {name: re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE) for name, (words, _) in self.themes.items() if words}

    @property
    def revision(self) -> str:
        """Changes with the themes, and with what was taught."""
        return hashlib.sha256(repr((self.themes, [(name, self.taught[name].revision) for name in sorted(self.taught)])).encode()).hexdigest()[:8]

    @cached_property
    def _examples(self) -> dict[str, NDArray[Any]]:
        return {} if self.embedder is None else {name: self.embedder.encode(examples) for name, (_, examples) in self.themes.items() if examples}

    def of(self, texts: Sequence[str], vectors: NDArray[Any] | None) -> list[str | None]:
        """For each text its themes, parted by |; None where it has none."""
        found: list[list[str]] = [[] for _ in texts]
        for name in self.themes:
            if name in self.taught and vectors is not None:
                for at in self._taught(name, texts, vectors):
                    found[at].append(name)
                continue
            near = (vectors @ self._examples[name].T).max(axis=1) >= ALIKE if vectors is not None and name in self._examples else None
            for at, text in enumerate(texts):
                by_word = name in self._words and self._words[name].search(text)
                if by_word or (near is not None and near[at]):
                    found[at].append(name)
        return ["|".join(names) or None for names in found]

    def _taught(self, name: str, texts: Sequence[str], vectors: NDArray[Any]) -> list[int]:
        model = self.taught[name]
        given = model.predict_proba([bare(text) for text in texts], vectors)
        return [int(at) for at in (given[:, 1] >= model.edge).nonzero()[0]]
