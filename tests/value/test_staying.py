import numpy as np
import pytest

from kundig.value.lives import MONTH
from kundig.value.staying import staying

KEPT = 20
"""Months for which customers stay, in the mean."""


def company(draw, customers, looked):
    """Customers who stay for random times without memory; those who left before anybody looked are not there."""
    begun, life = draw.uniform(0, 1000, customers), draw.exponential(KEPT * MONTH, customers)
    days = np.floor(np.minimum(life, 1100 - begun))
    entry = np.floor(np.maximum(looked - begun, 0))
    seen = (days > entry) & (begun + life > looked)
    return days[seen], (begun + life < 1100)[seen].astype(float), entry[seen], draw.lognormal(3, 0.6, customers)[seen]


@pytest.mark.parametrize(("customers", "looked"), [(80, 0), (300, 0), (600, 500)])
def test_the_interval_of_what_is_to_come_holds_it_about_as_often_as_it_says(customers, looked):
    draw, worth = np.random.default_rng(3), 1.1 ** -((np.arange(12) + 0.5) / 12)
    expected = (np.exp(-np.arange(1, 13) / KEPT) * worth).sum()
    held = []
    for _ in range(200):
        days, ended, entry, amount = company(draw, customers, looked)
        here = ended == 0
        ages = (days[here] / MONTH).astype(int)
        of = staying(days, ended, entry, int(ages.max()), worth)
        paid = np.bincount(ages, weights=amount[here])
        value, error = paid @ of.worth, of.error(paid)
        held.append(abs(np.log(value / (paid.sum() * expected))) < 1.96 * error / value)
    # Of two hundred that hold 95 in a hundred, fewer than 180 or more than 199 hold once in three hundred times.
    assert 0.9 <= np.mean(held) <= 0.995


def test_where_everybody_stays_but_one_what_is_to_come_is_nearly_all_and_an_age_alone_is_as_sure_as_a_company_of_that_age():
    days, ended = np.full(400, 300.0), np.zeros(400)
    days[0], ended[0] = 100.0, 1.0
    of = staying(days, ended, np.zeros(400), 9, np.ones(6))
    assert of.most == 6.0
    assert of.worth[:3] == pytest.approx([6 - 3 / 400, 6 - 4 / 400, 6 - 5 / 400], abs=1e-4)
    assert of.error(np.eye(10)[2]) == pytest.approx(of.error()[2])
    assert of.error(5 * np.eye(10)[2]) == pytest.approx(5 * of.error()[2])
    # Beyond the age of all the mean rate goes on: one in 399 lives of 300 days and one of 100.
    assert of.alive[9] == pytest.approx(np.exp(-6 * MONTH / (399 * 300 + 100)), rel=1e-2)
