from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_ind

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import deviation_effects
from tests.oracles import START

RULE = "response(order, delivery) within 3 days"


def rows(table):
    return table.to_pyarrow().to_pylist()


def company(rng, *, late_leaves=0.6, others_leave=0.2):
    """A hundred orders, half of them late; whoever waited scores lower, leaves more often, and calls for money."""
    events, known = [], []
    for n in range(100):
        late = n % 2 == 0
        who = {"subject": f"c{n:03}", "case_id": f"c{n:03}"}
        score, left, cost = float(rng.integers(1, 4) + (0 if late else 2)), rng.random() < (late_leaves if late else others_leave), rng.integers(0, 3)
        events += [{**who, "kind": "order", "occurred_at": START}, {**who, "kind": "delivery", "occurred_at": START + timedelta(days=5 if late else 1)}]
        events += [{**who, "kind": "feedback", "metric": "csat", "score": score, "occurred_at": START + timedelta(days=9)}]
        events += [{**who, "kind": "cancellation", "occurred_at": START + timedelta(days=30)}] * left
        events += [{**who, "kind": "call", "amount": Decimal("2.5"), "occurred_at": START + timedelta(days=20 + call)} for call in range(cost)]
        known.append((late, score, float(left), 2.5 * cost))
    return events, known


def test_what_goes_with_a_late_delivery_is_what_welch_and_plain_python_say():
    events, known = company(np.random.default_rng(1))
    found = rows(deviation_effects(told(events).as_of("2026-12-31"), rules=RULE))
    tests = []
    for place, row in enumerate(found, start=1):
        late, others = ([each[place] for each in known if each[0] is flag] for flag in (True, False))
        assert (row["n"], row["deviating"], row["state"]) == (100, 50, "ok")
        assert (row["with_deviation"], row["without"]) == pytest.approx((np.mean(late), np.mean(others)))
        test = ttest_ind(late, others, equal_var=False)
        tests.append(test.pvalue)
        assert row["low"] == pytest.approx(test.confidence_interval().low, abs=0.02 * (row["high"] - row["low"]))
    assert [row["p"] for row in found] == pytest.approx(tests, abs=0.01)
    assert [row["q"] for row in found] == pytest.approx(false_discovery_control([row["p"] for row in found]))
    assert [(row["measure"], row["verdict"]) for row in found] == [("score", "lower"), ("leaving", "higher"), ("cost", "may be chance")]


def test_whose_time_is_not_over_is_left_out():
    events, _ = company(np.random.default_rng(1))
    found = rows(deviation_effects(told(events).as_of("2026-04-15"), rules=RULE))
    assert [(row["state"], row["n"], row["difference"], row["verdict"]) for row in found] == [("too few customers", 0, None, None)] * 3


def test_where_a_deviation_changes_nothing_it_is_seldom_said_to():
    called = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        events, _ = company(rng, late_leaves=0.3, others_leave=0.3)
        leaving = rows(deviation_effects(told(events).as_of("2026-12-31"), rules=RULE, metric="nps"))[1]
        called += leaving["verdict"] != "may be chance"
    assert called <= 2


def test_a_length_of_time_that_is_none_says_what_was_expected():
    with pytest.raises(ArgumentError, match="--within: expected a length of time"):
        deviation_effects(told([]), within="soon")
