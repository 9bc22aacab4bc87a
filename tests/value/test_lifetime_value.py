import gzip

import pytest

from kundig.errors import ArgumentError
from kundig.value.lifetime_value import lifetime_value
from tests.data import real
from tests.value.told import contract, journal, rows, until


@pytest.fixture(scope="module")
def cdnow():
    """The published sample until the end of its 39 weeks of calibration, and the purchases of the 39 weeks after."""
    with gzip.open(real("cdnow") / "cdnow_sample.csv.gz", "rt") as file:
        lines = [line.strip().split(",") for line in file][1:]
    bought = {(who, at): float(spent) for _, who, at, _, spent in lines}
    early = [{"subject": who, "kind": "order", "occurred_at": at, "amount": f"{spent:.2f}"} for (who, at), spent in bought.items() if at <= "1997-09-30"]
    from decimal import Decimal

    told = journal(*({**event, "amount": Decimal(event["amount"])} for event in early), until("1997-09-30T12:00"))
    return told, sum(at > "1997-09-30" for _, at in bought)


def test_purchases_of_cdnow_in_the_following_39_weeks_are_foretold(cdnow):
    told, really = cdnow
    [row] = rows(lifetime_value(told, level="all", months=9), "basis", "n", "model", "against", "purchases")
    assert row[:2] == ("purchases", 2357)
    assert row[4] == pytest.approx(really, rel=0.12)


def test_the_rows_of_customers_and_cohorts_add_up_to_all(cdnow):
    told, _ = cdnow
    [(value, count)] = rows(lifetime_value(told, level="all"), "value", "purchases")
    for level in ("cohort", "customer"):
        parts = rows(lifetime_value(told, level=level), "value", "purchases")
        assert sum(part[0] for part in parts) == pytest.approx(value, rel=1e-4)
        assert sum(part[1] for part in parts) == pytest.approx(count, rel=1e-6)


def test_money_to_come_is_worth_less_and_only_its_margin_counts():
    bought = [{"subject": who, "kind": "order", "occurred_at": at, "amount": 30} for who, at in (*((f"c{number}", at) for number in range(5) for at in ("2025-01-10", "2025-05-10")), ("ben", "2025-02-01"))]
    plain = rows(lifetime_value(journal(*bought, until("2026-01-31"), costs={"discount_rate": 0}), level="all"), "purchases", "per_purchase", "value")[0]
    assert plain[2] == pytest.approx(30 * plain[0], abs=1e-3)
    less = rows(lifetime_value(journal(*bought, until("2026-01-31"), costs={"discount_rate": 0.1, "margin": 0.5}), level="all"), "value")[0][0]
    assert less == pytest.approx(plain[2] * 0.5 * 1.1**-0.5, rel=1e-3)


def test_contracts_are_worth_their_amount_times_the_chance_of_still_being_there():
    told = []
    for number in range(300):
        start = f"2025-{1 + number % 12:02}-01"
        told += [contract(f"c{number}", start, "started", 20)] + ([contract(f"c{number}", f"2026-{1 + number % 10:02}-15", "ended")] if number % 3 == 0 else [])
    [(basis, state, n, months, value, low, high)] = rows(lifetime_value(journal(*told, until("2026-12-31"), costs={"discount_rate": 0}), level="all"), "basis", "state", "n", "purchases", "value", "low", "high")
    assert (basis, state, n) == ("contract", "ok", 200)
    assert value == pytest.approx(20 * months, abs=0.01)
    assert 200 * 12 * 0.6 < months < 200 * 12 * 0.95
    assert low < value < high


def test_without_ends_there_is_no_curve():
    told = [contract(f"c{number}", "2025-01-01", "started", 20) for number in range(30)]
    assert rows(lifetime_value(journal(*told, until("2026-01-01")), level="all"), "state", "n", "value") == [("too few ends", 30, None)]


def test_who_bought_once_tells_of_nobody_how_often_that_is():
    bought = [{"subject": f"c{number}", "kind": "order", "occurred_at": at, "amount": 30} for number in range(4) for at in ("2025-01-10", "2025-05-10")]
    bought += [{"subject": f"once {number}", "kind": "order", "occurred_at": "2025-02-01", "amount": 60} for number in range(4)]
    columns = ("state", "n", "model", "purchases", "per_purchase", "value", "low", "high")
    assert rows(lifetime_value(journal(*bought, until("2026-01-31")), level="all"), *columns) == [("too few purchases", 8, None, None, 40.0, None, None, None)]
    again = {"subject": "once 0", "kind": "order", "occurred_at": "2025-03-01", "amount": 60}
    [(state, *_, low, high)] = rows(lifetime_value(journal(*bought, again, until("2026-01-31")), level="all"), *columns)
    assert (state, low < high) == ("ok", True)


def test_refunds_and_unknown_money_are_purchases_without_an_amount():
    bought = [{"subject": "ada", "kind": "order", "occurred_at": "2025-01-10", "amount": -5}, {"subject": "ben", "kind": "order", "occurred_at": "2025-02-10", "amount": 9, "currency": "USD"}]
    assert rows(lifetime_value(journal(*bought, until("2026-01-31")), level="all"), "state", "n", "per_purchase", "value") == [("no amounts", 2, None, None)]


def test_an_order_without_an_amount_is_worth_what_was_paid_for_it_once():
    def event(who, kind, case, amount=None):
        return {"subject": who, "kind": kind, "occurred_at": "2025-02-10", "amount": amount, "case_id": case}

    two_items = [event("ada", "order", "a"), event("ada", "order", "a"), event("ada", "payment", "a", 6), event("ada", "payment", "a", 4)]
    priced = [event("ben", "order", "b", 30), event("ben", "payment", "b", 30)]
    assert rows(lifetime_value(journal(*two_items, *priced, event("cyd", "payment", "c", 99), until("2026-01-31")), level="customer"), "group", "per_purchase") == [("ada", 20), ("ben", 20)]


def test_months_are_at_least_one():
    with pytest.raises(ArgumentError, match="--months expects 1 or more, found 0"):
        lifetime_value(journal(), months=0)
