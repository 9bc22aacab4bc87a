"""A workspace keeps what it has computed, as long as it stays true."""

import shutil
import subprocess
import sys
from pathlib import Path
from threading import get_ident

import pytest

from kundig.store import duckdb
from kundig.workspace import Workspace

COMPANY = """
company: {name: Nord, timezone: Europe/Berlin}
sources:
  contracts:
    read: {csv: "contracts.csv"}
    events: {kind: contract, subject: "crm:{who}", at: at, outcome: started, amount: 20}
"""


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "kundig.yaml").write_text(COMPANY)
    (tmp_path / "contracts.csv").write_text("who,at\nada,2026-03-01 10:00\nben,2026-03-02 10:00\n")
    company = Workspace(tmp_path)
    list(company.imports())
    return company


@pytest.fixture
def statements(monkeypatch):
    """What the engine was asked, in its own words; a page's thread that another test left at work is not meant."""
    asked: list[str] = []
    taken = duckdb._taken
    here = get_ident()

    def noted(con, sql, expected):
        if get_ident() == here:
            asked.append(sql)
        return taken(con, sql, expected)

    monkeypatch.setattr(duckdb, "_taken", noted)
    return asked


def who(result):
    return sorted(result.table["customer_id"].to_pylist())


def test_what_two_questions_share_is_computed_once(workspace, statements):
    assert who(workspace.ask("foresight.churn")) == ["crm:ada", "crm:ben"]
    assert len(statements) == 2
    assert who(workspace.ask("foresight.expansion")) == ["crm:ada", "crm:ben"]
    workspace.ask("foresight.backtest")
    assert len(statements) == 2


def test_what_is_shared_is_not_older_than_the_lake(workspace, statements):
    workspace.ask("foresight.churn")
    folder: Path = workspace.folder
    (folder / "contracts.csv").write_text("who,at\nada,2026-03-01 10:00\nben,2026-03-02 10:00\ncyd,2026-03-03 10:00\n")
    list(workspace.imports())
    assert who(workspace.ask("foresight.expansion")) == ["crm:ada", "crm:ben", "crm:cyd"]
    assert len(statements) == 4


def test_a_question_is_put_into_words_once_for_all_workspaces_of_the_same_settings(workspace, monkeypatch):
    assert who(workspace.ask("foresight.churn")) == ["crm:ada", "crm:ben"]
    (workspace.folder / "contracts.csv").write_text("who,at\nada,2026-03-01 10:00\nben,2026-03-02 10:00\ncyd,2026-03-03 10:00\n")
    list(workspace.imports())
    worded = []
    put = duckdb.statement
    monkeypatch.setattr(duckdb, "statement", lambda con, table: worded.append(table) or put(con, table))
    assert (who(Workspace(workspace.folder).ask("foresight.churn")), worded) == (["crm:ada", "crm:ben", "crm:cyd"], [])
    (workspace.folder / "kundig.yaml").write_text(COMPANY + "stages: [buy]\n")
    assert (who(Workspace(workspace.folder).ask("foresight.churn")), len(worded)) == (["crm:ada", "crm:ben", "crm:cyd"], 2)


def test_an_answer_is_given_where_nothing_can_be_kept(workspace):
    answers = workspace.lake.folder / ".answers"
    shutil.rmtree(answers, ignore_errors=True)
    answers.write_text("")
    assert who(workspace.ask("foresight.churn")) == ["crm:ada", "crm:ben"]


def test_an_answer_does_not_wait_for_what_takes_longer_to_load_than_to_answer(workspace):
    asked = "import sys, pathlib; from kundig.workspace import Workspace; Workspace(pathlib.Path(sys.argv[1])).ask('journeys.entries_exits'); print(sorted({'pandas', 'kundig.value', 'kundig.foresight'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked, str(workspace.folder)], check=True, capture_output=True, text=True)
    assert told.stdout == "[]\n"
