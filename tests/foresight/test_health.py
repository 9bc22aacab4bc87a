"""Health: parts that add up, weights by hand or learned, and the judgement of a person beside it."""

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from pydantic import ValidationError

from kundig.errors import ArgumentError
from kundig.foresight import outcomes
from kundig.foresight.health import health
from kundig.foresight.outcomes import Panel
from kundig.foresight.scored import _judged, added
from kundig.journal import told
from kundig.settings import HealthWeights, Settings

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def lives():
    """Ada uses it and is angry; Ben is silent and content; Cyd has only just come."""
    rows = [{"subject": "ada", "kind": "usage", "occurred_at": START + timedelta(days=day)} for day in range(0, 150, 5)]
    rows += [{"subject": "ben", "kind": "usage", "occurred_at": START}, {"subject": "cyd", "kind": "usage", "occurred_at": START + timedelta(days=148)}]
    rows += [{"subject": who, "kind": "feedback", "metric": "csat", "score": score, "occurred_at": START + timedelta(days=100)} for who, score in (("ada", 1.0), ("ben", 5.0))]
    return [*rows, {"subject": "ben", "kind": "judgement", "outcome": "fine, I spoke with him", "occurred_at": START + timedelta(days=120), "staff": "s1"}]


@pytest.fixture(scope="module")
def by_hand():
    weights = (HealthWeights(life_stage="first 90 days", contact=1), HealthWeights(use=3, mood=1))
    return {row["customer_id"]: row for row in health(told(lives(), settings=Settings(health=weights)), snapshots=1).to_pyarrow().to_pylist()}


def test_weights_by_hand_hold_for_those_they_are_meant_for(by_hand):
    shares = {who: (row["use_weight"], row["mood_weight"], row["contact_weight"]) for who, row in by_hand.items()}
    assert shares == {"ada": (0.75, 0.25, 0.0), "ben": (0.75, 0.25, 0.0), "cyd": (0.0, 0.0, 1.0)}
    assert {who: (row["health"], row["use_points"], row["mood_points"]) for who, row in by_hand.items() if who != "cyd"} == {"ada": (75.0, 75.0, 0.0), "ben": (25.0, 0.0, 25.0)}


def test_a_judgement_stands_beside_and_moves_nothing(by_hand):
    assert {who: row["judgement"] for who, row in by_hand.items()} == {"ada": None, "ben": "fine, I spoke with him", "cyd": None}
    assert {row["state"] for row in by_hand.values()} == {"the records are too short"}


def test_of_many_customers_some_judge_the_parts_and_all_are_placed_among_all(by_hand, monkeypatch):
    monkeypatch.setattr(outcomes, "MOST_CUSTOMERS", 1)
    weights = (HealthWeights(life_stage="first 90 days", contact=1), HealthWeights(use=3, mood=1))
    assert {row["customer_id"]: row for row in health(told(lives(), settings=Settings(health=weights)), snapshots=1).to_pyarrow().to_pylist()} == by_hand


def test_what_is_not_known_is_left_out_and_shown_as_coverage():
    score, _, coverage = added(np.array([[1.0, np.nan, np.nan, 0.0, np.nan]]), np.array([[3.0, 0, 0, 1, 4]]))
    assert (score.tolist(), coverage.tolist()) == ([75.0], [0.5])


def test_each_part_shows_how_well_it_predicted_and_weighs_by_it():
    rng, customers = np.random.default_rng(2), 600
    back = np.tile([120.0, 150.0], customers)
    places = rng.random((len(back), 5))
    leaves = rng.random(len(back)) < 0.4 * (1 - places[:, 0]) ** 2
    days = np.where(leaves, 20.0, np.nan)
    panel = Panel(np.zeros((len(back), 0)), np.repeat(np.arange(customers), 2), (back / 30).astype(int), back, days, days)
    reason, judged, weight = _judged(panel, places, "end", 90, None, 0.95, learn=True)
    value, low, high = judged["use"]
    assert (reason, weight.argmax(), low < value < high, low > 0.5, judged["mood"][1] < 0.5 < judged["mood"][2]) == ("", 0, True, True, True)


def test_weights_that_are_not_settled_or_are_nothing_are_refused():
    with pytest.raises(ArgumentError, match="under `health:`"):
        health(told([]), weights="given")
    with pytest.raises(ValidationError, match="above 0"):
        HealthWeights(segment="business")
