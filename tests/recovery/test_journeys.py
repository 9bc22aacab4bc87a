"""What was planted in journeys is found by their analyses; what only looks alike is not."""

from __future__ import annotations

from datetime import date

from tests.recovery.noise import times_is


def test_every_third_billing_case_waits_for_technology_and_is_sent_back(company):
    planted = company.truth["5_interlocks"]["size"]
    rows = {(row["source"], row["target"]): row for row in company.ask("journeys.interlocks")}
    there, back = rows["billing", "technology"], rows["technology", "billing"]
    [(cases,)] = company.rows("SELECT count(DISTINCT case_id) FROM told WHERE kind = 'case_opened' AND touchpoint = 'support.billing'")
    assert abs(there["n"] / cases - planted["share"]) < 0.08
    assert there["sent_back_share"] > 0.9
    assert back["median_low_seconds"] - 86_400 <= planted["median_days"] * 86_400 <= back["median_high_seconds"] + 86_400


def test_the_handover_over_the_weekend_takes_hardly_a_working_day(company):
    source, target = company.truth["5_interlocks"]["decoy"]["flow"]
    [row] = [row for row in company.ask("journeys.interlocks") if (row["source"], row["target"]) == (source, target)]
    assert (row["median_seconds"] > 2.5 * 86_400, row["working_median_seconds"] < 1.5 * 86_400) == (True, True)


def test_whoever_owes_the_first_use_leaves_more_than_twice_as_often(company):
    rule = "response(contract, usage) within 14 days"
    late = {row["event_id"] for row in company.ask("journeys.violations", rules=rule, unit="customer", state="violated")}
    company.con.execute("CREATE OR REPLACE TEMP TABLE late AS SELECT unnest(?) AS event_id", [sorted(late)])
    first_year = "date_diff('month', started, month) BETWEEN 1 AND 12 AND started >= '2024-01-01'"
    silent = "person IN (SELECT person FROM told WHERE outcome = 'started' AND event_id IN (SELECT event_id FROM late))"
    others = "NOT slow_porting AND NOT repeated_errors AND NOT handed_around"
    [row] = company.rows(f"SELECT count(*) FILTER (leaves AND {silent}), count(*) FILTER ({silent}), count(*) FILTER (leaves AND NOT {silent}), count(*) FILTER (NOT {silent}) FROM panel WHERE {first_year} AND {others}")
    assert times_is(*row, company.truth["9_onboarding_silence"]["size"], slack=0.2)


def test_the_call_centre_is_silent_in_its_outage_and_its_customers_are_not(company):
    planted = company.truth["13_silent_source"]
    last = date.fromisoformat(planted["from"]).toordinal() + planted["days"] - 1
    rows = company.ask("journeys.silences", as_of=date.fromordinal(last).isoformat())
    assert [row["source"] for row in rows if row["what"] == "source" and row["state"] == "silent"] == [planted["source"]]
    assert [row for row in rows if row["what"] == "customer" and row["source"] == planted["source"]] == []
    found = [row for row in company.ask("journeys.anomalies", by="source", kind="call", every="day") if row["group"] == planted["source"] and row["state"] == "anomaly"]
    assert [row["direction"] for row in found] == ["lower"]
    assert abs(found[0]["since"].toordinal() - date.fromisoformat(planted["from"]).toordinal()) <= 1
    assert abs(found[0]["until"].toordinal() - last) <= 1


def test_the_field_service_that_rests_each_winter_is_no_silent_source(company):
    decoy = company.truth["13_silent_source"]["decoy"]
    [row] = [row for row in company.ask("journeys.silences", as_of="2026-01-06") if row["what"] == "source" and row["source"] == decoy["source"]]
    assert (row["state"] in {"heard", "as last year"}, row["silent_seconds"] > 13 * 86_400) == (True, True)


def test_waiting_is_longer_in_one_region_since_one_week_and_in_december_everywhere(company):
    planted = company.truth["14_waiting_time"]
    asked = {"figure": "quantity", "kind": "call", "every": "week"}
    rows = company.ask("journeys.anomalies", by="properties.region", **asked)
    [odd] = [row for row in rows if row["state"] == "anomaly" and row["group"] == planted["region"]]
    assert abs(odd["since"].toordinal() - date.fromisoformat(planted["from"]).toordinal()) <= 7
    assert (odd["times"] / planted["size"] > 0.75, odd["times"] / planted["size"] < 1.25) == (True, True)
    others = [row for row in rows if row["state"] == "anomaly" and row["group"] != planted["region"]]
    assert {row["since"].month for row in others} <= {11, 12}, "a region alone may be too small to know its Decembers"
    everywhere = company.ask("journeys.anomalies", by=None, within="properties.region", **asked)
    assert [row for row in everywhere if row["state"] == "anomaly" and row["since"].month in {11, 12}] == []
    assert {row["concentrated_in"] for row in everywhere if row["state"] == "anomaly"} <= {planted["region"]}
