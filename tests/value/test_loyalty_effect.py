import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.value.loyalty_effect import loyalty_effect
from tests.value.told import contract, journal, rows, until

SEEN = ("outcome", "state", "n", "pending", "promoters", "passives", "detractors")


def answer(who, score, at="2025-03-01"):
    return {"subject": who, "kind": "feedback", "metric": "nps", "score": float(score), "occurred_at": at}


def test_the_latest_answer_counts_whose_time_is_over():
    told = [contract("ada", "2025-01-01", "started", 20), contract("ben", "2025-01-01", "started", 20), contract("cyd", "2025-12-01", "started", 20)]
    told += [answer("ada", 3, "2025-02-01"), answer("ada", 9), answer("ada", 1, "2025-12-30"), answer("ben", 7), answer("cyd", 10, "2025-12-30")]
    [retention, repurchase, spend] = rows(loyalty_effect(journal(*told, until("2026-01-31")), floor=2), *SEEN)
    assert retention == ("retention", "all alike", 2, 1, 1, 1, 0)
    assert repurchase == ("repurchase", "too few answers", 0, 1, 0, 0, 0)
    assert spend == ("spend", "too few answers", 0, 1, 0, 0, 0)


def test_whoever_had_given_notice_before_answering_was_lost_already():
    told = [contract(who, "2025-01-01", "started", 20) for who in ("ada", "ben", "cyd")] + [answer(who, 9) for who in ("ada", "ben", "cyd")]
    told += [{"subject": "ben", "kind": "cancellation", "occurred_at": "2025-02-15"}, contract("ben", "2025-04-01", "ended"), {"subject": "cyd", "kind": "cancellation", "occurred_at": "2025-03-15"}]
    assert rows(loyalty_effect(journal(*told, until("2026-01-31")), floor=2), "n", "of_promoters")[0] == (2, 0.5)


def test_a_come_back_is_followed_like_anybody():
    told = [contract("ada", "2023-01-01", "started", 20, "old"), contract("ada", "2023-06-01", "ended", case="old"), contract("ada", "2025-01-01", "started", 20, "new"), answer("ada", 9)]
    assert rows(loyalty_effect(journal(*told, until("2026-01-31"))), "n")[0] == (1,)


def test_a_point_is_one_promoter_more_in_a_hundred():
    """Of promoters all stay, of detractors half do: from one to the other are 200 points of NPS."""
    told = []
    for number in range(200):
        told += [contract(f"c{number}", "2025-01-01", "started", 10), answer(f"c{number}", 10 if number < 100 else 0)]
        if number >= 150:
            told.append(contract(f"c{number}", "2025-05-01", "ended"))
    [(state, promoters, detractors, raw, point, answer_point, customers, a_year, verdict)] = rows(
        loyalty_effect(journal(*told, until("2026-01-31")), confounders=""), "state", "of_promoters", "of_detractors", "raw_point", "point", "answer_point", "customers", "a_year", "verdict"
    )[:1]
    assert (state, promoters, detractors, customers, verdict) == ("ok", 1.0, 0.5, 150, "goes with more")
    assert (raw, point, answer_point) == pytest.approx((0.0025, 0.0025, 0.05))
    assert a_year == pytest.approx(0.0025 * 150 * 12 * 10)


def test_buyers_without_contract_are_asked_whether_they_bought_again():
    told = []
    for number in range(80):
        told += [{"subject": f"c{number}", "kind": "order", "occurred_at": "2025-02-01", "amount": 40}, answer(f"c{number}", 10 if number % 2 else 5)]
        if number % 2 or number % 8 == 0:
            told.append({"subject": f"c{number}", "kind": "order", "occurred_at": "2025-06-01", "amount": 60})
    [_, repurchase, spend] = rows(loyalty_effect(journal(*told, until("2026-01-31")), days=182, confounders=""), "state", "n", "of_promoters", "of_detractors", "point", "a_year", "verdict")
    assert repurchase == ("ok", 80, 1.0, 0.25, pytest.approx(0.00375), None, "goes with more")
    a_month = 60 * 365.25 / 12 / 182
    assert spend[:4] == ("ok", 80, pytest.approx(a_month), pytest.approx(a_month / 4))


def test_what_the_product_explains_is_no_effect_of_the_answer():
    """Customers of L recommend and stay oftener; within a product the answer says nothing."""
    draw = np.random.default_rng(2)
    told = []
    for number in range(600):
        large = number % 2
        told += [contract(f"c{number}", "2025-01-01", "started", 10, product="L" if large else "S"), answer(f"c{number}", 10 if draw.random() < (0.8 if large else 0.2) else 3)]
        if draw.random() < (0.05 if large else 0.4):
            told.append(contract(f"c{number}", "2025-05-01", "ended"))
    [(raw_low, low, high, verdict)] = rows(loyalty_effect(journal(*told, until("2026-01-31"))), "raw_low", "low", "high", "verdict")[:1]
    assert raw_low > 0
    assert low < 0 < high
    assert verdict == "no difference shown"


def test_days_and_confounders_are_checked():
    with pytest.raises(ArgumentError, match="--days expects 1 or more, found 0"):
        loyalty_effect(journal(), days=0)
    with pytest.raises(ArgumentError, match="--confounders does not know 'tenur'.*tenure"):
        loyalty_effect(journal(), confounders="tenur")
