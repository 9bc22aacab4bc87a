import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundig.errors import ArgumentError
from kundig.value.loyalty_penalty import loyalty_penalty
from kundig.value.price_draws import CELLS, Priced, medians
from tests.value.told import contract, journal, rows, until


def contracts(*given):
    """So many contracts each, that began in a month, at a price, with a hardware plan or not."""
    return [
        contract(f"c{place}-{turn}", start, "started", price, product=product, properties={"hardware": hardware})
        for place, (many, product, start, price, hardware) in enumerate(given) for turn in range(many)
    ]  # fmt: skip


def found(events, **asked):
    return rows(loyalty_penalty(journal(*events, until("2026-06-30")), **asked), "product", "tenure", "n", "difference", "a_year", "verdict")


def test_the_loyal_pay_ten_more_and_ending_it_costs_what_they_pay_above():
    events = contracts((20, "L", "2026-01-01", 50, "no"), (12, "L", "2024-01-15", 55, "no"), (15, "L", "2020-01-01", 60, "no"))
    assert found(events) == [("L", "25-36", 12, 5.0, 720.0, "penalty"), ("L", "over 36", 15, 10.0, 1800.0, "penalty"), ("L", "all", 27, 10.0, 2520.0, "penalty")]


def test_a_tenure_discount_is_called_one():
    assert found(contracts((20, "L", "2026-01-01", 50, "no"), (15, "L", "2020-01-01", 45, "no")))[0] == ("L", "over 36", 15, -5.0, 0.0, "tenure discount")


def test_what_the_hardware_plan_explains_is_no_penalty():
    events = contracts((20, "M", "2026-01-01", 35, "no"), (6, "M", "2026-02-01", 45, "yes"), (3, "M", "2020-01-01", 35, "no"), (17, "M", "2020-01-01", 45, "yes"))
    assert found(events)[0] == ("M", "over 36", 20, 0.0, 0.0, "explained")
    assert found(events, match="")[0][3:] == (10.0, 2040.0, "penalty")


def test_whoever_has_nobody_alike_is_not_compared():
    events = contracts((20, "M", "2026-01-01", 35, "no"), (12, "M", "2020-01-01", 45, "yes"))
    [first, _] = rows(loyalty_penalty(journal(*events, until("2026-06-30"))), "state", "n", "unmatched", "verdict")
    assert first == ("too few contracts", 0, 12, None)


def test_the_price_rises_with_each_year_of_tenure():
    events = contracts(*((12, "L", f"{year}-06-30", 50 + 2 * (2026 - year), "no") for year in range(2019, 2027)))
    whole = rows(loyalty_penalty(journal(*events, until("2026-06-30"))), "tenure", "trend", "trend_low", "trend_high")[-1]
    assert whole == ("all", pytest.approx(2), pytest.approx(2), pytest.approx(2))


def test_contracts_that_name_no_product_are_compared_with_each_other():
    events = contracts((20, None, "2026-01-01", 50, "no"), (15, None, "2020-01-01", 60, "no"))
    assert [row[:2] + row[3:] for row in found(events)] == [(None, "over 36", 10.0, 1800.0, "penalty"), (None, "all", 10.0, 1800.0, "penalty")]


def test_very_many_different_prices_are_drawn_to_a_thousandth():
    draw = np.random.default_rng(1)
    size = 3 * CELLS
    of = Priced(draw.integers(0, 2, size), draw.lognormal(3, 0.5, size), draw.integers(0, 60, size), np.ones(size, dtype=np.int64))
    coarse = of.coarser()
    assert len(coarse.n) < size
    assert coarse.n.sum() == size
    one, other = (medians(each.price, each.n[None, :].astype(float))[0] for each in (of, coarse))
    assert other == pytest.approx(one, rel=1e-3)
    assert Priced(*(column[:100] for column in (of.alike, of.price, of.months, of.n))).coarser().price.tolist() == of.price[:100].tolist()


@pytest.mark.parametrize("bands", ["36, 24", "6", "soon"])
def test_bands_rise(bands):
    with pytest.raises(ArgumentError, match="--bands expects rising months above 12"):
        loyalty_penalty(journal(), bands=bands)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=20))
def test_the_weighted_median_is_that_of_as_many_values(told):
    values, weights = (np.array(column, dtype=float) for column in zip(*told, strict=True))
    many = np.repeat(values, weights.astype(int))
    expected = np.median(many) if len(many) else np.nan
    assert medians(values, weights[None, :])[0] == pytest.approx(expected, nan_ok=True)
