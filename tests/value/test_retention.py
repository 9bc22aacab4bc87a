from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.value.retention import retention
from kundig.value.revenue_bridge import revenue_bridge
from tests.answers import answer
from tests.value.told import contract, journal, rows, until

# Ada buys more, Ben leaves, Cyd has only just come, Dan pays less.
FOUR = [
    contract("ada", "2025-12-01", "started", 30), contract("ada", "2026-01-10", "expanded", 36),
    contract("ben", "2025-12-01", "started", 20), contract("ben", "2026-01-20", "ended"),
    contract("cyd", "2026-01-31", "started", 50),
    contract("dan", "2025-11-01", "started", 50), contract("dan", "2026-01-05", "reduced", 40),
    until("2026-02-03"),
]  # fmt: skip
PARTS = ("period", "n", "opening", "new", "returned", "expansion", "price_rises", "contraction", "churned", "closing")


def near(value):
    return pytest.approx(value, abs=5e-5)


def test_ada_buys_more_ben_leaves_dan_pays_less_and_cyd_counts_only_from_the_next_month():
    [_, january] = rows(retention(journal(*FOUR), floor=2))
    assert january == {
        "group": None, "period": date(2026, 1, 1), "state": "ok", "n": 3, "lost": 1, "logo_churn": near(1 / 3), "logo_churn_low": near(0.0615), "logo_churn_high": near(0.7923),
        "opening": 100.0, "churned": 20.0, "contraction": 10.0, "expansion": 6.0, "price_rises": 0.0, "closing": 76.0,
        "revenue_churn": near(0.2), "revenue_churn_low": near(0.0222), "revenue_churn_high": near(0.7339), "grr": near(0.7), "grr_low": near(0.2089), "grr_high": near(0.9538),
        "nrr": near(0.76), "nrr_low": near(0.0), "nrr_high": near(1.8181),
    }  # fmt: skip


def test_the_bridge_adds_up_and_its_end_is_the_next_ones_beginning():
    assert rows(revenue_bridge(journal(*FOUR)), *PARTS) == [
        (date(2025, 11, 1), 1, 0, 50, 0, 0, 0, 0, 0, 50),
        (date(2025, 12, 1), 3, 50, 50, 0, 0, 0, 0, 0, 100),
        (date(2026, 1, 1), 4, 100, 50, 0, 6, 0, 10, 20, 126),
    ]


def test_a_change_that_does_not_name_the_product_is_one_of_the_same_product():
    told = [contract("ada", "2025-11-01", "started", 30, product="L"), contract("ada", "2025-12-10", "renewed", 36), until("2026-02-03")]
    assert rows(revenue_bridge(journal(*told), by="product"), "group", "opening", "expansion", "closing") == [("L", 0, 0, 30), ("L", 30, 6, 36), ("L", 36, 0, 36)]


def test_a_month_that_is_not_over_is_not_answered():
    assert [row[0] for row in rows(retention(journal(*FOUR), floor=2), "period")] == [date(2025, 12, 1), date(2026, 1, 1)]


def test_a_cohort_of_one_has_no_figure_and_says_so():
    rows_ = rows(retention(journal(*FOUR), by="cohort", floor=2), "group", "period", "state", "n", "logo_churn")
    assert rows_[0] == ("2025-11-01", date(2025, 12, 1), "before ends were recorded", 1, None)
    assert rows_[1] == ("2025-11-01", date(2026, 1, 1), "too few customers", 1, None)
    assert rows_[2] == ("2025-12-01", date(2026, 1, 1), "ok", 2, 0.5)


def test_a_pause_keeps_a_customer_unless_the_company_says_otherwise():
    paused = [contract("ada", "2025-12-01", "started", 30), contract("ada", "2026-01-10", "reduced", 0), contract("ada", "2026-02-10", "expanded", 30), until("2026-03-02")]
    assert rows(retention(journal(*paused), floor=1), "n", "lost", "contraction", "churned") == [(1, 0, 30, 0), (1, 0, 0, 0)]
    lost = journal(*paused, contracts={"pauses": "lost"})
    assert rows(retention(lost, floor=1), "n", "lost", "contraction", "churned") == [(1, 1, 0, 30)]
    assert rows(revenue_bridge(lost), *PARTS)[-1] == (date(2026, 2, 1), 1, 0, 0, 30, 0, 0, 0, 0, 30)


def test_who_comes_back_soon_was_never_lost_if_the_company_says_so():
    gap = [contract("ada", "2025-12-01", "started", 30), contract("ada", "2026-01-25", "ended"), contract("ada", "2026-02-10", "started", 25, case="again"), until("2026-03-02")]
    assert rows(retention(journal(*gap), floor=1), "n", "lost") == [(1, 1)]
    assert rows(retention(journal(*gap, contracts={"comeback_days": 30}), floor=1), "n", "lost", "contraction") == [(1, 0, 0), (1, 0, 5)]


def test_a_price_rise_is_expansion_or_stands_apart():
    raised = [contract("ada", "2025-12-01", "started", 30), contract("ada", "2026-01-10", "renewed", 33, properties={"change": "dearer"}), contract("ada", "2026-01-20", "expanded", 40), until("2026-02-02")]
    assert rows(retention(journal(*raised), floor=1), "expansion", "price_rises") == [(10, 0)]
    apart = journal(*raised, contracts={"price_rises": "apart", "price_rise": ["dearer"]})
    assert rows(retention(apart, floor=1), "expansion", "price_rises") == [(7, 3)]
    assert rows(revenue_bridge(apart), "expansion", "price_rises")[-1] == (7, 3)


def test_notice_or_end_of_service():
    given = [contract("ada", "2025-12-01", "started", 30), {"subject": "ada", "kind": "cancellation", "case_id": "ada's", "occurred_at": "2026-01-10"}, contract("ada", "2026-02-10", "ended"), until("2026-03-02")]
    assert rows(retention(journal(*given), floor=1), "period", "lost") == [(date(2026, 1, 1), 0), (date(2026, 2, 1), 1)]
    assert rows(retention(journal(*given, contracts={"end": "notice"}), floor=1), "period", "lost") == [(date(2026, 1, 1), 1)]


def test_a_merger_loses_nobody():
    merged = [
        contract("ada", "2025-12-01", "started", 30), contract("ben", "2025-12-01", "started", 20),
        contract("ben", "2026-01-15", "ended", properties={"moved_to": "ada"}), contract("ada", "2026-01-15", "started", 20, case="from ben"), until("2026-02-02"),
    ]  # fmt: skip
    assert rows(retention(journal(*merged), floor=1), "n", "lost", "opening", "closing") == [(1, 0, 50, 50)]


def test_money_of_another_currency_counts_at_its_rate():
    dollars = [contract("ada", "2025-12-01", "started", 30, currency="USD"), contract("ben", "2025-12-01", "started", 30, currency="EUR"), until("2026-01-02")]
    assert rows(revenue_bridge(journal(*dollars, rates={"USD": 0.9})), "n", "closing") == [(2, 57)]
    assert rows(revenue_bridge(journal(*dollars)), "n", "closing") == [(1, 30)]


histories = st.lists(
    st.tuples(st.sampled_from(["ada", "ben", "cyd", "dan", "eve", "fay", "gus"]), st.integers(0, 200), st.sampled_from(["started", "renewed", "expanded", "reduced", "ended"]), st.integers(0, 400)), max_size=60, unique_by=lambda row: row[:2],
)  # fmt: skip


def oracle(histories):
    """Opening and closing amounts by customer and month, day by day."""
    start, months = datetime(2025, 1, 1), [datetime(2025, m, 1) for m in range(1, 10)]
    by_customer = defaultdict(list)
    for who, day, outcome, cents in sorted(histories, key=lambda row: row[1]):
        by_customer[who].append((start + timedelta(days=day), outcome, cents / 4))
    found = {}
    for who, steps in by_customer.items():
        for one, other in zip(months, months[1:], strict=False):
            sums = []
            for moment in (one, other):
                alive, amount = None, None
                for at, outcome, money in steps:
                    if at < moment:
                        amount = 0 if outcome == "ended" else money
                        alive = {"started": True, "renewed": True, "ended": False}.get(outcome, alive is not False)
                sums.append(amount if alive else None)
            if sums != [None, None]:
                found[who, one.date()] = tuple(sums)
    return found


@settings(max_examples=max(8, settings.default.max_examples // 6))
@given(histories)
def test_it_counts_as_ten_lines_of_python_do(told):
    events = [contract(who, (datetime(2025, 1, 1) + timedelta(days=day)).isoformat(), outcome, cents / 4) for who, day, outcome, cents in told]
    asked = journal(*events, until("2025-09-02"))
    expected = defaultdict(lambda: [0, 0, 0.0, 0.0])
    for (_, month), (opening, closing) in oracle(told).items():
        sums = expected[month]
        sums[0] += opening is not None
        sums[1] += opening is not None and closing is None
        sums[2] += opening or 0
        sums[3] += closing or 0
    bridge = [{name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in answer(revenue_bridge, asked).to_pylist()]
    assert [(row["period"], row["customers"], row["opening"], row["closing"]) for row in bridge] == [(month, sums[0], sums[2], sums[3]) for month, sums in sorted(expected.items())]
    assert all(row["opening"] + row["new"] + row["returned"] + row["expansion"] + row["price_rises"] - row["contraction"] - row["churned"] == row["closing"] for row in bridge)
    assert [(row["period"], row["n"], row["lost"]) for row in answer(retention, asked, floor=1).to_pylist()] == [(month, sums[0], sums[1]) for month, sums in sorted(expected.items()) if sums[0]]


def test_periods_have_figures_from_the_day_since_which_ends_are_on_record():
    told = [*(contract(f"c{n}", "2024-01-15", "started", 10) for n in range(3)), contract("c1", "2024-05-20", "ended"), until("2024-07-01")]

    def states(**settled):
        return [state for (state,) in rows(retention(journal(*told, contracts=settled), floor=2), "state")]

    early = "before ends were recorded"
    assert states() == [early, early, early, "ok", "ok"]
    assert states(ends_since="2024-03-02") == [early, early, "ok", "ok", "ok"]
