from datetime import timedelta
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import funnel
from tests.answers import answer
from tests.oracles import funnel_counts, lives

DAY = 86400.0
TOLD = [
    ("ada", "visit", "2026-03-01"), ("ada", "visit", "2026-03-02"), ("ada", "order", "2026-03-04"), ("ada", "pay", "2026-03-05"),
    ("ben", "visit", "2026-03-01"), ("ben", "complaint", "2026-03-03"),
    ("cyd", "visit", "2026-03-20"),
]  # fmt: skip


def rows(table):
    return table.to_pyarrow().to_pylist()


def shown(table, *columns):
    return [tuple(row[column] for column in columns) for row in rows(table)]


def test_ada_orders_ben_complains_instead_and_cyd_may_still_come():
    third, fourth = {"low": pytest.approx(0.0615, abs=1e-4), "high": pytest.approx(0.7923, abs=1e-4)}, {"low": pytest.approx(0.2065, abs=1e-4), "high": pytest.approx(1.0)}
    few = {"median_low_seconds": None, "median_high_seconds": None}
    assert rows(funnel(told(TOLD), stages="visit, order, pay", ended_after="7 days")) == [
        {"group": None, "stage": "visit", "optional": False, "n": 3, "reached": 3, "pending": 0, "dropped": 0, "share": 1.0, "low": pytest.approx(0.4385, abs=1e-4), "high": pytest.approx(1.0),
         "overall_share": 1.0, "median_seconds": None, **few, "p90_seconds": None, "instead": None, "instead_n": 0, "nothing": 0},
        {"group": None, "stage": "order", "optional": False, "n": 3, "reached": 1, "pending": 1, "dropped": 1, "share": 1 / 3, **third,
         "overall_share": 1 / 3, "median_seconds": 3 * DAY, **few, "p90_seconds": 3 * DAY, "instead": "complaint", "instead_n": 1, "nothing": 1},
        {"group": None, "stage": "pay", "optional": False, "n": 1, "reached": 1, "pending": 0, "dropped": 0, "share": 1.0, **fourth,
         "overall_share": 1 / 3, "median_seconds": DAY, **few, "p90_seconds": DAY, "instead": None, "instead_n": 0, "nothing": 0},
    ]  # fmt: skip


def test_an_optional_stage_keeps_nobody_from_the_next():
    asked = shown(funnel(told(TOLD), stages="visit, help?, order", ended_after="7 days"), "stage", "optional", "n", "reached", "pending", "dropped")
    assert asked == [("visit", False, 3, 3, 0, 0), ("help", True, 3, 0, 1, 2), ("order", False, 3, 1, 1, 1)]


def test_an_optional_stage_after_the_next_required_one_is_not_reached():
    journal = told([("ada", "visit", "2026-03-01"), ("ada", "order", "2026-03-02"), ("ada", "help", "2026-03-03"), ("ada", "pay", "2026-03-04")])
    assert shown(funnel(journal, stages="visit, help?, order, pay"), "stage", "n", "reached", "dropped") == [("visit", 1, 1, 0), ("help", 1, 0, 1), ("order", 1, 1, 0), ("pay", 1, 1, 0)]


def test_optional_stages_may_come_in_any_order():
    journal = told([("ada", "visit", "2026-03-01"), ("ada", "b", "2026-03-02"), ("ada", "a", "2026-03-03"), ("ada", "order", "2026-03-04")])
    assert shown(funnel(journal, stages="visit, a?, b?, order"), "stage", "reached") == [("visit", 1), ("a", 1), ("b", 1), ("order", 1)]


def test_a_second_order_is_a_stage_of_its_own():
    journal = told([("ada", "order", "2026-03-01"), ("ada", "order", "2026-03-05"), ("ben", "order", "2026-03-01")])
    assert shown(funnel(journal, stages="order, order"), "stage", "n", "reached", "median_seconds") == [("order", 2, 2, None), ("order", 2, 1, 4 * DAY)]


def test_a_step_with_a_comma_stands_in_quotes():
    journal = told([("ada", "asks, writes", "2026-03-01"), ("ada", "order", "2026-03-02")])
    assert shown(funnel(journal, stages='"asks, writes"?, order'), "stage", "optional", "reached") == [("asks, writes", True, 1), ("order", False, 1)]


@pytest.mark.parametrize("stages", ["", "visit?", "visit,,order", "?"])
def test_stages_that_cannot_be_meant_say_what_was_expected(stages):
    with pytest.raises(ArgumentError, match="--stages expects steps with commas between them"):
        funnel(told(TOLD), stages=stages)


# To put other stages into words takes longer than to count who reached them.
any_stages = given(lives(), st.lists(st.tuples(st.sampled_from(["shop", "pay", "help"]), st.booleans()), min_size=1, max_size=4), st.sampled_from([0, 6]), st.sampled_from(["customer", "case"]))


@any_stages
@settings(max_examples=20, deadline=None)
def test_stages_are_reached_as_plain_python_sees_it(events, stages, quiet, unit):
    as_plain_python_sees_it(events, stages, quiet, unit)


@pytest.mark.soak
@any_stages
@settings(max_examples=300, deadline=None)
def test_stages_of_many_lives_are_reached_as_plain_python_sees_it(events, stages, quiet, unit):
    as_plain_python_sees_it(events, stages, quiet, unit)


def as_plain_python_sees_it(events, stages, quiet, unit):
    stages = [*stages, ("pay", False)]
    found = answer(funnel, told(events), stages=", ".join(name + "?" * optional for name, optional in stages), unit=unit, level="touchpoint", ended_after=f"{quiet} hours").to_pylist()
    present = max((event["known_at"] for event in events), default=None)
    expected = funnel_counts(events, stages, present, timedelta(hours=quiet), unit)
    assert [[row["n"], row["reached"], row["pending"], row["dropped"], row["median_seconds"]] for row in found] == [
        [*counts, median(lengths) if lengths else None] for *counts, lengths in expected if found
    ]
    assert bool(found) == any(event["subject" if unit == "customer" else "case_id"] for event in events)
