"""What is below two stars for certain, and what only looks so."""

import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.feedback import ratings_guard
from kundig.journal import told


def rated(product, *counted, day="2026-03-01"):
    return [
        {"subject": f"{product}{score}-{n}", "kind": "feedback", "metric": "stars", "score": float(score), "product": product, "occurred_at": day}
        for score, times in counted
        for n in range(times)
    ]


def verdicts(events, **given):
    return [(row["group"], row["verdict"], row["state"], row["n"]) for row in ratings_guard(told(events), **given).to_pyarrow().to_pylist()]


def test_certainty_tells_the_bad_router_from_what_only_looks_so():
    events = [*rated("router", (1, 20), (2, 15)), *rated("stick", (1, 5)), *rated("cable", (1, 9), (2, 8), (5, 2)), *rated("phone", (4, 30))]
    assert verdicts(events) == [
        ("router", "below", "ok", 35),
        ("stick", "only looks so", "too few ratings", 5),
        ("cable", "only looks so", "ok", 19),
        ("phone", "not below", "ok", 30),
    ]


def test_one_angry_customer_who_rates_forty_times_is_one_rating():
    events = [{"subject": "ben", "kind": "feedback", "metric": "stars", "score": 1.0, "product": "box", "occurred_at": f"2026-03-{n % 27 + 1:02}T{n % 24:02}:00"} for n in range(40)]
    assert verdicts(events) == [("box", "only looks so", "too few ratings", 1)]


def test_the_latest_rating_of_a_customer_counts():
    assert verdicts([*rated("box", (1, 12)), *[{**event, "score": 5.0, "occurred_at": "2026-04-01"} for event in rated("box", (1, 12))]]) == [("box", "not below", "ok", 12)]


@pytest.mark.parametrize("shares", [(0.75, 0, 0, 0, 0.25), (0.4, 0.35, 0.15, 0.05, 0.05), (0.6, 0.2, 0.1, 0.0, 0.1)])
def test_products_at_two_stars_are_hardly_ever_called_below(shares):
    rng = np.random.default_rng(7)
    lifted = np.array(shares) + (2.0 - np.dot(shares, [1, 2, 3, 4, 5])) / 4 * np.array([-1, 0, 0, 0, 1])
    draws = rng.multinomial(20, lifted, 200)
    events = [event for number, draw in enumerate(draws) for event in rated(f"p{number}", *enumerate(draw.tolist(), start=1))]
    wrong = sum(row["p"] is not None and row["p"] <= 0.05 for row in ratings_guard(told(events)).to_pyarrow().to_pylist())
    assert wrong <= 18, "five in a hundred, and what chance adds to two hundred"


def test_a_threshold_outside_the_scale_is_refused():
    with pytest.raises(ArgumentError, match="--threshold expects more than 1 and at most 5 for stars, found 7"):
        ratings_guard(told([]), threshold=7.0)
