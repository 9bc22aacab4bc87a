from collections import defaultdict
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.value.points_balances import points_balances
from kundig.value.points_ledger import points_ledger
from kundig.value.points_liability import points_liability
from tests.value.told import journal, rows, until


def points(who, at, quantity, **more):
    return {"subject": who, "kind": "points", "occurred_at": at, "quantity": float(quantity), **more}


TWO = [points("ada", "2025-01-10", 100), points("ada", "2025-03-10", 50), points("ada", "2025-06-10", -30), points("ben", "2026-01-10", 20), until("2026-02-01")]


def test_the_oldest_points_are_used_first_and_what_is_left_of_them_expires():
    asked = journal(*TWO, points={"expire_months": 12})
    assert rows(points_ledger(asked), "customer_id", "entry", "points", "balance") == [
        ("ada", "earned", 100, 100), ("ada", "earned", 50, 150), ("ada", "redeemed", -30, 120), ("ada", "expired", -70, 50), ("ben", "earned", 20, 20),
    ]  # fmt: skip
    assert rows(points_balances(asked), "customer_id", "balance", "expired", "expires_soon") == [("ada", 50, 70, 50), ("ben", 20, 0, 0)]
    assert rows(points_balances(asked.as_of("2025-06-30")), "customer_id", "balance", "expired") == [("ada", 120, 0)]


def test_a_purchase_earns_by_the_rule_and_more_in_a_higher_tier_and_its_return_takes_it_back():
    bought = [{"subject": "ada", "kind": "order", "occurred_at": at, "amount": amount} for at, amount in (("2026-01-01", 60), ("2026-01-05", 50), ("2026-01-09", 10), ("2026-01-12", -10))]
    asked = journal(*bought, points={"earn": {"order": 2}, "tiers": {"silver": {"points": 0}, "gold": {"points": 200, "times": 1.5}}})
    assert rows(points_ledger(asked), "entry", "points") == [("earned", 120), ("earned", 100), ("earned", 30), ("reversed", -20)]
    assert rows(points_balances(asked), "tier", "balance", "worth") == [("gold", 230, 2.3)]


def test_what_looks_wrong_is_named():
    wrong = [points("ada", "2026-01-01", 10, case_id="a"), points("ada", "2026-01-02", 10, case_id="a"), points("ada", "2026-01-03", -50), points("ben", "2026-01-01", 900)]
    assert rows(points_ledger(journal(*wrong, points={"most_a_day": 500})), "customer_id", "fault") == [("ada", None), ("ada", "twice for one case"), ("ada", "overdrawn"), ("ben", "too many in a day")]


def test_what_will_never_be_redeemed_is_not_guessed():
    assert rows(points_liability(journal(*TWO, points={"worth": 0.02})), "state", "breakage", "liability", "liability_low", "liability_high") == [("breakage not known", None, 2.8, None, 2.8)]


def test_the_liability_is_what_will_be_redeemed():
    assert rows(points_liability(journal(*TWO, points={"expire_months": 12, "breakage": 0.2, "worth": 0.02})), "state", "points", "worth", "liability") == [("ok", 70, 1.4, 1.12)]
    many = [points(f"c{number}", "2024-01-01", 100) for number in range(40)] + [points(f"c{number}", "2024-02-01", -100) for number in range(30)] + [points("ada", "2026-01-01", 1000), until("2026-02-01")]
    [(state, breakage, low, liability, high)] = rows(points_liability(journal(*many, points={"expire_months": 12})), "state", "breakage", "liability_low", "liability", "liability_high")
    assert (state, breakage, liability) == ("ok", 0.25, 7.5)
    assert low < 7.5 < high


moves = st.lists(st.tuples(st.sampled_from(["ada", "ben", "cyd", "dan"]), st.integers(0, 700), st.integers(-60, 90).filter(bool)), max_size=40, unique_by=lambda row: row[:2])


def lots(told, present):
    """Balances by taking points from one lot after the other, day by day; an overdraft is paid from what comes next only as a balance."""
    found = defaultdict(lambda: [0, 0])
    for who in {row[0] for row in told}:
        held, expired, debt = [], 0, 0
        for day in range(present + 1):
            now = datetime(2024, 1, 1) + timedelta(days=day)
            for lot in held:
                if lot[0].replace(year=lot[0].year + 1) <= now if (lot[0].month, lot[0].day) != (2, 29) else datetime(lot[0].year + 1, 2, 28) <= now:
                    expired, lot[1] = expired + lot[1], 0
            for _, _, amount in (row for row in told if row[0] == who and row[1] == day):
                if amount > 0:
                    paid = min(debt, amount)
                    debt -= paid
                    held.append([now, amount - paid])
                else:
                    need = -amount
                    for lot in held:
                        used = min(lot[1], need)
                        lot[1], need = lot[1] - used, need - used
                    debt += need
        found[who] = [sum(lot[1] for lot in held) - debt, expired]
    return dict(found)


@settings(max_examples=max(8, settings.default.max_examples // 6))
@given(moves)
def test_it_holds_what_counting_lot_by_lot_gives(told):
    events = [points(who, (datetime(2024, 1, 1) + timedelta(days=day)).isoformat(), amount) for who, day, amount in told]
    asked = journal(*events, {"subject": "the clock", "kind": "visit", "occurred_at": "2026-02-01"}, points={"expire_months": 12})
    present = (datetime(2026, 2, 1) - datetime(2024, 1, 1)).days
    assert {who: [balance, expired] for who, balance, expired in rows(points_balances(asked), "customer_id", "balance", "expired")} == lots(told, present)
    entries = rows(points_ledger(asked), "points", "debit", "credit")
    accounts = defaultdict(float)
    for amount, debit, credit in entries:
        accounts[debit] -= abs(amount)
        accounts[credit] += abs(amount)
    assert sum(accounts.values()) == 0
