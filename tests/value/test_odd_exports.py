"""Exports as they come: without currency, product or contract number, with amounts that cannot be meant, and with one customer in a cohort."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kundig.analysis import analyses
from kundig.journal import told
from kundig.settings import Settings
from tests.value.told import rows


def change(who, at, outcome, amount=None, **more):
    return {"subject": who, "kind": "contract", "occurred_at": at, "outcome": outcome, "amount": None if amount is None else Decimal(str(amount)), **more}


# Ada's rows have no contract number and no product; Ben's amounts cannot be counted; Cyd ends before she starts, and overlaps; Dan is the only one of his month.
ODD = [
    change("ada", "2025-01-05", "started", 20), change("ada", "2025-06-05", "expanded", 25), change("ada", "2025-06-05", "expanded", 25),
    change("ben", "2025-01-05", "started", -20, case_id="b"), change("ben", "2025-02-05", "expanded", 30, case_id="b", currency="XYZ"), change("ben", "2025-03-05", "expanded", 40, case_id="b"),
    change("cyd", "2025-02-01", "ended", case_id="c", product="L"), change("cyd", "2025-03-01", "started", 10, case_id="c", product="L"), change("cyd", "2025-04-01", "started", 12, case_id="d", product="L"),
    change("dan", "2025-05-05", "started", 0), change("dan", "2025-05-05", "ended"), change("eve", "2025-04-05", "ended"), change("fay", "2025-04-05", None, None),
    {"subject": "ada", "kind": "order", "occurred_at": "2025-03-01", "amount": Decimal(0)}, {"subject": "ben", "kind": "order", "occurred_at": "2025-03-01", "amount": Decimal(-7)},
    {"subject": "cyd", "kind": "order", "occurred_at": "2025-03-01"}, {"subject": "ben", "kind": "invoice", "occurred_at": "2025-03-01", "amount": Decimal(9), "currency": "XYZ"},
    {"subject": "ada", "kind": "call", "occurred_at": "2025-03-01", "quantity": -1.0, "properties": {"concern": "bill"}}, {"subject": "ada", "kind": "feedback", "metric": "nps", "score": 10.0, "occurred_at": "2025-03-01"},
    {"subject": "ada", "kind": "points", "occurred_at": "2025-03-01", "quantity": 0.0}, {"subject": "ben", "kind": "points", "occurred_at": "2025-03-01", "quantity": -5.0},
    {"subject": "ada", "kind": "goal", "occurred_at": "2025-03-01", "outcome": "agreed", "case_id": "g", "quantity": 5.0, "properties": {"baseline": "many"}},
    {"subject": None, "kind": "order", "occurred_at": "2025-03-01", "amount": Decimal(7)}, {"subject": "gil", "kind": "visit", "occurred_at": "2026-01-10"},
]  # fmt: skip
ASKED = [asked for name, asked in analyses().items() if name.startswith("value.")]


@pytest.fixture(scope="module")
def odd():
    return told([{"touchpoint": "anywhere", **event} for event in ODD], settings=Settings.model_validate({"contracts": {"term_months": 12, "pauses": "lost"}, "programmes": {"x": {"touched_by": "anywhere"}}}))


def test_the_rows_that_cannot_be_counted_are_named(odd):
    found = rows(next(asked for asked in ASKED if asked.name == "value.contract_faults").function(odd), "fault", "customer_id")
    assert found == [
        ("currency without rate", "ben"), ("currency without rate", "ben"), ("ends before it starts", "cyd"), ("negative amount", "ben"), ("no start", "eve"), ("no start", "fay"), ("overlaps another", "cyd"),
    ]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_every_answer_is_computed_of_the_rest(asked, odd):
    # With a floor of one every figure is tried.
    table = asked.function(odd, **{argument.name: 1 if argument.name == "floor" else argument.default for argument in asked.arguments}).to_pyarrow()
    assert table.column_names == list(asked.columns)
    for name in table.column_names:
        if name.endswith("low") and (high := f"{name.removesuffix('low')}high") in table.column_names:
            assert [(low, top) for low, top in zip(table[name].to_pylist(), table[high].to_pylist(), strict=True) if low is not None and top is not None and low > top] == []


def test_what_can_be_counted_is_counted(odd):
    bridge = {str(row["period"]): row for row in rows(next(asked for asked in ASKED if asked.name == "value.revenue_bridge").function(odd))}
    assert [bridge[f"2025-{month:02}-01"]["closing"] for month in (1, 3, 4, 6)] == [20.0, 70.0, 82.0, 87.0]


def test_of_a_contract_that_begins_again_in_foreign_money_nothing_is_known():
    """Ada's end is no amount that goes on, and hers, before she starts, tells nobody since when ends are on record."""
    ada = [change("ada", "2024-01-20", "ended", case_id="a"), change("ada", "2024-03-05", "started", 20, case_id="a", currency="XYZ")]
    others = [change(f"c{number}", "2024-01-05", "started", 10) for number in range(3)] + [change("c0", "2025-02-05", "ended"), {"subject": "gil", "kind": "visit", "occurred_at": "2025-04-10"}]
    journal = told([*ada, *others], settings=Settings.model_validate({}))
    ask = {asked.name.removeprefix("value."): asked.function for asked in ASKED}
    assert {row["customers"] for row in rows(ask["revenue_bridge"](journal))} == {0, 3, 2}
    assert [row["state"] for row in rows(ask["retention"](journal, floor=2))] == ["before ends were recorded"] * 12 + ["ok", "ok"]
    again = [*others, change("c0", "2025-03-05", "started", 8)]
    assert rows(ask["revenue_bridge"](told([*ada, *again])))[-1]["closing"] == 28
