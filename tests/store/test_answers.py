"""Answers are kept for one state, and an answer that goes while it is looked for is computed."""

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kundig.store.answers import Answers

ROWS = pa.table({"n": [1, 2]})


@pytest.fixture
def asked(tmp_path):
    """Asks under a state, and tells whether it had to be computed."""

    def once(state, question="how many"):
        computed = []
        rows = Answers(tmp_path / "answers", state).once(question, lambda: computed.append(question) or ROWS)
        return rows.equals(ROWS), bool(computed)

    return once


def test_an_answer_is_computed_once_for_a_state_and_the_last_state_alone_is_kept(asked):
    assert [asked(1), asked(1), asked(2), asked(2), asked(1)] == [(True, True), (True, False), (True, True), (True, False), (True, True)]


def test_an_answer_that_another_process_lets_go_of_just_now_is_computed(asked, tmp_path, monkeypatch):
    asked(1)
    read = pq.ParquetFile

    def gone(path):
        shutil.rmtree(tmp_path / "answers")
        return read(path)

    monkeypatch.setattr(pq, "ParquetFile", gone)
    assert asked(1) == (True, True)
