"""What was planted in prices, self-service, spend and retention is found by the room of value; its decoys are not."""

from __future__ import annotations

import pytest

from kundig.value.cost_to_serve import cost_to_serve
from kundig.value.effects import effects
from kundig.value.loyalty_penalty import loyalty_penalty
from kundig.value.retention import retention
from kundig.value.revenue_bridge import revenue_bridge
from kundig.value.right_channel import right_channel
from kundig.value.segment_lift import segment_lift
from tests.recovery.known import asked, known


@pytest.fixture(scope="module")
def journal(company):
    return known(company)


def test_customers_of_many_years_pay_a_penalty_in_one_tariff_only(company, journal):
    planted = company.truth["3_loyalty_penalty"]
    rows = {(row["product"], row["tenure"]): row for row in asked(journal, loyalty_penalty)}
    assert {key for key, row in rows.items() if row["verdict"] == "penalty"} <= {("Nordwind L", "over 36"), ("Nordwind L", "all")}
    found = rows["Nordwind L", "over 36"]
    assert (found["verdict"], found["percent"]) == ("penalty", pytest.approx(100 * planted["size"], abs=0.6))
    assert found["a_year"] > 0
    assert rows["Nordwind S", "over 36"]["verdict"] == "no difference shown"
    hardware = rows["Nordwind M", "over 36"]
    assert (hardware["verdict"], hardware["percent"], hardware["raw_difference"] > 5) == ("explained", 0.0, True)


def test_self_service_only_delays_one_concern(company, journal):
    planted = company.truth["10_self_service"]
    rows = {row["concern"]: row for row in asked(journal, right_channel) if row["state"] == "ok"}
    assert set(rows) == {"line fault", *planted["decoy"]}
    assert {name for name, row in rows.items() if row["verdict"] == "self-service only delays"} == {"line fault"}
    assert rows["line fault"]["resolution_low"] - 0.03 < 1 - planted["size"]["line fault"] < rows["line fault"]["resolution_high"] + 0.01
    for name in planted["decoy"]:
        assert rows[name]["verdict"] == "self-service solves as well"
        assert rows[name]["resolution_low"] - 0.01 < 1 - planted["size"]["calls again"] < rows[name]["resolution_high"] + 0.01


def test_a_line_fault_that_begins_in_the_app_takes_more_contacts_than_other_concerns_there(company, journal):
    rows = asked(journal, cost_to_serve, by="channel, concern")
    app = {row["concern"]: row for row in rows if row["channel"] == "app" and row["concern"] in {"line fault", *company.truth["10_self_service"]["decoy"]}}
    assert max(app, key=lambda concern: app[concern]["contacts"] / app[concern]["n"]) == "line fault"
    assert app["line fault"]["solved_7_high"] < min(row["solved_7_low"] for concern, row in app.items() if concern != "line fault")


def test_advocates_spend_more_and_much_of_it_is_their_tariff_and_age(company, journal):
    planted = company.truth["11_advocates"]["size"]
    [row] = asked(journal, segment_lift, segment="advocates", confidence=0.999)
    assert row["state"] == "ok"
    assert row["raw_low"] < planted["all"] < row["raw_high"]
    assert row["low"] < planted["own"] < row["high"]
    assert row["explained"] > 0.04, "the raw difference is no lift"


def test_the_retention_call_keeps_customers_and_the_newsletter_is_no_evidence(company, journal):
    planted = company.truth["12_retention_call"]
    rows = {row["programme"]: row for row in asked(journal, effects, confidence=0.999)}
    assert (rows["Newsletter"]["design"], rows["Newsletter"]["verdict"]) == ("none", "no evidence possible")
    call = rows["Rückruf"]
    assert (call["design"], call["state"]) == ("hold-out", "ok")
    assert call["low"] < planted["size"] < call["high"]
    assert call["always_high"] - call["always_low"] > call["high"] - call["low"]


def test_no_programme_is_said_to_do_what_a_segment_only_goes_with(journal):
    assert {row["verdict"] for row in asked(journal, effects)} <= {"helps", "no effect shown", "no evidence possible"}


def test_the_bridge_adds_up_and_the_lost_are_those_who_left(company, journal):
    rows = asked(journal, revenue_bridge)
    assert all(row["opening"] + row["new"] + row["returned"] + row["expansion"] + row["price_rises"] - row["contraction"] - row["churned"] == row["closing"] for row in rows)
    lost = sum(row["lost"] for row in asked(journal, retention))
    [(ended,)] = company.rows("SELECT count(*) FROM told WHERE kind = 'contract' AND outcome = 'ended' AND moment < '2026-06-01'")
    [(within,)] = company.rows(
        "SELECT count(*) FROM (SELECT person, min(moment) FILTER (outcome = 'started') AS a, max(moment) FILTER (outcome = 'ended') AS b FROM told WHERE kind = 'contract' GROUP BY person) WHERE date_trunc('month', a) = date_trunc('month', b) AND b < '2026-06-01'"
    )
    assert lost == ended - within
