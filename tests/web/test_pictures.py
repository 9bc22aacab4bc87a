"""A picture is drawn once for an answer and a language, and anew for another of either."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_a_picture_is_drawn_once_for_an_answer_and_a_language(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils.translation import override

    from kundig.web import pictures

    monkeypatch.setattr(pictures, "_drawn", type(pictures._drawn)())
    monkeypatch.setattr(pictures, "MOST", 3)
    drawn: list[str] = []

    def draw(of: object, how: str, language: str) -> str:
        with override(language):
            return pictures.once(of, how, lambda: drawn.append(f"{how} {language}") or f"{how} {language}")

    first, second = object(), object()
    assert [draw(first, "wide", "de"), draw(first, "wide", "en"), draw(first, "wide", "de")] == ["wide de", "wide en", "wide de"]
    assert (draw(second, "wide", "de"), draw(first, "narrow", "de"), drawn) == ("wide de", "narrow de", ["wide de", "wide en", "wide de", "narrow de"])
    # The oldest have gone.
    assert (draw(first, "wide", "en"), len(drawn), len(pictures._drawn)) == ("wide en", 5, 3)


class Answer:
    """What is drawn."""


def test_an_answer_that_is_gone_is_not_kept_for_what_was_drawn_of_it(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gc
    from weakref import ref

    from kundig.web import pictures

    monkeypatch.setattr(pictures, "_drawn", type(pictures._drawn)())
    answer, other = Answer(), Answer()
    gone = ref(answer)
    assert [pictures.once(answer, "wide", lambda: "first", [other, "de"]), pictures.once(answer, "wide", lambda: "second", [other, "de"])] == ["first", "first"]
    assert (pictures.once(answer, "wide", lambda: "third", [Answer(), "de"]), pictures.once(answer, "wide", lambda: "fourth")) == ("third", "fourth")
    del answer
    gc.collect()
    assert (gone(), len(pictures._drawn)) == (None, 0)


def test_another_object_with_the_number_of_one_that_is_gone_is_drawn_anew(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.web import pictures

    monkeypatch.setattr(pictures, "_drawn", type(pictures._drawn)())
    monkeypatch.setattr(pictures, "_held", lambda one, key: Answer)
    answer = Answer()
    assert [pictures.once(answer, "wide", lambda: "old"), pictures.once(answer, "wide", lambda: "new")] == ["old", "new"]


def test_an_answer_that_goes_when_the_interpreter_ends_is_let_go_in_silence(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.web import pictures

    drawn = type(pictures._drawn)()
    monkeypatch.setattr(pictures, "_drawn", drawn)
    answer = Answer()
    assert (pictures.once(answer, "wide", lambda: "wide"), len(drawn)) == ("wide", 1)
    # A module that is taken down has nothing left.
    monkeypatch.setattr(pictures, "_drawn", None)
    del answer
    assert len(drawn) == 0
