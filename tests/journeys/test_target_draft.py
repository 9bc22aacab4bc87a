import pytest

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import deviations, target_draft


def rows(table):
    return table.to_pyarrow().to_pylist()


def cases(n, *steps, start=0):
    return [
        {"subject": "ada", "case_id": f"{start + number:03}", "kind": step.split()[0], "occurred_at": f"2026-03-{step.split()[1]:0>2}"} for number in range(n) for step in steps
    ]


MOST = cases(90, "order 1", "pay 2", "delivery 5")
FEW = cases(2, "order 1", "delivery 3", "pay 4", start=900)


def test_what_nearly_all_do_becomes_rules_and_what_few_do_does_not():
    found = rows(target_draft(told([*MOST, *FEW])))
    assert [(row["rule"], row["n"], row["kept"]) for row in found] == [
        ("init(order)", 92, 92),
        ("end(delivery)", 92, 90),
        ("exactly(delivery)", 92, 92), ("exactly(order)", 92, 92), ("exactly(pay)", 92, 92),
        ("response(order, delivery) within 4 days", 92, 92), ("response(order, pay) within 1 day", 92, 92), ("response(pay, delivery) within 3 days", 92, 90),
        ("precedence(order, delivery)", 92, 92), ("precedence(order, pay)", 92, 92), ("precedence(pay, delivery)", 92, 90),
    ]  # fmt: skip
    assert found[1]["low"] < found[1]["share"] == pytest.approx(90 / 92)


def test_a_draft_can_be_asked_at_once():
    journal = told([*MOST, *FEW])
    text = "; ".join(row["rule"] for row in rows(target_draft(journal)))
    assert min(row["share"] for row in rows(deviations(journal, rules=text, ended_after="0 days"))) > 0.85


def test_journeys_that_start_elsewhere_can_be_left_out():
    tickets = cases(90, "call 1", "answer 2", start=500)
    assert {row["rule"] for row in rows(target_draft(told([*MOST, *tickets]), starts="call"))} == {
        "init(call)", "end(answer)", "exactly(answer)", "exactly(call)", "response(call, answer) within 1 day", "precedence(call, answer)",
    }  # fmt: skip


def test_a_share_that_is_none_says_what_was_expected():
    with pytest.raises(ArgumentError, match="--kept expects a share between 0 and 1 such as 0.9, found 90.0"):
        target_draft(told([]), kept=90.0)
