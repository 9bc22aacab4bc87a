"""What the embedded engine is told to run means what Ibis means."""

import ibis
import pytest

from kundig.store.duckdb import answered, embedded
from kundig.store.statement import statement

ROWS = """CREATE TABLE seen AS SELECT * FROM (VALUES
    ('ada', 1.0::DOUBLE, TIMESTAMPTZ '2026-03-01 12:00:00+00'), ('ada', 4.0, TIMESTAMPTZ '2026-03-29 01:30:00.5+00'),
    ('ada', NULL, TIMESTAMPTZ '2026-10-25 00:30:00+00'), ('ben', NULL, NULL)) AS rows(who, wait, occurred_at)"""


@pytest.fixture
def seen(tmp_path):
    con = embedded(tmp_path)
    con.raw_sql(ROWS)
    return con.table("seen")


def same(asked):
    rows = answered(asked).to_pylist()
    assert rows == asked.to_pyarrow().to_pylist()
    return rows


def test_quantiles_of_a_group_leave_out_what_is_unknown(seen):
    asked = seen.group_by("who").agg(median=seen.wait.median(), spans=seen.wait.quantile([0.5, 0.9])).order_by("who")
    assert same(asked) == [{"who": "ada", "median": 2.5, "spans": [2.5, 3.7]}, {"who": "ben", "median": None, "spans": None}]


def test_a_quantile_of_some_rows_is_that_of_those_rows(seen):
    asked = seen.group_by("who").agg(long=seen.wait.quantile(0.5, where=seen.wait > 2)).order_by("who")
    assert same(asked) == [{"who": "ada", "long": 4.0}, {"who": "ben", "long": None}]


def test_a_quantile_over_a_window_stays_one(seen):
    asked = seen.select("who", "wait", half=seen.wait.quantile(0.5).over(group_by="who")).order_by("who", "wait")
    assert [row["half"] for row in same(asked)] == [2.5, 2.5, 2.5, None]


def test_seconds_of_a_time_are_those_of_utc(seen):
    asked = seen.select("who", second=seen.occurred_at.epoch_seconds().cast("float64")).order_by(ibis.asc("second", nulls_first=False))
    assert [row["second"] for row in same(asked)] == [1772366400, 1774747800.5, 1792888200, None]


def test_a_question_has_the_same_words_in_every_process(seen):
    seen.get_backend().raw_sql("CREATE TABLE wide AS SELECT 1 AS one, 2 AS two, 3 AS three, 4 AS four, 5 AS five, " + ", ".join(f"{n} AS n{n}" for n in range(20)))
    wide = seen.get_backend().table("wide").drop("one", "two", "three", "four", "five")
    assert 'EXCLUDE ("five", "four", "one", "three", "two")' in statement(seen.get_backend(), wide)
