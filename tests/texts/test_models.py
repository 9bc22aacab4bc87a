"""Models learn from labels, take over only if they win, and read a text once."""

import numpy as np
import pytest

from kundig.settings import Texts
from kundig.settings.texts import Pinned
from kundig.texts.categories import Categories
from kundig.texts.classifier import learnt, loaded
from kundig.texts.encoder import UniversalEncoder
from kundig.texts.moods import rated, seed, taught
from kundig.texts.readings import READINGS, Reader, packed, text_hash, unpacked
from kundig.texts.seed.grammar import texts


class Letters:
    """An embedder for tests: how often each letter occurs."""

    name, dim, revision = "letters", 26, "1"

    def encode(self, texts):
        rows = np.array([[text.lower().count(chr(97 + at)) + 0.01 for at in range(26)] for text in texts], dtype=np.float32).reshape(len(texts), 26)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def labelled():
    rows = texts(each=40)
    return [text for text, _, _ in rows], [mood for _, mood, _ in rows]


def test_the_encoder_puts_translations_nearer_than_other_sentences():
    encoder = UniversalEncoder()
    german, english, other = encoder.encode(["Wo ist mein Paket?", "Where is my parcel?", "Der Kuchen ist gebacken."])
    assert german @ english > 0.6 > german @ other
    assert encoder.encode(["", "x" * 5000]).shape == (2, 512)
    assert np.allclose(np.linalg.norm(encoder.encode(["", "a"]), axis=1), 1, atol=1e-5)


def test_a_text_has_one_vector_alone_and_in_a_batch():
    encoder = UniversalEncoder()
    many = ["Wo ist mein Paket?", "Danke", *(f"Text {at} " * 40 for at in range(30))]
    assert np.allclose(encoder.encode(many)[0], encoder.encode(many[:1])[0], atol=1e-4)


def test_the_seed_knows_plain_moods_of_both_languages_and_says_when_it_does_not():
    reader = Reader(UniversalEncoder(), seed())
    told = ["Ich bin sehr enttäuscht, nie wieder.", "Vielen Dank, hervorragend!", "I want my money back, terrible service", "Lovely people, thank you", ""]
    assert reader.read(told)["mood"].to_pylist() == ["negative", "positive", "negative", "positive", "unclear"]


def test_a_classifier_is_the_same_whatever_the_order_and_survives_storing():
    said, moods = labelled()
    vectors = Letters().encode(said)
    model = learnt("own", said, moods, vectors)
    back = learnt("own", said[::-1], moods[::-1], vectors[::-1])
    stored = loaded(model.stored())
    given = model.predict_proba(said[:20], vectors[:20])
    assert np.allclose(given, back.predict_proba(said[:20], vectors[:20]))
    assert np.allclose(given, stored.predict_proba(said[:20], vectors[:20]), atol=5e-3)
    assert np.allclose(given.sum(axis=1), 1)
    assert (stored.labels, stored.n) == (("negative", "neutral", "positive"), len(set(said)))


def test_an_own_model_wins_where_moods_are_said_in_own_words_and_not_on_labels_by_chance():
    rng = np.random.default_rng(1)
    words = {"negative": "blorp", "neutral": "zindle", "positive": "frabjous"}
    moods = rng.choice(list(words), 240)
    said = [f"{words[mood]} thing {at}" for at, mood in enumerate(moods)]
    encoder = Letters()
    constant = learnt("seed", said, rng.permutation(moods), encoder.encode(said), from_words=False)
    model, contest = taught(said, list(moods), encoder.encode(said), against=constant)
    assert (contest.won, contest.n, contest.own_accuracy) == (True, 240, 1.0)
    _, lost = taught(said, list(rng.permutation(moods)), encoder.encode(said), against=model)
    assert lost.won is False


def test_a_rating_stands_for_a_mood():
    assert [rated("nps", score) for score in (0, 6, 7, 8, 9, 10)] == ["negative", "negative", "neutral", "neutral", "positive", "positive"]


def test_readings_have_the_documented_columns_and_hold_no_text():
    table = Reader(Letters(), _constant(), names=("Nord",)).read(["Nord ist gut", "a\ud800b"])
    assert table.column_names == [column.name for column in READINGS]
    assert table["text_hash"].to_pylist() == [text_hash("Nord ist gut"), text_hash("a\ud800b")]
    assert table["names_us"].to_pylist() == [1, 0]


def _constant():
    said, moods = labelled()
    return learnt("own", said, moods, Letters().encode(said), calibrated=False)


def test_sentences_are_read_one_by_one():
    rows = Reader(UniversalEncoder(), seed()).sentences("Der Laden war toll. Aber die App stürzt dauernd ab!")
    assert [(row["sentence"], row["mood"]) for row in rows] == [("Der Laden war toll.", "positive"), ("Aber die App stürzt dauernd ab!", "negative")]


def test_a_packed_vector_points_where_it_pointed():
    vectors = UniversalEncoder().encode(["Wo ist mein Paket?", "Danke"])
    assert (np.einsum("ij,ij->i", unpacked(packed(vectors)), vectors) > 0.999).all()


def test_a_pinned_theme_is_found_by_its_words_and_its_examples():
    encoder = UniversalEncoder()
    categories = Categories({"Preis": Pinned(words=("teuer",)), "Versand": Pinned(examples=("Mein Paket ist nicht angekommen.",))}, encoder)
    said = ["Viel zu teuer!", "Das Paket kam nicht an.", "Die App ist gut."]
    assert categories.of(said, encoder.encode(said)) == ["Preis", "Versand", None]


def test_settings_refuse_what_cannot_be_meant():
    with pytest.raises(ValueError, match="no regular expression"):
        Texts(numbers=("(",))
    with pytest.raises(ValueError, match="words or examples"):
        Pinned()
