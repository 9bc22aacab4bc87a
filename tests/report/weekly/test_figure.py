"""When a figure has changed: judged together, and never by more than its interval allows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from kundig.report.formats import Formats
from kundig.report.weekly.figure import Figure, false_discovery, judged


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discoveries_are_those_of_scipy(p):
    assert false_discovery(p) == pytest.approx(list(false_discovery_control(p)), abs=1e-12)


def test_the_difference_of_two_shares_is_newcombe_s():
    # Newcombe (1998), Statistics in Medicine 17, table II: 56/70 against 48/80 gives 0.0524 to 0.3339.
    figure = Figure("x", "share", 56 / 70, 0.6918, 0.8771, 70, 48 / 80, 0.4905, 0.7005)
    lower = figure.change - math.hypot(figure.value - figure.low, figure.before_high - figure.before)
    assert lower == pytest.approx(0.0524, abs=5e-4)
    # The lower end leaves out zero, so chance alone gives such a change in fewer than 5 of 100 cases.
    assert figure.p < 0.05


def test_a_move_inside_the_noise_is_called_that():
    [figure] = judged([Figure("x", "points", 42.0, 36.0, 48.0, 900, 40.0, 34.0, 46.0)])
    assert (figure.verdict, figure.moved(Formats("de"))) == ("may be chance", "+2, kann Zufall sein")


def test_one_of_many_small_moves_is_not_picked_out():
    sure = Figure("x", "points", 10.0, 5.2, 14.8, 100, 3.0, -1.8, 7.8)
    noise = [Figure(f"n{index}", "points", 10.0, 5.0, 15.0, 100, 9.5, 4.5, 14.5) for index in range(30)]
    assert judged([sure])[0].verdict == "better"
    assert judged([sure, *noise])[0].verdict == "may be chance"


def test_where_less_is_better_a_rise_is_worse():
    [figure] = judged([Figure("wait", "days", 9.0, 8.0, 10.0, 100, 3.0, 2.5, 3.5, more=False)])
    assert figure.verdict == "worse"


def test_without_a_before_there_is_no_verdict():
    [figure] = judged([Figure("x", "points", 42.0, 36.0, 48.0, 900)])
    assert (figure.verdict, figure.p, figure.moved(Formats("en"))) == (None, None, "")


@pytest.mark.parametrize(
    ("figure", "german"),
    [
        (Figure("a", "percent", 56.2, 53.0, 60.0), ("56\u00a0%", "53–60\u00a0%")),
        (Figure("a", "points", -9.0, -13.0, -4.0), ("−9", "−13 bis −4")),
        (Figure("a", "stars", 3.62, 3.41, 3.84), ("3,62", "3,41–3,84")),
        (Figure("a", "share", 1.057, 1.01, 1.1), ("105,7\u00a0%", "101,0–110,0\u00a0%")),
        (Figure("a", "percent", None), ("–", "–")),
    ],
)
def test_a_figure_is_written_in_its_unit(figure, german):
    assert (figure.written(Formats("de")), figure.range(Formats("de"))) == german
