"""What an analysis says in words is told in the reader's language, with the same numbers."""

from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundig.analysis import analysis, result
from kundig.foresight.moved import sentence
from kundig.foresight.phrases import phrases, plays
from kundig.foresight.retold import retold
from kundig.foresight.signals import NAMES
from kundig.foresight.words import LESS, PLAYS, WORDS, told, unknown

LANGUAGES = (("en", "de"), ("de", "en"), ("en", "en"), ("de", "de"))


@given(st.lists(st.floats(-1e7, 1e7) | st.sampled_from([float("nan"), 0.0, -0.29, 0.004, 1.0, 12.5]), min_size=1, max_size=4))
def test_every_reason_in_one_language_is_the_same_reason_in_the_other(values):
    signals = np.repeat(np.arange(len(NAMES)), len(values))
    x = np.full((len(signals), len(NAMES)), np.nan)
    x[np.arange(len(signals)), signals] = np.tile(values, len(NAMES))
    texts = {language: phrases(signals, x, language).to_pylist() for language in ("en", "de")}
    for written, read in LANGUAGES:
        assert [retold(text, read) for text in texts[written]] == texts[read]


@pytest.mark.parametrize(("written", "read"), LANGUAGES)
def test_what_helps_is_told_in_the_readers_language(written, read):
    signals = np.arange(len(NAMES))
    told = {language: [text for text in plays(signals, language).to_pylist() if text] for language in ("en", "de")}
    assert (set(told["de"]), [retold(text, read) for text in told[written]]) == ({german for _, german in PLAYS.values()}, told[read])


def test_no_two_patterns_are_written_alike():
    for language, one in product(("en", "de"), (False, True)):
        patterns = [told(signal, language, one=one) for signal in WORDS]
        patterns += [unknown(signal, language) for signal in WORDS]
        patterns += [pattern.replace(*LESS[language]) for pattern in patterns if pattern != pattern.replace(*LESS[language])]
        assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize("text", ["they moved", "", "3 days too late", "2026-03-01", "{} events in 30 days more"])
def test_other_words_stay_as_they_are(text):
    assert retold(text, "de") == text


def test_an_answer_is_told_in_the_readers_language_and_its_codes_stay():
    rows = pa.table({
        "customer_id": ["ada", "ben", "cyd"], "state": ["ok", "ok", "no contract"], "n": [3, 3, 1],
        "reason_1": ["0.5 times as much use as usual", "2 open cases", None], "changed_by": ["2 open cases", None, None], "play": ["Ask whether something is missing.", None, None],
    })  # fmt: skip
    of = analysis("foresight.churn")
    answer = result(of, of.values({}), None, rows)
    assert answer.in_language("de").table.to_pydict() == {
        **rows.to_pydict(), "reason_1": ["0,5-mal so viel Nutzung wie sonst", "2 offene Fälle", None], "changed_by": ["2 offene Fälle", None, None], "play": ["Nachfragen, ob etwas fehlt.", None, None],
    }  # fmt: skip
    assert answer.in_language("de").in_language("en").table == answer.table


def test_of_nobody_there_is_nothing_to_translate():
    of = analysis("foresight.expansion")
    answer = result(of, of.values({}), None, pa.table({"reason_1": pa.nulls(2), "n": [1, 1]}))
    assert answer.in_language("de").table.to_pydict() == {"reason_1": [None, None], "n": [1, 1]}


def test_a_movement_is_said_anew_from_its_figures():
    moves = [
        {"figure": "count", "of": "call", "n": 9, "customers": 4, "value": 9.0, "usual": 1.5}, {"figure": "amount", "of": "contract ended, EUR", "n": 2, "customers": 1, "value": 1200.0, "usual": 20.25},
        {"figure": "score", "of": "nps", "n": 9, "customers": 8, "value": 6.5, "usual": 8.0}, {"figure": "source", "of": "shop_desk", "n": 0, "customers": 0, "value": 0.0, "usual": 300.0},
    ]  # fmt: skip
    of = analysis("foresight.what_changed")
    told = {language: [*(sentence(row, 14, language) for row in moves), None] for language in ("en", "de")}
    answers = {language: result(of, of.values({"days": 14}), None, pa.Table.from_pylist([{**row, "sentence": text} for row, text in zip([*moves, {**moves[0], "of": "visit"}], told[language], strict=True)])) for language in told}
    for written, read in LANGUAGES:
        assert answers[written].in_language(read).table["sentence"].to_pylist() == told[read]
