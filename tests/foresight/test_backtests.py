"""Backtests of what was not learned: thresholds, conditions and health, judged as they stood."""

from datetime import datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest

from kundig.errors import ArgumentError
from kundig.foresight import ruled
from kundig.foresight.backtest import backtest
from kundig.foresight.judged import as_rows
from kundig.foresight.outcomes import Panel
from kundig.foresight.signals import NAMES
from kundig.journal import told

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
SILENT = NAMES.index("days_since_usage")


def past(customers=400, snapshots=6, telling=True):
    """Each customer at past snapshots, thirty days apart; those who fell silent leave 40 days later, a few others as well."""
    rng = np.random.default_rng(1)
    back = np.tile(30.0 * np.arange(snapshots, 0, -1), customers)
    x = np.full((customers * snapshots, len(NAMES)), np.nan, dtype=np.float32)
    silent = rng.random(len(back)) < 0.2
    x[:, SILENT] = np.where(silent, 45, 3)
    leaves = rng.random(len(back)) < (np.where(silent, 0.6, 0.05) if telling else 0.15)
    days = np.where(leaves & (back > 40), 40.0, np.nan)
    return Panel(x, np.repeat(np.arange(customers), snapshots), (back / 30).astype(int), back, days, days)


def measured(test, kind="alarm", capacity=20):
    segments = np.full(len(test.y), None, dtype=object)
    return {row["measure"]: row for row in as_rows(test, segments, kind, capacity, 0.95)}


def test_a_threshold_is_judged_by_what_it_fires_before_and_by_what_it_fires_for_nothing():
    learn = past()
    found = measured(ruled.alarmed(learn, ruled.crossed(learn, "days_since_usage >= 30"), "end", 90, "days_since_usage >= 30"))
    assert (found["verdict"]["state"], found["lead_days"]["value"]) == ("ok", 40.0)
    assert found["precision"]["low"] < 0.6 < found["precision"]["high"]
    assert found["recall"]["low"] < 0.75 < found["recall"]["high"]
    assert found["times as often"]["value"] == pytest.approx(found["precision"]["value"] / found["lost anyway"]["value"])
    assert {"brier", "calibration_slope", "recall_at_capacity"} & set(found) == set()


def test_a_threshold_that_tells_nothing_is_called_no_better_than_chance():
    learn = past(telling=False)
    assert measured(ruled.alarmed(learn, ruled.crossed(learn, "days_since_usage >= 30"), "end", 90, ""))["verdict"]["state"] == "no better than chance"


def test_an_alarm_that_fires_seldom_but_rightly_is_no_chance():
    """It fires for one in a hundred; half of them leave, of all one in twenty: its area is 0.505, and it says much."""
    learn = past(customers=2_000, snapshots=4)
    flagged = learn.customer % 100 == 0
    leaves = (flagged & (learn.customer % 200 == 0)) | (learn.customer % 20 == 7)
    days = np.where(leaves & (learn.back >= 90), 50.0, np.nan)
    learn = Panel(learn.x, learn.customer, learn.snapshot, learn.back, days, days)
    found = measured(ruled.alarmed(learn, flagged, "end", 90, "condition"))
    assert (found["verdict"]["state"], found["times as often"]["low"] > 2, found["recall"]["value"] < 0.15) == ("ok", True, True)


def test_a_score_that_is_never_wrong_is_no_chance():
    """Its area is one, without any of the parts being otherwise: forty leavers leave some doubt, and no more."""
    learn = past(snapshots=4)
    leaves = (learn.customer < 40) & (learn.back >= 90)
    days = np.where(leaves, 40.0, np.nan)
    learn = Panel(learn.x, learn.customer, learn.snapshot, learn.back, days, days)
    test = ruled.alarmed(learn, leaves, "end", 90, "condition")
    found = measured(test, kind="score")
    assert (found["verdict"]["state"], found["auc"]["value"], found["auc"]["high"]) == ("ok", 1.0, 1.0)
    assert 0.8 < found["auc"]["low"] < 1


def test_what_has_no_interval_is_no_figure():
    """The alarm came before the leaving of one customer alone: how long before is known of one, and so of nobody else."""
    learn = past(telling=False)
    gone = learn.customer[np.isfinite(learn.days)][0]
    found = measured(ruled.alarmed(learn, learn.customer == gone, "end", 90, "condition"))["lead_days"]
    assert (found["state"], found["value"], found["low"], found["high"]) == ("too few leavers", None, None, None)


def test_an_alarm_without_a_false_one_may_still_have_some():
    learn = past()
    found = measured(ruled.alarmed(learn, np.isfinite(learn.days), "end", 90, "condition"))["false_alarms_per_week"]
    back = learn.back[learn.back >= 90]
    assert (found["value"], found["low"], found["high"]) == (0.0, 0.0, pytest.approx(-np.log(0.025) / ((back.max() - back.min() + 30) / 7)))


def test_a_tenth_of_which_nobody_left_is_not_known_to_be_safe():
    learn = past()
    leaves = ruled.crossed(learn, "days_since_usage >= 30") & (learn.back >= 90)
    days = np.where(leaves, 40.0, np.nan)
    learn = Panel(learn.x, learn.customer, learn.snapshot, learn.back, days, days)
    test = ruled.alarmed(learn, ruled.crossed(learn, "days_since_usage >= 30"), "end", 90, "condition")
    found = measured(test, kind="probability")["observed tenth 01"]
    assert (found["value"], found["low"], found["high"]) == (0.0, 0.0, pytest.approx(2.093**2 / (len(test.y) // 10 + 2.093**2), rel=1e-3))


def test_what_is_not_known_is_not_beyond_a_threshold():
    learn = past(customers=1)
    learn.x[0, SILENT] = np.nan
    assert ruled.crossed(learn, "days_since_usage < 1000").tolist() == [False] + [True] * 5


def test_an_alarm_counts_at_the_first_snapshot_after_it_and_for_its_customer_only():
    at = [NOW - timedelta(days=30 * back) for back in (2, 1, 0)]
    rows = pa.table({"customer_id": ["ada"] * 3 + ["ben"] * 3, "at": pa.array(at * 2, pa.timestamp("us", "UTC"))})
    alarms = pa.table({"customer_id": ["ada", "cyd", "ben"], "at": pa.array([NOW - timedelta(days=45), NOW, NOW - timedelta(days=60)], pa.timestamp("us", "UTC"))})
    assert ruled.fired(rows, alarms, 30).tolist() == [False, True, False, True, False, False]


@pytest.mark.parametrize(("leavers", "state"), [(0, "no leaver"), (3, "too few leavers"), (400, "everybody left")])
def test_too_little_to_judge_is_named(leavers, state):
    learn = past(snapshots=4)
    days = np.where((learn.customer < leavers) & (learn.back >= 90), 50.0, np.nan)
    learn = Panel(learn.x, learn.customer, learn.snapshot, learn.back, days, days)
    rows = as_rows(ruled.alarmed(learn, ruled.crossed(learn, "days_since_usage >= 30"), "end", 90, ""), np.full(800, None, dtype=object), "alarm", 20, 0.95)
    assert rows[0]["state"] == state
    assert [row.get("value") for row in rows] == [None] * len(rows)


def test_the_records_may_be_too_short():
    learn = past(snapshots=2)
    assert measured(ruled.alarmed(learn, ruled.crossed(learn, "price > 1"), "end", 90, ""))["verdict"]["state"] == "the records are too short"


@pytest.mark.parametrize(("of", "says"), [("churns", "expects churn, health, or a threshold"), ("days_since_use >= 3", "days_since_usage"), ("price >= dear", "expects churn")])
def test_what_cannot_be_meant_is_refused(of, says):
    with pytest.raises(ArgumentError, match=says):
        backtest(told([]), of=of)
