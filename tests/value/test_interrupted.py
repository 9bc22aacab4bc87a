import numpy as np
import pytest

from kundig.value.interrupted import series
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
