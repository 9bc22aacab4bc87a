"""Means and covariances from rows with gaps."""

import numpy as np
import pytest

from kundig.statistics.missing import Gaps, normal, redrawn


def gaps(values, blocks=1):
    """Rows with NaN as sums by block and pattern."""
    there = ~np.isnan(values)
    patterns, of = np.unique(there, axis=0, return_inverse=True)
    filled, block = np.nan_to_num(values), np.arange(len(values)) % blocks
    chosen = [[(of == p) & (block == b) for p in range(len(patterns))] for b in range(blocks)]
    parts = [np.array([[form(filled[rows]) for rows in row] for row in chosen]) for form in (len, lambda x: x.sum(axis=0), lambda x: x.T @ x)]
    return Gaps(patterns, *(part if blocks > 1 else part[0] for part in parts))


def drawn(n, seed):
    rng = np.random.default_rng(seed)
    return rng.multivariate_normal([0, 1, 2], [[1, 0.6, 0.3], [0.6, 1, 0.5], [0.3, 0.5, 1]], size=n), rng


def test_without_gaps_it_is_the_plain_mean_and_covariance():
    values, _ = drawn(2000, 1)
    mean, covariance = normal(gaps(values))
    assert mean == pytest.approx(values.mean(axis=0))
    assert covariance == pytest.approx(np.cov(values.T, bias=True), abs=2e-3)


def test_with_gaps_that_hang_on_what_was_observed_the_truth_comes_back():
    values, rng = drawn(20_000, 2)
    # The second and third question only go to those whose first answer is high.
    holes = values.copy()
    holes[(values[:, 0] < 0.3) & (rng.random(len(values)) < 0.9), 1] = np.nan
    holes[values[:, 0] < 0, 2] = np.nan
    complete = holes[~np.isnan(holes).any(axis=1)]
    mean, covariance = normal(gaps(holes))
    assert mean == pytest.approx([0, 1, 2], abs=0.05)
    assert covariance == pytest.approx(np.array([[1, 0.6, 0.3], [0.6, 1, 0.5], [0.3, 0.5, 1]]), abs=0.06)
    assert complete[:, 0].mean() > 0.6, "or complete rows would do"


def test_two_questions_that_nobody_was_asked_together_still_give_a_covariance():
    values, _ = drawn(500, 3)
    values[:250, 0], values[250:, 1] = np.nan, np.nan
    _, covariance = normal(gaps(values))
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_redrawn_samples_spread_as_fits_of_redrawn_rows_do():
    values, rng = drawn(1500, 4)
    values[rng.random(values.shape) < 0.5] = np.nan
    values = values[~np.isnan(values).all(axis=1)]
    fit, blocks = normal(gaps(values)), gaps(values, blocks=150)
    weights = np.random.default_rng(5).multinomial(150, np.full(150, 1 / 150), size=150).astype(float)
    quick = redrawn(gaps(values), blocks, weights, fit)[:, 0, 1]
    slow = [normal(Gaps(blocks.observed, one @ blocks.n, np.tensordot(one, blocks.sums, axes=1), np.tensordot(one, blocks.products, axes=1)))[1][0, 1] for one in weights[:40]]
    assert np.corrcoef(quick[:40], slow)[0, 1] > 0.98
    assert np.std(quick[:40]) == pytest.approx(np.std(slow), rel=0.1)
