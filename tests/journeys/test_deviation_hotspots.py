from datetime import timedelta

import numpy as np
import pytest
from scipy.stats import false_discovery_control
from scipy.stats.contingency import relative_risk

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import deviation_hotspots
from kundig.settings import Settings
from tests.oracles import START

RULE = "response(order, delivery) within 3 days"


def rows(table):
    return table.to_pyarrow().to_pylist()


def orders(channels, *, product="box"):
    """Orders by channel, each with how many there are and how many of them come late."""
    events = []
    for channel, (n, late) in channels.items():
        for number in range(n):
            who = {"subject": f"{channel}{number}", "case_id": f"{channel}{number}", "channel": channel, "product": product}
            events += [{**who, "kind": "order", "occurred_at": START}, {**who, "kind": "delivery", "occurred_at": START + timedelta(days=5 if number < late else 1)}]
    return events


def test_late_orders_concentrate_in_one_channel():
    found = rows(deviation_hotspots(told(orders({"web": (60, 30), "shop": (100, 10), "app": (9, 9)})), rules=RULE, by="channel, product", ended_after="0 days"))
    assert [(row["attribute"], row["value"], row["state"], row["n"], row["violated"]) for row in found] == [
        ("channel", "shop", "cold spot", 100, 10),
        ("channel", "web", "hotspot", 60, 30),
        ("channel", "app", "too few", 9, 9),
        ("product", "box", "too few", 169, 49),
    ]
    web, risk = found[1], relative_risk(30, 60, 19, 109)
    assert (web["share"], web["other_share"], web["times"]) == pytest.approx((0.5, 19 / 109, risk.relative_risk))
    assert (web["times_low"], web["times_high"]) == pytest.approx(tuple(risk.confidence_interval()))
    assert [row["q"] for row in found[:2]] == pytest.approx(false_discovery_control([row["p"] for row in found[:2]]))


def test_accepted_deviations_make_no_hotspot():
    let_be = [{"rule": RULE, "journeys": [f"web{number}" for number in range(30)], "why": "The web shop says so."}]
    settled = Settings.model_validate({"journeys": {"order": {"rules": [RULE], "accepted": let_be}}})
    found = rows(deviation_hotspots(told(orders({"web": (60, 30), "shop": (100, 10)}), settings=settled), journey="order", by="channel"))
    assert {row["value"]: row["violated"] for row in found} == {"shop": 10, "web": 0}


def test_chance_makes_hotspots_as_seldom_as_stated():
    called, rng, tries = 0, np.random.default_rng(2), 12
    for _ in range(tries):
        drawn = {f"c{number}": (40, int(rng.binomial(40, 0.3))) for number in range(10)}
        called += any(row["state"] in {"hotspot", "cold spot"} for row in rows(deviation_hotspots(told(orders(drawn)), rules=RULE, by="channel")))
    assert called <= 0.05 * tries + 3 * (0.05 * tries) ** 0.5


def test_attributes_that_are_none_say_what_was_expected():
    with pytest.raises(ArgumentError, match="--by expects attributes with commas between them"):
        deviation_hotspots(told([]), by=" ")
