import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.value.survival import survival
from tests.value.told import contract, journal, rows, until


def lives(*given):
    return [contract(who, at, outcome, 10) for who, start, end in given for at, outcome in ((start, "started"), (end, "ended")) if at]


def test_of_two_who_are_watched_one_leaves():
    told = lives(("old", "2024-11-01", "2025-01-02"), ("ada", "2025-01-05", None), ("ben", "2025-01-05", "2025-04-20"))
    assert rows(survival(journal(*told, until("2025-08-01")), floor=2, step=2), "months", "state", "n", "lost", "survival") == [
        (0, "ok", 2, 0, 1.0), (2, "ok", 2, 0, 1.0), (4, "too few customers", 1, 2, None), (6, "too few customers", 1, 2, None),
    ]  # fmt: skip


def test_that_nobody_would_leave_thirty_do_not_show():
    told = lives(("old", "2024-11-01", "2025-01-02"), *((f"c{number}", "2025-01-05", None) for number in range(30)))
    at_start, later, _ = rows(survival(journal(*told, until("2025-03-01")), step=1), "n", "survival", "low", "high")
    assert at_start == (30, 1.0, 1.0, 1.0)
    assert later == (30, 1.0, pytest.approx(0.886, abs=0.001), 1.0)


def test_cohorts_have_curves_of_their_own_and_old_ones_begin_late():
    draw = np.random.default_rng(2)
    told = []
    for number in range(80):
        start = np.datetime64("2023-01-01") + int(draw.integers(0, 60)) if number % 2 else np.datetime64("2025-01-01") + int(draw.integers(0, 25))
        end = np.datetime64("2025-01-02") + int(draw.integers(0, 300))
        told += lives((f"c{number}", str(start), str(end) if end > start and number % 3 else None))
    found = rows(survival(journal(*told, until("2026-01-01")), cohort="year", floor=5), "group", "from_months", "state")
    assert {(group, begin) for group, begin, _ in found} == {("2023-01-01", 23), ("2025-01-01", 0)}


def test_where_all_ends_lie_on_the_last_day_nobody_was_watched():
    told = lives(("ada", "2024-01-01", "2025-01-01"), ("ben", "2024-03-01", "2025-01-01"), ("cyd", "2023-01-01", None))
    assert rows(survival(journal(*told, until("2025-01-01")), floor=2), "from_months", "months", "state", "n", "lost", "survival") == [(0, 0, "too few customers", 0, 0, None)]


def test_cohort_and_dimension_do_not_go_together():
    with pytest.raises(ArgumentError, match="found both --cohort year and --by segment"):
        survival(journal(), cohort="year", by="segment")


def test_whoever_knows_since_when_ends_are_on_record_says_so():
    told = [contract(f"c{n}", "2024-01-01", "started", 10) for n in range(40)] + [contract(f"c{n}", "2025-12-20", "ended") for n in range(10)]
    found = {since: rows(survival(journal(*told, until("2025-12-31"), contracts={"ends_since": since}), step=12), "months", "survival") for since in (None, "2024-01-01")}
    assert found == {None: [(23, 1.0)], "2024-01-01": [(0, 1.0), (12, 1.0)]}
