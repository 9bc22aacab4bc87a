"""What texts are about: themes formed from words and meaning together, and named by the words that tell them apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kundig.texts.mixture import grouped

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMON = 250
_SPAN, _MEANING = 100, 50
_LENGTHS = 1.0, 1.3
_FEWEST_DOCUMENTS = 2
MIXED = 0.12
"""A theme whose first word stands in fewer of its texts than this is a leftover: it is called mixed, not found."""


@dataclass(frozen=True)
class Formed:
    """Themes of texts: for each text the number of its theme; for each theme its telling terms, and how many of its texts hold the first."""

    theme: NDArray[Any]
    terms: list[list[str]]
    coverage: list[float]
    nearness: NDArray[Any]


def formed(texts: Sequence[str], languages: Sequence[str | None], vectors: NDArray[Any] | None, most: int, *, without: Sequence[str] = ()) -> Formed:
    """Texts in at most so many themes. The caller puts the texts in an order of its own, so that the answer is stable.

    Words are brought to their base form (`simplemma`), weighed by rarity and put on some hundred axes; meaning is the
    embedder's vector on fifty. Both, side by side, say where a text points; a mixture of words and
    directions parts them (`mixture`).

    Args:
        languages: ISO 639-1 of each text, None where it is not known.
        vectors: meaning of each text; without, themes are formed from words alone.
        most: how many themes.
        without: words that name no theme, such as the company's name.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 -- loaded when it is needed

    lemmas, surfaces = _lemmatised(texts, languages, frozenset(word.lower() for word in without))
    counted, terms = _terms(lemmas)
    k = max(1, min(most, len(texts)))
    with threadpool_limits(limits=1):
        space = _space(counted, vectors)
        k = min(k, len(np.unique(space.round(6), axis=0)))
        group, sure = grouped(counted, space, k)
    names, coverage = [], []
    for theme in range(int(group.max()) + 1):
        told, share = _telling(counted, terms, group == theme)
        names.append([" ".join(surfaces.get(word, word) for word in term.split()) for term in told])
        coverage.append(share)
    middles = np.array([space[group == theme].mean(axis=0) for theme in range(len(names))])
    # Typical is what is near the middle of its theme and of no other.
    apart = np.linalg.norm(space - middles[group], axis=1)
    return Formed(group, names, coverage, sure - apart)


class Terms:
    """The words, and pairs of neighbouring words, of texts; and which of them tell some of the texts from the rest."""

    def __init__(self, texts: Sequence[str], languages: Sequence[str | None], without: Sequence[str] = ()) -> None:
        lemmas, self._surfaces = _lemmatised(texts, languages, frozenset(word.lower() for word in without))
        self._counted, self._terms = _terms(lemmas)

    def telling(self, inside: NDArray[Any], among: NDArray[Any]) -> list[str]:
        """Up to three terms that are frequent in the texts `inside` and rarer in the others `among` which these are."""
        import numpy as np  # noqa: PLC0415 -- slow import

        rows = np.flatnonzero(among)
        told, _ = _telling(self._counted[rows], self._terms, inside[rows])
        return [" ".join(self._surfaces.get(word, word) for word in term.split()) for term in told]


def _lemmatised(texts: Sequence[str], languages: Sequence[str | None], without: frozenset[str]) -> tuple[list[list[str]], dict[str, str]]:
    """The base forms of each text's telling words, and for each base form how it is written most often."""
    written: dict[str, Counter[str]] = {}
    lemmas = []
    for text, language in zip(texts, languages, strict=True):
        own = []
        for word in _WORD.findall(text):
            low = word.lower()
            base = lemma(low if language != "de" else word, language or "")
            if low in _stop(language or "") or base in without or low in without or len(base) < 3:  # noqa: PLR2004 -- no letters and articles
                continue
            own.append(base)
            written.setdefault(base, Counter())[word if language == "de" and word[0].isupper() and not word.isupper() else low] += 1
        lemmas.append(own)
    return lemmas, {base: min(forms, key=lambda form: (-forms[form], form)) for base, forms in written.items()}


@lru_cache(maxsize=200_000)
def lemma(word: str, language: str) -> str:
    """The base form of a word in lower case.

    >>> lemma("Züge", "de"), lemma("delayed", "en")
    ('zug', 'delay')
    """
    from simplemma import lemmatize  # noqa: PLC0415 -- slow import

    try:
        return str(lemmatize(word, lang=language)).lower() if language else word.lower()
    except ValueError:
        return word.lower()


@cache
def _stop(language: str) -> frozenset[str]:
    """The commonest words of a language, which name no theme."""
    from wordfreq import available_languages, top_n_list  # noqa: PLC0415 -- slow import

    own = top_n_list(language, _COMMON) if language in available_languages() else []
    return frozenset([*own, "http", "https", "www", "com", "name", "rt", "amp", "co", "nbsp"])


def _terms(lemmas: list[list[str]]) -> tuple[Any, list[str]]:
    """Texts by terms: words and pairs of neighbours that stand in two texts at least, zeros and ones."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 -- slow import

    joined = ["\t".join(own) for own in lemmas]
    for fewest in (_FEWEST_DOCUMENTS if len(lemmas) < 2_000 else 3, 1):  # noqa: PLR2004 -- many texts
        counter = CountVectorizer(analyzer=_grams, min_df=fewest, max_features=60_000)
        try:
            counted = counter.fit_transform(joined)
        except ValueError:
            continue
        counted.data[:] = 1
        return counted.tocsr(), [str(term) for term in counter.get_feature_names_out()]
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- slow import

    return csr_matrix((len(lemmas), 1)), ["…"]


def _grams(joined: str) -> list[str]:
    own = joined.split("\t") if joined else []
    return own + [f"{one} {two}" for one, two in pairwise(own) if one != two]


def _space(counted: Any, vectors: NDArray[Any] | None) -> NDArray[Any]:
    """Each text as a point: words on a hundred axes, of length one, and meaning on fifty, a third longer: it carries over from text to text."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.decomposition import PCA, TruncatedSVD  # noqa: PLC0415 -- loaded when it is needed
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415 -- loaded when it is needed

    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(counted)
    axes = min(_SPAN, weighed.shape[1] - 1, weighed.shape[0] - 1)
    words = TruncatedSVD(axes, random_state=0).fit_transform(weighed) if axes > 1 else weighed.toarray()
    parts = [words]
    if vectors is not None and len(vectors) > 2:  # noqa: PLR2004 -- a plane
        parts.append(PCA(min(_MEANING, len(vectors) - 1), random_state=0, svd_solver="randomized").fit_transform(vectors))
    return np.hstack([length * part / np.clip(np.linalg.norm(part, axis=1, keepdims=True), 1e-9, None) for length, part in zip(_LENGTHS, parts, strict=False)])


def _telling(counted: Any, terms: list[str], inside: NDArray[Any], most: int = 3) -> tuple[list[str], float]:
    """The terms that tell a theme from the rest: often inside, seldom outside; pairs count half as much again."""
    import numpy as np  # noqa: PLC0415 -- slow import

    here, all_ = np.asarray(counted[inside].sum(axis=0)).ravel(), np.asarray(counted.sum(axis=0)).ravel()
    n, rest = max(int(inside.sum()), 1), max(int((~inside).sum()), 1)
    coverage = here / n
    lift = np.log((here + 0.5) / (n + 1) / ((all_ - here + 0.5) / (rest + 1)))
    pairs = np.array([1.5 if " " in term else 1.0 for term in terms])
    score = coverage * np.clip(lift, 0, None) * pairs
    told: list[str] = []
    used: set[str] = set()
    first = 0.0
    for at in np.lexsort((np.arange(len(terms)), -score))[:200]:
        words = set(terms[at].split())
        if score[at] <= 0 or words & used:
            continue
        first = first or float(coverage[at])
        told.append(terms[at])
        used |= words
        if len(told) == most:
            break
    return told, first
