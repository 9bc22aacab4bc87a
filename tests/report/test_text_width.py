"""Labels fit where they are put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundig.report.text_width import text_width, wrapped


@given(st.text("abcdefghijklmnoprstuvwzäöüß -ABCDEFG", min_size=1, max_size=60).filter(str.strip), st.floats(40, 200), st.integers(1, 3))
def test_no_line_is_wider_than_its_room_and_none_is_too_many(text, room, most):
    lines = wrapped(text, room, 11.5, most=most)
    assert len(lines) <= most
    assert [line for line in lines if text_width(line, 11.5) > room] == []


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("Rufnummernmitnahme", ["Rufnummern-", "mitnahme"]),
        ("Beziehungsbefragung", ["Beziehungs-", "befragung"]),
        ("Einrichtungsprojekt", ["Einrichtungs-", "projekt"]),
        ("Rechnungskorrektur", ["Rechnungs-", "korrektur"]),
        ("Anliegen Rechnung", ["Anliegen", "Rechnung"]),
    ],
)
def test_long_german_words_break_where_they_are_made_of_two(word, lines):
    assert wrapped(word, 78, 11.5) == lines


def test_what_does_not_fit_says_so():
    assert wrapped("Donaudampfschifffahrtsgesellschaft", 60, 11.5)[-1].endswith("…")
