import numpy as np
import pytest
from scipy.stats import ttest_ind

from kundig.statistics.experiments import Sums, difference, held, slope


def sums(y, x=None):
    x = np.zeros(len(y)) if x is None else x
    return Sums(len(y), y.sum(), (y * y).sum(), x.sum(), (x * x).sum(), (x * y).sum())


def test_it_is_welchs_test():
    draw = np.random.default_rng(1)
    one, other = draw.normal(1, 2, 40), draw.normal(0, 1, 25)
    found, expected = difference(sums(one), sums(other), 0.95), ttest_ind(one, other, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert (found.p, *found.interval(0.95)) == pytest.approx((expected.pvalue, interval.low, interval.high))


def test_what_was_known_before_makes_the_same_difference_surer():
    draw = np.random.default_rng(2)
    x = draw.normal(10, 3, 2000)
    y = x + draw.normal(0, 1, 2000) + 0.2 * (np.arange(2000) < 1000)
    one, other = sums(y[:1000], x[:1000]), sums(y[1000:], x[1000:])
    plain, adjusted = difference(one, other, 0.95), difference(one, other, 0.95, slope(one, other))
    assert adjusted.error < 0.4 * plain.error
    assert adjusted.size == pytest.approx(0.2, abs=3 * adjusted.error)


def test_looking_every_day_at_nothing_finds_nothing_too_often():
    draw = np.random.default_rng(3)
    looks, wrong, naive = range(50, 1000, 25), 0, 0
    for _ in range(300):
        one, other = draw.normal(0, 1, 1000), draw.normal(0, 1, 1000)
        found = [difference(sums(one[:n]), sums(other[:n]), 0.95) for n in looks]
        wrong += any(abs(each.size) > each.always for each in found)
        naive += any(abs(each.size) > 1.96 * each.error for each in found)
    assert wrong / 300 < 0.06
    assert naive / 300 > 0.15, "or looking often would be no danger"


def test_so_it_is_also_for_a_trial_that_grows_a_thousandfold_while_it_is_looked_at():
    # Sums of what nothing moves, looked at four hundred times; the error is known, so that the sequence alone is tried.
    looks = np.unique(np.geomspace(60, 200_000, 400).astype(int))
    steps = np.sqrt(np.diff(looks, prepend=0))
    means = (np.random.default_rng(7).normal(size=(4000, len(looks))) * steps).cumsum(axis=1) / looks
    bounds = np.array([held(n, 0.95) for n in looks]) / np.sqrt(looks)
    assert (np.abs(means) > bounds).any(axis=1).mean() < 0.05


def test_ninety_five_of_a_hundred_intervals_hold_the_truth():
    draw = np.random.default_rng(4)
    held = 0
    for _ in range(1000):
        low, high = difference(sums(draw.binomial(1, 0.8, 120).astype(float)), sums(draw.binomial(1, 0.7, 80).astype(float)), 0.95).interval(0.95)
        held += low <= 0.1 <= high
    assert 0.93 <= held / 1000 <= 0.97
