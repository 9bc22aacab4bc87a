"""Transformers models in a folder, with a stand-in for transformers and PyTorch: a token is a word, its vector says how it begins and how long it is."""

import json
import sys
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from kundig.errors import ConfigError
from kundig.settings import Texts
from kundig.texts.choice import embedder, reader
from kundig.texts.local_classifier import LocalClassifier
from kundig.texts.local_encoder import LocalEncoder


class Tensor(np.ndarray):
    """As much of a tensor as is asked of it."""

    def unsqueeze(self, _axis):
        return self[..., None]

    def clamp(self, min):  # noqa: A002 -- the name is theirs
        return np.maximum(self, min)

    def numpy(self):
        return np.asarray(self)

    def softmax(self, axis):
        raised = np.exp(self - self.max(axis, keepdims=True))
        return raised / raised.sum(axis, keepdims=True)


def tokens(texts, *, padding, truncation, max_length, return_tensors):
    assert (padding, truncation, return_tensors) == (True, True, "pt")
    split = [["[CLS]", *text.split()][:max_length] for text in texts]
    longest = max(map(len, split))
    found = np.array([[*own, *[""] * (longest - len(own))] for own in split], dtype=object)
    return {"input_ids": found.view(Tensor), "attention_mask": (found != "").astype(float).view(Tensor)}


class Model:
    """Its states are told by the words; its labels by how many words are good or bad."""

    def __init__(self, folder):
        self.config = SimpleNamespace(hidden_size=28, max_position_embeddings=64)
        self.labels = list((json.loads((folder / "config.json").read_text()).get("id2label") or {}).values())

    def eval(self):
        return self

    def __call__(self, input_ids, attention_mask):
        states = np.zeros((*input_ids.shape, 28))
        for place, word in np.ndenumerate(input_ids):
            states[(*place, 0)], states[(*place, 1)] = 5.0, len(word)
            if word[:1].isascii() and word[:1].isalpha():
                states[(*place, 2 + ord(word[0].lower()) - 97)] = 9.0
        good, bad = ((input_ids == told).sum(axis=1) for told in ("good", "bad"))
        of = {"pos": good, "neg": bad, "5 s": good, "1 s": bad}
        logits = np.array([4.0 * of.get(label[:3].lower(), 0 * good) for label in self.labels]).T if self.labels else np.zeros((len(input_ids), 2))
        return SimpleNamespace(last_hidden_state=states.view(Tensor), logits=np.asarray(logits, float).view(Tensor))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of a model, and the libraries that read it; a folder without weights cannot be read."""
    torch, transformers = ModuleType("torch"), ModuleType("transformers")
    torch.inference_mode = nullcontext

    def read(made):
        def from_pretrained(where, *, local_files_only, trust_remote_code):
            assert (local_files_only, trust_remote_code) == (True, False)
            if not (where / "model.safetensors").is_file():
                raise OSError("no file named model.safetensors:\nand so on")
            return made(where)

        return SimpleNamespace(from_pretrained=from_pretrained)

    class Tokenizer:
        model_max_length = 512
        __call__ = staticmethod(tokens)

    transformers.AutoTokenizer = read(lambda _where: Tokenizer())
    transformers.AutoModel = transformers.AutoModelForSequenceClassification = read(Model)
    transformers.utils = SimpleNamespace(logging=SimpleNamespace(disable_progress_bar=lambda: None))
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "transformers", transformers)

    def written(**files):
        place = tmp_path / "model"
        for name, text in {"config.json": "{}", "model.safetensors": "weights", **files}.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        return str(place)

    return written


def test_texts_are_averaged_over_their_words_and_seen_from_the_models_middle(folder):
    encoder = embedder(Texts(embedder="local", folder=folder()))
    apple, apples, zebra, none = vectors = encoder.encode(["apple apple", "apple " * 100, "zebra zebra", ""])
    assert (encoder.name, encoder.dim, vectors.dtype) == ("local", 28, np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    # Without the middle any two texts would be alike: the same part is in all of them.
    assert (apple @ apples > 0.9, apple @ zebra < 0.3) == (True, True)
    assert np.isfinite(none).all()
    assert encoder.encode([]).shape == (0, 28)


def test_a_sentence_transformer_says_how_it_pools_how_long_a_text_is_and_what_stands_before_it(folder):
    mean = LocalEncoder(folder()).encode(["apple apple", "zebra"])
    first = LocalEncoder(folder(**{"1_Pooling/config.json": '{"pooling_mode_cls_token": true}'})).encode(["apple apple", "zebra"])
    assert (np.allclose(first[0], first[1]), np.allclose(mean[0], mean[1])) == (True, False)
    short = LocalEncoder(folder(**{"1_Pooling/config.json": '{"pooling_mode_mean_tokens": true}', "sentence_bert_config.json": '{"max_seq_length": 2}'}))
    assert np.allclose(*short.encode(["apple", "apple zebra"]))
    asked = LocalEncoder(folder(**{"config_sentence_transformers.json": '{"prompts": {"query": "query: "}, "default_prompt_name": "query"}', "sentence_bert_config.json": "{}"}))
    assert [text for _, given, _ in asked._model.batches([asked._before + "apple"]) for text in given["input_ids"][0]] == ["[CLS]", "query:", "apple"]
    with pytest.raises(ConfigError, match="pools in a way that is not known here; expected the mean of the tokens, or the first"):
        LocalEncoder(folder(**{"1_Pooling/config.json": '{"pooling_mode_max_tokens": true}'}))


def test_two_models_of_one_size_have_two_revisions(folder):
    one = LocalEncoder(folder()).revision
    assert LocalEncoder(folder()).revision == one
    assert LocalEncoder(folder(**{"model.safetensors": "weighted"[:7]})).revision != one


def test_a_classifier_from_a_folder_reads_moods(folder, tmp_path):
    where = folder(**{"config.json": json.dumps({"id2label": {"0": "POSITIVE", "1": "NEU", "2": "neg"}})})
    reads = reader(Texts(classifier="local", classifier_folder=where), (), tmp_path)
    assert reads.reads.startswith(f"local@{LocalClassifier(where).revision}-")
    assert reads.read(["good good", "bad bad bad", "good"])["mood"].to_pylist() == ["positive", "negative", "positive"]
    stars = LocalClassifier(folder(**{"config.json": json.dumps({"id2label": {str(at): f"{at + 1} star{'s' * bool(at)}" for at in range(5)}})}))
    assert stars.predict_proba(["good " * 9, "bad " * 9, "so"], np.zeros((3, 1))).round(2).tolist() == [[0, 0, 1], [1, 0, 0], [0.4, 0.2, 0.4]]


def test_a_folder_that_holds_no_such_model_is_told(folder, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match=r"texts.folder: expected the folder of a transformers model with a config.json, found None"):
        embedder(Texts(embedder="local"))
    with pytest.raises(ConfigError, match="labels .* are negative, neutral and positive, or 1 star to 5 stars; found LABEL_0, LABEL_1"):
        LocalClassifier(folder(**{"config.json": '{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}'}))
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"texts.folder: .*empty holds no model that transformers can read as AutoModel \(no file named model.safetensors\); the folder needs"):
        LocalEncoder(str(empty)).encode(["a"])
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ConfigError, match="texts.folder names a transformers model, but torch is not installed; install transformers and torch"):
        LocalEncoder(folder()).encode(["a"])
