from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from kundig.journeys.unusual import unusual
from kundig.settings import Calendar

MONDAY = date(2024, 1, 1)
SCHEMA = pa.schema([("group", pa.string()), ("part", pa.string()), ("day", pa.date32()), ("n", pa.int64()), ("total", pa.float64()), ("squares", pa.float64())])
WAITS = {
    "short tails": lambda rng, n: rng.exponential(60, n),
    "long tails": lambda rng, n: rng.lognormal(4, 0.6, n),
    "very long tails": lambda rng, n: rng.lognormal(4, 1.5, n),
    "no variance at all": lambda rng, n: 60 * (rng.pareto(1.8, n) + 1),
}
NOISE = {**{name: {"waits": name} for name in WAITS}, "memory from period to period": {"waits": "long tails", "memory": 0.4}, "bursts": {"waits": "very long tails", "bursts": True}}


def alarms(series, every, weeks, each, *, waits, memory=0.0, bursts=False, seed=7):
    """In how many series of waits that are nothing but noise an anomaly is named."""
    rng, length, raised = np.random.default_rng(seed), 7 if every == "week" else 1, 0
    for _ in range(series):
        level, rows = 0.0, []
        for day in range(7 * weeks):
            if memory and day % length == 0:
                level = memory * level + rng.normal(0, 0.15)
            if n := rng.poisson(each / 7 * (rng.gamma(1, 1) if bursts else 1.0)):
                waited = WAITS[waits](rng, n) * np.exp(level)
                rows.append({"group": "desk", "part": "web", "day": MONDAY + timedelta(days=day), "n": n, "total": float(waited.sum()), "squares": float((waited**2).sum())})
        last = MONDAY + timedelta(days=7 * weeks - 1)
        asked = unusual(pa.Table.from_pylist(rows, schema=SCHEMA), last, kind="logarithms", every=every, calendar=Calendar(), false_alarms=0.05, confidence=0.95)
        raised += "anomaly" in asked["state"]
    return raised


@pytest.mark.parametrize("kind", [kind for kind in NOISE if kind != "no variance at all"])
def test_waits_that_are_nothing_but_noise_raise_an_alarm_in_at_most_one_of_thirty_series(kind):
    assert alarms(60, "week", 60, 8, **NOISE[kind]) <= 2
    assert alarms(20, "day", 40, 30, **NOISE[kind]) <= 1


def test_waits_without_a_variance_raise_more_alarms_and_no_more_than_is_said():
    assert 0 < alarms(60, "week", 60, 8, **NOISE["no variance at all"]) <= 0.3 * 60


@pytest.mark.soak
@pytest.mark.parametrize(("every", "weeks"), [("week", 120), ("day", 100)])
@pytest.mark.parametrize("each", [8, 60])
@pytest.mark.parametrize("kind", NOISE)
def test_the_rate_of_false_alarms_is_what_the_docstring_says(kind, each, every, weeks):
    rate = 0.3 if kind == "no variance at all" else 0.05
    assert alarms(200, every, weeks, each, **NOISE[kind]) <= 200 * rate + 2 * (200 * rate * (1 - rate)) ** 0.5
