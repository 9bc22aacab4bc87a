"""A table of customers without dates becomes numbers, and what is wrong with one is said."""

from __future__ import annotations

import re

import numpy as np
import pytest
from benchmarks.snapshot import main, numbers
from sklearn.metrics import roc_auc_score


@pytest.fixture
def table(tmp_path):
    """A file of customers, from rows of text: `left` by what is given."""

    def made(rows, header="id,calls,tariff,since,town,left"):
        path = tmp_path / "customers.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return made


def people(many=90):
    """Every third left, with more calls than the others; the town is the same for all."""
    tariffs = ("basic", "plus", "")
    return [f"c{number},{3 * (number % 3 == 0) + number % 2},{tariffs[number % 3]},2025-01-{1 + number % 28:02},Kiel,{'yes' if number % 3 == 0 else 'no'}" for number in range(many)]


def columns(path, outcome="left", **given):
    x, y, names = numbers(path, outcome, **given)
    return {name: x[:, number].tolist() for number, name in enumerate(names)}, y.tolist()


def test_numbers_words_days_and_what_is_missing_become_columns(table):
    found, left = columns(table(people()))
    assert [float(number % 3 == 0) for number in range(90)] == left
    assert list(found) == ["calls", "tariff is plus", "since", "town is Kiel"]
    assert found["calls"][:4] == [3.0, 1.0, 0.0, 4.0]
    assert found["tariff is plus"][:3] == [0.0, 1.0, pytest.approx(np.nan, nan_ok=True)]
    assert found["since"][1] - found["since"][0] == 1.0
    assert set(found["town is Kiel"]) == {1.0}


def test_whoever_was_copied_counts_once_unless_customers_are_named(table):
    rows = [f"{number},{number % 7},{number % 3 == 0:d}" for number in range(90)]
    path = table(rows + rows, "minutes,calls,left")
    assert len(columns(path)[1]) == 90
    named = table([f"n{number},1,{number % 3 == 0:d}" for number in range(90)], "name,calls,left")
    found, left = columns(named)
    assert (list(found), len(left)) == (["calls"], 90)


def test_who_left_can_be_said(table):
    path = table([f"{number},{'A' if number % 2 else 'B'}" for number in range(80)], "calls,what")
    assert sum(columns(path, "what", leavers="a")[1]) == 40


@pytest.mark.parametrize(
    ("rows", "outcome", "told"),
    [
        (people(), "churned", "there is no column 'churned'; there are id, calls, tariff, since, town, left"),
        ([row.rpartition(",")[0] + ",0" for row in people()], "left", "left has 1 values (0), expected two: who left, and who stayed"),
        ([row.replace(",no", ",maybe") if number % 2 else row for number, row in enumerate(people())], "left", "left has 3 values (maybe, no, yes), expected two: who left, and who stayed"),
        ([row.replace(",yes", ",A").replace(",no", ",B") for row in people()], "left", "which of 'a' and 'b' are leavers? Say it with --leavers"),
        (people(30), "left", "10 left and 20 stayed; at least 25 of each are needed to learn from some and judge by the others"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(table, rows, outcome, told):
    with pytest.raises(SystemExit, match=None) as stopped:
        numbers(table(rows), outcome)
    assert str(stopped.value) == told


def test_a_table_that_says_nothing_of_customers_or_is_none_is_told(table, tmp_path):
    with pytest.raises(SystemExit, match="beside left there is no column that says anything of customers"):
        numbers(table([f"c{number},{number % 2}" for number in range(80)], "id,left"), "left")
    (tmp_path / "noise.parquet").write_bytes(b"nothing of the kind")
    with pytest.raises(SystemExit, match=r"noise\.parquet is no table that can be read"):
        numbers(tmp_path / "noise.parquet", "left")
    with pytest.raises(SystemExit, match="there is no file"):
        numbers(tmp_path / "nowhere.csv", "left")


def test_the_model_that_is_chosen_tells_leavers_and_is_judged_on_others(table, capsys):
    chance = np.random.default_rng(4)
    calls, noise = chance.integers(0, 10, 400), chance.normal(size=400)
    left = chance.random(400) < 1 / (1 + np.exp(4 - calls))
    path = table([f"{one},{other:.5f},1,{'yes' if gone else 'no'}" for one, other, gone in zip(calls, noise, left, strict=True)], "calls,noise,constant,left")
    assert main([str(path), "left", "--repeats", "1"]) == 0
    told, figures, models = capsys.readouterr().out.splitlines()
    assert told == f"400 customers, {left.sum()} left, 3 columns of numbers"
    area, error = re.fullmatch(r"ROC AUC (0\.\d+), expected calibration error (0\.\d+); 1 × 5-fold", figures).groups()
    # Who knows the chances behind the table ranks little better.
    assert float(area) > roc_auc_score(left, calls) - 0.01
    # Shares of forty customers in each of ten groups lie that far from their chances.
    assert float(error) < 0.08
    assert sum(map(int, re.findall(r"\((\d) ×\)", models))) == 5
