import numpy as np
import pytest

from kundig.journeys.scales import scale


def test_numbers_of_events_are_roots_and_lead_back_to_themselves():
    counts = np.array([0.0, 1.0, 12.0, 400.0])
    of = scale(counts, counts, "roots")
    assert [of.back(level) for level in of.y] == pytest.approx(counts)
    assert of.weight.tolist() == [1.0, 1.0, 1.0, 1.0]


def test_waits_are_logarithms_that_lead_back_to_means_and_not_to_medians():
    n, mean = np.full(4000, 5.0), np.random.default_rng(3).lognormal(4, 0.8, 4000)
    of = scale(n, n * mean, "logarithms")
    level = float(np.mean(of.y))
    assert of.kind == "logarithms"
    assert of.back(level) == pytest.approx(np.exp(4), rel=0.05)
    assert of.back(level + of.smeared(np.full(4000, level), n, np.ones(4000, dtype=bool))) == pytest.approx(mean.mean(), rel=1e-9)


def test_a_week_without_any_wait_has_its_place_and_one_without_an_event_has_none():
    of = scale(np.array([2.0, 0.0, 1.0, 1.0]), np.array([0.0, 0.0, 60.0, 30.0]), "logarithms")
    assert np.isnan(of.y).tolist() == [False, True, False, False]
    assert of.back(of.y[0]) == 0.0


@pytest.mark.parametrize("total", [(-5.0, 20.0, 30.0), (0.0, 0.0, 9.0)])
def test_what_has_no_logarithms_stays_as_it_is(total):
    of = scale(np.ones(3), np.array(total), "logarithms")
    assert (of.kind, of.y.tolist(), of.back(-5.0), of.smeared(of.y, np.ones(3), np.ones(3, dtype=bool))) == ("plain", list(total), -5.0, 0.0)


def test_one_period_with_most_events_weighs_as_two_usual_ones():
    assert scale(np.array([4.0, 4.0, 4.0, 400.0]), np.ones(4), "plain").weight.tolist() == [2.0, 2.0, 2.0, 4.0]
