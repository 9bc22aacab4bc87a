"""The weekly report of a small company: reported once, shown again as it was, corrected where more became known."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone

import pytest

import kundig
from kundig.errors import ArgumentError
from kundig.report.weekly import weekly
from kundig.report.weekly.ledger import Ledger
from kundig.report.weekly.printing import previewed
from kundig.report.weekly.week import Week

COMPANY = """
company: {name: Nord & Söhne <GmbH>, language: de, timezone: Europe/Berlin}
sources:
  answers:
    read: {csv: "answers*.csv"}
    key: id
    events: {kind: feedback, subject: "crm:{who}", at: at, touchpoint: "{where}", case_id: "{id}", metric: "{metric}", score: score}
touchpoints:
  shop: {stage: buy, department: sales, title: "Bestellung #1"}
  help: {stage: help, department: service, title: Anruf}
  pulse: {department: service}
stages: [buy, help]
"""
NOW = datetime(2026, 7, 1, 6, tzinfo=timezone.utc)


def answers(first, count, score, start, where="shop", metric="csat"):
    """Answers of different customers on the days from one on."""
    return [f"{first + n},{first + n},{date.fromisoformat(start) + timedelta(days=n % 80)} 10:00,{where},{metric},{score(n)}" for n in range(count)]


HEAD = "id,who,at,where,metric,score"
BEFORE = answers(0, 200, lambda n: 5 if n % 2 else 2, "2026-01-05") + answers(1000, 120, lambda n: 5 if n % 4 else 1, "2026-01-05", "help")
AFTER = answers(3000, 200, lambda n: 1 if n % 5 else 5, "2026-04-01") + answers(4000, 120, lambda n: 5 if n % 4 else 1, "2026-04-01", "help") + answers(5000, 60, lambda n: 9, "2026-04-01", "help", "nps")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nord")
    (folder / "kundig.yaml").write_text(COMPANY, encoding="utf-8")
    (folder / "answers.csv").write_text("\n".join([HEAD, *BEFORE, *AFTER]))
    workspace = kundig.open(folder)
    list(workspace.imports(now=NOW))
    # Answers are kept beside the lake; so each test's copy has them already.
    weekly(workspace, as_of="2026-06-30", draft=True)
    weekly(workspace, as_of="2026-07-05", draft=True)
    return folder


@pytest.fixture
def workspace(made, tmp_path):
    """A copy that a test may report on."""
    return kundig.open(shutil.copytree(made, tmp_path / "nord"))


def report(workspace, language="de", **more):
    return weekly(workspace, as_of="2026-06-30", language=language, now=NOW, **more)


def test_the_first_page_says_what_moved_beyond_chance(workspace):
    page = report(workspace).page
    assert page["headline"] == "Die Zufriedenheit sinkt. Schlechter geworden ist: Bestellung #1."
    assert [(figure["name"], figure["value"].replace("\u00a0", " "), figure["n"], figure["verdict"]) for figure in page["figures"]] == [("NPS", "100", "n 60", ""), ("Zufrieden (CSAT)", "41 %", "n 320", "worse")]
    assert [(change["title"], change["size"], change["verdict"]) for change in page["changes"]] == [("Bestellung #1", "−30", "worse"), ("Anruf", "±0", "may be chance")]


def test_it_says_the_same_in_english(workspace):
    page = report(workspace, "en").page
    assert page["headline"] == "Satisfaction is falling. Bestellung #1 has got worse."
    assert page["changes"][0]["evidence"] == "20%, before 50% · Satisfaction (CSAT), n 200 · worse"


def test_what_has_too_little_to_go_by_is_left_out_and_says_so(workspace):
    left = {part["title"]: part["text"] for part in report(workspace, "en").page["left_out"]}
    assert left["Handed over between departments"] == "No handovers between known departments in these weeks."


def test_a_week_is_reported_once_and_shown_again_as_it_was(workspace):
    first = report(workspace)
    again = report(workspace)
    assert (first.frozen, again.frozen) == (False, True)
    assert again.page == first.page


def test_another_language_shows_the_same_reported_week(workspace):
    report(workspace, "de")
    english = report(workspace, "en")
    assert (english.frozen, english.page["headline"]) == (True, "Satisfaction is falling. Bestellung #1 has got worse.")


def test_a_later_correction_appears_as_correction(workspace):
    first = report(workspace)
    late = answers(9000, 50, lambda n: 9, "2026-06-01", "help", "nps")
    (workspace.folder / "answers-late.csv").write_text("\n".join([HEAD, *late]))
    list(workspace.imports(now=NOW + timedelta(days=1)))
    again = report(kundig.open(workspace.folder))
    assert again.page["figures"] == first.page["figures"]
    assert again.page["corrections"] == ["NPS: in 2026-W26 berichtet 100 (n 60), jetzt 100 (n 88)."]


def test_the_next_week_s_report_tells_what_has_changed_of_this_one(workspace):
    report(workspace)
    late = answers(9000, 50, lambda n: 0, "2026-06-01", "help", "nps")
    (workspace.folder / "answers-late.csv").write_text("\n".join([HEAD, *late]))
    list(workspace.imports(now=NOW + timedelta(days=6)))
    following = weekly(kundig.open(workspace.folder), as_of="2026-07-05", language="en", now=NOW)
    assert following.week == "2026-W27"
    assert following.page["corrections"][0].startswith("NPS: reported 100 (n 60) in 2026-W26, now ")


def test_a_changed_definition_is_told(workspace):
    report(workspace)
    path = workspace.folder / "reports" / "2026-W26.json"
    path.write_text(re.sub(r'"feedback.scores": "\w+"', '"feedback.scores": "other"', path.read_text()))
    following = weekly(workspace, as_of="2026-07-05", language="en", now=NOW)
    assert following.page["corrections"] == ["The definition of feedback.scores has changed since 2026-W26."]


def test_a_draft_keeps_nothing(workspace):
    assert report(workspace, draft=True).frozen is False
    assert Ledger(workspace.folder / "reports").entry(Week(date(2026, 6, 22), "Europe/Berlin")) is None


def test_nothing_that_happened_later_is_in_it(workspace):
    early = weekly(workspace, as_of="2026-04-05", language="en", draft=True, now=NOW)
    assert early.week == "2026-W14"
    assert [(figure["name"], figure["n"]) for figure in early.page["figures"] if figure["name"] == "NPS"] == [("NPS", "n 5")]


def test_without_events_there_is_nothing_to_report(tmp_path):
    (tmp_path / "kundig.yaml").write_text("company: {name: Nord}")
    with pytest.raises(ArgumentError, match="run `kundig import` first"):
        weekly(kundig.open(tmp_path))


def test_the_pdf_is_tagged_and_speaks_its_language(workspace):
    pdf = report(workspace).pdf()
    assert pdf.startswith(b"%PDF")
    assert [mark in pdf for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"/Alt")] == [True] * 4


def test_the_text_of_the_pdf_can_be_read(workspace, tmp_path):
    if shutil.which("pdftotext") is None:
        assert not os.environ.get("CI"), "pdftotext is missing; install poppler-utils"
        pytest.skip("needs pdftotext, from poppler-utils")
    for language, expected in (("de", ["Kundenbericht für den Vorstand", "Die Zufriedenheit sinkt. Schlechter geworden ist: Bestellung #1.", "Wie die Zahlen bestimmt sind", "Nord & Söhne <GmbH>"]), ("en", ["Customer report for the board", "How the figures are defined"])):
        path = tmp_path / "report.pdf"
        path.write_bytes(report(workspace, language, draft=True).pdf())
        text = " ".join(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split())
        assert [phrase for phrase in expected if phrase not in text] == []


def test_the_first_page_holds_and_the_map_is_the_second(workspace):
    assert len(previewed(report(workspace).page, ppi=20)) in {3, 4}


def test_the_command_writes_the_pdf(made, tmp_path):
    folder = shutil.copytree(made, tmp_path / "nord")
    done = subprocess.run([sys.executable, "-m", "kundig", "report", "weekly", "-w", folder, "--as-of", "2026-06-30", "--language", "en", "--out", tmp_path / "out" / "r.pdf"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "Satisfaction is falling. Bestellung #1 has got worse."
    assert (tmp_path / "out" / "r.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("words", "message"), [(["monthly"], "there is no report 'monthly'"), (["weekly", "--language", "fr"], "--language does not know 'fr'"), (["weekly", "--as-of", "soon"], "--as-of expects a date")])
def test_the_command_says_what_it_expected(made, words, message):
    done = subprocess.run([sys.executable, "-m", "kundig", "report", *words, "-w", made], capture_output=True, text=True, check=False)
    assert (done.returncode, message in done.stderr, "Traceback" in done.stderr) == (1, True, False)
