"""What people settle about themes: a file that holds over kundig.yaml, one change at a time, each of which can be taken back."""

import pytest

from kundig.config import config
from kundig.errors import ConfigError
from kundig.settings.texts import Pinned, Texts
from kundig.settled import FILE, SettledThemes, changed, changing, keep, naming, settled


def written(folder, text="company: {name: Nord}\ntexts: {renamed: {a / b: Bills}, themes: {Price: {words: [teuer]}}}\n"):
    (folder / "kundig.yaml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_settled_counts_more_than_what_is_configured_and_the_rest_stays(tmp_path):
    keep(written(tmp_path), SettledThemes(renamed={"a / b": "Invoices", "c": "Parcels"}, themes={"App": Pinned(words=("app",))}))
    texts = config(tmp_path).texts
    assert texts.renamed == {"a / b": "Invoices", "c": "Parcels"}
    assert texts.themes == {"Price": Pinned(words=("teuer",)), "App": Pinned(words=("app",))}
    keep(tmp_path, SettledThemes())
    assert (settled(tmp_path), config(tmp_path).texts.renamed) == (SettledThemes(), {"a / b": "Bills"})


def test_a_change_says_what_was_before_and_taken_back_it_is_as_it_was():
    of = SettledThemes(renamed={"a": "One"})
    new, before, after = changed(of, {"renamed": {"a": "Two", "b": "Two"}, "themes": {"App": {"words": ["app"], "examples": []}}})
    assert new == SettledThemes(renamed={"a": "Two", "b": "Two"}, themes={"App": Pinned(words=("app",))})
    assert (before, after["renamed"]) == ({"renamed": {"a": "One", "b": None}, "themes": {"App": None}}, {"a": "Two", "b": "Two"})
    assert changed(new, before)[0] == of
    assert changed(new, {"renamed": {"a": "Two"}})[1:] == ({}, {})


def test_a_theme_that_has_a_name_is_known_by_the_terms_of_then_and_of_now():
    texts = Texts(renamed={"bill / amount": "Bills", "late": "Parcels"})
    assert naming(texts, [("Bills", ["bill", "charged"]), ("app / crash", ["app", "crash"])], "Money") == {"renamed": {"app / crash": "Money", "bill / amount": "Money", "bill / charged": "Money"}}
    # A number that tells two of one name apart is part of what it is called.
    assert naming(texts, [("app (2)", ["app"])], "App") == {"renamed": {"app (2)": "App"}}


@pytest.mark.parametrize("name", ["", "  ", "a|b", "a\nb", "x" * 81, "a\u202eb"])
def test_a_name_that_cannot_be_shown_in_a_line_is_refused_and_nothing_is_changed(name, tmp_path):
    keep(written(tmp_path), SettledThemes(renamed={"a": "One"}))
    with changing(tmp_path) as of:
        for change in ({"renamed": {"a": name}}, {"themes": {name: {"words": ["x"]}}}):
            with pytest.raises(ConfigError, match="name has 1 to 80 letters"):
                changed(of, change)
    assert settled(tmp_path) == SettledThemes(renamed={"a": "One"})


def test_a_file_that_cannot_be_meant_is_told_by_line_and_no_variable_is_put_in(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "hush")
    (written(tmp_path) / FILE).write_text("renamed: {a: '${SECRET}'}\n", encoding="utf-8")
    assert settled(tmp_path).renamed == {"a": "${SECRET}"}
    (tmp_path / FILE).write_text("renamed: {}\nthemez: {}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"themes\.yaml:2: .*themes"):
        config(tmp_path)
