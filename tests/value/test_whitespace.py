import pytest

from kundig.value.customer_roi import customer_roi
from kundig.value.engagement import engagement
from kundig.value.engagement_members import engagement_members
from kundig.value.expansion_candidates import expansion_candidates
from kundig.value.unused_features import unused_features
from kundig.value.whitespace import whitespace
from tests.value.told import contract, journal, rows, until


def bought(who, product, amount=10):
    return {"subject": who, "kind": "order", "product": product, "occurred_at": "2026-01-05", "amount": amount}


# Everybody has a watch or a case; half of those with a watch have a strap as well, a tenth of the others.
SHOP = [bought(f"c{n:03}", ("Case", "Watch")[n % 2]) for n in range(200)] + [bought(f"c{n:03}", "Strap", 20) for n in range(200) if n % 4 == 1 or n % 20 == 2]


def test_straps_go_with_watches_and_watches_apart_from_cases():
    found = rows(whitespace(journal(*SHOP)), "held", "candidate", "verdict")
    assert found[0] == ("Watch", "Strap", "goes together")
    assert ("Watch", "Case", "goes apart") in found
    [row] = [row for row in rows(whitespace(journal(*SHOP))) if (row["held"], row["candidate"]) == ("Watch", "Strap")]
    assert (row["n"], row["share"], row["share_others"], row["candidates"], row["price"], row["expected"]) == (100, 0.5, 0.1, 50, 20.0, 500.0)
    assert row["low"] < 5 < row["high"]


def test_what_nobody_has_together_does_not_go_together_and_one_customer_is_chance():
    # Eve collects: one of thirty with a lamp has a rug as well, one other of a thousand has one; nobody at all has lamp and vase.
    home = [bought(f"c{n:04}", "Lamp" if n < 30 else "Chair") for n in range(1030)] + [bought("c0001", "Rug"), bought("c0900", "Rug"), bought("c0901", "Vase")]
    found = {(held, candidate): row for held, candidate, *row in rows(whitespace(journal(*home)), "held", "candidate", "share", "verdict")}
    assert found["Lamp", "Vase"] == [0.0, "no difference shown"]
    assert found["Lamp", "Rug"] == [1 / 30, "no difference shown"]


def test_whoever_has_a_watch_and_no_strap_is_a_candidate():
    found = rows(expansion_candidates(journal(*SHOP)), "customer_id", "candidate", "because", "expected")
    assert found[:2] == [("c003", "Strap", "Watch", 10.0), ("c007", "Strap", "Watch", 10.0)]
    assert {row[1] for row in found if row[2] == "Watch"} == {"Strap"}
    assert len([row for row in found if row[1] == "Strap" and row[2] == "Watch"]) == 50


def test_a_few_holders_say_nothing():
    few = [bought("ada", "Watch"), bought("ada", "Strap"), bought("ben", "Watch")]
    assert {row[0] for row in rows(whitespace(journal(*few)), "state")} == {"too few customers"}
    assert rows(expansion_candidates(journal(*few))) == []


def test_a_feature_that_others_with_the_same_product_use():
    use = [{"subject": f"c{n:03}", "kind": "usage", "occurred_at": "2026-01-06", "properties": {"feature": "alarm"}} for n in range(1, 41, 2)]
    assert rows(unused_features(journal(*SHOP, *use)), "product", "feature", "state", "n", "unused") == [("Strap", "alarm", "ok", 60, 50), ("Watch", "alarm", "ok", 100, 80)]


def goal(who, at, outcome, quantity, amount=None, **properties):
    return {"subject": who, "kind": "goal", "case_id": f"{who}'s goal", "occurred_at": at, "outcome": outcome, "quantity": float(quantity), "amount": amount, "properties": properties}


def test_what_the_company_measured_is_the_high_end_and_what_the_customer_confirmed_the_low():
    told = [
        contract("ada", "2025-01-01", "started", 10), goal("ada", "2025-01-01", "agreed", 100, 5, baseline="20"), goal("ada", "2026-01-01", "measured", 60, confirmed_by="company"),
        contract("ben", "2025-01-01", "started", 10), goal("ben", "2025-01-01", "agreed", 5, 30, baseline="15"), goal("ben", "2026-01-01", "measured", 4, confirmed_by="customer"),
        goal("cyd", "2025-12-01", "agreed", 100, 5, baseline="20"),
        until("2026-01-01"),
    ]  # fmt: skip
    found = rows(customer_roi(journal(*told)), "customer_id", "state", "confirmed", "reached", "value_low", "value_high", "price", "roi_high")
    assert found[0] == ("ada", "ok", 0, 0, 0.0, 200.0, pytest.approx(119.92, abs=0.01), pytest.approx(200 / 119.92 - 1, abs=1e-3))
    assert found[1][:6] == ("ben", "ok", 1, 1, 330.0, 330.0)
    assert found[2] == ("cyd", "not measurable yet", 0, 0, None, None, None, None)


@pytest.mark.parametrize(("places", "described"), [(("shop",), ["not seen for long", "seen lately"]), (("shop", "web"), ["at fewer touchpoints than most", "at more touchpoints than most"])])
def test_where_there_is_one_touchpoint_nobody_is_at_more_of_them(places, described):
    silent = [{"subject": f"{who}{n}", "kind": "visit", "touchpoint": "shop", "occurred_at": "2025-01-05"} for who in "cd" for n in range(20)]
    there = [{"subject": f"d{n}", "kind": "visit", "touchpoint": place, "occurred_at": f"2026-06-{1 + n:02}"} for n in range(20) for place in places]
    # Not all of them come equally often, so that frequency tells less than the rest.
    there += [{"subject": f"d{n}", "kind": "visit", "touchpoint": "shop", "occurred_at": f"2026-06-{day:02}"} for n in range(0, 20, 2) for day in (21, 22)]
    assert [row[0] for row in rows(engagement(journal(*silent, *there)), "described")] == described


def test_engaged_promoters_are_many_days_there_and_distant_ones_are_not():
    told = []
    for number in range(40):
        told += [(f"c{number}", "visit", f"2026-01-{1 + day:02}") for day in range(25 if number % 2 else 2)]
        told += [{"subject": f"c{number}", "kind": "feedback", "metric": "nps", "score": 10.0, "occurred_at": "2026-01-01"}]
        told += [{"subject": f"c{number}", "kind": "call", "occurred_at": "2026-01-02", "properties": {"concern": "line" if number % 2 else "bill"}}]
    assert rows(engagement(journal(*told)), "segment", "state", "n", "share", "described", "pain", "pain_lift") == [
        ("distant promoters", "ok", 20, 0.5, "not seen for long", "bill", 2.0), ("engaged promoters", "ok", 20, 0.5, "seen lately", "line", 2.0),
    ]  # fmt: skip
    assert {(who, segment) for who, segment in rows(engagement_members(journal(*told)), "customer_id", "segment")} == {(f"c{n}", ("distant promoters", "engaged promoters")[n % 2]) for n in range(40)}
