"""`kundig playbooks`, as somebody uses it on a small company."""

from __future__ import annotations

import pytest

from kundig.cli.playbooks import run
from kundig.errors import ArgumentError, ConfigError
from tests.conftest import TICKETS, imported, put

LATE = """\
playbooks:
  unanswered:
    title: {de: Offen, en: Open}
    why: {de: Sie warten., en: They wait.}
    owner: ada
    when: {happened: {event: case_opened}}
    steps:
      - task: {department: service, title: {de: Antworten, en: Answer}}
    hold_out: 0
"""


def asked(workspace, action, name=None, **more):
    run(action, name, workspace.folder, **{"since": None, "until": None, "horizon": 90, "customer": None, "by": None, **more})


@pytest.fixture
def workspace(company):
    made = company({"tickets": TICKETS}, {"tickets.csv": "id,customer,created,text\n1,ada,2026-02-01,Help\n2,ben,2026-02-03,Help\n"})
    imported(made)
    put(made.folder / "playbooks" / "own.yaml", LATE)
    return made


def test_own_playbooks_are_listed_beside_the_ready_ones_and_checked(workspace, capsys):
    asked(workspace, "list")
    assert "1 are yours, in the folder playbooks/; 16 are ready" in capsys.readouterr().out
    asked(workspace, "check")
    assert "unanswered: nobody is left alone (`hold_out: 0`)" in capsys.readouterr().out


def test_a_playbook_is_tried_on_the_past_and_explained(workspace, capsys):
    asked(workspace, "simulate", "unanswered")
    told = capsys.readouterr().out
    assert "2 would have come in (2 customers" in told
    assert "Too few for a share of those who were lost" in told
    asked(workspace, "explain", "unanswered", customer="crm:ada")
    assert "crm:ada has been through it." in capsys.readouterr().out


def test_what_is_exported_is_what_was_read(workspace, capsys):
    from kundig.playbooks.playbook import ready, stated

    asked(workspace, "export", "promise_broken")
    put(workspace.folder / "playbooks" / "other.yaml", capsys.readouterr().out)
    assert stated(workspace.folder)["promise_broken"] == ready()["promise_broken"]


@pytest.mark.parametrize(
    ("action", "name", "more", "said"),
    [
        ("simulat", None, {}, "did you mean 'simulate'?"),
        ("simulate", "unanswerd", {}, "did you mean 'unanswered'?"),
        ("explain", "unanswered", {}, "asks for --customer"),
        ("apply", "unanswered", {}, "add --by NAME"),
        ("simulate", None, {}, "asks for the name of a playbook"),
        ("simulate", "unanswered", {"since": "2026-03-01", "until": "2026-02-01"}, "expected a time to simulate"),
    ],
)
def test_a_wrong_word_is_answered_with_what_to_do(workspace, action, name, more, said):
    with pytest.raises(ArgumentError) as error:
        asked(workspace, action, name, **more)
    assert said in str(error.value)


def test_a_definition_that_cannot_be_meant_is_refused_with_its_line(workspace):
    put(workspace.folder / "playbooks" / "own.yaml", LATE.replace("event: case_opened", "evnt: case_opened"))
    with pytest.raises(ConfigError, match=r"own\.yaml:6: .*unknown key 'evnt'; did you mean 'event'\?"):
        asked(workspace, "list")
