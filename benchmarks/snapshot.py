"""A table of customers without dates, as numbers: `python -m benchmarks.snapshot FILE OUTCOME [--id COLUMN] [--leavers VALUE] [--repeats N]`.

Any file that DuckDB reads: an outcome with two values, and columns of numbers, words, dates or nothing. The model is chosen
by the tool, from each fold's own rows; nothing here looks at the outcome.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

LEVELS = 40
"""Of a column of words so many at most stand for themselves; the others are one."""
SAID_LEAVERS = ("yes", "true", "1", "churn", "churned", "left", "exited", "attrited customer", "leaver", "y", "t")
NOTHING = ("", "na", "n/a", "nan", "null", "?")
FEWEST = 25
"""Leavers, and others, of whom each of five folds has a few to judge by and the folds within it to choose by."""
MOST = 40_000
"""Rows to learn from, as for the hazard."""


def numbers(path: Path, outcome: str, identity: str | None = None, leavers: str | None = None) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """The columns as numbers, whether each customer left, and what each column says.

    Words that are numbers count as such, dates as days, and each level of other words is a column; what is missing stays so.
    A column with another text in each row names customers. Without a column that does, rows that are the same all over are
    one customer who was copied: left in, copies of the learned rows would be judged.
    """
    import duckdb

    if not path.is_file():
        raise SystemExit(f"there is no file {path}")
    try:
        table = duckdb.sql("FROM '" + str(path).replace("'", "''") + "'")
    except duckdb.Error as error:
        raise SystemExit(f"{path} is no table that can be read: {str(error).splitlines()[0]}") from None
    if outcome not in table.columns:
        raise SystemExit(f"there is no column {outcome!r}; there are {', '.join(table.columns)}")
    if identity is not None and identity not in table.columns:
        raise SystemExit(f"there is no column {identity!r}; there are {', '.join(table.columns)}")
    read = table.to_arrow_table()
    held = {name: np.array(read[name].to_pylist(), dtype=object) for name in table.columns}
    named = [name for name, column in held.items() if name == identity or (name != outcome and _names(column))]
    for name in named:
        held.pop(name)
    if not named:
        first = np.unique(np.array(["\x1f".join(map(str, row)) for row in zip(*held.values(), strict=True)]), return_index=True)[1]
        held = {name: column[np.sort(first)] for name, column in held.items()}
    y = _left(held.pop(outcome), outcome, leavers)
    known = np.isfinite(y)
    few = [value for value in (0.0, 1.0) if (y == value).sum() < FEWEST]
    if few:
        raise SystemExit(f"{int((y == 1).sum())} left and {int((y == 0).sum())} stayed; at least {FEWEST} of each are needed to learn from some and judge by the others")
    columns = [(f"{name}{level}", column[known]) for name, values in held.items() for level, column in _columns(values)]
    if not columns:
        raise SystemExit(f"beside {outcome} there is no column that says anything of customers; there are {', '.join(table.columns)}")
    return np.column_stack([column for _, column in columns]), y[known], tuple(name for name, _ in columns)


def _names(column: np.ndarray) -> bool:
    """Whether each row has a text of its own."""
    texts = [value for value in column if isinstance(value, str)]
    return len(texts) == len(column) > 1 and len(set(texts)) > 0.99 * len(column) and _as_numbers(column) is None


def _left(column: np.ndarray, outcome: str, leavers: str | None) -> np.ndarray:
    """1 for leavers, 0 for others, missing where nothing is said."""
    said = np.array([None if _nothing(value) else _word(value) for value in column], dtype=object)
    values = sorted({value for value in said if value is not None})
    if len(values) != 2:
        raise SystemExit(f"{outcome} has {len(values)} values ({', '.join(values[:5])}), expected two: who left, and who stayed")
    meant = [value for value in values if value == leavers.lower()] if leavers else [value for value in values if value in SAID_LEAVERS]
    if len(meant) != 1:
        raise SystemExit(f"which of {values[0]!r} and {values[1]!r} are leavers? Say it with --leavers")
    return np.array([np.nan if value is None else float(value == meant[0]) for value in said])


def _columns(values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """One column of the table as columns of numbers, with what stands behind its name."""
    plain = _as_numbers(values)
    if plain is not None:
        yield "", plain
        return
    words = np.array(["" if _nothing(value) else str(value).strip() for value in values])
    levels, counts = np.unique(words[words != ""], return_counts=True)
    often = levels[np.argsort(-counts, kind="stable")[:LEVELS]]
    there = np.where(words == "", np.nan, 1.0)
    # Of two words, one says all.
    for level in sorted(often)[1 if len(levels) == 2 else 0 :]:
        yield f" is {level}", (words == level) * there
    if len(often) < len(levels):
        yield " is another", ~np.isin(words, often) * there


def _as_numbers(values: np.ndarray) -> np.ndarray | None:
    """The values as numbers; none if more than one in twenty of those that are there is none."""
    found = np.full(len(values), np.nan)
    there = 0
    for number, value in enumerate(values):
        if _nothing(value):
            continue
        there += 1
        try:
            found[number] = value.toordinal() if hasattr(value, "toordinal") else float(value)
        except (TypeError, ValueError):
            continue
    return found if np.isfinite(found).sum() >= max(0.95 * there, 1) else None


def _nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in NOTHING) or (isinstance(value, float) and not np.isfinite(value))


def _word(value: object) -> str:
    return str(int(value)) if isinstance(value, bool | float | int) and float(value).is_integer() else str(value).strip().lower()


def judged(x: np.ndarray, y: np.ndarray, repeats: int = 5) -> tuple[float, float, dict[str, int]]:
    """ROC AUC and calibration error on unseen rows, `repeats` times five folds, and which models were chosen how often."""
    from collections import Counter

    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import RepeatedStratifiedKFold

    from kundig.foresight.chosen import chosen
    from kundig.foresight.hazard import sampled
    from kundig.foresight.measures import calibration_error

    areas, errors, models, p = [], [], Counter(), np.zeros(len(y))
    for number, (learn, test) in enumerate(RepeatedStratifiedKFold(n_splits=5, n_repeats=repeats, random_state=0).split(x, y)):
        some, weight = sampled(y[learn], MOST) if len(learn) > MOST else (np.arange(len(learn)), None)
        model = chosen(x[learn[some]], y[learn[some]], np.arange(len(some)), weight)
        models[model.name] += 1
        p[test] = model.probability(x[test])
        areas.append(roc_auc_score(y[test], p[test]))
        if number % 5 == 4:
            errors.append(calibration_error(y, p))
    return float(np.mean(areas)), float(np.mean(errors)), dict(models)


def main(words: list[str]) -> int:
    """Judge one table."""
    read = argparse.ArgumentParser(prog="python -m benchmarks.snapshot", description="How well the model that the tool chooses tells leavers in a table without dates.")
    read.add_argument("file", type=Path)
    read.add_argument("outcome")
    read.add_argument("--id", dest="identity")
    read.add_argument("--leavers")
    read.add_argument("--repeats", type=int, default=5)
    asked = read.parse_args(words)
    x, y, columns = numbers(asked.file, asked.outcome, asked.identity, asked.leavers)
    area, error, models = judged(x, y, asked.repeats)
    print(f"{len(y):,} customers, {int(y.sum()):,} left, {len(columns)} columns of numbers")
    print(f"ROC AUC {area:.4f}, expected calibration error {error:.4f}; {asked.repeats} × 5-fold")
    print("chosen: " + ", ".join(f"{name} ({times} ×)" for name, times in sorted(models.items(), key=lambda item: -item[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
