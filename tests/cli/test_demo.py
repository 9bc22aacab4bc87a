"""`kundig demo` and `kundig simulate`, small."""

import contextlib
import io
import os
import subprocess
import sys

import pytest

from kundig.cli.demo import tour
from kundig.cli.identify import identified
from kundig.cli.importing import imported
from kundig.cli.output import console
from kundig.cli.tour import TOUR
from kundig.workspace import Workspace


def kundig(folder, *words, columns="100"):
    done = subprocess.run([sys.executable, "-m", "kundig", *words], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": columns})
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, kundig(folder, "demo", "--customers", "400")


def again(folder):
    """The same company in a narrow terminal: nothing is simulated anew, and what was answered is there, until something is imported."""
    with contextlib.redirect_stdout(io.StringIO()) as out, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "60")
        workspace = Workspace(folder)
        tour(workspace, console())
        imported(workspace)
        identified(workspace)
    return out.getvalue()


@pytest.fixture(scope="module", params=["100", "60", pytest.param("60 from the beginning", marks=pytest.mark.soak)])
def shown(request, wide, tmp_path_factory):
    folder, text = wide
    if request.param == "100":
        return 100, text
    return 60, again(folder / "demo-company") if request.param == "60" else kundig(tmp_path_factory.mktemp("narrow"), "demo", "--customers", "400", columns="60")


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
