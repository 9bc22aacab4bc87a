"""Which figure runs ahead: a mood that customers feel later is found, one that they do not feel is not."""

import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.foresight.leads import leads
from kundig.foresight.led import led
from kundig.journal import told


def drifting(seed, weeks=130, keeps=0.85):
    rng, out = np.random.default_rng(seed), np.zeros(weeks)
    for week in range(1, weeks):
        out[week] = keeps * out[week - 1] + rng.normal()
    return out


def weekly(of):
    return [{"metric": metric, "department": department, "week": len(series) - 1 - week, "mean": float(mean)} for (metric, department), series in of.items() for week, mean in enumerate(series)]


def test_a_mood_felt_three_weeks_later_is_found_and_another_is_not():
    mood, calm, noise = drifting(1), drifting(2), np.random.default_rng(3).normal(0, 1, 130)
    felt = np.concatenate([noise[:3], mood[:-3] + noise[3:]])
    first, *others = led(weekly({("enps", "service"): mood, ("enps", "technology"): calm, ("csat", "service"): felt}), 8, 1.96, 0.95)
    told_ = [first[name] for name in ("ahead", "ahead_department", "follows", "weeks", "verdict")]
    assert (told_, [row["verdict"] for row in others]) == (["enps", "service", "csat", 3, "runs ahead"], ["may be chance", "may be chance"])
    assert first["low"] < first["correlation"] < first["high"]
    assert first["weeks_low"] <= 3 <= first["weeks_high"]


def test_series_that_only_drift_are_rarely_taken_for_related():
    found = [row["verdict"] for seed in range(40) for row in led(weekly({("a", "x"): drifting(2 * seed), ("b", "x"): drifting(2 * seed + 1)}), 8, 1.96, 0.95)]
    assert found.count("may be chance") >= 36


def test_few_weeks_and_constant_ones_are_named():
    short = led(weekly({("a", "x"): drifting(1, 30), ("b", "x"): drifting(2, 30)}), 8, 1.96, 0.95)
    flat = led(weekly({("a", "x"): drifting(1), ("b", "x"): np.full(130, 4.0)}), 8, 1.96, 0.95)
    assert [(row["state"], row["n"]) for row in short + flat] == [("too few weeks", 30), ("too few weeks", 130)]


def test_a_shift_of_no_week_is_refused():
    with pytest.raises(ArgumentError, match="1 to 26, found 0"):
        leads(told([]), most=0)
