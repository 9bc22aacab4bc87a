from decimal import Decimal

import numpy as np
import pytest

from kundig.value.effects import effects
from tests.value.told import contract, journal, rows, until

SEEN = ("programme", "design", "state", "treated", "control", "verdict")


def campaign(who, group, name="call", at="2025-01-01"):
    return {"subject": who, "kind": "campaign", "occurred_at": at, "properties": {"campaign": name, "group": group}}


def test_a_newsletter_that_goes_to_whoever_likes_it_gives_no_evidence():
    told = [campaign(f"c{number}", "reader", "news") for number in range(50)]
    assert rows(effects(journal(*told, until("2026-01-01"))), *SEEN) == [("news", "none", "no evidence possible", 50, 0, "no evidence possible")]


def test_all_who_were_drawn_count_whoever_was_gone_before_does_not():
    told = [campaign(f"c{number}", ("held", "called")[number % 2]) for number in range(120)] + [{"subject": "c7", "kind": "cancellation", "occurred_at": "2024-12-01"}]
    told += [{"subject": f"c{number}", "kind": "cancellation", "occurred_at": "2025-02-01"} for number in range(0, 120, 4)]
    asked = journal(*told, campaign("late", "called", at="2025-12-01"), until("2026-01-01"), programmes={"call back": {"campaign": "call", "control": "held"}})
    assert rows(effects(asked), *SEEN, "effect", "pending") == [("call back", "hold-out", "ok", 59, 60, "helps", 0.5, 1)]


def test_what_is_not_over_has_no_figure():
    told = [campaign(f"c{number}", ("control", "called")[number % 2]) for number in range(120)]
    assert rows(effects(journal(*told, until("2025-02-01"))), *SEEN) == [("call", "hold-out", "not over yet", 0, 0, None)]


def test_each_unit_spent_brings_back_its_margin():
    told = []
    for number in range(200):
        told += [campaign(f"c{number}", ("control", "called")[number % 2])]
        told += [{"subject": f"c{number}", "kind": "invoice", "occurred_at": at, "amount": 20 + number % 5 + 6 * (number % 2) * (at > "2025-01-01")} for at in ("2024-12-01", "2025-02-01")]
    asked = journal(*told, until("2026-01-01"), programmes={"call": {"control": "control", "cost": 3}}, costs={"margin": 0.5})
    [(effect, per_euro, low)] = rows(effects(asked, outcome="revenue"), "effect", "per_euro", "per_euro_low")
    assert (round(effect, 6), round(per_euro, 6)) == (6.0, 1.0)
    assert low > 0.9


def staggered(extra, early=0.0, **settings):
    """Sixty customers touched from one of three months on, sixty never; `extra` is what the touch adds, `early` what they spend more already in the months before."""
    draw = np.random.default_rng(5)
    told = []
    for number in range(120):
        begun = (9, 11, 13)[number % 3] if number % 2 else None
        for month in range(24):
            money = 30 + draw.normal(0, 2) + (extra if begun and month >= begun else 0) + (early if begun and month >= begun - 3 else 0) + 0.5 * month
            told.append({"subject": f"c{number}", "kind": "invoice", "occurred_at": f"{2024 + month // 12}-{1 + month % 12:02}-05", "amount": f"{money:.2f}"})
        if begun:
            told.append({"subject": f"c{number}", "kind": "training", "occurred_at": f"{2024 + begun // 12}-{1 + begun % 12:02}-01", "touchpoint": "course"})
    return journal(*({**event, "amount": Decimal(event["amount"])} if "amount" in event else event for event in told), until("2025-12-31"), programmes={"course": {"touched_by": "course", "cost": 6}}, **settings)


def test_a_course_that_began_at_different_times_is_compared_with_those_not_yet_in_it():
    # Asked for retention, it still tells of revenue, and says so.
    [(programme, design, state, _, _, verdict, outcome, low, effect, high)] = rows(effects(staggered(4.0), outcome="retention", days=91), *SEEN, "outcome", "low", "effect", "high")
    assert (programme, design, state, verdict, outcome) == ("course", "staggered", "ok", "helps", "revenue")
    assert low < 4 < high
    assert abs(effect - 4) < 0.8


def test_an_effect_a_month_brings_back_the_money_of_its_months():
    [(effect, low, per_euro, per_euro_low)] = rows(effects(staggered(4.0, costs={"margin": 0.5}), outcome="revenue", days=91), "effect", "low", "per_euro", "per_euro_low")
    # Three months at half of it, for 6 a customer.
    assert (per_euro, per_euro_low) == pytest.approx((effect * 3 * 0.5 / 6, low * 3 * 0.5 / 6))


def test_of_very_many_customers_those_not_touched_are_drawn_and_those_touched_all_count(monkeypatch):
    monkeypatch.setattr("kundig.value.staggered.MOST_COMPARED", 40)
    [(state, treated, control, low, high)] = rows(effects(staggered(4.0), outcome="revenue", days=91, floor=10), "state", "treated", "control", "low", "high")
    assert (state, treated) == ("ok", 60)
    assert 0 < control <= 40
    assert low < 4 < high


def test_without_an_effect_none_is_shown():
    assert rows(effects(staggered(0.0), outcome="revenue", days=91), "state", "verdict") == [("ok", "no effect shown")]


def test_groups_that_moved_apart_before_give_no_evidence():
    assert rows(effects(staggered(0.0, early=3.0), outcome="revenue", days=91), "state", "verdict") == [("moved apart before", "no evidence possible")]


def newsletter(begins, leave=0.0):
    """Sixty readers of a newsletter that does nothing, first sent at one of two months, and sixty others who pay less; `leave` of these go after it began."""
    draw, told = np.random.default_rng(6), []
    for number in range(120):
        reader, goes = number % 2, (number // 2) % 10 < 10 * leave and not number % 2
        told.append({"subject": f"c{number}", "kind": "visit", "occurred_at": "2023-01-05"})
        told += [
            {"subject": f"c{number}", "kind": "invoice", "occurred_at": f"{2024 + month // 12}-{1 + month % 12:02}-05", "amount": Decimal(f"{30 + 10 * reader + draw.normal(0, 2):.2f}")}
            for month in range(22 if not goes else begins + 2)
        ]
        begun = begins + number % 4 // 2
        if reader:
            told.append({"subject": f"c{number}", "kind": "message_out", "occurred_at": f"{2024 + begun // 12}-{1 + begun % 12:02}-01", "touchpoint": "news"})
        if goes:
            told.append({"subject": f"c{number}", "kind": "cancellation", "occurred_at": f"{2024 + (begins + 2) // 12}-{1 + (begins + 2) % 12:02}-01"})
    return rows(effects(journal(*told, until("2025-10-31"), programmes={"news": {"touched_by": "news"}}), outcome="revenue", days=91), "state", "verdict")


def test_what_was_spent_before_it_was_recorded_is_no_change():
    # Readers pay more all along; of three months before the first newsletter nothing is recorded but one.
    assert newsletter(begins=1) == [("too few customers", None)]
    assert newsletter(begins=8) == [("ok", "no effect shown")]


def test_that_others_leave_more_often_is_not_what_a_newsletter_does_to_its_readers():
    assert newsletter(begins=8, leave=0.4) == [("ok", "no effect shown")]


def test_a_programme_of_which_nothing_is_known_is_told_of_as_well():
    programmes = {"call": {"control": "held"}, "course": {"touched_by": "course"}, "rise": {"since": "2025-03-01", "product": "L"}, "word": {}}
    asked = rows(effects(journal(until("2025-10-31"), programmes=programmes)), *SEEN)
    assert asked == [
        ("call", "none", "no evidence possible", 0, 0, "no evidence possible"), ("course", "staggered", "too few customers", 0, 0, None),
        ("rise", "interrupted", "too few months", 0, 0, None), ("word", "none", "no evidence possible", 0, 0, "no evidence possible"),
    ]  # fmt: skip


def changed(better):
    """Two products of 150 customers each; from July 2025 on fewer leave one of them."""
    draw = np.random.default_rng(7)
    told = []
    for number in range(1200):
        product = ("S", "M")[number % 2]
        told.append(contract(f"c{number}", "2024-05-15", "started", 20, product=product))
        for month in range(24):
            risk = 0.06 if product == "S" or month < 13 else 0.06 - better
            if draw.random() < risk:
                told.append(contract(f"c{number}", f"{2024 + (month + 5) // 12}-{1 + (month + 5) % 12:02}-15", "ended", product=product))
                break
    return journal(*told, until("2026-05-31"), programmes={"better letters": {"since": "2025-07-01", "product": "M", "cost": 2}})


def test_a_change_on_one_day_is_a_step_against_the_other_products():
    [(design, state, verdict, low, high)] = rows(effects(changed(0.04)), "design", "state", "verdict", "low", "high")
    assert (design, state, verdict) == ("interrupted", "ok", "helps")
    assert low < 0.04 < high
    # Each pays 20 a month, and keeps doing so in what more of the months than without.
    [(effect, per_euro, low, high)] = rows(effects(changed(0.04), outcome="revenue", days=91), "effect", "per_euro", "per_euro_low", "per_euro_high")
    assert per_euro == pytest.approx(effect * 3 / 2)
    assert low < 20 * 0.04 * 3 / 2 < high
    assert rows(effects(changed(0.04), days=91), "per_euro") == [(per_euro,)]
    assert rows(effects(changed(0.0)), "verdict") == [("no effect shown",)]


def test_a_change_that_met_everybody_gives_no_evidence():
    told = [contract("ada", "2024-05-15", "started", 20), until("2026-05-31")]
    assert rows(effects(journal(*told, programmes={"new logo": {"since": "2025-07-01"}})), "design", "state") == [("interrupted", "no evidence possible")]
    told = [*told, campaign("ada", "reader", "news")]
    assert rows(effects(journal(*told, programmes={"new logo": {"since": "2025-07-01"}})), "programme", "state") == [("new logo", "no evidence possible"), ("news", "no evidence possible")]


def test_payments_are_what_was_spent_where_nothing_else_has_an_amount():
    from kundig.value.trials import spent

    paid = [{"subject": "ada", "kind": "payment", "occurred_at": "2026-01-05", "amount": 20}, {"subject": "ada", "kind": "order", "occurred_at": "2026-01-04"}]
    billed = [{"subject": "ben", "kind": "invoice", "occurred_at": "2026-01-04", "amount": 7}]
    assert rows(spent(journal(*paid)), "spent_id", "spent") == [("ada", 20)]
    assert rows(spent(journal(*paid, *billed)), "spent_id", "spent") == [("ben", 7)]
