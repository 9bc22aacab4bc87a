import pyarrow as pa

from kundig.store.answers import Answers

TWO = pa.table({"n": [2]})


def never():
    raise AssertionError("computed although it is kept")


def test_an_answer_is_computed_once_for_each_state(tmp_path):
    before, after = Answers(tmp_path, ["lake 1"]), Answers(tmp_path, ["lake 2"])
    assert before.once(["flows", {"by": None}], lambda: TWO) == TWO
    assert before.once(["flows", {"by": None}], never) == TWO
    assert after.once(["flows", {"by": None}], lambda: TWO.slice(1)) == TWO.slice(1)
    # What an earlier state gave is let go.
    assert len(list(tmp_path.iterdir())) == 1
    assert before.once(["flows", {"by": None}], lambda: TWO.slice(1)) == TWO.slice(1)


def test_questions_are_told_apart_by_all_that_was_asked(tmp_path):
    answers = Answers(tmp_path, "lake 1")
    answers.once(["flows", {"by": None}], lambda: TWO)
    assert answers.once(["flows", {"by": "region"}], lambda: TWO.slice(1)) == TWO.slice(1)


def test_where_nothing_can_be_kept_the_answer_comes_all_the_same(tmp_path):
    (tmp_path / "answers").write_text("a file, no folder")
    answers = Answers(tmp_path / "answers", "lake 1")
    assert [answers.once("flows", lambda: TWO), answers.once("flows", lambda: TWO.slice(1))] == [TWO, TWO.slice(1)]
