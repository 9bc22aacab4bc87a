"""Texts of a theme and others: what a theme that is pinned learns from."""

from kundig.feedback import membership as module
from kundig.feedback import themes
from kundig.feedback.membership import membership
from kundig.journal import told
from kundig.texts.readings import text_hash

LATE = [f"The parcel came late, {day} days" for day in ("two", "three", "four", "five", "six", "seven")]
RUDE = [f"A rude agent hung up, {when}" for when in ("today", "yesterday", "again", "twice")]


def rows(journal, **asked):
    return {row["text_hash"]: row["belongs"] for row in membership(journal, **asked).to_pyarrow().to_pylist()}


def journal():
    return told([{"subject": "ada", "kind": "post", "occurred_at": f"2026-03-{day + 1:02}", "text": text} for day, text in enumerate([*LATE, *RUDE, LATE[0]])])


def test_each_text_belongs_to_the_theme_or_not():
    [late] = [row["theme"] for row in themes(journal(), most=2, floor=1).to_pyarrow().to_pylist() if row["n"] == 7]
    assert rows(journal(), theme=late, most=2) == {**{text_hash(text): 1 for text in LATE}, **{text_hash(text): 0 for text in RUDE}}
    assert set(rows(journal(), theme="there is none", most=2).values()) == {0}
    assert rows(told([]), theme=late) == {}


def test_of_many_texts_an_even_draw_is_given(monkeypatch):
    [late] = [row["theme"] for row in themes(journal(), most=2, floor=1).to_pyarrow().to_pylist() if row["n"] == 7]
    monkeypatch.setattr(module, "EACH", 1)
    assert sorted(rows(journal(), theme=late, most=2).values()) == [0, 0, 1]
