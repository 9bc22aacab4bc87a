"""A pinned theme learns from the texts that belonged to it, and what it learnt decides where it is right oftener than its words."""

import json
from itertools import product

import pytest

import kundig
from kundig.config import changed
from kundig.settled import FILE
from kundig.texts.pins import pin, pinned
from kundig.texts.readings import text_hash

WHAT = {True: ["Das Paket kam", "Mein Paket ist", "Die Lieferung war", "Unser Paket lag", "Die Sendung kam"], False: ["Die Rechnung war", "Der Betrag ist", "Die Abbuchung kam", "Meine Rechnung lag", "Die Gutschrift kam"]}
HOW = ["zu spät", "gar nicht an", "schon wieder falsch", "doppelt", "erst nach einer Woche", "beim Nachbarn", "sehr schnell", "ohne Nachricht"]
WHERE = ["in Kiel", "in Bonn", "in Ulm"]
TEXTS = {f"{what} {how} {where}.": belongs for belongs in (True, False) for what, how, where in product(WHAT[belongs], HOW, WHERE)}


def company(folder, *, more=""):
    (folder / "kundig.yaml").write_text(
        'company: {name: Nord, language: de}\nsources:\n  posts:\n    read: {json: "posts.jsonl"}\n    key: id\n    events: {kind: post, subject: "c:{id}", at: at, text: text}\n' + more, encoding="utf-8"
    )
    (folder / "posts.jsonl").write_text("\n".join(json.dumps({"id": at, "at": "2026-03-01", "text": text}) for at, text in enumerate(TEXTS)) + "\n", encoding="utf-8")
    workspace = kundig.open(folder)
    list(workspace.imports())
    return workspace


def theme(learnt_from, words="[paket]"):
    return f"texts: {{themes: {{Versand: {{words: {words}, learnt_from: {learnt_from}}}}}}}\n"


def found(workspace):
    return set(workspace.journal.readings.filter(lambda table: table.categories == "Versand").text_hash.to_pyarrow().to_pylist())


@pytest.fixture
def learnt_from(tmp_path):
    """Half of the texts are told; of the others nothing is said."""
    told = {text_hash(text): belongs for at, (text, belongs) in enumerate(TEXTS.items()) if at % 3}
    return pin(company(tmp_path).models, told)


def test_what_was_learnt_finds_texts_that_no_word_names_and_is_learnt_once(learnt_from, tmp_path):
    workspace = company(tmp_path, more=theme(learnt_from))
    [how] = workspace.learn_pinned().values()
    assert (how.n, how.won, how.own_macro_f1 > 0.95 > how.seed_macro_f1) == (160, True, True)
    assert (workspace.learn_pinned(), workspace.read().read) == ({}, 240)
    # A third of them was never told to it.
    right = {text_hash(text) for text, belongs in TEXTS.items() if belongs}
    assert len(found(workspace) ^ right) <= 5
    rows = {row["theme"]: row for row in workspace.ask("feedback.themes").table.to_pylist()}
    assert (rows["Versand"]["state"], rows["Versand"]["n"]) == ("pinned", len(found(workspace)))


def test_until_texts_are_read_anew_its_words_decide_and_where_these_are_as_good_they_stay(learnt_from, tmp_path):
    workspace = company(tmp_path)
    workspace.read()
    waiting = company(tmp_path, more=theme(learnt_from))
    with_word = sum("Paket" in text for text in TEXTS)
    assert [row["n"] for row in waiting.ask("feedback.themes").table.to_pylist() if row["theme"] == "Versand"] == [with_word]
    good = company(tmp_path, more=theme(learnt_from, "[paket, lieferung, sendung]"))
    [how] = good.learn_pinned().values()
    assert (how.seed_macro_f1, how.won, list(good.models.glob("own-*.npz"))) == (1.0, False, [])
    good.read()
    assert found(good) == {text_hash(text) for text, belongs in TEXTS.items() if belongs}


def test_texts_that_are_gone_teach_nothing_and_no_file_is_no_lesson(tmp_path):
    models = company(tmp_path).models
    gone = pin(models, {text_hash(f"gone {at}"): at % 2 == 0 for at in range(400)})
    for name in (gone, "t" + "0" * 15):
        workspace = company(tmp_path, more=theme(name))
        assert workspace.learn_pinned() == {"Versand": None}
    assert pinned(models, "t" + "0" * 15) is None
    assert sorted(pinned(models, gone).values()) == [False] * 200 + [True] * 200


def test_a_pin_is_named_by_what_it_holds(tmp_path):
    assert pin(tmp_path, {"b": True, "a": False}) == pin(tmp_path, {"a": False, "b": True}) != pin(tmp_path, {"a": True, "b": False})


def test_what_is_settled_on_the_page_is_a_change_of_the_configuration(tmp_path):
    company(tmp_path)
    before = changed(tmp_path)
    (tmp_path / FILE).write_text("themes: {A: {words: [a]}}\n")
    assert changed(tmp_path) != before


def test_vectors_that_were_kept_are_not_made_again(learnt_from, tmp_path, monkeypatch):
    anew, before = company(tmp_path, more=theme(learnt_from)).learn_pinned(), company(tmp_path)
    for file in before.models.glob("own-*"):
        file.unlink()
    before.read()
    asked = []
    monkeypatch.setattr("kundig.texts.encoder.UniversalEncoder.encode", lambda _self, texts: asked.append(texts))
    assert (company(tmp_path, more=theme(learnt_from)).learn_pinned(), asked) == (anew, [])


def test_a_question_that_was_asked_before_knows_what_was_learnt_since(learnt_from, tmp_path):
    company(tmp_path).read()
    workspace = company(tmp_path, more=theme(learnt_from, "[paket, rechnung]"))
    asked = [[row["n"] for row in workspace.ask("feedback.themes").table.to_pylist() if row["theme"] == "Versand"]]
    workspace.read()
    asked += [[row["n"] for row in workspace.ask("feedback.themes").table.to_pylist() if row["theme"] == "Versand"]]
    # What was learnt takes back what a word of the theme had found wrongly.
    assert asked == [[sum("Paket" in text or "Rechnung" in text for text in TEXTS)], [len(found(workspace))]]
