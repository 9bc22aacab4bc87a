import numpy as np
import pytest
from scipy.stats import f_oneway

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import consistency
from kundig.statistics.between import between


def rows(table):
    return table.to_pyarrow().to_pylist()


def answers(channel, scores, **more):
    return [{"subject": "ada", "kind": "feedback", "channel": channel, "metric": "csat", "score": float(score), "occurred_at": "2026-03-02T09:00", **more} for score in scores]


def sums(groups):
    return [np.array([function(group) for group in groups], dtype=float) for function in (len, np.sum, lambda group: np.sum(np.square(group)))]


def test_the_telephone_is_worse_than_the_web_and_a_shop_with_three_answers_says_nothing():
    journal = told([*answers("web", [4, 5] * 10), *answers("phone", [1, 2] * 10), *answers("shop", [1, 1, 1])])
    [row] = rows(consistency(journal, by="channel"))
    assert row == {
        "dimension": "channel", "state": "ok", "n": 40, "groups": 2, "left_out": 3, "mean": 3.0,
        "spread": pytest.approx(2.118, abs=1e-3), "low": pytest.approx(0.9017, abs=1e-3), "high": pytest.approx(67.7, abs=1), "share": pytest.approx(0.945, abs=1e-3),
        "p": pytest.approx(f_oneway([4, 5] * 10, [1, 2] * 10).pvalue), "q": pytest.approx(f_oneway([4, 5] * 10, [1, 2] * 10).pvalue), "verdict": "differs",
        "worst": "phone", "worst_mean": 1.5, "worst_expected": pytest.approx(1.504, abs=1e-3), "best": "web", "best_mean": 4.5, "best_expected": pytest.approx(4.496, abs=1e-3),
    }  # fmt: skip


def test_weekdays_and_hours_are_the_companys_and_waiting_is_worst_where_it_is_longest():
    calls = [{"subject": "ada", "kind": "call", "quantity": 60.0 * (1 + hour % 2) + place, "occurred_at": f"2026-03-{2 + place:02}T{hour:02}:00"} for hour in (9, 10) for place in range(14)]
    found = rows(consistency(told(calls), measure="quantity", kind="call", by="hour, weekday", floor=2))
    assert [(row["dimension"], row["groups"], row["worst"], row["best"], row["verdict"]) for row in found] == [("hour", 2, "9", "10", "differs"), ("weekday", 7, "7", "1", "may be chance")]
    assert (found[0]["worst"], found[0]["worst_mean"]) == ("9", 126.5)


def test_without_two_groups_nothing_is_compared():
    assert [(row["dimension"], row["state"], row["groups"], row["spread"], row["verdict"]) for row in rows(consistency(told(answers("web", [4, 5] * 10)), by="channel, segment"))] == [
        ("channel", "too few groups", 1, None, None),
        ("segment", "too few groups", 0, None, None),
    ]


def test_arguments_that_cannot_be_meant_say_what_was_expected():
    for given, message in (({"by": ","}, "--by expects dimensions"), ({"measure": "quantity"}, "--measure quantity needs --kind"), ({"metric": "mood"}, "--metric expects one of nps")):
        with pytest.raises(ArgumentError, match=message):
            consistency(told([]), **given)


def test_the_test_is_that_of_the_analysis_of_variance():
    rng = np.random.default_rng(1)
    for _ in range(20):
        groups = [rng.integers(1, 6, rng.integers(5, 40)) for _ in range(rng.integers(2, 7))]
        assert between(*sums(groups), 0.95).p == pytest.approx(f_oneway(*groups).pvalue)


def test_groups_that_are_alike_are_called_different_as_seldom_as_stated_and_the_interval_holds_the_true_spread():
    rng, called, held, tries = np.random.default_rng(2), 0, 0, 600
    for _ in range(tries):
        sizes = rng.integers(10, 60, 8)
        alike = [np.clip(np.rint(rng.normal(4, 1.2, size)), 1, 5) for size in sizes]
        called += between(*sums(alike), 0.95).p <= 0.05
        apart = [rng.normal(3 + rng.normal(0, 0.4), 1.0, size) for size in sizes]
        found = between(*sums(apart), 0.95)
        held += found.low <= 0.4 <= found.high
    assert called <= 0.05 * tries + 3 * (0.05 * tries) ** 0.5
    assert held >= 0.95 * tries - 3 * (0.05 * tries) ** 0.5
