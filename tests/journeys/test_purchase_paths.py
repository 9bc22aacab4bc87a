import random
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import purchase_paths
from kundig.statistics.markov import removal_effects
from tests.answers import answer
from tests.oracles import START, path_credits

RULES = ("first", "last", "linear", "position", "markov", "shapley")


def rows(table):
    return table.to_pyarrow().to_pylist()


def path(subject, *channels, bought=True):
    """A touch a day by channel, and then the purchase."""
    touches = [{"subject": subject, "kind": "visit", "channel": channel, "occurred_at": START + timedelta(days=day)} for day, channel in enumerate(channels)]
    return touches + [{"subject": subject, "kind": "order", "occurred_at": START + timedelta(days=len(channels))}] * bought


def shown(journal, **arguments):
    return {row["step"]: {rule: round(row[rule], 4) for rule in RULES} for row in rows(purchase_paths(journal, floor=1, **arguments)) if row["step"] is not None}


def test_ada_ben_and_cyd_buy_and_each_rule_gives_credit_its_own_way():
    journal = told([*path("ada", "web", "shop", "email", "web"), *path("ben", "shop"), *path("cyd", "web", "email", bought=False)])
    # By hand: the chance to buy is 2/3; 1/6 without the web, 4/15 without the shop, 1/2 without e-mail. 3/4, 3/5 and 1/4 are lost.
    assert shown(journal) == {
        "web": {"first": 0.5, "last": 0.5, "linear": 0.25, "position": 0.4, "markov": 0.4688, "shapley": 0.1667},
        "shop": {"first": 0.5, "last": 0.5, "linear": 0.625, "position": 0.55, "markov": 0.375, "shapley": 0.6667},
        "email": {"first": 0.0, "last": 0.0, "linear": 0.125, "position": 0.05, "markov": 0.1562, "shapley": 0.1667},
    }


def test_the_whole_says_how_many_touches_it_took_and_who_came_without():
    buys_at_once = [{"subject": "dot", "kind": "order", "occurred_at": START}]
    after = [{"subject": "ben", "kind": "visit", "channel": "web", "occurred_at": START + timedelta(days=9)}, {"subject": "ben", "kind": "order", "occurred_at": START + timedelta(days=10)}]
    found = rows(purchase_paths(told([*path("ada", "web", "web", "shop"), *path("ben", "shop"), *after, *buys_at_once]), floor=1))
    assert [(row["step"], row["n"], row["without"], row["touches"], row["one_touch"], row["median_days"]) for row in found] == [
        (None, 2, 1, 2.0, 0.5, 2.0),
        ("shop", 2, None, 1.0, 1.0, 1.0),
        ("web", 1, None, 2.0, 0.0, 3.0),
    ]


def test_with_few_purchases_there_is_no_figure():
    found = rows(purchase_paths(told(path("ada", "web"))))
    assert [(row["step"], row["state"], row["n"], row["first"], row["touches"]) for row in found] == [(None, "too few purchases", 1, None, None), ("web", "too few purchases", 1, None, None)]


def test_the_removal_effect_is_that_of_the_worked_example():
    """Three paths: C1 C2 C3 with a purchase, C1 without, C2 C3 without: 1/6 of all chances; C1 keeps half, the others all."""
    passages = np.array([[0, 1.0, 0], [0, 0, 2], [0, 0, 0]])
    assert removal_effects(passages, np.array([2.0, 1, 0]), np.array([0.0, 0, 1]), np.array([1.0, 0, 1])) == pytest.approx([0.5, 1.0, 1.0])


def test_intervals_hold_what_customers_really_do():
    """Buyers touch the shop last three times in four, whoever is asked; 12 samples of 200 buyers: 95 % should hold it."""
    rng, held = random.Random(3), 0
    for _ in range(12):
        events = [event for number in range(200) for event in path(f"c{number}-{rng.random()}", "web", "shop" if rng.random() < 0.75 else "phone")]
        [shop] = [row for row in rows(purchase_paths(told(events), draws=100)) if row["step"] == "shop"]
        held += shop["last_low"] <= 0.75 <= shop["last_high"]
    assert held >= 9


def test_arguments_that_cannot_be_meant_say_what_was_expected():
    with pytest.raises(ArgumentError, match="--touches expects kinds of events"):
        purchase_paths(told([]), touches=",")
    with pytest.raises(ArgumentError, match="--most and --draws expect 1 or more, found 0 and 200"):
        purchase_paths(told([]), most=0)


paths = st.lists(st.tuples(st.lists(st.sampled_from(["web", "shop", "email"]), min_size=1, max_size=6), st.booleans()), min_size=1, max_size=6)


@given(paths)
@tried(max_examples=15, deadline=None)
def test_credit_is_that_of_plain_python(drawn):
    journal = told([event for number, (channels, bought) in enumerate(drawn) for event in path(f"c{number}", *channels, bought=bought)])
    expected = path_credits(drawn)
    found = {row["step"]: row for row in answer(purchase_paths, journal, floor=1, draws=1).to_pylist() if row["step"] is not None}
    if any(bought for _, bought in drawn):
        for rule, shares in expected.items():
            assert {step: row[rule] for step, row in found.items()} == pytest.approx({step: shares.get(step, 0.0) for step in found}, abs=1e-9), rule
