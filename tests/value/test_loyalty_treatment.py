import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.value.loyalty_treatment import loyalty_treatment
from tests.value.told import contract, journal, rows, until

SEEN = ("form", "tenure", "state", "n", "new", "of_older", "of_new", "verdict")
OLD, NEW = [f"old{number}" for number in range(40)], [f"new{number}" for number in range(40)]
STARTS = [contract(who, "2020-01-01", "started", 20, product="L") for who in OLD] + [contract(who, "2025-06-01", "started", 20, product="L") for who in NEW]


def found(*events, columns=SEEN, **asked):
    return rows(loyalty_treatment(journal(*STARTS, *events, until("2026-01-31")), **{"bands": "36", **asked}), *columns)


def call(who, seconds, at="2026-01-05", concern="bill"):
    return {"subject": who, "kind": "call", "occurred_at": at, "quantity": float(seconds), "properties": {"concern": concern}}


def test_the_loyal_wait_longer_for_the_same_in_the_same_month():
    told = [call(who, 100 + place % 5) for place, who in enumerate(NEW)] + [call(who, 160 + place % 5) for place, who in enumerate(OLD)]
    assert found(*told) == [("waiting", name, "ok", 40, 40, 162.0, 102.0, "penalty") for name in ("over 36", "all")]
    told = [call(who, 160 + place % 5) for place, who in enumerate(NEW)] + [call(who, 100 + place % 5) for place, who in enumerate(OLD)]
    assert [row[-1] for row in found(*told)] == ["advantage", "advantage"]


def test_each_band_of_tenure_is_of_those_in_it():
    middle = [f"mid{number}" for number in range(40)]
    told = [contract(who, "2023-12-01", "started", 20, product="L") for who in middle] + [call(who, 100 + place % 5) for place, who in enumerate([*NEW, *middle])]
    told += [call(who, 160 + place % 5) for place, who in enumerate(OLD)]
    bands = [("13-36", 40, 102.0, "no difference shown"), ("over 36", 40, 162.0, "penalty"), ("all", 80, 132.0, "penalty")]
    assert found(*told, columns=("tenure", "n", "of_older", "verdict")) == bands


def test_a_longer_wait_of_all_in_december_is_no_penalty():
    told = [call(who, 100 + place % 5 + 200 * (place < 4), "2025-12-05" if place < 4 else "2026-01-05") for place, who in enumerate(NEW)]
    told += [call(who, 100 + place % 5 + 200 * (place < 30), "2025-12-05" if place < 30 else "2026-01-05") for place, who in enumerate(OLD)]
    assert {row[-1] for row in found(*told)} == {"no difference shown"}


def test_who_has_nobody_alike_is_not_compared():
    told = [call(who, 100 + place, concern="bill") for place, who in enumerate(NEW)] + [call(who, 300, concern="line") for who in OLD]
    assert found(*told, columns=("state", "n", "unmatched", "verdict"))[1] == ("too few", 0, 40, None)


def test_one_customer_who_calls_forty_times_is_one_customer():
    told = [call(who, 100 + place % 9) for place, who in enumerate(NEW)] + [call(OLD[0], 130 + turn % 9) for turn in range(40)] + [call(OLD[1], 90)]
    assert found(*told, columns=("state", "n", "new"))[0] == ("too few", 2, 40)
    [(difference, low, high)] = found(*told, columns=("difference", "low", "high"), floor=2)[:1]
    assert difference == pytest.approx((133.95 + 90) / 2 - 103.9, abs=0.1)
    assert low < 0 < high


def test_solutions_goodwill_and_discounts_go_to_the_new():
    told = []
    for place, who in enumerate([*OLD, *NEW]):
        fresh = who in NEW
        told += [
            {"subject": who, "kind": "case_opened", "occurred_at": "2025-12-01T08:00", "case_id": who}, {"subject": who, "kind": "case_resolved", "occurred_at": f"2025-12-01T{10 if fresh else 18}:{10 + place % 40}", "case_id": who},
            {"subject": who, "kind": "complaint", "occurred_at": "2025-12-10"},
        ]  # fmt: skip
        if place % (2 if fresh else 10) == 0:
            told.append({"subject": who, "kind": "goodwill", "occurred_at": "2025-12-20", "amount": 5})
        if place % 2 or not fresh:
            told.append(contract(who, "2025-12-24", "renewed", properties={"discount": "20" if fresh else "0"}))
    verdicts = {row[0]: row[-1] for row in found(*told) if row[1] == "all"}
    assert verdicts == {"resolution": "penalty", "goodwill": "penalty", "discounts": "penalty"}
    shares = {row[0]: row[5:7] for row in found(*told) if row[1] == "all"}
    assert shares["goodwill"] == pytest.approx((0.1, 0.5))
    assert shares["discounts"] == (0.0, 0.5)


def test_offers_that_only_new_customers_get():
    told = [{"subject": who, "kind": "offer", "occurred_at": "2026-01-10"} for who in NEW[:30]]
    assert found(*told)[-1] == ("offers", "all", "ok", 40, 40, 0.0, 0.75, "penalty")


def test_tenure_is_that_of_the_day_and_buyers_count_from_their_first_order():
    told = [{"subject": f"b{number}", "kind": "order", "occurred_at": "2024-03-01", "amount": 9} for number in range(60)]
    told += [call(f"b{number}", 100, "2025-02-20" if number < 30 else "2025-06-20") for number in range(60)]
    [row] = rows(loyalty_treatment(journal(*told, until("2026-01-31")), floor=2, bands="36", match=""), "form", "tenure", "n", "unmatched")[:1]
    assert row == ("waiting", "13-36", 0, 30), "those who called within a year were new then, and in another month"


def test_without_contracts_that_say_their_start_nobody_is_old_or_new():
    told = [contract("ada", "2025-12-01", "expanded", 20), call("ada", 100)]
    assert rows(loyalty_treatment(journal(*told, until("2026-01-31")))) == []


@pytest.mark.soak
def test_ninety_five_of_a_hundred_intervals_hold_what_was_planted():
    """Each concern is a small company of its own; the older wait ten seconds longer, and some customers call often."""
    draw = np.random.default_rng(4)
    held = []
    for _ in range(40):
        told = []
        for who, extra in [*((who, 10.0) for who in OLD), *((who, 0.0) for who in NEW)]:
            usual = draw.gamma(4, 20)
            told += [call(who, usual + extra + draw.exponential(40), f"2026-01-{day:02}") for day in draw.choice(28, 1 + draw.poisson(1.0), replace=False) + 1]
        [(low, high)] = found(*told, columns=("low", "high"), floor=10)[-1:]
        held.append(low <= 10 <= high)
    assert 0.90 <= np.mean(held) <= 0.99


def test_arguments_are_checked():
    with pytest.raises(ArgumentError, match="--bands expects rising months above 12"):
        loyalty_treatment(journal(), bands="6")
    with pytest.raises(ArgumentError, match="cannot match by 'segment'"):
        loyalty_treatment(journal(), match="segment")
    with pytest.raises(ArgumentError, match="--days expects 1 or more"):
        loyalty_treatment(journal(), days=0)
