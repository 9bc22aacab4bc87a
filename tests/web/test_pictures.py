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
