from datetime import date

import numpy as np
import pytest

from kundig.statistics.experiments import Difference
from kundig.value.interrupted import series, step
from kundig.value.movements import movements
from tests.value.told import contract, journal, rows, until


def odd_company(seed, **settings):
    """Forty customers whose contracts overlap, pause, come back, change their product and end before they start, in currencies of which one has no rate."""
    draw = np.random.default_rng(seed)
    told = []
    for number in range(40):
        for place in range(draw.integers(1, 5)):
            product, case = ("S", "M", None)[draw.integers(3)], f"c{number}-{place}" if draw.random() < 0.8 else None
            for change in range(draw.integers(1, 6)):
                month, day = int(draw.integers(0, 24)), int(draw.choice([1, 1, 15, 28]))
                outcome = ("started", "expanded", "renewed", "ended")[draw.integers(4)] if change else "started"
                amount = None if outcome == "ended" else int(draw.choice([0, -5, 10, 20, 33]))
                more = {"product": product} if draw.random() < 0.8 else {}
                told.append({**contract(f"c{number}", f"{2024 + month // 12}-{1 + month % 12:02}-{day:02}", outcome, amount, **more), "case_id": case, "currency": ("EUR", "EUR", "CHF")[draw.integers(3)]})
    return journal(*told, until("2026-02-10"), **settings)


def from_movements(asked, product):
    """The series as its docstring says it: of every customer and product, each month."""
    months = {}
    for row in rows(movements(asked, "month", "product")):
        if row["opening"] is not None:
            n, stays, paid = months.get((row["period"], row["group"] == product), (0, 0, 0.0))
            months[row["period"], row["group"] == product] = (n + 1, stays + (row["closing"] is not None), paid + (row["closing"] or 0.0))
    return [("change", period, int(met), n, pytest.approx(stays / n), pytest.approx(paid / n)) for (period, met), (n, stays, paid) in sorted(months.items())]


@pytest.mark.parametrize("rules", [{}, {"pauses": "lost"}, {"comeback_days": 40}])
def test_the_series_counts_what_the_movements_of_every_customer_sum_up_to(rules):
    asked = odd_company(len(str(rules)), contracts=rules)
    expected = from_movements(asked, "M")
    assert rows(series(asked, "change", "M").order_by("period", "met"), "programme", "period", "met", "n", "kept", "money") == expected
    assert len(expected) > 30


def months(number):
    return [date(2023 + place // 12, 1 + place % 12, 1) for place in range(number)]


@pytest.mark.parametrize(("before", "after", "alike"), [(8, 3, 0.0), (13, 11, 0.0), (13, 11, 0.5), (30, 18, 0.7)])
def test_the_interval_of_a_step_holds_it_about_as_often_as_it_says_however_alike_months_are(before, after, alike):
    draw, held, periods = np.random.default_rng(9), 0, months(before + after)
    weight = np.linspace(3, 1, len(periods))
    for _ in range(300):
        noise = draw.normal(0, 1, len(periods))
        noise[0] /= np.sqrt(1 - alike**2)
        for place in range(1, len(noise)):
            noise[place] += alike * noise[place - 1]
        difference = 0.1 * np.arange(len(periods)) + 2.0 * (np.arange(len(periods)) >= before) + noise / np.sqrt(weight)
        found = step(periods, difference, weight, periods[before])
        low, high = Difference(found.size, found.error, found.freedom, 0.0).interval(0.95)
        held += low <= 2.0 <= high
    # Of three hundred that hold 95 in a hundred, fewer than 272 hold once in five hundred times.
    assert held / 300 > 0.9


def test_a_step_without_noise_is_what_it_is_and_none_is_none():
    periods, weight = months(24), np.ones(24)
    stepped = step(periods, 0.3 * np.arange(24) + 1.5 * (np.arange(24) >= 14), weight, periods[14])
    assert (stepped.size, stepped.error, stepped.before, stepped.after) == (1.5, 0.0, 14, 10)
    assert step(periods, np.zeros(24), weight, periods[14]).size == 0.0
    assert step(periods, np.zeros(24), weight, periods[2]) is None


def test_the_month_of_the_change_tells_of_neither_unless_it_begins_with_it():
    periods, weight = months(24), np.ones(24)
    difference = np.where(np.arange(24) > 12, 2.0, 1.0)
    difference[12] = 50.0
    found = step(periods, difference, weight, date(2024, 1, 20))
    assert (found.size, found.before, found.after) == (1.0, 12, 11)
