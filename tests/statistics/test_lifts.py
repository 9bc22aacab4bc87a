"""Shares by shares: what small counts hold, and what they do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kundig.statistics.lifts import FEW, lifts

Z = 1.959963984540054


def of(*counts):
    return tuple(float(values[0]) for values in lifts(*([each] for each in counts), Z))


def test_nobody_in_both_is_no_lift_however_few_the_others_are():
    size, low, high, p = of(0, 54, 3, 31_000)
    assert (size, low, p) == (0.0, 0.0, 1.0)
    assert high > 1


def test_one_customer_of_many_says_nothing():
    size, low, _, p = of(1, 79, 24, 31_000)
    assert size == pytest.approx(16.35, abs=0.01)
    assert low < 1
    assert p > 0.05


def test_where_nobody_has_it_nothing_is_known():
    size, low, high, p = of(0, 40, 0, 60)
    assert (np.isnan(size), low, high, p) == (True, 0.0, np.inf, 1.0)


def test_a_lift_of_many_has_the_interval_of_katz_on_the_logarithm():
    # 40 of 100 against 20 of 100, by hand: log 2 ± 1.96 √(0.6/40 + 0.8/20).
    half = Z * np.sqrt(0.6 / 40 + 0.8 / 20)
    assert of(40, 100, 20, 100)[:3] == pytest.approx((2.0, 2 * np.exp(-half), 2 * np.exp(half)))


@given(here=st.integers(0, FEW - 1), there=st.integers(0, 60), n=st.integers(60, 900), rest=st.integers(60, 90_000))
def test_small_counts_are_tested_as_a_binomial_draw_and_the_interval_says_the_same(here, there, n, rest):
    size, low, high, p = of(here, n, there, rest)
    if here + there:
        side = "greater" if here / (here + there) > n / (n + rest) else "less"
        assert p == pytest.approx(min(1.0, 2 * binomtest(here, here + there, n / (n + rest), side).pvalue), rel=1e-6)
    assert low <= (0 if np.isnan(size) else size) <= high
    assert (p < 0.0499) <= (not low <= 1 <= high)
    assert (not low <= 1 <= high) <= (p < 0.0501)


def test_intervals_hold_the_truth_as_often_as_they_say():
    draw = np.random.default_rng(5)
    for n, rest, here, there in ((80, 2000, 0.02, 0.02), (80, 2000, 0.3, 0.1), (500, 500, 0.01, 0.03), (2000, 30_000, 0.001, 0.0005)):
        found = lifts(draw.binomial(n, here, 4000), n, draw.binomial(rest, there, 4000), rest, Z)
        assert 0.94 <= np.mean((found.low <= here / there) & (here / there <= found.high)) <= 1.0
