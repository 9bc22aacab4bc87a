"""What stands beside an answer: answers that there are to another metric. Money is in test_checks_of_contracts.py."""

from __future__ import annotations

from typing import Any

import kundig

CONFIGURATION = """
company: {name: Nord}
sources:
  stars:
    read: {csv: stars.csv}
    key: id
    events: {kind: feedback, subject: "crm:{who}", at: at, metric: stars, score: score, product: product}
  calls:
    read: {csv: calls.csv}
    key: id
    events: {kind: feedback, subject: "crm:{who}", at: at, metric: csat, score: score}
"""


def notes(workspace: Any, name: str, **given: Any) -> tuple[str, ...]:
    return tuple(workspace.ask(name, **given).notes)


def test_where_nobody_answered_to_one_metric_it_is_told_to_which_somebody_did(tmp_path):
    (tmp_path / "kundig.yaml").write_text(CONFIGURATION)
    (tmp_path / "stars.csv").write_text("id,who,at,score,product\n" + "".join(f"s{number},ada,2026-03-{number % 28 + 1:02},4,S\n" for number in range(1_204)))
    (tmp_path / "calls.csv").write_text("id,who,at,score\nc1,ben,2026-03-05,5\n")
    workspace = kundig.open(tmp_path)
    list(workspace.imports())
    empty = "There is nothing to answer from: no event fits the question."
    assert notes(workspace, "feedback.scores") == ("There are answers to stars: 1,204.", "There are answers to csat: 1.", empty)
    assert notes(workspace, "feedback.scores", metric="stars") == ()
    assert notes(workspace, "feedback.scores", as_of="2026-03-01") == ("There are answers to stars: 43.", empty)
    assert [note for note in notes(workspace, "value.retention") if "stars" in note] == []
