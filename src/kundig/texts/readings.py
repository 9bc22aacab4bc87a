"""What is read of a text once and kept: language, mood, categories, gist and meaning, by the hash of the text.

Readings hold no text and no person. They are derived: `kundig read` makes them, and makes them again only for texts
that are new or that another model reads differently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kundig.events import Column
from kundig.texts.language import language
from kundig.texts.normal import bare, cleaned, gist, sentences

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.texts.categories import Categories
    from kundig.texts.protocols import Embedder, TextClassifier

READINGS = (
    Column("text_hash", "string", "SHA-256 of the text as it was told, in hexadecimal digits"),
    Column("language", "string", "ISO 639-1; null where it could not be told"),
    Column("language_confidence", "float64", "probability of that language among the company's"),
    Column("mood", "string", "negative, neutral, positive, or unclear"),
    Column("negative", "float64", "calibrated probability"),
    Column("neutral", "float64", "calibrated probability"),
    Column("positive", "float64", "calibrated probability"),
    Column("names_us", "int64", "1 where the text names the company or what it is asked to look for, otherwise 0"),
    Column("about_us", "float64", "calibrated probability that it is about the company, where corrections have taught that; otherwise null"),
    Column("categories", "string", "names of the pinned themes it belongs to, parted by |; null for none"),
    Column("gist_hash", "string", "hash of the words alone: copies of one post have one"),
    Column("words", "int64", "words of the cleaned text"),
    Column("vector", "binary", "meaning: the embedder's vector in signed bytes"),
    Column("embedder", "string", "name and revision of what made the vector"),
    Column("classifier", "string", "name and revision of what made the rest"),
)

MOODS = ("negative", "neutral", "positive")
UNCLEAR = "unclear"
SURE = 0.5
"""A mood is named if its calibrated probability is more than an even chance."""


def text_hash(text: str) -> str:
    """The hash by which a text is known; the engines compute the same.

    >>> text_hash("Danke!")[:12]
    'dacc874c2bd5'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Reader:
    """Who reads: an embedder, a classifier of moods, the company's languages, the pinned themes, and, where it was taught, who tells what is about the company."""

    embedder: Embedder
    classifier: TextClassifier
    languages: tuple[str, ...] = ("de", "en")
    names: tuple[str, ...] = ()
    categories: Categories | None = field(default=None)
    relevance: TextClassifier | None = field(default=None)

    @property
    def embeds(self) -> str:
        """Name and revision of the embedder."""
        return f"{self.embedder.name}@{self.embedder.revision}"

    @property
    def reads(self) -> str:
        """Name and revision of all else that changes a reading."""
        rest = repr((self.languages, sorted(self.names), self.categories.revision if self.categories else None, self.relevance.revision if self.relevance else None))
        return f"{self.classifier.name}@{self.classifier.revision}-{hashlib.sha256(rest.encode()).hexdigest()[:8]}"

    def read(self, texts: Sequence[str], hints: Sequence[str | None] | None = None, vectors: Sequence[bytes | None] | None = None) -> pa.Table:
        """A row of READINGS for each text.

        Args:
            hints: the language its source says it is in, taken where the text does not say.
            vectors: what was kept from an earlier reading by the same embedder.
        """
        import numpy as np  # noqa: PLC0415 -- slow import
        import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed

        plain = [cleaned(text) for text in texts]
        read = [bare(text) for text in plain]
        kept = list(vectors or [None] * len(texts))
        meaning = np.zeros((len(texts), self.embedder.dim), np.float32)
        new = [at for at, vector in enumerate(kept) if vector is None]
        if new:
            meaning[new] = self.embedder.encode([read[at] for at in new])
        for at, vector in enumerate(kept):
            if vector is not None:
                meaning[at] = unpacked([vector])[0]
        # A text is classified by the vector that is kept, so that it reads the same the next time.
        packs = packed(meaning)
        meaning = unpacked(packs)
        moods = self.classifier.predict_proba(read, meaning)
        order = [self.classifier.labels.index(mood) for mood in MOODS]
        # Rounded, so that a text has the same reading alone and among others.
        moods = np.round(moods[:, order].astype(np.float64), 6)
        about = [None] * len(texts) if self.relevance is None else np.round(self.relevance.predict_proba(read, meaning)[:, list(self.relevance.labels).index("yes")].astype(np.float64), 6).tolist()
        empty = np.array([not gist(text) and not any(ord(sign) > 0x2190 for sign in text) for text in plain])  # noqa: PLR2004 -- from here on there are symbols and emoji
        tongues = [language(text, self.languages, hint) for text, hint in zip(plain, hints or [None] * len(texts), strict=True)]
        top = moods.argmax(axis=1)
        sure = (moods.max(axis=1) > SURE) & ~empty
        columns: dict[str, Any] = {
            "text_hash": [text_hash(text) for text in texts],
            "language": [tongue.code for tongue in tongues],
            "language_confidence": [tongue.confidence for tongue in tongues],
            "mood": [MOODS[mood] if clear else UNCLEAR for mood, clear in zip(top, sure, strict=True)],
            **{mood: moods[:, at] for at, mood in enumerate(MOODS)},
            "names_us": [int(any(name.lower() in text.lower() for name in self.names)) for text in plain],
            "about_us": about,
            "categories": self.categories.of(plain, meaning) if self.categories else [None] * len(texts),
            "gist_hash": [hashlib.sha256(gist(text).encode()).hexdigest()[:16] if gist(text) else None for text in plain],
            "words": [len(text.split()) for text in plain],
            "vector": packs,
            "embedder": [self.embeds] * len(texts),
            "classifier": [self.reads] * len(texts),
        }
        types = {"string": pa.string(), "float64": pa.float64(), "int64": pa.int64(), "binary": pa.binary()}
        return pa.table({column.name: pa.array(columns[column.name], types[column.type]) for column in READINGS})

    def sentences(self, text: str) -> list[dict[str, Any]]:
        """Language, mood and categories of each sentence of a text."""
        own = sentences(cleaned(text))
        if not own:
            return []
        whole = language(cleaned(text), self.languages).code
        rows = self.read(own, [whole] * len(own)).select(["language", "mood", *MOODS, "categories"]).to_pylist()
        return [{"sentence": sentence, **row} for sentence, row in zip(own, rows, strict=True)]


def packed(vectors: NDArray[Any]) -> list[bytes]:
    """Vectors in signed bytes; what is lost does not change who is near whom."""
    import numpy as np  # noqa: PLC0415 -- slow import

    largest = np.abs(vectors).max(axis=1, keepdims=True)
    bytes_ = np.rint(vectors / np.where(largest > 0, largest, 1) * 127).astype(np.int8)
    return [row.tobytes() for row in bytes_]


def unpacked(packs: Sequence[bytes]) -> NDArray[Any]:
    """Vectors of length one from signed bytes."""
    import numpy as np  # noqa: PLC0415 -- slow import

    whole = np.frombuffer(b"".join(packs), dtype=np.int8).reshape(len(packs), -1).astype(np.float32)
    return np.asarray(whole / np.clip(np.linalg.norm(whole, axis=1, keepdims=True), 1e-6, None), dtype=np.float32)
