"""What can be learned, and what cannot: each lack has its name, and no number stands beside it."""

import numpy as np
import pytest

from kundig.foresight import learned
from kundig.foresight.chosen import chosen
from kundig.foresight.learned import verdict, why_not
from kundig.foresight.outcomes import Panel
from kundig.foresight.signals import NAMES


def past(leaves, customers=120, snapshots=8, x=None):
    """Customers at monthly snapshots; `leaves` gives from the signals and a chance who leaves 40 days later."""
    rng = np.random.default_rng(1)
    back = np.tile(30.0 * np.arange(snapshots, 0, -1), customers)
    # Most signals are the same for everybody: what is tested is not how many there are.
    signals = np.full((len(back), len(NAMES)), 7.0 if x is None else x, dtype=np.float32)
    if x is None:
        signals[:, :3] = rng.normal(size=(len(back), 3))
    customer = np.repeat(np.arange(customers), snapshots)
    days = np.where(leaves(signals[:, 0], customer, rng.random(len(back))) & (back > 40), 40.0, np.nan)
    return Panel(signals, customer, (back / 30).astype(int), back, days, days)


@pytest.mark.parametrize(
    ("leaves", "state"),
    [
        (lambda _x, _customer, chance: chance < 0, "no leaver"),
        (lambda _x, customer, _chance: customer < 3, "too few leavers"),
        (lambda _x, _customer, chance: chance < 2, "everybody left"),
        (lambda _x, customer, _chance: customer >= 3, "too few who stayed"),
    ],
)
def test_too_little_to_learn_from_is_named(leaves, state):
    learn = past(leaves)
    assert (why_not(learn, "end", 90), learned.tested(learn, "end", 90).state, learned.tested(learn, "end", 90).p.tolist()) == (state, state, [])


def test_records_of_two_months_are_too_short():
    assert why_not(past(lambda _x, _customer, chance: chance < 0.3, snapshots=2), "end", 90) == "the records are too short"


def test_leaving_by_chance_is_called_no_better_than_chance():
    assert verdict(learned.tested(past(lambda _x, _customer, chance: chance < 0.25), "end", 90, trivial=False), 0.95)[0] == "no better than chance"


def test_signals_that_are_the_same_for_everybody_tell_nothing():
    assert verdict(learned.tested(past(lambda _x, _customer, chance: chance < 0.25, x=7.0), "end", 90, trivial=False), 0.95)[0] == "no better than chance"


def test_what_tells_leavers_apart_is_found_and_meets_their_number():
    state, found = verdict(learned.tested(past(lambda x, _customer, chance: chance < np.where(x > 0.5, 0.5, 0.03)), "end", 90, trivial=False), 0.95)
    assert (state, found["auc"][1] > 0.6, 0.5 < found["expected_per_observed"][0] < 2) == ("ok", True, True)


SHAPES = {
    "few rows": lambda rng: (rng.normal(size=(60, 4)), 0.4),
    "heavy imbalance": lambda rng: (rng.normal(size=(2000, 3)), 0.008),
    "half is missing": lambda rng: (np.where(rng.random((800, 6)) < 0.5, np.nan, rng.normal(size=(800, 6))), 0.2),
    "a column without any value": lambda rng: (np.column_stack([rng.normal(size=300), np.full(300, np.nan)]), 0.3),
    "all constant": lambda rng: (np.full((300, 3), 5.0), 0.3),
    "figures of very different size": lambda rng: (rng.normal(size=(500, 3)) * np.array([1e-9, 1.0, 1e12]), 0.3),
    "one signal twice": lambda rng: (np.repeat(rng.normal(size=(500, 1)), 2, axis=1), 0.3),
    "more signals than rows": lambda rng: (rng.normal(size=(60, 80)), 0.3),
    "rare flags": lambda rng: ((rng.random((600, 20)) < 0.01).astype(float), 0.1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_the_table_is_like_probabilities_meet_the_share_of_leavers(shape):
    rng = np.random.default_rng(3)
    x, share = SHAPES[shape](rng)
    y = (rng.random(len(x)) < share).astype(float)
    found = chosen(x, y, np.arange(len(x)))
    p = found.probability(x)
    assert (np.isfinite(p).all(), np.isfinite(found.parts(x)).all()) == (True, True)
    assert p.mean() == pytest.approx(y.mean(), abs=3 * np.sqrt(y.mean() / len(y)))
