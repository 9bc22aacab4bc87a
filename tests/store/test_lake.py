"""The lake by itself: what a commit makes visible, and what it leaves alone."""

import json

import pytest

from kundig.errors import LakeError
from kundig.store.duckdb import connection, relation, written
from kundig.store.lake import FORMAT, Lake


def staged(lake, *names):
    rows = " UNION ALL ".join(f"SELECT '{name}' AS event_id, TIMESTAMPTZ '2026-03-01 00:00:00+00' AS known_at" for name in names)
    with connection(lake.folder / ".spill") as con:
        return written(con, rows, lake.staging / f"{'-'.join(names)}.parquet")


def held(lake):
    with connection(lake.folder / ".spill") as con:
        return [name for (name,) in con.sql(f"SELECT event_id FROM {relation(lake, 'corrections')} ORDER BY ALL").fetchall()]


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


def test_a_lake_that_was_never_written_is_empty(lake):
    assert (lake.version(), lake.files("events"), lake.table("events"), lake.rows("events"), lake.folder.exists()) == ("empty", [], None, 0, False)


def test_a_commit_adds_and_changes_the_version(lake):
    with lake.writing():
        lake.commit("corrections", [staged(lake, "ada")])
        first = lake.version()
        lake.commit("corrections", [staged(lake, "ben", "cyd")])
    assert (held(lake), lake.rows("corrections"), first, lake.version()) == (["ada", "ben", "cyd"], 3, "corrections0", "corrections1")


def test_the_version_follows_what_others_write_and_what_is_restored(lake):
    import shutil

    other = Lake(lake.folder)
    for names in ("ada", "ben", "cyd"):
        with other.writing():
            other.commit("corrections", [staged(other, names)])
        if names == "ada":
            shutil.copytree(lake.folder, lake.folder.parent / "backup")
        assert (lake.version(), lake.table("corrections").version()) == (other.version(), int(other.version()[-1]))
    shutil.rmtree(lake.folder)
    assert lake.version() == "empty"
    shutil.copytree(lake.folder.parent / "backup", lake.folder)
    assert (lake.version(), lake.table("corrections").version()) == ("corrections0", 0)


def test_what_is_staged_but_not_committed_is_not_there(lake):
    with lake.writing():
        lake.commit("corrections", [staged(lake, "ada")])
        staged(lake, "ben")
    assert (held(lake), lake.staging.exists()) == (["ada"], False)


def test_replacing_takes_out_what_was_there_and_may_leave_nothing(lake):
    with lake.writing():
        lake.commit("corrections", [staged(lake, "ada")])
        lake.commit("corrections", [staged(lake, "ben")], replacing=True)
        assert held(lake) == ["ben"]
        lake.commit("corrections", [], replacing=True)
    assert (held(lake), lake.version()) == ([], "corrections2")


def test_a_commit_of_nothing_is_none(lake):
    with lake.writing():
        lake.commit("corrections", [])
    assert lake.version() == "empty"


def test_two_writers_at_once_the_second_is_told(lake):
    with lake.writing(), pytest.raises(LakeError, match=r"another import is writing to .*; wait until it has finished"), Lake(lake.folder).writing():
        pass


def test_a_newer_lake_is_refused_and_a_damaged_mark_is_named(lake):
    with lake.writing():
        pass
    (lake.folder / "kundig.json").write_text(json.dumps({"format": FORMAT + 1}))
    with pytest.raises(LakeError, match=rf"has format {FORMAT + 1}, written by a newer kundig; this one reads up to {FORMAT}"):
        Lake(lake.folder)
    (lake.folder / "kundig.json").write_text("{}")
    with pytest.raises(LakeError, match="is damaged; expected"):
        Lake(lake.folder)


@pytest.mark.parametrize(("before", "words"), [(0, "nothing was changed"), (1, "what was finished before is kept; run it again to complete it")])
def test_a_write_that_fails_says_whether_anything_is_in(lake, before, words):
    def fails():
        with lake.writing():
            for _ in range(before):
                lake.commit("corrections", [staged(lake, "ada")])
            raise OSError(28, "No space left on device")

    with pytest.raises(LakeError, match=f"No space left on device; {words}"):
        fails()
    assert held(lake) == ["ada"] * before


def test_other_programs_read_the_table_as_delta(lake):
    from deltalake import DeltaTable

    with lake.writing():
        lake.commit("corrections", [staged(lake, "ada", "ben")], note={"source": "crm"})
    table = DeltaTable(lake.folder / "corrections")
    assert (table.version(), sorted(table.to_pyarrow_table().column("event_id").to_pylist()), table.history()[0]["source"]) == (0, ["ada", "ben"], "crm")


def test_a_name_with_a_quote_is_a_name(tmp_path):
    lake = Lake(tmp_path / "ada's lake")
    with lake.writing():
        lake.commit("corrections", [staged(lake, "ada")])
    assert held(lake) == ["ada"]
