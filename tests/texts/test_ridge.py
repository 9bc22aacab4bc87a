"""Least squares on words, letters and meaning: what it says of texts left out is what it would say had it not seen them."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from kundig.texts import ridge
from kundig.texts.ridge import gaussian, solved, weighed


def planted(n=120, k=3, seed=0):
    rng = np.random.default_rng(seed)
    label = np.arange(n) % k
    rows = csr_matrix((rng.random((n, 40)) < 0.1 + 0.3 * (np.arange(40) % k == label[:, None])).astype(np.float32))
    return rows, (np.eye(k)[label] @ rng.standard_normal((k, 6)) + rng.standard_normal((n, 6))).astype(np.float32), label


def scored(of, rows, points, landmarks):
    return rows @ of.words + gaussian(points, landmarks, ridge.WIDTH) @ of.meaning + of.offset


@pytest.mark.parametrize("k", [2, 3])
def test_probabilities_come_from_texts_that_were_left_out(k, monkeypatch):
    """The identity against the thing itself: fitted again without each text in turn."""
    monkeypatch.setattr(ridge, "_SMOOTHINGS", (1.0,))
    kept = []
    monkeypatch.setattr(ridge, "_worth", lambda scores, label, k: (kept.append(scores), (np.zeros((k + 1, k), np.float32), 0.0))[1])
    rows, points, label = planted(n=30, k=k)
    whole = np.eye(k)[label].mean(axis=0)
    solved(rows, points, label, k)
    unseen = kept[0]
    alike = ridge._TEXT * (rows @ rows.T).toarray() + ridge._MEANING * gaussian(points, points, ridge.WIDTH)
    for out in range(30):
        rest = np.arange(30) != out
        weights = np.linalg.solve(alike[np.ix_(rest, rest)] + np.eye(29), np.eye(k)[label[rest]] - whole)
        # The mean is that of all texts; it moves by a thirtieth at most.
        assert unseen[out] - whole == pytest.approx(alike[out, rest] @ weights, abs=2e-3)


@pytest.mark.parametrize("k", [2, 3])
def test_new_texts_get_the_label_that_was_planted(k):
    rows, points, label = planted(n=300, k=k)
    of = solved(rows[:200], points[:200], label[:200], k)
    given = weighed(scored(of, rows[200:], points[200:], points[:200]), of.worth)
    assert (given.argmax(axis=1) == label[200:]).mean() > 0.8


def test_labels_by_chance_are_given_hardly_more_than_their_share():
    rows, points, label = planted(n=300)
    of = solved(rows, points, np.random.default_rng(1).permutation(label), 3)
    given = weighed(scored(of, rows, points, points), of.worth)
    chances = np.exp(given - given.max(axis=1, keepdims=True))
    # It knows these texts by heart; what it claims is what it was right about when they were left out.
    assert (chances / chances.sum(axis=1, keepdims=True)).max(axis=1).mean() < 0.6


def test_what_stands_in_many_texts_counts_as_what_stands_in_few():
    rows, _, _ = planted(n=80)
    assert ridge._products(rows) == pytest.approx((rows @ rows.T).toarray(), abs=1e-5)
