"""The estimators on arrays: what was put in comes out."""

import numpy as np
import pytest

from kundig.foresight.additive import additive
from kundig.foresight.boosted import Boosted
from kundig.foresight.chosen import calibration, chosen, clustered, folds
from kundig.foresight.conditional import conditional
from kundig.foresight.hazard import hazard, person_periods, sampled
from kundig.foresight.measures import alerted, calibration_error, jackknifed, measures, scale
from kundig.foresight.moved import moved
from kundig.foresight.scored import added, ranked


def coins(log_odds, seed=0):
    return (np.random.default_rng(seed).random(len(log_odds)) < 1 / (1 + np.exp(-log_odds))).astype(float)


def test_a_straight_line_is_chosen_for_a_straight_line_and_calibrated():
    x = np.random.default_rng(1).normal(size=(1500, 3))
    y = coins(-1 + 1.0 * x[:, 0])
    model = chosen(x, y, np.arange(1500))
    fresh = np.random.default_rng(2).normal(size=(4000, 3))
    slope, shift = calibration(model.log_odds(fresh), coins(-1 + 1.0 * fresh[:, 0], 3), np.ones(4000), trust=100)
    assert (model.name.split()[0], abs(slope - 1) < 0.15, abs(shift) < 0.15) == ("logistic", True, True)


def test_trees_are_chosen_where_only_two_signals_together_tell():
    x = np.random.default_rng(1).normal(size=(300, 2))
    y = coins(5 * np.sign(x[:, 0] * x[:, 1]))
    assert "boosting" in chosen(x, y, np.arange(300)).name


def test_the_parts_of_a_row_add_up_to_its_log_odds():
    x = np.random.default_rng(1).normal(size=(400, 4))
    x[::3, 2] = np.nan
    model = additive(x, coins(x[:, 0] - x[:, 1]), 0.5)
    assert model.parts(x).sum(axis=1) + model.levels[0] == pytest.approx(model.log_odds(x))


def test_trees_take_missing_and_constant_signals():
    x = np.random.default_rng(1).normal(size=(200, 3))
    x[:, 1], x[:, 2] = np.nan, 7.0
    model = Boosted(4, 10, 0.1, 5).fit(x, coins(x[:, 0]))
    assert (np.isfinite(model.log_odds(x)).all(), np.flatnonzero(np.abs(model.parts(x)).sum(axis=0)).tolist()) == (True, [0])


def test_a_season_is_no_reason():
    rng = np.random.default_rng(4)
    month = rng.integers(0, 6, 4000)
    x = np.column_stack([month == 3, rng.normal(size=4000)]).astype(float)
    y = coins(-2 + 1.5 * (month == 3) + 0.8 * x[:, 1])
    alone, beside = additive(x, y, 0.3), additive(x, y, 0.3, period=month)
    assert (np.abs(alone.parts(x)[:, 0]).max() > 1, np.abs(beside.parts(x)[:, 0]).max() < 0.5) == (True, True)


def test_a_customer_is_never_in_two_folds():
    groups = np.repeat(np.arange(50), 4)
    fold = folds(np.tile([0, 0, 0, 1.0], 50), groups)
    assert [len(set(fold[groups == one])) for one in range(50)] == [1] * 50


def test_rows_of_one_customer_count_as_one():
    values, groups = np.tile([1.0, -1.0, 3.0], 10), np.repeat(np.arange(3), 10)
    assert clustered(np.repeat([1.0, -1.0, 3.0], 10), groups) == (30.0, pytest.approx(np.sqrt(1200)))
    assert clustered(values, np.arange(30))[0] == 30.0


def test_stretches_count_only_those_who_were_followed():
    rows, stretch, y = person_periods(np.array([10.0, np.nan, 60.0, 5.0]), np.array([40.0, 100.0, 200.0, 20.0]))
    assert list(zip(rows.tolist(), stretch.tolist(), y.tolist(), strict=True)) == [(0, 0, 1.0), (1, 0, 0.0), (2, 0, 0.0), (1, 1, 0.0), (2, 1, 1.0)]


def test_a_sample_stands_for_all():
    y = np.concatenate([np.ones(10), np.zeros(990)])
    kept, weight = sampled(y, 100)
    assert (len(kept), weight.sum(), weight[y[kept] == 1].tolist()) == (100, pytest.approx(1000), [1.0] * 10)


def test_the_hazard_finds_who_leaves_when():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(2000, 2))
    left = rng.exponential(600 * np.exp(-0.7 * x[:, 0]))
    model = hazard(x, np.where(left < 200, left, np.nan), np.full(2000, 200.0), np.arange(2000), only="logistic 0.2")
    true = 1 - np.exp(-np.array([30, 90, 180]) / (600 * np.exp(-0.7 * x[:, :1])))
    found = model.probabilities(x)
    low, high = model.interval(x, 1, 0.95)
    assert np.abs(found - true).mean() < 0.03
    assert ((low < found[:, 1]) & (found[:, 1] < high)).all()


@pytest.mark.parametrize("left", [np.full(50, np.nan), np.full(50, 5.0)])
def test_where_nobody_or_everybody_left_there_is_no_model(left):
    assert hazard(np.zeros((50, 1)), left, np.full(50, 40.0), np.arange(50)) is None


def test_measures_of_a_known_ranking():
    y, p = np.array([0, 0, 1, 1.0]), np.array([0.1, 0.4, 0.35, 0.8])
    found = measures(y, p, np.zeros(4), 1)
    assert (found["auc"], found["recall_at_capacity"], found["precision_at_capacity"], found["brier"]) == (0.75, 0.5, 1.0, pytest.approx(0.158125))
    assert alerted(p, np.array([0, 0, 1, 1]), 1).tolist() == [False, True, False, True]
    assert calibration_error(y, y) == 0


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(6).normal(size=2000)
    _, low, high = jackknifed(lambda kept: {"mean": float(values[kept].mean())}, np.arange(2000), 0.95)["mean"]
    assert (high - low) / 2 == pytest.approx(2.093 * values.std(ddof=1) / np.sqrt(2000), rel=0.5)


def share(hits, n, **given):
    values = np.arange(n) < hits
    return jackknifed(lambda kept: {"recall": float(values[kept].mean())}, np.arange(n), 0.95, scale=scale, **given)["recall"]


def test_the_interval_of_a_share_stays_between_none_and_all():
    for hits in (1, 2, 3, 57, 59):
        _, low, high = share(hits, 60)
        assert 0 < low < hits / 60 < high < 1


def test_the_interval_of_a_rare_share_holds_the_truth_as_often_as_it_says():
    draws = np.random.default_rng(8).binomial(400, 0.02, 300)
    held = np.mean([low <= 0.02 <= high for _, low, high in (share(hits, 400, seen={"recall": 400}) for hits in draws)])
    assert 0.92 < held < 0.99


def test_the_interval_of_what_nearly_all_do_holds_the_truth_as_often_as_it_says():
    draws = np.random.default_rng(9).binomial(400, 0.95, 300)
    held = np.mean([low <= 0.95 <= high for _, low, high in (share(hits, 400) for hits in draws)])
    assert 0.92 < held < 0.99


def test_the_interval_of_a_ratio_is_as_many_times_below_it_as_above():
    values = np.random.default_rng(10).exponential(2, 40)
    value, low, high = jackknifed(lambda kept: {"times as often": float(values[kept].mean())}, np.arange(40), 0.95, scale=scale)["times as often"]
    plain = jackknifed(lambda kept: {"mean": float(values[kept].mean())}, np.arange(40), 0.95)["mean"]
    assert (low * high, np.log(high / low) / 2) == (pytest.approx(value**2), pytest.approx((plain[2] - plain[1]) / 2 / value))


def test_none_of_thirty_is_not_known_to_be_never():
    assert share(0, 30, seen={"recall": 30}) == (0.0, 0.0, pytest.approx(2.093**2 / (30 + 2.093**2), rel=1e-3))
    assert np.isnan(share(0, 30)[1:]).all()


def test_no_false_alarm_in_ten_weeks_may_be_one_in_three():
    """The upper limit of Poisson's distribution for none: 3.69."""
    none = jackknifed(lambda kept: {"false_alarms_per_week": 0.0 * kept.sum()}, np.arange(100), 0.95, scale=scale, seen={"false_alarms_per_week": 10})
    assert none["false_alarms_per_week"] == (0.0, 0.0, pytest.approx(0.3689, rel=1e-3))


def test_matched_pairs_give_the_ratio_of_discordant_pairs():
    pairs = [(1, 0)] * 30 + [(0, 1)] * 10 + [(1, 1)] * 5 + [(0, 0)] * 55
    x = np.array([value for pair in pairs for value in pair], dtype=float)[:, None]
    found = conditional(x, np.tile([True, False], 100), np.repeat(np.arange(100), 2))
    assert (np.exp(found.log_ratio[0]), found.error[0]) == (pytest.approx(3.0, rel=0.02), pytest.approx(np.sqrt(1 / 30 + 1 / 10), rel=0.02))


def test_parts_of_health_add_up_and_what_is_unknown_is_left_out():
    score, points, coverage = added(np.array([[1.0, 0.5, np.nan], [np.nan] * 3]), np.array([0.5, 0.25, 0.25]))
    assert (score[0], points[0, :2].sum(), coverage.tolist(), np.isnan(score[1])) == (pytest.approx(100 * (0.5 + 0.125) / 0.75), pytest.approx(score[0]), [0.75, 0.0], True)


def test_places_are_among_those_alike():
    assert ranked(np.array([3.0, 1.0, 2.0, 9.0]), np.array([0, 0, 0, 1])).tolist() == [1.0, 0.0, 0.5, 0.5]


def spans(figure, of, counts):
    return [{"figure": figure, "of": of, "span": span, "n": n, "customers": n, "total": float(n)} for span, n in enumerate(counts) if n]


def test_a_week_beyond_noise_is_told_and_a_usual_one_is_not():
    rows = spans("count", "call", [90, 30, 33, 28, 31, 30, 29, 32]) + spans("count", "visit", [50, 48, 55, 47, 52, 50, 49, 51])
    found = {row["of"]: (row["verdict"], row.get("sentence")) for row in moved(rows, 7, 12, 0.95, "de")}
    assert found == {"call": ("more", "Anruf: 90 in 7 Tagen, sonst 30,4 (90 Kunden)."), "visit": ("may be chance", None)}


def test_a_source_that_stopped_is_told_as_such():
    rows = spans("source", "phone", [0, 30, 33, 28, 31, 30]) + spans("source", "web", [5, 5, 5, 5, 5, 5])
    [found] = moved(rows, 7, 12, 0.95, "en")
    assert (found["verdict"], found["sentence"]) == ("silent", "Nothing came from the source phone in 7 days, usually 30.4 events: check its export.")


def amounts(of, totals):
    return [{"figure": "amount", "of": of, "span": span, "n": 3, "customers": 3, "total": float(total)} for span, total in enumerate(totals)]


def test_money_is_told_and_can_lead_the_list():
    rows = amounts("order, EUR", [900, 100, 120, 90, 110, 105, 95]) + spans("count", "call", [90, 30, 33, 28, 31, 30, 29])
    by = {by: [(row["of"], row.get("money")) for row in moved(rows, 7, 12, 0.95, "de", by) if row["verdict"] == "more"] for by in ("customers", "money")}
    assert by == {"customers": [("call", None), ("order, EUR", pytest.approx(900 - 620 / 6))], "money": [("order, EUR", pytest.approx(900 - 620 / 6)), ("call", None)]}
    assert moved(rows, 7, 12, 0.95, "de", "money")[0]["sentence"] == "Bestellung, EUR: ein Betrag von 900 in 7 Tagen, sonst 103 (3 Kunden)."
