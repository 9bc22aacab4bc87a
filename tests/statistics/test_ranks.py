import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from kundig.statistics.ranks import van_elteren


def test_in_one_stratum_it_is_the_rank_sum_test():
    draw = np.random.default_rng(3)
    one, other = draw.integers(0, 12, 40).astype(float), draw.integers(2, 14, 30).astype(float)
    ones = np.ones
    expected = mannwhitneyu(one, other, method="asymptotic", use_continuity=False).pvalue
    assert van_elteren([(one, ones(40, int), other, ones(30, int))]) == pytest.approx(expected)


def test_a_value_with_a_count_is_as_many_values():
    one, other = np.array([1.0, 2.0, 5.0]), np.array([2.0, 6.0])
    many = van_elteren([(np.repeat(one, [3, 1, 2]), np.ones(6, int), np.repeat(other, [4, 5]), np.ones(9, int))])
    assert van_elteren([(one, np.array([3, 1, 2]), other, np.array([4, 5]))]) == pytest.approx(many)


def test_a_difference_between_strata_is_none_within():
    cheap, dear = np.array([20.0]), np.array([50.0])
    few, many = np.array([5]), np.array([50])
    assert van_elteren([(cheap, few, cheap, many), (dear, many, dear, few)]) == 1.0
