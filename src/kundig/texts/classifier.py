"""A classifier of texts that learns from labels: words, letters and meaning.

From hundreds to a few thousand labels it is solved at once (`ridge`). From more, three parts learn: one sees words and runs
of letters (TF-IDF, hashed, a linear support vector machine per label), one the meaning (a kernel on the embedder's vectors),
and one both side by side. Each errs in its own way, so their mean errs less. A temperature makes the probabilities mean what
they say; it comes from texts that the model had not seen.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kundig.texts.ridge import MOST, WIDTH, gaussian, solved, weighed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BUCKETS = 2**18
_LANDMARKS = 500
_SHARPNESS = 2.0
_BESIDE_WORDS = 1.7
"""How long a vector of meaning is beside those of words and of letters, which have length one."""
_FEWEST = 60
"""With fewer labelled texts nothing is learnt from words."""


@dataclass(frozen=True, eq=False)
class Learnt:
    """What a classifier has learnt. Arrays are empty where nothing was learnt from words."""

    name: str
    labels: tuple[str, ...]
    n: int
    embedder: str
    rarity: NDArray[Any]
    words: NDArray[Any]
    words_offset: NDArray[Any]
    centre: NDArray[Any]
    scale: float
    width: float
    landmarks: NDArray[Any]
    meaning: NDArray[Any]
    meaning_offset: NDArray[Any]
    shares: NDArray[Any]
    temperature: float = 1.0
    joint: NDArray[Any] | None = None
    joint_meaning: NDArray[Any] | None = None
    joint_offset: NDArray[Any] | None = None
    worth: NDArray[Any] | None = None
    """Of a model that was solved at once (`ridge`): what its scores are worth. Then `words` and `meaning` are its weights, and all texts landmarks."""
    edge: float = 0.5
    """Of two labels, the probability from which on the second is taken: lower than even where it is rare and would hardly be found."""

    @property
    def revision(self) -> str:
        """A checksum of what was learnt."""
        digest = hashlib.sha256(json.dumps([self.labels, self.embedder, self.scale, self.width, self.temperature, self.edge]).encode())
        for part in (self.rarity, self.words, self.landmarks, self.meaning, self.joint, self.worth):
            digest.update(b"" if part is None else part.tobytes())
        return digest.hexdigest()[:12]

    def predict_proba(self, texts: Sequence[str], vectors: NDArray[Any]) -> NDArray[Any]:
        """One row a text, in the order of `labels`."""
        import numpy as np  # noqa: PLC0415 -- slow import

        if self.worth is not None:
            near = gaussian((vectors - self.centre) * self.scale, self.landmarks, self.width)
            return _softmax(weighed(_weighted(_hashed(texts), self.rarity) @ self.words + near @ self.meaning + self.meaning_offset, self.worth))
        given = _softmax(_kernel(vectors, self) @ self.meaning + self.meaning_offset)
        if self.words.size:
            rows = _weighted(_hashed(texts), self.rarity)
            parts = [given, _softmax(_SHARPNESS * (rows @ self.words + self.words_offset))]
            if self.joint is not None and self.joint_meaning is not None:
                parts.append(_softmax(_SHARPNESS * (rows @ self.joint + _beside(vectors, self) @ self.joint_meaning + self.joint_offset)))
            given = np.mean(parts, axis=0)
        return _softmax(np.log(np.clip(given, 1e-9, None)) / self.temperature)

    def balanced(self, probabilities: NDArray[Any], *, strength: float = 0.5) -> NDArray[Any]:
        """The label of each row if rare labels shall be found too: probabilities over a power of the label's own share."""
        import numpy as np  # noqa: PLC0415 -- slow import

        return np.asarray(np.asarray(self.labels)[(probabilities / self.shares**strength).argmax(axis=1)])

    def stored(self) -> bytes:
        """As bytes that `loaded` reads; numbers only, nothing that could run."""
        import numpy as np  # noqa: PLC0415 -- slow import
        from scipy.sparse import csr_matrix  # noqa: PLC0415 -- loaded when it is needed

        plain = {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name) is not None}
        about = json.dumps({name: value for name, value in plain.items() if isinstance(value, str | int | float | tuple)})
        arrays = {name: value.astype(np.float16 if name == "landmarks" else np.float32) for name, value in plain.items() if name not in _SPARSE and not isinstance(value, str | int | float | tuple)}
        for name in _SPARSE:
            if name in plain:
                part = csr_matrix(plain[name].T.astype(np.float32)) if plain[name].size else csr_matrix((len(self.labels), 0), dtype=np.float32)
                arrays |= {f"{name}_data": part.data, f"{name}_indices": part.indices, f"{name}_indptr": part.indptr}
        out = io.BytesIO()
        np.savez_compressed(out, about=np.frombuffer(about.encode(), dtype=np.uint8), **arrays)
        return out.getvalue()


_SPARSE = ("words", "joint")


def loaded(data: bytes) -> Learnt:
    """What `stored` gave."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- loaded when it is needed

    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays.pop("about").tobytes())
    about["labels"] = tuple(about["labels"])
    k = len(about["labels"])
    dense: dict[str, Any] = {}
    for name in _SPARSE:
        if f"{name}_data" in arrays:
            parts = [arrays.pop(f"{name}_{part}") for part in ("data", "indices", "indptr")]
            dense[name] = csr_matrix(tuple(parts), shape=(k, _BUCKETS)).toarray().T.copy() if len(parts[0]) else np.zeros((0, k), np.float32)
    return Learnt(**about, **{name: value.astype(np.float32) for name, value in arrays.items()}, **dense)


def learnt(name: str, texts: Sequence[str], labels: Sequence[str], vectors: NDArray[Any], *, embedder: str = "", from_words: bool = True, calibrated: bool = True, kernel: bool = True) -> Learnt:  # noqa: PLR0913 -- what a fit depends on
    """A classifier from labelled texts and their vectors. The same labels in any order give the same classifier.

    Args:
        embedder: revision of what made the vectors.
        from_words: learn from words and letters too; without, from meaning only, which carries over to other companies.
        calibrated: fit the temperature on texts that were held out.
        kernel: with landmarks; without, meaning is weighed along straight lines only.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 -- loaded when it is needed

    order = np.array(sorted(range(len(texts)), key=lambda at: (texts[at], labels[at])), dtype=np.int64)
    texts, gold, vectors = [texts[at] for at in order], np.asarray(labels, dtype=str)[order], vectors[order]
    hashed = _hashed(texts) if from_words and len(texts) >= _FEWEST else None
    if hashed is not None and len(texts) <= MOST:
        return _solved(name, hashed, gold, vectors, embedder)
    model = _fitted(name, hashed, gold, vectors, embedder, kernel=kernel)
    least = int(np.unique(gold, return_counts=True)[1].min())
    if not calibrated or least < 3:  # noqa: PLR2004 -- folds
        return model
    unseen = np.zeros((len(gold), len(model.labels)))
    for seen, held in StratifiedKFold(3, shuffle=True, random_state=0).split(gold, gold):
        part = _fitted(name, None if hashed is None else hashed[seen], gold[seen], vectors[seen], embedder, kernel=kernel)
        unseen[held] = part.predict_proba([texts[at] for at in held], vectors[held])
    return replace(model, temperature=_temperature(unseen, np.searchsorted(model.labels, gold)))


def _solved(name: str, hashed: Any, gold: NDArray[Any], vectors: NDArray[Any], embedder: str) -> Learnt:
    """A model of words, letters and meaning together; what its probabilities mean comes from texts that were left out."""
    import numpy as np  # noqa: PLC0415 -- slow import

    labels, label, counted = np.unique(gold, return_inverse=True, return_counts=True)
    centre = vectors.mean(axis=0)
    scale = 1 / max(float(np.linalg.norm(vectors - centre, axis=1).mean()), 1e-6)
    rarity, points = _rarity(hashed), ((vectors - centre) * scale).astype(np.float32)
    found = solved(_weighted(hashed, rarity), points, label, len(labels))
    empty = np.zeros(0, np.float32)
    return Learnt(name, tuple(map(str, labels)), len(gold), embedder, rarity, found.words, empty, centre, scale, WIDTH, points, found.meaning, found.offset, counted / counted.sum(), worth=found.worth, edge=found.edge)


def _rarity(hashed: Any) -> NDArray[Any]:
    """What a bucket weighs by how few texts have it. What stands in one text only says nothing about others."""
    import numpy as np  # noqa: PLC0415 -- slow import

    held = np.asarray((hashed > 0).sum(axis=0)).ravel()
    rarity = (np.log((1 + hashed.shape[0]) / (1 + held)) + 1).astype(np.float32)
    rarity[held < 2] = 0  # noqa: PLR2004 -- the number is the thought
    return np.asarray(rarity)


def _fitted(name: str, hashed: Any, gold: NDArray[Any], vectors: NDArray[Any], embedder: str, *, kernel: bool) -> Learnt:  # noqa: PLR0913 -- what a fit depends on
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 -- loaded when it is needed
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- loaded when it is needed
    from sklearn.svm import LinearSVC  # noqa: PLC0415 -- loaded when it is needed

    labels, counted = np.unique(gold, return_counts=True)
    k = len(labels)
    centre = vectors.mean(axis=0)
    scale = 1 / max(float(np.linalg.norm(vectors - centre, axis=1).mean()), 1e-6)
    draw = np.random.default_rng(0).permutation(len(vectors))[: _LANDMARKS if kernel else 0]
    empty = np.zeros(0, np.float32)
    model = Learnt(name, tuple(map(str, labels)), len(gold), embedder, empty, np.zeros((0, k), np.float32), empty, centre, scale, 0.5, (vectors[draw] - centre) * scale, empty, empty, counted / counted.sum())
    meaning = LogisticRegression(C=3.0 if kernel else 0.15, max_iter=500).fit(_kernel(vectors, model), gold)
    model = replace(model, meaning=_columns(meaning.coef_, k), meaning_offset=_columns(meaning.intercept_[:, None], k)[0])
    if hashed is None:
        return model
    rarity = _rarity(hashed)
    weighted = _weighted(hashed, rarity)
    words = LinearSVC(C=0.3, random_state=0).fit(weighted, gold)
    joint = LinearSVC(C=0.3, random_state=0).fit(hstack([weighted, csr_matrix(_beside(vectors, model))]).tocsr(), gold)
    both = _columns(joint.coef_, k)
    return replace(
        model, rarity=rarity, words=_columns(words.coef_, k), words_offset=_columns(words.intercept_[:, None], k)[0],
        joint=np.ascontiguousarray(both[:_BUCKETS]), joint_meaning=np.ascontiguousarray(both[_BUCKETS:]), joint_offset=_columns(joint.intercept_[:, None], k)[0],
    )  # fmt: skip


def _columns(coefficients: NDArray[Any], k: int) -> NDArray[Any]:
    """One column a label, also where two labels have one row."""
    import numpy as np  # noqa: PLC0415 -- slow import

    rows = np.vstack([-coefficients, coefficients]) / (1 if k > 2 else 2) if len(coefficients) == 1 and k == 2 else coefficients  # noqa: PLR2004 -- the number is the thought
    return np.ascontiguousarray(rows.T, dtype=np.float32)


def _kernel(vectors: NDArray[Any], of: Learnt) -> NDArray[Any]:
    """How near each text is to each landmark."""
    import numpy as np  # noqa: PLC0415 -- slow import

    own = (vectors - of.centre) * of.scale
    if not of.landmarks.size:
        return np.asarray(own)
    apart = (own**2).sum(axis=1)[:, None] + (of.landmarks**2).sum(axis=1) - 2 * own @ of.landmarks.T
    return np.hstack([np.exp(-of.width * np.clip(apart, 0, None)), own])


def _beside(vectors: NDArray[Any], of: Learnt) -> NDArray[Any]:
    """Meaning as it stands beside words."""
    import numpy as np  # noqa: PLC0415 -- slow import

    return np.asarray(((vectors - of.centre) * (of.scale * _BESIDE_WORDS)).astype(np.float32))


def _hashed(texts: Sequence[str]) -> Any:
    """Counts of words, pairs of words and runs of two to five letters, each kind in a half of the buckets."""
    from scipy.sparse import hstack  # noqa: PLC0415 -- slow import

    words, letters = _hashers()
    return hstack([words.transform(texts), letters.transform(texts)]).tocsr()


@lru_cache(maxsize=1)
def _hashers() -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415 -- slow import

    half = _BUCKETS // 2
    words = HashingVectorizer(n_features=half, ngram_range=(1, 2), norm=None, alternate_sign=False)
    return words, HashingVectorizer(n_features=half, analyzer="char_wb", ngram_range=(2, 5), norm=None, alternate_sign=False)


def _weighted(hashed: Any, rarity: NDArray[Any]) -> Any:
    """Counts on a logarithmic scale, weighted by rarity; words and letters each of length one."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.sparse import diags, hstack  # noqa: PLC0415 -- loaded when it is needed
    from sklearn.preprocessing import normalize  # noqa: PLC0415 -- loaded when it is needed

    rows = hashed.astype(np.float32, copy=True)
    rows.data = np.log1p(rows.data) * np.float32(1 / np.log(2))
    rows = (rows @ diags(rarity)).tocsc()
    half = rows.shape[1] // 2
    return hstack([normalize(rows[:, :half].tocsr()), normalize(rows[:, half:].tocsr())]).tocsr().astype(np.float32)


def _softmax(scores: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415 -- slow import

    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _temperature(probabilities: NDArray[Any], gold: NDArray[Any]) -> float:
    """The temperature under which unseen texts were least surprising."""
    import numpy as np  # noqa: PLC0415 -- slow import

    logs, rows = np.log(np.clip(probabilities, 1e-9, None)), np.arange(len(gold))
    tried = np.exp(np.linspace(np.log(0.25), np.log(4), 61))
    losses = [-np.log(np.clip(_softmax(logs / one)[rows, gold], 1e-12, None)).mean() for one in tried]
    return float(tried[int(np.argmin(losses))])
