"""`kundig demo` and `kundig simulate`, small."""

import os
import subprocess
import sys

import pytest

from kundig.cli.tour import TOUR


def kundig(folder, *words, columns="100"):
    done = subprocess.run([sys.executable, "-m", "kundig", *words], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": columns})
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=["100", "60"])
def shown(request, tmp_path_factory):
    return int(request.param), kundig(tmp_path_factory.mktemp("demo"), "demo", "--customers", "400", columns=request.param)


def test_the_tour_asks_its_eight_questions_in_order(shown):
    _, text = shown
    asked = [line.partition("  ")[2].split(" ─")[0].strip() for line in text.splitlines() if line[:1].isdigit() and line[1:3] == "  " and "─" in line]
    assert [question[:30] for question in asked] == [stop.question[:30] for stop in TOUR]
    assert len(TOUR) == 8


def test_every_answer_is_read_aloud_and_says_its_command(shown):
    width, text = shown
    if width == 100:
        assert [stop.command for stop in TOUR if stop.command not in text] == []
    assert "There is nothing to answer from." not in text


def test_it_fits_the_terminal(shown):
    width, text = shown
    assert [line for line in text.splitlines() if len(line) > width] == []


def test_a_simulation_says_what_to_do_next(tmp_path):
    assert kundig(tmp_path, "simulate", "nordwind", "--customers", "300", "--seed", "3").splitlines()[-1] == "Next: kundig import --workspace nordwind"
    assert sorted(entry.name for entry in (tmp_path / "nordwind").iterdir()) == ["data", "kundig.yaml", "truth", "truth.json"]
