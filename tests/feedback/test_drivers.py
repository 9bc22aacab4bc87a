"""Drivers: what loyalty hangs on, though nobody answers everything."""

import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.feedback import drivers
from kundig.journal import told


def company(n=400, seed=1, gaps=0.0):
    """Loyalty is made of advice and, half as much, of the shop; parking has nothing to do with it."""
    rng, events = np.random.default_rng(seed), []
    for number in range(n):
        advice, shop, parking = rng.integers(1, 6, 3)
        loyalty = float(np.clip(np.rint(1.2 * advice + 0.6 * shop + rng.normal(0, 1)), 0, 10))
        scores = [("advice", "csat", advice), ("shop", "csat", shop), ("parking", "csat", parking)]
        events += [
            {"subject": f"c{number}", "kind": "feedback", "touchpoint": touchpoint, "metric": metric, "score": float(score), "occurred_at": "2026-03-01"}
            for touchpoint, metric, score in scores
            if rng.random() >= gaps
        ]
        events.append({"subject": f"c{number}", "kind": "feedback", "touchpoint": "yearly", "metric": "nps", "score": loyalty, "occurred_at": "2026-03-20"})
    return events


def rows(events, **given):
    return {row["driver"]: row for row in drivers(told(events), replicates=100, **given).to_pyarrow().to_pylist()}


@pytest.mark.parametrize("gaps", [0.0, 0.5])
def test_importance_is_what_was_planted_though_half_the_answers_are_missing(gaps):
    found = rows(company(n=600, gaps=gaps))
    # 1.2² against 0.6² of equally spread answers.
    assert (found["advice"]["importance"], found["shop"]["importance"]) == (pytest.approx(0.8, abs=0.08), pytest.approx(0.2, abs=0.08))
    assert (found["parking"]["state"], found["parking"]["importance"], found["parking"]["low"]) == ("not significant", 0.0, 0.0)
    assert found["advice"]["low"] < 0.8 < found["advice"]["high"]
    assert found["advice"]["coverage"] == pytest.approx(1 - gaps, abs=0.05)
    assert found["advice"]["r2_low"] < 0.75 < found["advice"]["r2_high"]
    assert found["advice"]["performance"] == pytest.approx(3, abs=0.15)
    assert found["advice"]["performance_percent"] == pytest.approx(100 * (found["advice"]["performance"] - 1) / 4, abs=1e-4)


def test_facts_that_go_with_loyalty_are_drivers_and_point_downwards():
    rng, events = np.random.default_rng(2), []
    for number in range(300):
        calls = int(rng.integers(0, 4))
        events += [{"subject": f"c{number}", "kind": "call", "quantity": 60.0, "occurred_at": f"2026-02-0{day + 1}"} for day in range(calls)]
        events.append({"subject": f"c{number}", "kind": "feedback", "metric": "nps", "score": float(9 - 2 * calls + rng.integers(0, 2)), "occurred_at": "2026-03-01"})
    found = rows(events)
    assert (found["contacts"]["state"], found["contacts"]["correlation"] < -0.9) == ("ok", True)
    assert found["repeats"]["state"] == "ok"
    assert (found["handovers"]["state"], found["waiting"]["state"]) == ("no variation", "no variation")


def test_late_promises_go_with_leaving():
    events = []
    for number in range(300):
        late = number % 3 == 0
        events.append({"subject": f"c{number}", "kind": "order", "case_id": f"{number}", "occurred_at": "2025-03-01", "properties": {"promise": "delivery", "promised": "2025-03-05"}})
        events.append({"subject": f"c{number}", "kind": "delivery", "case_id": f"{number}", "occurred_at": f"2025-03-{15 if late else 4:02}"})
        events += [{"subject": f"c{number}", "kind": "cancellation", "occurred_at": "2025-12-01"}] if number % (6 if late else 30) == 0 else []
    events.append(("ada", "shop", "2026-03-01"))
    row = rows(events, metric="leaving")["lateness"]
    assert (row["state"], row["importance"], row["rows"]) == ("ok", 1.0, 300)
    assert row["correlation"] > 0.3


def test_too_few_answers_and_more_drivers_than_asked_for_are_listed():
    events = company(n=100) + [{"subject": f"c{n}", "kind": "feedback", "touchpoint": "stand", "metric": "csat", "score": float(n % 5 + 1), "occurred_at": "2026-03-01"} for n in range(12)]
    found = rows(events, most=2)
    assert {name: row["state"] for name, row in found.items() if row["kind"] == "score"} == {"advice": "ok", "parking": "not significant", "shop": "left out", "stand": "too few answers"}


def test_answers_after_the_outcome_do_not_count():
    events = [{**event, "occurred_at": "2026-04-01"} if event["metric"] == "csat" else event for event in company(n=60)]
    assert [name for name, row in rows(events).items() if row["kind"] == "score"] == []


@pytest.mark.parametrize(("given", "message"), [({"most": 13}, "--most expects 1 to 12, found 13"), ({"replicates": 5}, "--replicates expects 20 or more, found 5")])
def test_what_cannot_be_meant_is_refused(given, message):
    with pytest.raises(ArgumentError, match=message):
        drivers(told([]), **given)
