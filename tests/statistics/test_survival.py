import numpy as np
import pytest

from kundig.statistics.survival import kaplan_meier

# Weeks in remission under 6-mercaptopurine; a plus sign means still in remission. Gehan (1965), Biometrika 52.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split()
DURATION = np.array([float(weeks.rstrip("+")) for weeks in REMISSION])
ENDED = np.array([float("+" not in weeks) for weeks in REMISSION])


def test_remission_of_leukaemia_is_as_published():
    curve = kaplan_meier(DURATION, ENDED, 1.959964)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert curve.low == pytest.approx([0.620, 0.563, 0.503, 0.432, 0.368, 0.268, 0.188], abs=5e-4)
    assert curve.high == pytest.approx([0.952, 0.923, 0.889, 0.849, 0.805, 0.747, 0.680], abs=5e-4)


def test_before_the_first_end_everybody_is_there():
    assert kaplan_meier(DURATION, ENDED, 1.96).at(5) == (1.0, 1.0, 1.0)


def test_alike_rows_with_a_weight_are_as_many_rows():
    times, counts = np.unique(np.column_stack([DURATION, ENDED]), axis=0, return_counts=True)
    weighted = kaplan_meier(times[:, 0], times[:, 1], 1.96, weight=counts.astype(float))
    assert weighted.share.tolist() == kaplan_meier(DURATION, ENDED, 1.96).share.tolist()


def test_who_was_watched_only_later_is_not_at_risk_before():
    curve = kaplan_meier(np.array([2.0, 5.0, 5.0]), np.array([1.0, 1.0, 0.0]), 1.96, entry=np.array([0.0, 3.0, 0.0]))
    assert (curve.at_risk.tolist(), curve.share.tolist()) == ([2, 2], [0.5, 0.25])


def test_late_entry_mends_what_is_missing_of_those_who_left_early():
    draw = np.random.default_rng(4)
    life, age = draw.exponential(10, 40_000), draw.uniform(0, 20, 40_000)
    seen = life > age
    naive = kaplan_meier(life[seen], np.ones(seen.sum()), 1.96).at(5)[0]
    curve = kaplan_meier(life[seen], np.ones(seen.sum()), 1.96, entry=age[seen])
    assert curve.at(5)[0] / curve.at(1)[0] == pytest.approx(np.exp(-0.4), abs=0.02)
    assert naive > 0.8
