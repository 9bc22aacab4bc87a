"""What stands beside an answer: answers that there are to another metric. Money is in test_checks_of_contracts.py."""

from __future__ import annotations

from itertools import product
from typing import Any

import kundig
from kundig.heed import UNTAUGHT

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


def test_moods_say_that_no_text_of_the_company_has_taught_who_reads_them(tmp_path):
    seen = {1: ("Gras", "Moos", "Klee", "Farn", "Laub"), 3: ("Stein", "Sand", "Ton", "Kies", "Erz"), 5: ("Himmel", "Meer", "See", "Eis", "Enzian")}
    told_of = [(score, f"{of} {like} {where}") for score, all_of in seen.items() for of, like, where in product(all_of, ("im Mai", "am Abend", "im Regen", "von hier"), ("vor Ort", "in Kiel", "am Rand", "daheim"))]
    rows = [f"{at},ada,2026-03-{at % 28 + 1:02},{score},{text}" for at, (score, text) in enumerate(told_of)]
    (tmp_path / "stars.csv").write_text("\n".join(["id,who,at,score,text", *rows]))
    (tmp_path / "kundig.yaml").write_text(
        'company: {name: Nord, language: de}\nsources:\n  stars:\n    read: {csv: stars.csv}\n    key: id\n    events: {kind: feedback, subject: "crm:{who}", at: at, metric: stars, score: score, text: text}\n'
    )
    workspace = kundig.open(tmp_path)
    list(workspace.imports())
    assert notes(workspace, "feedback.moods") == ("Rows whose texts were not read: 1 of 1. `kundig read` reads them.",)
    workspace.read()

    def told(name: str, **given: Any) -> list[bool]:
        return [note == UNTAUGHT for note in notes(workspace, name, **given)]

    assert [told("feedback.moods"), told("feedback.themes"), told("feedback.scores", metric="stars")] == [[True], [True], []]
    workspace.learn()
    workspace.read()
    assert told("feedback.moods") == []
