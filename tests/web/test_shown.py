"""Answers as tables: each figure in its unit, and what somebody wrote only for those who may see customers."""

from __future__ import annotations

import pyarrow as pa
import pytest


def table(name, rows, **arguments):
    from kundig.analysis import Result, analyses
    from kundig.web.shown import shown

    answer = Result(name, arguments, None, pa.Table.from_pylist(rows), "", len(rows), ())
    made = shown(answer, analyses()[name].columns)
    return {heading.name: cell.text for heading, cell in zip(made.headings, made.lines[0].cells, strict=True)}


@pytest.mark.parametrize(
    ("name", "row", "written"),
    [
        ("feedback.themes", {"theme": "app", "share": 0.037, "low": 0.034, "high": 0.039, "mood": -41.0, "change": -0.72, "change_low": -1.2, "change_high": -0.18}, ["app", "3,7\xa0%", "3,4\xa0%", "3,9\xa0%", "−41,0", "−0,72", "−1,20", "−0,18"]),
        ("feedback.jargon", {"word": "Tarif", "after_word": 12.5, "after_others": 10.0, "more_contacts": 2.5}, ["Tarif", "12,5\xa0%", "10,0\xa0%", "2,50"]),
        ("value.expansion_candidates", {"candidate": "Watch", "share": 0.4, "lift": 1.8}, ["Watch", "40,0\xa0%", "1,80"]),
        ("value.effects", {"programme": "call", "outcome": "retention", "of_treated": 0.91}, ["call", "Bindung", "91,0\xa0%"]),
        ("value.effects", {"programme": "call", "outcome": "revenue", "of_treated": 412.5}, ["call", "Umsatz", "412,5"]),
    ],
)
def test_a_figure_is_written_in_its_unit(name, row, written, site):
    assert list(table(name, [row]).values()) == written


def test_a_viewer_reads_no_verbatims_and_a_lead_does(client):
    address = "/questions/feedback.themes/"
    assert ['class="beneath"' in client(who).get(address).content.decode() for who in ("vera", "leo")] == [False, True]


def test_texts_too_long_for_a_column_stand_beneath_their_row(site):
    from kundig.analysis import Result, analyses
    from kundig.web.shown import shown

    long = "Nach dieser Rücklastschrift bitten wir um Überweisung bis zum Monatsende."
    rows = [{"group": "letter", "n": 2, "worst": [long, "Kurz."], "reasons": ["rare words: Rücklastschrift", ""]}, {"group": "easy", "n": 3, "worst": [], "reasons": []}]
    made = shown(Result("feedback.clarity", {}, None, pa.Table.from_pylist(rows), "", 5, ()), analyses()["feedback.clarity"].columns)
    assert [heading.name for heading in made.headings] == ["group", "n"]
    assert [line.beneath for line in made.lines] == [(("Am schlechtesten", (long, "Kurz.")), ("Gründe", ("seltene Wörter: Rücklastschrift", ""))), ()]
    assert made.width == 2
