"""LMG against its own definition, and on real ratings."""

import csv
import gzip
import io
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.statistics.importance import lmg
from tests.data import real


def averaged_over_all_orders(covariance):
    """What each predictor adds to R², averaged over every order, regression by regression."""
    k = len(covariance) - 1

    def r2(chosen):
        chosen = list(chosen)
        return covariance[chosen, -1] @ np.linalg.solve(covariance[np.ix_(chosen, chosen)], covariance[chosen, -1]) / covariance[-1, -1] if chosen else 0.0

    parts = np.zeros(k)
    for order in permutations(range(k)):
        for place, predictor in enumerate(order):
            parts[predictor] += r2(order[: place + 1]) - r2(order[:place])
    return parts / factorial(k)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_shares_are_those_of_all_orders(seed, k):
    rng = np.random.default_rng(seed)
    covariance = np.cov((rng.normal(size=(40, k + 1)) @ rng.normal(size=(k + 1, k + 1))).T)
    parts, r2 = lmg(covariance)
    assert parts == pytest.approx(averaged_over_all_orders(covariance), abs=1e-8)
    assert parts.sum() == pytest.approx(r2)


def test_many_matrices_at_once_are_as_one_by_one():
    rng = np.random.default_rng(3)
    many = np.array([np.cov(rng.normal(size=(30, 4)).T) for _ in range(5)])
    assert lmg(many)[0] == pytest.approx(np.array([lmg(one)[0] for one in many]))


def test_twins_share_what_they_say_and_a_stranger_gets_nothing():
    covariance = np.array([[1, 1 - 1e-12, 0, 0.6], [1 - 1e-12, 1, 0, 0.6], [0, 0, 1, 0], [0.6, 0.6, 0, 1]])
    assert lmg(covariance)[0] == pytest.approx([0.18, 0.18, 0], abs=1e-6)


def test_thirteen_predictors_are_refused():
    with pytest.raises(ValueError, match="expected at most 12 predictors, found 13"):
        lmg(np.eye(14))


def test_on_airline_ratings_the_shares_are_exact():
    text = gzip.decompress((real("airline_reviews") / "skytrax_touchpoint_ratings_first_half.csv.gz").read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    names = ["EntertainmentRating", "FoodRating", "GroundServiceRating", "SeatComfortRating", "ServiceRating", "ValueRating", "OverallScore"]
    values = np.array([[float(row[name].replace("ten", "10") or 0) for name in names] for row in rows])
    complete = values[(values > 0).all(axis=1)]
    covariance = np.cov(complete.T)
    parts, r2 = lmg(covariance)
    assert parts == pytest.approx(averaged_over_all_orders(covariance), rel=1e-9)
    assert parts.sum() == pytest.approx(r2)
    # Those who rated everything, the wifi too, are others than the rest, which is why drivers do not go by them alone.
    overall, wifi = values[:, -1], np.array([float(row["WifiRating"]) for row in rows])
    assert (round(overall[overall > 0].mean(), 1), round(overall[(values > 0).all(axis=1) & (wifi > 0)].mean(), 1)) == (4.6, 3.3)
