"""What a company's corrections teach: what is about it, and its themes; kept only where it beats the rule."""

import numpy as np
import pytest

from kundig.settings.texts import Pinned
from kundig.texts.categories import Categories
from kundig.texts.classifier import learnt
from kundig.texts.lessons import ABOUT_US, MOOD, kept, learn, theme
from kundig.texts.readings import Reader
from tests.texts.test_models import Letters, labelled


@pytest.fixture(scope="module")
def reader():
    said, moods = labelled()
    model = learnt("seed", said, moods, Letters().encode(said), calibrated=False)
    return Reader(Letters(), model, names=("Nord",), categories=Categories({"Versand": Pinned(words=("paket",))}, None))


def posts(n=200):
    """Half about a parcel that is never called so, and half about the wind in the north."""
    rng = np.random.default_rng(3)
    about = rng.integers(0, 2, n)
    return [(f"{'Sendung blieb liegen' if yes else 'Nordwind mit frischen Böen'} {chr(97 + at % 26)}{at}", int(yes)) for at, yes in enumerate(about)]


def test_corrections_teach_what_is_about_the_company_and_what_a_theme_is(reader, tmp_path):
    labels = [(text, "yes" if yes else "no") for text, yes in posts()]
    found = learn({ABOUT_US: labels, theme("Versand"): labels}, reader, tmp_path)
    # By its name the company would take the wind for itself.
    assert {what: (how.won, how.n, how.own_accuracy) for what, how in found.items()} == {ABOUT_US: (True, 200, 1.0), "theme Versand": (True, 200, 1.0)}
    assert found[ABOUT_US].seed_accuracy < 0.1
    own = Reader(reader.embedder, reader.classifier, names=("Nord",), categories=Categories({"Versand": Pinned(words=("paket",))}, reader.embedder, {"Versand": kept(tmp_path, theme("Versand"))}), relevance=kept(tmp_path, ABOUT_US))
    rows = own.read(["Die Sendung blieb liegen", "Nordwind frischt auf"]).to_pylist()
    assert [(row["names_us"], row["about_us"] > 0.5, row["categories"]) for row in rows] == [(0, True, "Versand"), (1, False, None)]
    assert own.reads != reader.reads


def test_labels_by_chance_teach_nothing_and_too_few_are_said_to_be_so(reader, tmp_path):
    chance = np.random.default_rng(5).permutation(["yes", "no"] * 100)
    found = learn({ABOUT_US: [(text, label) for (text, _), label in zip(posts(), chance, strict=True)], MOOD: [("Danke", "positive")] * 200, theme("Versand"): []}, reader, tmp_path)
    assert (found[ABOUT_US].won, found[MOOD], found["theme Versand"]) == (False, None, None)
    assert [kept(tmp_path, what) for what in (ABOUT_US, MOOD)] == [None, None]


def test_one_text_reads_the_same_alone_and_among_others(reader):
    texts = ["Das Paket ist nicht da", "Danke", "<b>Nord</b> \u202eist gut"]
    columns = ["mood", "language", "categories", "gist_hash", "vector", "negative", "positive"]
    together = reader.read(texts).select(columns).to_pylist()
    for text, row in zip(texts, together, strict=True):
        assert reader.read([text]).select(columns).to_pylist() == [{**row, "negative": pytest.approx(row["negative"], abs=1e-5), "positive": pytest.approx(row["positive"], abs=1e-5)}]
