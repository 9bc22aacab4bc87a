import pytest
from benchmarks.life import company

import kundig
from kundig.errors import ConfigError, LakeError
from kundig.store.duckdb import embedded


def test_the_engine_takes_half_of_the_machine_unless_it_is_told_otherwise(tmp_path, monkeypatch):
    def limit():
        return embedded(tmp_path).con.execute("SELECT current_setting('memory_limit')").fetchone()[0]

    def half():
        import duckdb

        return duckdb.connect(config={"memory_limit": "50%"}).execute("SELECT current_setting('memory_limit')").fetchone()[0]

    monkeypatch.delenv("KUNDIG_MEMORY", raising=False)
    assert limit() == half()
    monkeypatch.setenv("KUNDIG_MEMORY", "1 GiB")
    assert limit() == "1.0 GiB"


def test_engines_of_one_process_share_its_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("KUNDIG_MEMORY", "3 GiB")
    con = embedded(tmp_path, 3).con
    assert con.execute("SELECT current_setting('memory_limit')").fetchone()[0] == "1.0 GiB"


@pytest.mark.parametrize("given", ["lots", "4", "-1GB", "4 GB of it"])
def test_a_bound_that_is_no_size_is_refused_with_an_example(tmp_path, monkeypatch, given):
    monkeypatch.setenv("KUNDIG_MEMORY", given)
    with pytest.raises(ConfigError) as refused:
        embedded(tmp_path)
    assert str(refused.value) == f"KUNDIG_MEMORY is {given!r}; it takes a size or a share of the machine's memory, such as 4GB or 50%"


def test_a_question_that_does_not_fit_says_so_and_what_to_do(tmp_path, monkeypatch):
    company(tmp_path / "nordwind", 1_000)
    monkeypatch.setenv("KUNDIG_MEMORY", "1MB")
    with pytest.raises(LakeError) as refused:
        kundig.open(tmp_path / "nordwind").ask("journeys.flows")
    assert str(refused.value).startswith("the engine may take 1MB of memory, and needs more (")
    assert str(refused.value).endswith("; give it more with KUNDIG_MEMORY, such as KUNDIG_MEMORY=4GB")
