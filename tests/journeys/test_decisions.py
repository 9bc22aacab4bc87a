from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import decisions
from tests.answers import answer
from tests.oracles import lives


def rows(table, *columns):
    return (table.select(*columns) if columns else table).to_pyarrow().to_pylist()


def deal(case, outcome, *steps, subject="ada"):
    """Steps of one case as `touchpoint day`, days of March; decided on the 20th."""
    before = [{"subject": subject, "case_id": case, "kind": "quote", "touchpoint": step.split()[0], "occurred_at": f"2026-03-{step.split()[1]:0>2}"} for step in steps]
    return [*before, {"subject": subject, "case_id": case, "kind": "deal", "touchpoint": "desk", "outcome": outcome, "occurred_at": "2026-03-20"}]


def test_steps_before_a_decision_count_once_and_the_last_once_more():
    journal = told([*deal("1", "won", "mail 1", "visit 2", "visit 3"), *deal("2", "lost", "visit 2", "mail 20"), *deal("3", "lost")])
    few = dict.fromkeys(("difference", "difference_low", "difference_high", "p", "q", "verdict")) | {"state": "too few decisions", "base": 1 / 3}
    half, none, one = ({"low": pytest.approx(low, abs=1e-4), "high": pytest.approx(high, abs=1e-4)} for low, high in ((0.0945, 0.9055), (0.0, 0.7935), (0.2065, 1.0)))
    assert rows(decisions(journal)) == [
        {"group": None, "place": "any", "step": "mail", "n": 2, "won": 1, "lost": 1, "share": 0.5, **half, **few},
        {"group": None, "place": "any", "step": "visit", "n": 2, "won": 1, "lost": 1, "share": 0.5, **half, **few},
        {"group": None, "place": "any", "step": None, "n": 1, "won": 0, "lost": 1, "share": 0.0, **none, **few},
        {"group": None, "place": "last", "step": "mail", "n": 1, "won": 0, "lost": 1, "share": 0.0, **none, **few},
        {"group": None, "place": "last", "step": "visit", "n": 1, "won": 1, "lost": 0, "share": 1.0, **one, **few},
        {"group": None, "place": "last", "step": None, "n": 1, "won": 0, "lost": 1, "share": 0.0, **none, **few},
    ]


def test_what_lies_too_long_back_or_before_the_decision_before_does_not_count():
    events = [*deal("1", "lost", "mail 1"), {"subject": "ada", "case_id": "1", "touchpoint": "visit", "occurred_at": "2026-04-01"}, {"subject": "ada", "case_id": "1", "outcome": "won", "occurred_at": "2026-04-02"}]
    assert rows(decisions(told(events)).filter(lambda table: table.place == "any"), "step", "won", "lost") == [{"step": "mail", "won": 0, "lost": 1}, {"step": "visit", "won": 1, "lost": 0}]
    assert rows(decisions(told(events), within="10 days").filter(lambda table: table.place == "any"), "step", "n") == [{"step": "visit", "n": 1}, {"step": None, "n": 1}]


def test_a_step_that_goes_with_losing_is_called_so_and_one_that_makes_no_difference_is_not():
    events = [event for n in range(60) for event in deal(str(n), "won" if n % 3 else "lost", *(["wait 2"] if n % 3 == 0 or n == 1 else []), *(["mail 3"] if n % 2 else []))]
    found = {row["step"]: row for row in rows(decisions(told(events)).filter(lambda table: table.place == "any"))}
    assert {step: (row["n"], row["base"], row["verdict"]) for step, row in found.items()} == {
        "mail": (30, 2 / 3, "may be chance"), "wait": (21, 2 / 3, "more often lost"), None: (20, 2 / 3, "more often won"),
    }  # fmt: skip
    # 1 of 21 and 39 of 39: the interval of two proportions.
    assert [round(found["wait"][name], 3) for name in ("difference", "difference_low", "difference_high")] == [-0.952, -1.043, -0.861]


@given(lives(), st.data())
@settings(max_examples=15, deadline=None)
def test_decisions_are_counted_as_plain_python_counts_them(events, data):
    outcomes = data.draw(st.lists(st.sampled_from(["won", "lost", None, None]), min_size=len(events), max_size=len(events)))
    named = [{**event, "event_id": f"e{number:02}", "outcome": outcome} for number, (event, outcome) in enumerate(zip(events, outcomes, strict=True))]
    expected = defaultdict(lambda: [0, 0])
    for case in ("c1", "c2"):
        before: list = []
        for event in sorted((event for event in named if event["case_id"] == case), key=lambda event: (event["occurred_at"], event["outcome"] is not None, event["event_id"])):
            if event["outcome"] is None:
                before.append((event["occurred_at"], event["touchpoint"]))
                continue
            near = [one for one in before if (event["occurred_at"] - one[0]).total_seconds() <= 6 * 3600]
            for key in {("any", step) for _, step in near} | {("last", max(near)[1] if near else None)} | ({("any", None)} if not near else set()):
                expected[key][event["outcome"] == "lost"] += 1
            before = []
    found = {(row["place"], row["step"]): [row["won"], row["lost"]] for row in answer(decisions, told(named), within="6 hours").to_pylist()}
    assert found == dict(expected)


def test_outcomes_and_times_that_cannot_be_meant_say_so():
    with pytest.raises(ArgumentError, match="--won and --lost expect two outcomes, found 'won' twice"):
        decisions(told([]), lost="won")
    with pytest.raises(ArgumentError, match="--within: expected a length of time"):
        decisions(told([]), within="soon")
