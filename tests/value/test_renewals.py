from datetime import date, datetime
from decimal import Decimal

from kundig.value.contract_faults import contract_faults
from kundig.value.renewal_rate import renewal_rate
from kundig.value.renewals import renewals
from tests.value.told import contract, journal, rows, until

YEAR = {"properties": {"term_months": "12"}}
THREE = [
    contract("ada", "2025-01-31", "started", 30, product="L", **YEAR), contract("ada", "2026-01-31", "renewed", 33, product="L"),
    contract("ben", "2025-02-01", "started", 20, product="S", **YEAR), contract("ben", "2026-01-25", "ended", product="S"),
    contract("cyd", "2025-04-30", "started", 10, product="S", properties={"term_months": "6", "owner": "olga"}),
    {"subject": "cyd", "kind": "feedback", "metric": "nps", "score": 4.0, "occurred_at": "2026-01-10"}, {"subject": "cyd", "kind": "complaint", "occurred_at": "2026-02-10"},
    {"subject": "cyd", "kind": "invoice", "occurred_at": "2026-03-10"},
    until("2026-03-31"),
]  # fmt: skip


def test_half_of_what_fell_due_in_the_first_quarter_was_renewed():
    assert rows(renewal_rate(journal(*THREE), floor=1), "period", "state", "n", "renewed", "amount", "amount_renewed") == [
        (date(2025, 10, 1), "before ends were recorded", 1, 1, 10, 10), (date(2026, 1, 1), "ok", 2, 1, 50, 30),
    ]  # fmt: skip


def test_before_ends_are_on_record_all_seem_to_have_renewed():
    others = [contract(f"c{number}", "2024-11-05", "started", 20, **YEAR) for number in range(3)]
    assert rows(renewal_rate(journal(*others, *THREE), floor=2), "period", "n", "state", "rate") == [(date(2025, 10, 1), 4, "before ends were recorded", None), (date(2026, 1, 1), 2, "ok", 0.5)]
    settled = rows(renewal_rate(journal(*others, *THREE, contracts={"ends_since": "2024-01-01"}), floor=2), "state", "rate")
    assert settled == [("ok", 1.0), ("ok", 0.5)]


def test_the_book_names_the_day_the_owner_and_the_last_signals():
    assert rows(renewals(journal(*THREE))) == [{
        "due": date(2026, 4, 30), "days_left": 30, "contract": "cyd's", "customer_id": "cyd", "n": 1, "product": "S", "amount": 10.0, "owner": "olga", "notice": False,
        "last_seen": datetime(2026, 2, 10), "last_metric": "nps", "last_score": 4.0, "complaints": 1, "cases_opened": 0,
    }]  # fmt: skip


def test_a_term_from_the_last_of_january_ends_on_the_last_of_february():
    monthly = [contract("ada", "2026-01-31", "started", 30), until("2026-02-10")]
    assert rows(renewals(journal(*monthly, contracts={"term_months": 1})), "due") == [(date(2026, 2, 28),)]


def test_without_a_term_nothing_falls_due():
    assert rows(renewals(journal(contract("ada", "2025-01-31", "started", 30), until("2026-03-31")))) == []


def test_faults_are_named_and_the_rest_is_counted():
    faulty = [
        contract("ada", "2026-01-01", "started", 30, currency="USD"),
        contract("ben", "2026-01-01", "started", 20), contract("ben", "2026-02-01", "reduced", -5),
        contract("cyd", "2026-01-01", "ended"), contract("cyd", "2026-01-05", "started", 10), contract("cyd", "2026-01-09", "started", 11),
        contract("dan", "2026-01-01", "started", 10, product="S"), contract("dan", "2026-01-09", "started", 10, case="other", product="S"),
        contract("eve", "2026-01-09", "expanded", 10),
    ]  # fmt: skip
    assert rows(contract_faults(journal(*faulty)), "fault", "customer_id", "event_id") == [
        ("currency without rate", "ada", "e0"), ("ends before it starts", "cyd", "e3"), ("negative amount", "ben", "e2"),
        ("no start", "eve", "e8"), ("overlaps another", "dan", "e7"), ("started twice", "cyd", "e5"),
    ]  # fmt: skip


def test_money_beside_contracts_that_cannot_be_counted_is_named_too():
    bought = [{"subject": who, "kind": "order", "occurred_at": "2026-01-01", "amount": Decimal(9), "currency": currency, "case_id": f"{who}'s"} for who, currency in (("ada", "USD"), ("ben", "EUR"), ("cyd", "CHF"))]
    assert rows(contract_faults(journal(*bought, company={"name": "Nord", "currency": "EUR"}, rates={"CHF": 1})), "fault", "customer_id", "contract") == [("currency without rate", "ada", "ada's")]
