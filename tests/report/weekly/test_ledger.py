"""What was reported stays as it was reported."""

from __future__ import annotations

import json
from datetime import date

import pytest

from kundig.errors import LakeError
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.ledger import Entry, Ledger, corrected
from kundig.report.weekly.week import Week

WEEK = Week(date(2026, 6, 22), "Europe/Berlin")


def entry(value=42.0, week=WEEK):
    return Entry(week.name, "2026-06-30T21:59:59+00:00", "2026-07-01T06:00:00+00:00", "0.1.0", (Figure("score.nps", "points", value, 38.0, 46.0, 900),), {"feedback.scores": "ab"}, {"de": {"headline": "Ä"}})


def test_a_kept_week_comes_back_whole(tmp_path):
    Ledger(tmp_path / "reports").keep(entry())
    assert Ledger(tmp_path / "reports").entry(WEEK) == entry()


def test_a_week_that_was_reported_is_never_written_over(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.keep(entry(42.0))
    ledger.keep(entry(43.0))
    assert ledger.entry(WEEK) == entry(42.0)
    assert [path.name for path in tmp_path.iterdir()] == ["2026-W26.json"]


def test_the_week_before_is_the_latest_earlier_one_also_across_years(tmp_path):
    ledger = Ledger(tmp_path)
    for monday in (date(2025, 12, 22), date(2025, 12, 29), date(2026, 6, 29)):
        ledger.keep(entry(week=Week(monday, WEEK.zone)))
    assert ledger.before(WEEK).week == "2026-W01"
    assert ledger.before(Week(date(2025, 12, 22), WEEK.zone)) is None


def test_a_damaged_file_says_what_to_do(tmp_path):
    (tmp_path / "2026-W26.json").write_text("{")
    with pytest.raises(LakeError, match="restore it from a backup"):
        Ledger(tmp_path).entry(WEEK)


def test_a_newer_format_says_what_to_do(tmp_path):
    Ledger(tmp_path).keep(entry())
    path = tmp_path / "2026-W26.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(LakeError, match="written by a newer kundig"):
        Ledger(tmp_path).entry(WEEK)


def test_corrections_are_what_is_not_as_it_was():
    was = [Figure("a", "points", 1.0, 0.0, 2.0, 10), Figure("b", "points", 1.0, 0.0, 2.0, 10), Figure("c", "points", None, n=2)]
    now = [Figure("a", "points", 1.0 + 1e-12, 0.0, 2.0, 10), Figure("b", "points", 1.0, 0.0, 2.0, 11)]
    assert corrected(was, now) == [(was[1], now[1]), (was[2], None)]
