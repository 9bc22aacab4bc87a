"""Texts with their themes: what a theme is called that has no term of its own."""

import numpy as np

from kundig.settings import Settings
from kundig.texts.corpus import _calls

CALL = "@freund Sagt es weiter und kommt alle am Montag https://example.org"


def called(n):
    rows, plain = [{"n": n}, {"n": 2}, {"n": 40}], [CALL, "Nein danke", "Danke an alle"]
    return _calls([0, 1, 2], [0, 0, 1], rows, np.array(["sagt es weiter", "nein danke", "danke an alle"], dtype=object), plain, Settings())


def test_a_campaign_is_called_by_the_first_words_of_what_was_copied_and_by_no_account():
    assert called(30) == {0: ["Sagt es weiter und kommt …"], 1: ["Danke an alle"]}


def test_a_text_with_a_few_copies_names_no_theme():
    assert called(9) == {1: ["Danke an alle"]}
