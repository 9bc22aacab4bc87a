"""Models that another package adds: found by their entry points, chosen by name in kundig.yaml."""

import numpy as np
import pytest

from kundig.errors import ConfigError
from kundig.settings import Texts
from kundig.texts.choice import embedder, namer, reader
from kundig.texts.protocols import Embedder, TextClassifier, ThemeNamer

CODE = """
import numpy as np

class Letters:
    name, dim, revision = "letters", 26, "1"

    def encode(self, texts):
        counts = np.array([[text.lower().count(chr(97 + at)) for at in range(26)] for text in texts], dtype=np.float32).reshape(-1, 26)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-6)

class Loud:
    name, revision, labels = "loud", "7", ("positive", "negative", "neutral")

    def predict_proba(self, texts, vectors):
        return np.array([[0.0, 0.9, 0.1] if "!" in text else [0.1, 0.0, 0.9] for text in texts])

class Longest:
    name = "longest"

    def named(self, terms, examples, language):
        return max(terms, key=len)
"""
POINTS = "[kundig.embedders]\nletters = otherwise:Letters\n[kundig.classifiers]\nloud = otherwise:Loud\n[kundig.namers]\nlongest = otherwise:Longest\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package as it lies in an environment, with its entry points."""
    (tmp_path / "otherwise.py").write_text(CODE)
    about = tmp_path / "otherwise-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: otherwise\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))


def test_models_of_another_package_are_chosen_by_name_and_stored_with_name_and_revision(package, tmp_path):
    settings = Texts(embedder="letters", classifier="loud", namer="longest")
    reads = reader(settings, (), tmp_path)
    assert (isinstance(embedder(settings), Embedder), isinstance(reads.classifier, TextClassifier), isinstance(namer(settings), ThemeNamer)) == (True, True, True)
    rows = reads.read(["Das Paket ist weg!", "Das Paket ist da"]).to_pylist()
    assert [(row["mood"], row["embedder"], row["classifier"].split("-")[0]) for row in rows] == [("negative", "letters@1", "loud@7"), ("neutral", "letters@1", "loud@7")]
    assert np.allclose(embedder(settings).encode(["ab"])[0, :2], 0.5**0.5)
    assert namer(settings).named(["spät", "paket"], [], "de") == "paket"


@pytest.mark.parametrize(("given", "told"), [
    ({"embedder": "leters"}, r"texts.embedder: there is no embedder 'leters'; did you mean 'letters'\? There are: best, e5, fast, letters, local, paired, remote, universal-sentence-encoder"),
    ({"classifier": "sed"}, r"texts.classifier: there is no classifier 'sed'; did you mean 'seed'\? There are: local, loud, own, seed"),
    ({"namer": "term"}, r"texts.namer: there is no namer 'term'; did you mean 'terms'\? There are: longest, remote, terms"),
])  # fmt: skip
def test_a_name_that_there_is_not_is_told_with_the_nearest(given, told, package, tmp_path):
    settings = Texts(**given)
    with pytest.raises(ConfigError, match=f"^{told}$"):
        namer(settings) if "namer" in given else reader(settings, (), tmp_path)
