"""Texts are parted by what they say and by what they mean; neither order nor odd texts change who is with whom."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.metrics import normalized_mutual_info_score

from kundig.texts.mixture import grouped


def planted(seed, n=300, k=4, terms=120, axes=20, noise=1.0):
    """Texts of k groups: each has thirty terms of its own that it says oftener, and a direction of its own."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, k, n)
    chance = np.full((k, terms), 0.03)
    for at in range(k):
        chance[at, at * 30 : (at + 1) * 30] = 0.12
    counted = csr_matrix((rng.random((n, terms)) < chance[group]).astype(float))
    return group, counted, rng.standard_normal((k, axes))[group] + noise * rng.standard_normal((n, axes))


def test_planted_groups_are_found_better_than_by_words_or_by_meaning_alone():
    """Both are weak here: only together they tell."""
    alike = []
    for seed in range(3):
        group, counted, points = planted(seed, noise=2.2)
        none = csr_matrix(counted.shape)
        alike.append([normalized_mutual_info_score(group, grouped(words, places, 4)[0]) for words, places in ((counted, points), (none, points), (counted, np.ones_like(points)))])
    both, meaning, words = np.mean(alike, axis=0)
    assert both > max(meaning, words) + 0.05


@given(st.integers(0, 1_000), st.integers(1, 40), st.integers(1, 6))
@settings(max_examples=8, deadline=None)
def test_every_text_has_one_group_and_no_group_is_empty(seed, n, k):
    _, counted, points = planted(seed, n=n)
    group, sure = grouped(counted, points, min(k, n))
    assert sorted(set(group.tolist())) == list(range(len(set(group.tolist()))))
    assert len(group) == len(sure) == n
    assert ((sure > 0) & (sure <= 1 + 1e-9)).all()
    assert (grouped(counted, points, min(k, n))[0] == group).all()


def test_texts_that_say_nothing_and_point_nowhere_part_into_something_and_do_not_fail():
    group, sure = grouped(csr_matrix((5, 3)), np.zeros((5, 2)), 3)
    assert len(group) == 5
    assert np.isfinite(sure).all()
