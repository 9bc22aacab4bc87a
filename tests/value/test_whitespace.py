import pytest

from kundig.value.customer_roi import customer_roi
from kundig.value.depth import FEATURES
from kundig.value.engagement import engagement
from kundig.value.engagement_members import engagement_members
from kundig.value.expansion_candidates import expansion_candidates
from kundig.value.portraits import portrait
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
    # Eve collects: one of thirty with a lamp has a rug as well, one other of a thousand has one; nobody at all has lamp and vase, or lamp and chair.
    home = [bought(f"c{n:04}", "Lamp" if n < 30 else "Chair") for n in range(1030)] + [bought("c0001", "Rug"), bought("c0900", "Rug"), bought("c0901", "Vase")]
    found = {(held, candidate): row for held, candidate, *row in rows(whitespace(journal(*home)), "held", "candidate", "share", "verdict")}
    assert found["Lamp", "Rug"] == [1 / 30, "no difference shown"]
    assert found["Lamp", "Chair"] == [0.0, "goes apart"]
    # Of thirty in a thousand none is expected to have the one vase: that nobody has it tells nothing.
    assert ("Lamp", "Vase") not in found


def test_whoever_has_a_watch_and_no_strap_is_a_candidate():
    found = rows(expansion_candidates(journal(*SHOP)), "customer_id", "candidate", "because", "expected")
    assert found[:2] == [("c003", "Strap", "Watch", 10.0), ("c007", "Strap", "Watch", 10.0)]
    assert {row[1] for row in found if row[2] == "Watch"} == {"Strap"}
    assert len([row for row in found if row[1] == "Strap" and row[2] == "Watch"]) == 50


def test_a_product_that_others_with_the_same_have_a_little_oftener_by_chance_is_nobodys_candidate_and_stays_visible():
    # Twelve of a hundred with a watch have a clock, eight of a hundred with a case: chance alone gives more than that.
    clocks = [bought(f"c{n:03}", "Clock", 500) for n in [*range(1, 25, 2), *range(0, 16, 2)]]
    shop = journal(*SHOP, *clocks)
    found = rows(whitespace(shop), "held", "candidate", "state", "candidates", "expected", "verdict")
    assert found[0] == ("Watch", "Strap", "ok", 50, 500.0, "goes together")
    assert ("Watch", "Clock", "ok", 88, None, "no difference shown") in found
    assert [row[-1] for row in found] == sorted((row[-1] for row in found), key=lambda verdict: verdict != "goes together")
    assert {row[1] for row in found if row[-1] == "goes together"} == {row[1] for row in rows(expansion_candidates(shop, most=9), "customer_id", "candidate")} == {"Strap", "Watch"}


def test_of_several_candidates_the_one_worth_most_comes_first_and_each_says_what_it_goes_with():
    # Who has a watch has a strap and a bag oftener; with a bag a strap still oftener. A ring has no price that is known.
    shop = [*SHOP, *(bought(f"c{n:03}", "Bag", 7) for n in range(200) if n % 4 == 1 or n % 20 == 3), *(bought(f"c{n:03}", "Ring", None) for n in range(200) if n % 4 == 1)]
    found = rows(expansion_candidates(journal(*shop), most=3), "customer_id", "candidate", "because", "n", "expected", "lift_low")
    assert found[0][:5] == ("c003", "Strap", "Bag", 60, pytest.approx(50 / 60 * 20, abs=1e-4))
    assert [row[:5] for row in found if row[0] == "c007"] == [("c007", "Strap", "Watch", 100, 10.0), ("c007", "Bag", "Watch", 100, 4.2), ("c007", "Ring", "Watch", 100, None)]
    assert min(row[5] for row in found) > 1
    assert [row[4] or 0 for row in found] == sorted((row[4] or 0 for row in found), reverse=True)
    first = rows(expansion_candidates(journal(*shop)), "customer_id", "candidate")
    assert len(first) == len(dict(first))
    assert ("c007", "Strap") in first


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


def rated(who, score, metric="stars", at="2026-01-03"):
    return {"subject": who, "kind": "feedback", "metric": metric, "score": float(score), "occurred_at": at}


def test_who_only_gave_stars_is_satisfied_or_not_and_no_promoter():
    # Ada gave stars twice, and the later ones count; Cyd was asked whether he recommends, Dan answered a question about satisfaction, Eve about effort.
    told = [rated("ada", 1), rated("ada", 5, at="2026-01-04"), rated("ben", 2), rated("fay", 3), rated("cyd", 5), rated("cyd", 0, "nps", "2026-01-01"), rated("dan", 4, "csat"), rated("eve", 7, "ces")]
    found = {who: row for who, *row in rows(engagement_members(journal(*told)), "customer_id", "recommends", "satisfied", "segment")}
    assert {who: (recommends, satisfied, segment.partition(" ")[2]) for who, (recommends, satisfied, segment) in found.items()} == {
        "ada": ("not asked", "satisfied", "satisfied"), "ben": ("not asked", "dissatisfied", "dissatisfied"), "fay": ("not asked", "neutral", "neutral"),
        "cyd": ("detractor", "satisfied", "detractors"), "dan": ("not asked", "satisfied", "satisfied"), "eve": ("not asked", None, "not asked"),
    }  # fmt: skip


def test_a_company_that_asks_for_stars_alone_has_kinds_of_customers_too():
    told = [rated(f"c{number}", (5, 1)[number % 2]) for number in range(40)]
    assert rows(engagement(journal(*told)), "segment", "state", "n") == [("engaged dissatisfied", "ok", 20), ("engaged satisfied", "ok", 20)]
    alike = {f"away_{name}": 0.0 for name in FEATURES}
    assert portrait({"segment": "engaged satisfied", **alike}, {}, "en") == "Close satisfied customers who were not asked whether they recommend: much like all customers."
    assert portrait({"segment": "distant neutral", **alike}, {}, "de") == "Lose verbundene weder zufriedene noch unzufriedene Kunden, die nicht nach ihrer Empfehlung gefragt wurden: den Kunden im Ganzen ähnlich."
