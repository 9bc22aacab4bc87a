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
        ("succession(pay, delivery) within 3 days", 92, 90), ("response(order, delivery) within 4 days", 92, 92), ("response(order, pay) within 1 day", 92, 92),
        ("chain_response(order, pay)", 92, 90), ("chain_response(pay, delivery)", 92, 90),
    ]  # fmt: skip
    assert found[1]["low"] < found[1]["share"] == pytest.approx(90 / 92)


def test_a_draft_can_be_asked_at_once():
    journal = told([*MOST, *FEW])
    text = "; ".join(row["rule"] for row in rows(target_draft(journal)))
    assert min(row["share"] for row in rows(deviations(journal, rules=text, ended_after="0 days"))) > 0.85


def test_journeys_that_start_elsewhere_can_be_left_out():
    tickets = cases(90, "call 1", "answer 2", start=500)
    assert {row["rule"] for row in rows(target_draft(told([*MOST, *tickets]), starts="call"))} == {
        "init(call)", "end(answer)", "exactly(answer)", "exactly(call)", "response(call, answer) within 1 day", "chain_response(call, answer)",
    }  # fmt: skip


def drafted(journal, **arguments):
    return {row["rule"]: (row["n"], row["kept"]) for row in rows(target_draft(journal, **arguments))}


def test_a_step_that_comes_again_is_owed_and_one_that_need_not_come_is_not_to_come_twice():
    found = drafted(told([*cases(60, "order 1", "call 2", "call 3"), *cases(60, "order 1", "call 2", "gift 4", start=500)]))
    assert {rule: counts for rule, counts in found.items() if rule.startswith(("exactly", "existence", "absence"))} == {"exactly(order)": (120, 120), "existence(call)": (120, 120), "absence(gift, 2)": (60, 60)}
    # What is said of a call already says it of every call after a gift.
    assert not [rule for rule in found if rule.startswith("responded_existence")]


def test_steps_that_come_together_in_any_order_respond_and_steps_that_shun_each_other_do_not_coexist():
    events = [*cases(60, "order 1", "pay 2", "bill 3"), *cases(60, "order 1", "bill 2", "pay 3", start=300), *cases(90, "order 1", "gift 2", start=600)]
    found = drafted(told(events))
    assert {rule: counts for rule, counts in found.items() if rule.startswith(("responded_existence", "not_coexistence"))} == {
        "responded_existence(bill, pay)": (120, 120), "responded_existence(pay, bill)": (120, 120), "not_coexistence(bill, gift)": (90, 90), "not_coexistence(gift, pay)": (90, 90),
    }  # fmt: skip


def test_two_rare_steps_that_meet_as_often_as_chance_has_it_are_not_said_to_shun_each_other():
    # 150 of 1000 have a call, 150 a return, and 22 both: as many as chance would have.
    plain, calls, returns, both = (cases(n, "order 1", *more, start=start) for n, more, start in ((722, [], 0), (128, ["call 2"], 722), (128, ["return 3"], 850), (22, ["call 2", "return 3"], 978)))
    assert not [rule for rule in drafted(told([*plain, *calls, *returns, *both]), kept=0.8) if rule.startswith("not_coexistence")]


def test_what_comes_at_once_is_told_from_what_comes_after_something_else():
    found = drafted(told([*cases(60, "order 1", "pay 2", "delivery 5"), *cases(60, "order 1", "call 2", "pay 2", "delivery 5", start=500)]))
    # At one instant the two have no order: the call comes as much at once as the payment.
    assert {rule: counts for rule, counts in found.items() if rule.startswith("chain")} == {"chain_response(order, pay)": (120, 120), "chain_response(pay, delivery)": (120, 120), "chain_response(call, delivery)": (60, 60), "chain_response(call, pay)": (60, 60)}


def test_a_share_that_is_none_says_what_was_expected():
    with pytest.raises(ArgumentError, match="--kept expects a share between 0 and 1 such as 0.9, found 90.0"):
        target_draft(told([]), kept=90.0)
