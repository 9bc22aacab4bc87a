"""Who answers, and whether they are like the rest."""

import pytest

from kundig.feedback import response, response_weights
from kundig.journal import told


def invited(n=200, answers=lambda number: number % 4 == 0):
    """Asked on the first of January; who answers may hang on who they are. Half are customers since 2020, the others since 2025."""
    events = []
    for number in range(n):
        who = f"c{number}"
        events += [(who, "shop", "2020-01-01" if number < n // 2 else "2025-06-01"), {"subject": who, "kind": "invitation", "metric": "nps", "occurred_at": "2026-01-01"}]
        events += [{"subject": who, "kind": "feedback", "metric": "nps", "score": 9.0 if number < n // 2 else 5.0, "occurred_at": "2026-01-08"}] if answers(number) else []
    return [*events, ("ada", "shop", "2026-12-01")]


def rows(events, **given):
    return {row["measure"]: row for row in response(told(events), **given).to_pyarrow().to_pylist()}


def test_the_response_rate_is_rr1():
    row = rows(invited())["response rate"]
    assert (row["basis"], row["n"], row["answered"], row["difference"]) == ("invited", 200, 50, 0.25)
    assert (row["low"], row["high"]) == (pytest.approx(0.195, abs=0.001), pytest.approx(0.3143, abs=0.001))


def test_invitations_that_may_still_be_answered_and_late_answers_do_not_count():
    open_still = [{"subject": f"n{n}", "kind": "invitation", "metric": "nps", "occurred_at": "2026-11-20"} for n in range(50)]
    late = [{"subject": "c1", "kind": "feedback", "metric": "nps", "score": 9.0, "occurred_at": "2026-03-08"}]
    row = rows([*invited(), *open_still, *late])["response rate"]
    assert (row["n"], row["answered"]) == (200, 50)


def test_those_who_answer_are_said_to_differ_where_they_do():
    alike, others = rows(invited()), rows(invited(answers=lambda number: number < 100 and number % 2 == 0))
    assert (alike["tenure"]["verdict"], others["tenure"]["verdict"]) == ("may be chance", "differ")
    assert others["tenure"]["low"] > 0


def test_without_invitations_it_is_coverage_and_no_response_rate():
    row = rows([event for event in invited() if not (isinstance(event, dict) and event["kind"] == "invitation")])["coverage"]
    assert (row["basis"], row["n"], row["answered"]) == ("all customers", 200, 50)


def test_weights_bring_back_those_who_seldom_answer():
    # Of the old customers, who say 9, every second answers; of the new ones, who say 5, every tenth.
    events = invited(n=400, answers=lambda number: number % 2 == 0 if number < 200 else number % 10 == 0)
    found = response_weights(told(events)).to_pyarrow().to_pylist()
    assert [(row["tenure"], row["state"], row["n"], row["answered"]) for row in found] == [("newest", "taken together", 200, 20), ("middle", "taken together", 200, 100)]
    assert [round(row["weight"], 2) for row in found] == [3.0, 0.6]
    assert (round(found[0]["all_mean"], 2), found[0]["weighted_mean"]) == (8.33, 7.0)
    assert sum(row["weight"] * row["answered"] for row in found) == pytest.approx(120)


def test_too_few_answers_give_no_weights():
    [row] = response_weights(told(invited(answers=lambda number: number < 3))).to_pyarrow().to_pylist()
    assert (row["tenure"], row["state"], row["weight"], row["answered"]) == ("all", "too few answers", None, 3)
