"""Answers in two steps: what the engine reduces, and what statistics make of it."""

import ibis
import pytest

from kundig.estimates import Estimate
from kundig.journal import told
from kundig.store.duckdb import answered, embedded

ADA_AND_BEN = [("ada", "shop", "2026-03-01"), ("ada", "shop", "2026-03-05"), ("ben", "shop", "2026-03-02")]
TYPES = {"n": "int64", "mean": "float64"}


def mean_of(events):
    counts = events.group_by("subject").agg(n=events.count())
    return Estimate({"counts": counts}, TYPES, lambda counts: {"n": [counts.num_rows], "mean": [sum(counts["n"].to_pylist()) / counts.num_rows]})


def test_an_estimate_is_asked_like_a_table():
    asked = mean_of(told(ADA_AND_BEN).events)
    assert (asked.columns, asked.to_pyarrow().to_pylist(), asked.execute().to_dict("records")) == (("n", "mean"), [{"n": 2, "mean": 1.5}], [{"n": 2, "mean": 1.5}])


def test_the_engine_answers_it_as_it_answers_a_table(tmp_path):
    con = embedded(tmp_path)
    con.raw_sql("CREATE TABLE told AS SELECT unnest(['ada', 'ada', 'ben']) AS subject")
    assert answered(mean_of(con.table("told"))).to_pylist() == [{"n": 2, "mean": 1.5}]


def test_what_is_not_a_number_is_not_known():
    nothing = Estimate({"one": ibis.memtable({"x": [1]})}, TYPES, lambda one: {"n": one["x"], "mean": [float("nan")]})
    assert nothing.to_pyarrow().to_pylist() == [{"n": 1, "mean": None}]


def test_columns_that_were_not_promised_are_an_error():
    asked = Estimate({"one": ibis.memtable({"x": [1]})}, TYPES, lambda one: {"n": one["x"]})
    with pytest.raises(ValueError, match="expected the columns \\['n', 'mean'\\], found \\['n'\\]"):
        asked.to_pyarrow()


def in_pieces(seen):
    """Events of Ada, then of Ben: what is known of each is put together before the next is asked for."""
    events = told(ADA_AND_BEN).events
    tables = {f"{who}_{number}": events.filter(events.subject == who).select("subject").mutate(number=ibis.literal(number)) for who in ("ada", "ben") for number in (1, 2)}

    def finish(**tables):
        seen.append([*tables])
        return {"n": [sum(table.num_rows for table in tables.values())], "mean": [1.0]}

    return Estimate(tables, TYPES, finish, pieces=(("ada_1", "ada_2"), ("ben_1", "ben_2")))


def test_pieces_of_an_answer_follow_one_another():
    seen = []
    asked = in_pieces(seen)
    expected = [{"n": 4, "mean": 1.0}, {"n": 2, "mean": 1.0}]
    whole = asked.finished({name: table.to_pyarrow() for name, table in asked.tables.items()})
    assert (asked.to_pyarrow().to_pylist(), answered(asked).to_pylist(), whole.to_pylist()) == (expected, expected, expected)
    assert seen == [["ada_1", "ada_2"], ["ben_1", "ben_2"]] * 3


def test_a_piece_is_laid_down_before_the_next_is_computed():
    asked, done = in_pieces([]), []

    def table(name):
        done.append(name)
        return asked.tables[name].to_pyarrow()

    def laid(piece):
        done.append(piece["n"].to_pylist())
        return piece

    asked.gathered(tuple(asked.tables), table, laid)
    assert done == ["ada_1", "ada_2", [4], "ben_1", "ben_2", [2]]
