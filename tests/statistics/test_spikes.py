"""Alarms keep their promise: few false ones, and a fivefold day is seen."""

import numpy as np

from kundig.statistics.spikes import WINDOW, alpha, spikes


def company(seed, extra=0.05):
    rng = np.random.default_rng(seed)
    base = np.exp(rng.normal(np.log(6), 1, 60))
    mean = base[:, None] * np.array([1.1, 1.1, 1, 1, 1, 0.7, 0.6])[np.arange(140) % 7]
    return rng, base, mean, rng.negative_binomial(1 / extra, 1 / (1 + extra * mean))


def test_chance_alone_gives_about_one_alarm_a_week_as_stated():
    false = sum((spikes(company(seed)[3]).p[:, WINDOW:] < alpha(1.0, 60)).sum() for seed in (1, 2, 3))
    assert false / (3 * (140 - WINDOW) / 7) <= 1.2


def test_nine_of_ten_fivefold_days_are_seen():
    rng, base, mean, counts = company(4)
    hits = []
    for theme in np.flatnonzero(base >= 5):
        cut = counts[:, 40 : 40 + WINDOW + 1].copy()
        cut[theme, -1] = rng.poisson(5 * mean[theme, 40 + WINDOW])
        hits.append(spikes(cut).p[theme, -1] < alpha(1.0, 60))
    assert np.mean(hits) >= 0.9


def test_days_before_the_window_are_not_judged():
    assert np.isnan(spikes(np.ones((2, WINDOW))).p).all()
