"""Times, numbers and money as German and other files write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import TICKETS, Company, imported, quarantine, told

from kundig.errors import SourceError

HEAD = "id;customer;created;value\n"


def source(**mapping: Any) -> dict[str, Any]:
    return TICKETS | {"events": {"kind": "payment", "subject": "crm:{customer}", "at": "created", **mapping}}


def csv(*values: str, column: str = "value") -> str:
    rows = [f"{n};ada;{'2025-01-02' if column == 'value' else value};{value if column == 'value' else ''}" for n, value in enumerate(values)]
    return HEAD + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.234,56", "1234.5600"), ("-0,5 %", "-0.5000"), ("0,1", "0.1000"), ("12 345 678,9", "12345678.9000"), ("99,95 €", "99.9500"),
        ("EUR 5,00", "5.0000"), ("7,25-", "-7.2500"), ("\u22127,25", "-7.2500"), ("99.999.999.999.999,9999", "99999999999999.9999"), ("007", "7.0000"),
    ],
)  # fmt: skip
def test_german_money_is_exact(company: Company, written: str, amount: str) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("1,50", written)})
    imported(workspace)
    assert told(workspace, "events", "amount", where="event_id IS NOT NULL", order="amount = 1.5 DESC") == [{"amount": Decimal("1.5000")}, {"amount": Decimal(amount)}]


@pytest.mark.parametrize(("written", "amount"), [("1,234.56", "1234.5600"), ("0.1", "0.1000"), ("$5.00", "5.0000"), ("1'234.5", "1234.5000"), (".5", "0.5000"), ("-3", "-3.0000")])
def test_money_with_a_point_is_exact(company: Company, written: str, amount: str) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("1.50", written)})
    imported(workspace)
    assert told(workspace, "events", "amount", order="amount = 1.5 DESC") == [{"amount": Decimal("1.5000")}, {"amount": Decimal(amount)}]


def test_money_adds_up_to_the_cent(company: Company) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(*["0.1", "0.2"] * 500)})
    imported(workspace)
    assert told(workspace, "events", "sum(amount) AS total") == [{"total": Decimal("150.0000")}]


@pytest.mark.parametrize("junk", ["12,3,4", "1e5", "abc", "nan", "Infinity", "1.2.3", "--5", "0x10"])
def test_what_is_no_number_goes_to_quarantine(company: Company, junk: str) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("1,50", "2,50", junk)})
    assert imported(workspace) == [{"rows": 3, "events_added": 2, "quarantined": 1}]
    assert quarantine(workspace, "line, reason") == [{"line": 4, "reason": f"amount: not a number: {junk}"}]


@pytest.mark.parametrize("values", [["1.234"], ["1.234", "5", "12.000"], ["1,234"]])
def test_a_decimal_sign_that_no_row_decides_is_asked_for(company: Company, values: list[str]) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(*values)})
    with pytest.raises(SourceError) as error:
        imported(workspace)
    assert str(error.value) == (
        f"sources.pay: the column 'value' can be read in two ways: {values[0]!r} fits the decimal sign ',' or '.', and no row decides it; "
        "write `decimal: ','` (or the other) under `read:`, or under `formats:` for this column alone"
    )


@pytest.mark.parametrize(("keys", "amount"), [({"read": {"csv": "pay.csv", "decimal": ","}}, "1234"), ({"formats": {"value": "."}}, "1.234")])
def test_a_declared_decimal_sign_decides(company: Company, keys: dict[str, Any], amount: str) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}} | keys}, {"pay.csv": csv("1.234")})
    imported(workspace)
    assert told(workspace, "events", "amount") == [{"amount": Decimal(amount)}]


def test_a_row_far_below_decides_what_the_first_leave_open(company: Company) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(*["1.234"] * 3000, "5,50")})
    assert imported(workspace) == [{"rows": 3001, "events_added": 3001}]
    assert told(workspace, "events", "amount, count(*) AS n", where="true GROUP BY amount") == [{"amount": Decimal("5.5000"), "n": 1}, {"amount": Decimal("1234.0000"), "n": 3000}]


def test_a_column_that_begins_with_whole_numbers_may_go_on_with_fractions(company: Company) -> None:
    values = [str(n) for n in range(2500)] + ["12,5"]
    workspace = company({"pay": source(quantity="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(*values)})
    assert imported(workspace) == [{"rows": 2501, "events_added": 2501}]
    assert told(workspace, "events", "sum(quantity) AS total") == [{"total": 2499 * 2500 / 2 + 12.5}]


def test_one_number_may_stand_for_every_row(company: Company) -> None:
    workspace = company({"pay": source(amount=20, quantity=0.00001) | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("", "x")})
    imported(workspace)
    assert told(workspace, "events", "amount, quantity") == [{"amount": Decimal(20), "quantity": 0.00001}] * 2


def test_an_empty_number_is_none(company: Company) -> None:
    workspace = company({"pay": source(amount="value") | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("", " ", "1,5")})
    imported(workspace)
    assert told(workspace, "events", "amount") == [{"amount": Decimal("1.5")}, {"amount": None}, {"amount": None}]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("31.12.2025 14:05", "2025-12-31T13:05:00+00:00"), ("31.12.2025 14:05:09", "2025-12-31T13:05:09+00:00"), ("31.12.2025", "2025-12-30T23:00:00+00:00"),
        ("1.2.25", "2025-01-31T23:00:00+00:00"), ("31.12.2025, 14:05", "2025-12-31T13:05:00+00:00"), ("2025-07-01", "2025-06-30T22:00:00+00:00"),
        ("2025-07-01 10:00", "2025-07-01T08:00:00+00:00"), ("2025-07-01T10:00:00.250", "2025-07-01T08:00:00.250000+00:00"),
        ("2025-07-01T10:00:00Z", "2025-07-01T10:00:00+00:00"), ("2025-07-01T10:00:00+05:30", "2025-07-01T04:30:00+00:00"), ("2025-07-01 10:00:00.5+02", "2025-07-01T08:00:00.500000+00:00"),
        ("28/04/2025", "2025-04-27T22:00:00+00:00"), ("04/28/2025 1:30", "2025-04-27T23:30:00+00:00"), ("2025/4/28", "2025-04-27T22:00:00+00:00"), ("20250428", "2025-04-27T22:00:00+00:00"),
        ("20250428T101500", "2025-04-28T08:15:00+00:00"), ("20250428T101500Z", "2025-04-28T10:15:00+00:00"), ("1745834400", "2025-04-28T10:00:00+00:00"), ("1745834400123", "2025-04-28T10:00:00.123000+00:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_it_is_written(company: Company, written: str, moment: str) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(written, column="created")})
    imported(workspace)
    assert told(workspace, "events", "occurred_at") == [{"occurred_at": moment}]


@pytest.mark.parametrize("junk", ["29.02.2025", "31.04.2025 10:00", "00.01.2025", "31.12.2025 25:00", "gestern", "32.01.2025"])
def test_a_day_that_is_none_goes_to_quarantine(company: Company, junk: str) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("31.12.2025", "28.02.2025 10:00", junk, column="created")})
    assert imported(workspace) == [{"rows": 3, "events_added": 2, "quarantined": 1}]
    assert quarantine(workspace, "line, reason") == [{"line": 4, "reason": f"at: not a time: {junk}"}]


def test_days_and_months_that_no_row_tells_apart_are_asked_for(company: Company) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("03/04/2025", "05/06/2025", column="created")})
    with pytest.raises(SourceError, match=r"'03/04/2025' fits the date format 'dd/mm/yyyy' or 'mm/dd/yyyy', and no row decides it; write `dates: 'dd/mm/yyyy'` \(or the other\) under `read:`"):
        imported(workspace)


def test_one_row_far_below_tells_days_from_months(company: Company) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(*["03/04/2025"] * 3000, "04/28/2025", column="created")})
    assert imported(workspace) == [{"rows": 3001, "events_added": 3001}]
    assert told(workspace, "events", "min(occurred_at) AS first") == [{"first": "2025-03-03T23:00:00+00:00"}]


@pytest.mark.parametrize("form", ["dd/mm/yyyy", "%d/%m/%Y"])
def test_a_declared_date_format_decides(company: Company, form: str) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv", "dates": form}}}, {"pay.csv": csv("03/04/2025", column="created")})
    imported(workspace)
    assert told(workspace, "events", "occurred_at") == [{"occurred_at": "2025-04-02T22:00:00+00:00"}]


def test_an_unknown_date_format_is_named_with_the_nearest(company: Company) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}, "formats": {"created": "dd.mm.yyy"}}}, {"pay.csv": csv("03.04.2025", column="created")})
    with pytest.raises(SourceError, match=r"unknown date format 'dd\.mm\.yyy'; did you mean 'dd\.mm\.yyyy'"):
        imported(workspace)


def test_the_hour_that_comes_twice_is_counted_and_the_skipped_one_read_on(company: Company) -> None:
    times = ["2025-10-26 01:59", "2025-10-26 02:30", "2025-10-26 03:00", "2025-03-30 02:30"]
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(*times, column="created")})
    assert imported(workspace) == [{"rows": 4, "events_added": 4, "ambiguous_times": 1}]
    assert told(workspace, "events", "occurred_at") == [
        {"occurred_at": "2025-03-30T01:30:00+00:00"},
        {"occurred_at": "2025-10-25T23:59:00+00:00"},
        {"occurred_at": "2025-10-26T01:30:00+00:00"},
        {"occurred_at": "2025-10-26T02:00:00+00:00"},
    ]


def test_a_time_that_names_its_zone_is_never_ambiguous(company: Company) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("2025-10-26T02:30:00+01:00", "2025-10-26T01:30:00Z", column="created")})
    assert imported(workspace) == [{"rows": 2, "events_added": 2}]


def test_a_source_may_have_its_own_zone(company: Company) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}, "zone": "America/Sao_Paulo"}}, {"pay.csv": csv("2025-07-01 10:00", column="created")})
    imported(workspace)
    assert told(workspace, "events", "occurred_at") == [{"occurred_at": "2025-07-01T13:00:00+00:00"}]


def test_a_zone_that_is_none_is_named_with_its_line(company: Company) -> None:
    with pytest.raises(Exception, match=r"kundig\.yaml:\d+: sources\.pay\.zone: expected an IANA time zone such as Europe/Berlin, found 'Berlin'"):
        company({"pay": source() | {"read": {"csv": "pay.csv"}, "zone": "Berlin"}}, {"pay.csv": csv("2025-07-01 10:00", column="created")})


def test_columns_of_one_letter_are_properties_like_others(company: Company) -> None:
    workspace = company({"pay": source(properties=["e", "v", "k"]) | {"read": {"csv": "pay.csv"}}}, {"pay.csv": "id,customer,created,e,v,k\n1,ada,2025-01-02,x,y,\n"})
    imported(workspace)
    assert told(workspace, "events", "properties") == [{"properties": [("e", "x"), ("v", "y")]}]


def test_leading_zeros_stay(company: Company) -> None:
    mapping = {"case_id": "value", "product": "value", "properties": ["value"]}
    workspace = company({"pay": source(**mapping) | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv("0007")})
    imported(workspace)
    assert told(workspace, "events", "case_id, product, properties") == [{"case_id": "0007", "product": "0007", "properties": [("value", "0007")]}]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2015-02-24 11:35:52 -0800", "2015-02-24T19:35:52+00:00"),
        ("2015-02-24 11:35:52 +01:00", "2015-02-24T10:35:52+00:00"),
        ("2/24/2015 11:35:52 PM", "2015-02-24T22:35:52+00:00"),
        ("24.02.2015 09:05", "2015-02-24T08:05:00+00:00"),
        ("23rd October 2023", "2023-10-22T22:00:00+00:00"),
        ("Oct 31, 2017 09:15", "2017-10-31T08:15:00+00:00"),
        ("Dienstag, 3. März 2026", "2026-03-02T23:00:00+00:00"),
        ("12. Dez. 2025 18:30", "2025-12-12T17:30:00+00:00"),
        ("5. Mai 2025", "2025-05-04T22:00:00+00:00"),
        ("7. Jänner 2025", "2025-01-06T23:00:00+00:00"),
        ("Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47+00:00"),
        ("Tue, 31 Oct 2017 22:10:47 GMT", "2017-10-31T22:10:47+00:00"),
    ],
)
def test_times_with_zones_half_days_and_months_in_words_are_read(company: Company, written: str, meant: str) -> None:
    workspace = company({"pay": source() | {"read": {"csv": "pay.csv"}}}, {"pay.csv": csv(written, column="created")})
    assert imported(workspace) == [{"rows": 1, "events_added": 1}]
    assert told(workspace, "events", "occurred_at") == [{"occurred_at": meant}]
