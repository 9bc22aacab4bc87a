import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundig.statistics.robust import slope


def by_hand(y, x, held):
    """The slope and its HC3 error from the whole sandwich, written out."""
    columns = np.column_stack([x, np.ones(len(y)), *held])
    bread = np.linalg.inv(columns.T @ columns)
    slopes = bread @ columns.T @ y
    left = y - columns @ slopes
    leverage = np.einsum("ij,jk,ik->i", columns, bread, columns)
    meat = columns.T @ np.diag((left / (1 - leverage)) ** 2) @ columns
    return slopes[0], np.sqrt((bread @ meat @ bread)[0, 0])


@given(st.integers(0, 10_000), st.integers(0, 3))
def test_it_is_least_squares_with_the_sandwich_written_out(seed, many):
    draw = np.random.default_rng(seed)
    held = [draw.normal(size=30) for _ in range(many)]
    x = draw.normal(size=30) + sum(held, np.zeros(30))
    y = 2 * x + draw.normal(size=30) * (1 + np.abs(x))
    found = slope(y, x, held)
    assert found is not None
    assert (found.size, found.error) == pytest.approx(by_hand(y, x, held))
    assert found.freedom == 30 - many - 2


def test_columns_that_add_up_to_one_are_held_once():
    draw = np.random.default_rng(1)
    group = draw.integers(0, 3, 60)
    x = draw.normal(size=60)
    y = x + group
    dummies = [(group == value).astype(float) for value in range(3)]
    whole, fewer = slope(y, x, dummies), slope(y, x, dummies[1:])
    assert (whole.size, whole.error, whole.freedom) == pytest.approx((fewer.size, fewer.error, fewer.freedom))


def test_what_the_held_say_already_has_no_slope():
    x = np.arange(10.0)
    assert slope(x, x, [2 * x + 1]) is None
    assert slope(x, np.ones(10)) is None
    assert slope(np.arange(2.0), np.arange(2.0)) is None


def test_ninety_five_of_a_hundred_intervals_hold_the_slope_where_scatter_grows():
    draw = np.random.default_rng(3)
    held = 0
    for _ in range(600):
        x = draw.choice([-1.0, 0.0, 1.0], 80)
        low, high = slope(0.5 * x + draw.normal(size=80) * (1 + 2 * (x > 0)), x).interval(0.95)
        held += low <= 0.5 <= high
    assert 0.93 <= held / 600 <= 0.98
