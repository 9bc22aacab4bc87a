"""How good the installed models are: each figure with the target it is held against, from labelled sets in a folder.

A set that is not there is left out and said so. Nothing is tuned here: the figures are those of the default recipe.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from kundig.texts.classifier import learnt
from kundig.texts.normal import bare, cleaned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundig.texts.protocols import Embedder
    from kundig.texts.readings import Reader


@dataclass(frozen=True)
class Figure:
    """A figure: of which set, what was measured, the value, what it should be, and how it was measured."""

    set: str
    measure: str
    value: float | None
    target: str
    how: str


Progress = Callable[[str, int, int], None]
"""Told what is being measured, and how far it is of how much."""


def evaluated(reader: Reader, sets: Path | None, *, own: Sequence[tuple[str, str]] = (), quick: bool = False, progress: Progress | None = None) -> Iterator[Figure]:
    """All figures, one after the other; each text is embedded once, whatever is measured on it.

    Args:
        reader: the models that are measured.
        sets: a folder of labelled sets.
        own: the company's texts with the mood that their rating stands for.
        quick: fewer folds and texts, which gives rougher figures.
        progress: told now and then how far it is.
    """
    tell = progress or _silent
    once = replace(reader, embedder=_Once(reader.embedder, tell))
    if own:
        texts, moods = zip(*own, strict=True)
        yield from _moods(once, "own ratings", texts, moods, 5, 2 if quick else 5, ("", ""), tell)
    for part in (_german, _english, _languages, _themes, _own_words):
        yield from part(once, sets, quick, tell)
    yield from _readability(sets)
    tell("alarms", 0, 1)
    yield from _alarms(quick)
    tell("speed", 0, 1)
    yield from _speed(reader, sets)


def _silent(what: str, done: int, of: int) -> None:
    del what, done, of


class _Once:
    """An embedder that remembers what it has embedded, so that many figures of one set cost one pass over it."""

    def __init__(self, of: Embedder, tell: Progress) -> None:
        self.name, self.dim, self.revision = of.name, of.dim, of.revision
        self._of, self._tell, self._known = of, tell, dict[str, "NDArray[Any]"]()

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row a text."""
        import numpy as np  # noqa: PLC0415 -- slow import

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(new), _AT_ONCE):
            self._tell(f"embedding with {self.name}", start, len(new))
            part = new[start : start + _AT_ONCE]
            self._known.update(zip(part, self._of.encode(part), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(len(texts), self.dim)


_AT_ONCE = 256


def _rows(sets: Path | None, name: str) -> list[dict[str, str]]:
    if sets is None or not (sets / name).is_file():
        return []
    with gzip.open(sets / name, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


_OPINIONS, _GENERAL, _FEWEST_OF_A_CATEGORY = "germeval2017/dev_opinions.csv.gz", "Allgemein", 20
_DEV, _TWEETS = "germeval2017/dev_documents.csv.gz", "airline_tweets/airline_tweets_first_half.csv.gz"


def _missing(name: str) -> Figure:
    return Figure(name.partition("/")[0], "not measured", None, "", "the set is not here; --sets names its folder")


def _german(reader: Reader, sets: Path | None, quick: bool, tell: Progress) -> Iterator[Figure]:
    rows = _rows(sets, _DEV)
    if not rows:
        yield _missing(_DEV)
        return
    yield from _moods(reader, "germeval2017 dev", [row["text"] for row in rows], [row["sentiment"] for row in rows], 10, 2 if quick else 10, ("2 points above words and letters", "0.58 balanced"), tell)
    yield from _relevance(reader, rows, 2 if quick else 10, tell)
    yield from _categories(reader, rows, _rows(sets, _OPINIONS), 1 if quick else 2, tell)


def _english(reader: Reader, sets: Path | None, quick: bool, tell: Progress) -> Iterator[Figure]:
    rows = _rows(sets, _TWEETS)
    if not rows:
        yield _missing(_TWEETS)
        return
    yield from _moods(reader, "airline tweets", [row["text"] for row in rows], [row["airline_sentiment"] for row in rows], 5, 1 if quick else 5, ("0.84", "0.785"), tell)


def _folds(gold: NDArray[Any], of: int, most: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 -- slow import

    return list(StratifiedKFold(of, shuffle=True, random_state=0).split(gold, gold))[:most]


def _moods(reader: Reader, name: str, texts: Sequence[str], labels: Sequence[str], folds: int, most: int, targets: tuple[str, str], tell: Progress) -> Iterator[Figure]:  # noqa: PLR0913 -- a set and its targets
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.metrics import accuracy_score, f1_score  # noqa: PLC0415 -- loaded when it is needed

    read, gold = [bare(cleaned(text)) for text in texts], np.asarray(labels)
    vectors = reader.embedder.encode(read)
    chosen, even, plain, held_all = [], [], [], []
    for fold, (seen, held) in enumerate(_folds(gold, folds, most)):
        tell(f"{name}: moods", fold, most)
        model = learnt("own", [read[at] for at in seen], gold[seen], vectors[seen], calibrated=False)
        given = model.predict_proba([read[at] for at in held], vectors[held])
        chosen.append(np.asarray(model.labels)[given.argmax(axis=1)])
        even.append(model.balanced(given))
        plain.append(_words_and_letters([read[at] for at in seen], gold[seen], [read[at] for at in held]))
        held_all.append(gold[held])
    true, own, fair, base = (np.concatenate(part) for part in (held_all, chosen, even, plain))
    how = f"{len(chosen)} of {folds} folds, {len(true):,} texts"
    yield Figure(name, "moods, taught: micro-F1 (accuracy)", float(accuracy_score(true, own)), targets[0], how)
    yield Figure(name, "moods, words and letters alone: micro-F1", float(accuracy_score(true, base)), "", how)
    yield Figure(name, "moods, taught, balanced: macro-F1", float(f1_score(true, fair, average="macro")), targets[1], how)
    known = np.asarray(reader.classifier.labels)[reader.classifier.predict_proba(read, vectors).argmax(axis=1)]
    yield Figure(name, f"moods, {reader.classifier.name} untaught: accuracy", float(accuracy_score(gold, known)), "", f"{len(gold):,} texts, none of them seen")
    yield Figure(name, f"moods, {reader.classifier.name} untaught: macro-F1", float(f1_score(gold, known, average="macro")), "", f"{len(gold):,} texts, none of them seen")


def _words_and_letters(seen: Sequence[str], gold: NDArray[Any], held: Sequence[str]) -> NDArray[Any]:
    """The usual baseline: TF-IDF of words and letters, a linear support vector machine."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 -- loaded when it is needed
    from sklearn.pipeline import make_pipeline, make_union  # noqa: PLC0415 -- loaded when it is needed
    from sklearn.svm import LinearSVC  # noqa: PLC0415 -- loaded when it is needed

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
    return np.asarray(make_pipeline(make_union(words, letters), LinearSVC(C=0.3, random_state=0)).fit(seen, gold).predict(held))


def _relevance(reader: Reader, rows: list[dict[str, str]], most: int, tell: Progress) -> Iterator[Figure]:
    import numpy as np  # noqa: PLC0415 -- slow import

    read, gold = [bare(cleaned(row["text"])) for row in rows], np.asarray([row["relevance"] for row in rows])
    vectors = reader.embedder.encode(read)
    right = total = 0
    for fold, (seen, held) in enumerate(_folds(gold, 10, most)):
        tell("germeval2017 dev: relevance", fold, most)
        model = learnt("relevance", [read[at] for at in seen], gold[seen], vectors[seen], calibrated=False)
        given = model.predict_proba([read[at] for at in held], vectors[held])
        right, total = right + int((np.asarray(model.labels)[given.argmax(axis=1)] == gold[held]).sum()), total + len(held)
    yield Figure("germeval2017 dev", "relevance, taught: micro-F1", right / total, "0.895", f"{most} of 10 folds")


def _categories(reader: Reader, rows: list[dict[str, str]], opinions: list[dict[str, str]], most: int, tell: Progress) -> Iterator[Figure]:
    """One classifier a category, as corrections teach pinned themes; the category that stands for none is left out."""
    import numpy as np  # noqa: PLC0415 -- slow import

    of: dict[str, set[str]] = {}
    for opinion in opinions:
        of.setdefault(opinion["doc"], set()).add(opinion["category"].partition("#")[0])
    gold = [of.get(row["doc"], set()) - {_GENERAL} for row in rows]
    names = sorted({name for own in gold for name in own})
    if not names:
        return
    read = [bare(cleaned(row["text"])) for row in rows]
    vectors = reader.embedder.encode(read)
    hits = found = there = 0
    for fold, (seen, held) in enumerate(_folds(np.array([bool(own) for own in gold]), 5, most)):
        there += sum(len(gold[at]) for at in held)
        for place, name in enumerate(names):
            tell("germeval2017 dev: categories", fold * len(names) + place, most * len(names))
            labels = ["yes" if name in gold[at] else "no" for at in seen]
            if labels.count("yes") < _FEWEST_OF_A_CATEGORY:
                continue
            model = learnt(name, [read[at] for at in seen], labels, vectors[seen], calibrated=False)
            given = model.predict_proba([read[at] for at in held], vectors[held])[:, 1] >= model.edge
            found += int(given.sum())
            hits += sum(bool(yes) and name in gold[at] for yes, at in zip(given, held, strict=True))
    precision, recall = hits / max(found, 1), hits / max(there, 1)
    yield Figure("germeval2017 dev", "categories, taught, several a text: micro-F1", 2 * precision * recall / max(precision + recall, 1e-9), "0.50", f"{most} of 5 folds, {len(names)} categories; precision {precision:.2f}, recall {recall:.2f}")


def _languages(reader: Reader, sets: Path | None, quick: bool, tell: Progress) -> Iterator[Figure]:
    del reader
    tell("languages", 0, 1)
    from kundig.texts.language import language  # noqa: PLC0415 -- slow import

    for name, column, code in ((_DEV, "text", "de"), (_TWEETS, "text", "en")):
        rows = _rows(sets, name)[: 500 if quick else 2_000]
        cut = [" ".join(bare(cleaned(row[column])).replace("@name", "").replace("http", "").split()[:8]) for row in rows]
        if rows:
            yield Figure(name.partition("/")[0], "language at eight words", sum(language(text, ("de", "en")).code == code for text in cut) / len(cut), "0.985", f"{len(cut):,} texts")


def _readability(sets: Path | None) -> Iterator[Figure]:
    import numpy as np  # noqa: PLC0415 -- slow import
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 -- loaded when it is needed

    from kundig.texts.clarity import fitted  # noqa: PLC0415 -- loaded when it is needed
    from kundig.texts.difficulty import traits  # noqa: PLC0415 -- loaded when it is needed

    rows = _rows(sets, "text_complexity_de/ratings.csv.gz")
    if not rows:
        yield _missing("text_complexity_de")
        return
    x, y = np.array([traits(row["Sentence"]) for row in rows]), np.array([float(row["MOS_Complexity"]) for row in rows])
    given = np.zeros(len(y))
    for seen, held in GroupKFold(5).split(x, y, [row["Article_ID"] for row in rows]):
        given[held] = fitted(x[seen], y[seen]).of(x[held])
    yield Figure("text_complexity_de", "readability: r with people's ratings", float(np.corrcoef(given, y)[0, 1]), "0.79", f"5 folds, grouped by article, {len(y):,} sentences")


def _themes(reader: Reader, sets: Path | None, quick: bool, tell: Progress) -> Iterator[Figure]:
    from sklearn.metrics import normalized_mutual_info_score  # noqa: PLC0415 -- slow import

    from kundig.texts.themes import formed  # noqa: PLC0415 -- loaded when it is needed

    rows = [row for row in _rows(sets, _TWEETS) if row["negativereason"] and row["negativereason"] != "Can't Tell"][: 1_500 if quick else None]
    if rows:
        read = [bare(cleaned(row["text"])) for row in rows]
        tell("airline tweets: themes", 0, 1)
        found = formed(read, ["en"] * len(read), reader.embedder.encode(read), 10)
        yield Figure("airline tweets", "themes: NMI with complaint reasons, k = 10", float(normalized_mutual_info_score([row["negativereason"] for row in rows], found.theme)), "0.30", f"{len(rows):,} tweets")


def _own_words(reader: Reader, sets: Path | None, quick: bool, tell: Progress) -> Iterator[Figure]:
    """Measured with the embedder that comes with kundig, which always proposes them."""
    from kundig.texts.pairs import PAIRS, found  # noqa: PLC0415 -- loaded when it is needed

    del reader, quick
    if rows := _rows(sets, _DEV):
        tell("own words", 0, 1)
        first, among = found([row["text"] for row in rows])
        how = f"{len(PAIRS)} words of administration, beside the nouns of the set"
        yield Figure("germeval2017 dev", "customers' own word for jargon: proposed first", first, "", how)
        yield Figure("germeval2017 dev", "customers' own word for jargon: among three proposals", among, "", how)


def _alarms(quick: bool) -> Iterator[Figure]:
    """Sixty simulated themes over 140 days with a weekly rhythm and more variance than Poisson's; spikes five times as high."""
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.statistics.spikes import WINDOW, alpha, spikes  # noqa: PLC0415 -- loaded when it is needed

    rng, series, days, extra = np.random.default_rng(1), 60, 140, 0.05
    limit, weeks, false, hits = alpha(1.0, series), 0.0, 0, []
    for _ in range(1 if quick else 5):
        base = np.exp(rng.normal(np.log(6), 1, series))
        mean = base[:, None] * np.array([1.1, 1.1, 1, 1, 1, 0.7, 0.6])[np.arange(days) % 7]
        counts = rng.negative_binomial(1 / extra, 1 / (1 + extra * mean))
        false += int((spikes(counts).p[:, WINDOW:] < limit).sum())
        weeks += (days - WINDOW) / 7
        for theme in np.flatnonzero(base >= 5):  # noqa: PLR2004 -- themes of five texts a day and more
            day = int(rng.integers(WINDOW, days))
            cut = counts[:, day - WINDOW : day + 1].copy()
            cut[theme, -1] = rng.negative_binomial(1 / extra, 1 / (1 + extra * 5 * mean[theme, day]))
            hits.append(spikes(cut).p[theme, WINDOW] < limit)
    yield Figure("simulated", "alarms: false ones a week over 60 themes", false / weeks, "1.2 at most", f"{weeks:.0f} weeks")
    yield Figure("simulated", "alarms: hits at five times as many", float(np.mean(hits)), "0.90", f"{len(hits)} spikes")


def _speed(reader: Reader, sets: Path | None) -> Iterator[Figure]:
    rows = [row["text"] for row in _rows(sets, _DEV)] or [f"Die Lieferung {at} kam schon wieder viel zu spät, und am Telefon war niemand zu erreichen." for at in range(2_000)]
    reader.read(rows[:50])
    fresh: Callable[[str], str] = lambda text: text + " "  # noqa: E731 -- texts that no cache has seen
    begun = process_time()
    reader.read([fresh(text) for text in rows[:1_000]])
    speed = min(1_000, len(rows)) / (process_time() - begun)
    of = "germeval2017 dev" if sets else "made up"
    yield Figure(of, "speed: texts a second of one core, all steps", speed, "180 with the fast embedder", "processor time, not the clock's")
    yield Figure(of, "speed: minutes for 26,000 posts on one core", 26_000 / speed / 60, "5 with the fast embedder", "from the figure above")
