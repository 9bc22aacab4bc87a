"""Evaluation measures what is there, says what is not, embeds each text once, and tells how far it is."""

import csv
import gzip
from collections import Counter

import pytest

from kundig.texts.classifier import learnt
from kundig.texts.evaluation import evaluated
from kundig.texts.readings import Reader
from kundig.texts.seed.grammar import texts
from tests.texts.test_models import Letters


class Counting(Letters):
    """Counts how often it is asked for each text."""

    def __init__(self):
        self.asked = Counter()

    def encode(self, texts):
        self.asked.update(texts)
        return super().encode(texts)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder, rows = tmp_path_factory.mktemp("sets"), texts(each=6)
    (folder / "germeval2017").mkdir()
    docs = [{"doc": at, "text": text, "relevance": str(mood != "neutral").lower(), "sentiment": mood} for at, (text, mood, language) in enumerate(rows) if language == "de"]
    for name, told in (("documents", docs), ("opinions", [{"doc": doc["doc"], "category": "Zugfahrt#Haupt"} for doc in docs[:40]])):
        with gzip.open(folder / f"germeval2017/dev_{name}.csv.gz", "wt", encoding="utf-8", newline="") as stream:
            out = csv.DictWriter(stream, list(told[0]))
            out.writeheader()
            out.writerows(told)
    said, moods = [text for text, _, _ in rows], [mood for _, mood, _ in rows]
    embedder, steps = Counting(), []
    reader = Reader(embedder, learnt("own", said, moods, Letters().encode(said), calibrated=False))
    figures = list(evaluated(reader, folder, quick=True, progress=lambda what, done, of: steps.append((what, done, of))))
    return figures, embedder.asked, steps, docs


def test_what_is_there_is_measured_and_what_is_not_is_said(measured):
    figures, _, _, docs = measured
    known = [(figure.set, figure.measure) for figure in figures if figure.value is not None]
    assert {name for name, _ in known} == {"germeval2017 dev", "germeval2017", "simulated"}
    assert [(figure.set, figure.how) for figure in figures if figure.value is None] == [(name, "the set is not here; --sets names its folder") for name in ("airline_tweets", "text_complexity_de")]
    by = {figure.measure: figure for figure in figures}
    # Its own phrases are no riddle to it.
    assert by["moods, own untaught: accuracy"].value > 0.9
    assert all(0 <= figure.value <= 1 for figure in figures if "F1" in figure.measure)
    assert by["moods, own untaught: accuracy"].how == f"{len(docs)} texts, none of them seen"


def test_each_text_of_a_set_is_embedded_once_for_all_figures(measured):
    _, asked, _, _ = measured
    # Twice more for the speed, which no memory may help: once to begin, and once measured.
    assert max(asked.values()) == 3


def test_it_says_how_far_it_is_and_never_farther_than_there_is(measured):
    _, _, steps, _ = measured
    assert {what for what, _, _ in steps} >= {"embedding with letters", "germeval2017 dev: moods", "germeval2017 dev: relevance", "germeval2017 dev: categories", "languages", "alarms", "speed"}
    assert all(0 <= done < of for _, done, of in steps)
