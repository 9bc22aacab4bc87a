import numpy as np
import pytest

from kundig.statistics.scanning import FEWEST, expected, stretch


def memory(rng, periods):
    values, noise = np.zeros(periods), rng.standard_normal(periods)
    for place in range(1, periods):
        values[place] = 0.4 * values[place - 1] + noise[place]
    return values


NOISE = {
    "normal": lambda rng, periods: rng.standard_normal(periods),
    "with memory": memory,
    "long tails": lambda rng, periods: rng.standard_t(4, periods),
    "counts": lambda rng, periods: 2 * np.sqrt(rng.poisson(6, periods) + 0.375),
    "bursts": lambda rng, periods: 2 * np.sqrt(rng.negative_binomial(2, 0.1, periods) + 0.375),
}


def features(periods):
    time = np.arange(periods) - periods / 2
    return np.column_stack([np.ones(periods), time, np.sin(time / 8.3), np.cos(time / 8.3)])


def found(values, of):
    weight = np.ones(len(values))
    return stretch(values - expected(values, of, weight), of, weight)


@pytest.mark.parametrize("kind", NOISE)
@pytest.mark.parametrize("periods", [60, 130])
def test_noise_raises_an_alarm_in_fewer_than_one_of_twenty_series(kind, periods):
    rng, series = np.random.default_rng(8), 100
    alarms = sum(found(NOISE[kind](rng, periods), features(periods)).p <= 0.05 for _ in range(series))
    assert alarms <= 0.05 * series + 2 * (0.05 * series) ** 0.5


def test_a_stretch_is_found_where_it_is():
    values = np.random.default_rng(1).standard_normal(130)
    values[60:70] += 3
    odd = found(values, features(130))
    assert abs(odd.first - 60) <= 1
    assert abs(odd.after - 70) <= 1
    assert (odd.z > 0, odd.p < 0.001) == (True, True)


def test_a_single_odd_value_is_no_stretch_and_bends_nothing():
    values = np.random.default_rng(2).standard_normal(130)
    values[64] = 1000
    assert found(values, features(130)).p > 0.05
    assert np.abs(expected(values, features(130), np.ones(130))).max() < 1


def test_a_short_series_or_one_without_noise_says_nothing():
    assert found(np.random.default_rng(3).standard_normal(FEWEST - 1), features(FEWEST - 1)) is None
    assert found(np.full(130, 7.0), features(130)) is None


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_long_stretch_at_the_end_is_sure_though_it_bends_the_trend(seed):
    values = np.random.default_rng(seed).standard_normal(60)
    values[50:] += 7
    odd = found(values, np.column_stack([np.ones(60), np.arange(60) - 29.5]))
    assert (odd.first, odd.after, odd.p < 0.01) == (50, 60, True)
