"""Rows on disk, as if they were in memory."""

import gc

import ibis
import pyarrow as pa
import pytest

from kundig.errors import LakeError
from kundig.estimates import Estimate
from kundig.store.duckdb import answered, embedded, prepared
from kundig.store.spooled import spooled


def test_rows_are_the_same_and_leave_no_file_behind(tmp_path):
    folder = tmp_path / "new"
    rows = pa.table({"customer_id": ["ada", None, "ben"], "at": pa.array([1, 2, None], pa.timestamp("us", "UTC")), "price": [1.5, None, 0.0]})
    found = spooled(rows, folder)
    assert (found, found.schema, list(folder.iterdir())) == (rows, rows.schema, [])


def test_they_lie_on_disk_and_not_in_memory(tmp_path):
    # What others left is not counted as let go of here.
    gc.collect()
    before = pa.total_allocated_bytes()
    found = spooled(pa.table({"n": list(range(100_000))}), tmp_path)
    gc.collect()
    assert (found.num_rows, pa.total_allocated_bytes() - before) == (100_000, 0)


def test_no_rows_are_a_table_too(tmp_path):
    assert spooled(pa.table({"n": pa.array([], pa.int64())}), tmp_path).to_pydict() == {"n": []}


def test_a_disk_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LakeError, match=r"file cannot be written: .*; an answer of 0 MiB and more has to lie there, check the space that is left"):
        spooled(pa.table({"n": [1]}), tmp_path / "file")


def test_pieces_of_an_answer_lie_where_the_engine_puts_what_is_too_much(tmp_path):
    con = embedded(tmp_path / "spill")
    con.raw_sql("CREATE TABLE told AS SELECT unnest(['ada', 'ada', 'ben']) AS subject")
    tables = {who: con.table("told").filter(ibis._.subject == who) for who in ("ada", "ben")}
    asked = prepared(Estimate(tables, {"who": "string"}, lambda **tables: {"who": [table["subject"][0].as_py() for table in tables.values()]}, pieces=(("ada",), ("ben",))))
    assert asked is not None
    assert (asked.answered(con).to_pydict(), (tmp_path / "spill").is_dir()) == ({"who": ["ada", "ben"]}, True)


def test_an_estimate_goes_on_with_another_which_is_kept_for_others(tmp_path):
    con = embedded(tmp_path)
    con.raw_sql("CREATE TABLE told AS SELECT unnest(['ada', 'ada', 'ben']) AS subject")
    of = {who: con.table("told").filter(ibis._.subject == who) for who in ("ada", "ben")}
    counted = Estimate(of, {"n": "int64"}, lambda **tables: {"n": [table.num_rows for table in tables.values()]})
    asked = Estimate({"counted": counted, "all": con.table("told")}, {"n": "int64"}, lambda counted, all: {"n": [*counted["n"].to_pylist(), all.num_rows]}, frozenset({"counted"}))  # noqa: A006 -- as the table is called
    kept = {}

    def once(statement, computed):
        return kept.setdefault(statement, computed())

    found = [prepared(asked).answered(con, once), answered(asked), asked.to_pyarrow()]
    assert [table["n"].to_pylist() for table in found] == [[2, 1, 3]] * 3
    [(statement, table)] = kept.items()
    assert (statement.count("SELECT"), table["n"].to_pylist()) == (2, [2, 1])
