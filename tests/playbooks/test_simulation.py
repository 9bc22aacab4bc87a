from datetime import datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.definition import validated
from kundig.errors import ConfigError
from kundig.journal import told
from kundig.playbooks.enrolment import again, candidates, enrolled
from kundig.playbooks.playbook import Playbook, missing, ready
from kundig.playbooks.simulation import simulation
from kundig.playbooks.steps import walked
from tests.playbooks.histories import SEEDS, START, history, moments


def playbook(**more):
    texts = {"title": "Late", "why": "They wait", "owner": "lutz", "hold_out": 0}
    return Playbook.model_validate({**texts, "when": {"happened": {"event": "complaint"}}, "steps": [{"task": {"department": "service", "title": "Call {given_name}"}}], **more})


def at(day, hour=0):
    return datetime(2026, 3, day, hour, tzinfo=timezone.utc)


def walked_by(of, story, now, **known):
    journal = told(story, **known).as_of(now)
    came, walk = enrolled(of, "late", candidates(of, "late", journal), journal, now)
    moves = [(row["row"].split("\x1f")[0], row["path"], row["outcome"], row["left_at"].astimezone(timezone.utc)) for row in walk.moves.to_pylist()]
    return came.to_pylist(), sorted(moves, key=lambda move: (move[0], move[3], move[1]))


WAY = [
    {"task": {"department": "service", "title": "Call"}},
    {"wait": "2 days"},
    {"wait_until": {"event": "visit", "within": "3 days", "then": [{"end": True}], "otherwise": [{"escalate": {"to": "lead", "title": "Still nothing", "department": "service"}}]}},
    {"webhook": {"url": "https://example.org/lost"}},
]
COMPLAINTS = [("ada", "complaint", "2026-03-01"), ("ben", "complaint", "2026-03-01")]


def test_ada_comes_in_time_and_ends_ben_does_not_and_goes_higher_up():
    story = [*COMPLAINTS, ("ada", "visit", "2026-03-05"), ("cyd", "visit", "2026-03-20")]
    _, moves = walked_by(playbook(steps=WAY), story, at(20))
    assert moves == [
        ("ada", "1", "due", at(1)), ("ada", "2", "waited", at(3)), ("ada", "3", "then", at(5)), ("ada", "3.then.1", "ended", at(5)),
        ("ben", "1", "due", at(1)), ("ben", "2", "waited", at(3)), ("ben", "3", "otherwise", at(6)), ("ben", "3.otherwise.1", "due", at(6)), ("ben", "4", "due", at(6)),
    ]  # fmt: skip


def test_whoever_waits_stands_where_he_waits_with_the_end_of_the_wait():
    story = [*COMPLAINTS, ("cyd", "visit", "2026-03-20")]
    assert walked_by(playbook(steps=WAY), story, at(2))[1] == [("ada", "1", "due", at(1)), ("ada", "2", "waiting", at(3)), ("ben", "1", "due", at(1)), ("ben", "2", "waiting", at(3))]
    assert [move for move in walked_by(playbook(steps=WAY), story, at(4))[1] if move[1] == "3"] == [("ada", "3", "waiting", at(6)), ("ben", "3", "waiting", at(6))]


@pytest.mark.parametrize(("told_at", "way"), [(at(6) - timedelta(milliseconds=1), "then"), (at(6), "then"), (at(6) + timedelta(milliseconds=1), "otherwise")])
def test_an_event_before_at_and_after_the_deadline_has_one_outcome(told_at, way):
    story = [COMPLAINTS[0], {"subject": "ada", "kind": "visit", "occurred_at": at(5), "known_at": told_at}, ("cyd", "visit", "2026-03-20")]
    _, moves = walked_by(playbook(steps=WAY), story, at(20))
    assert [outcome for _, path, outcome, _ in moves if path == "3"] == [way]


def test_the_goal_stops_what_is_not_done_yet():
    story = [*COMPLAINTS, ("ada", "order", "2026-03-02"), ("cyd", "visit", "2026-03-20")]
    came, moves = walked_by(playbook(steps=WAY, goal="order"), story, at(20))
    assert [move[1] for move in moves if move[0] == "ada"] == ["1", "2"]
    assert [row["ended_at"].astimezone(timezone.utc) for row in came] == [at(2), at(6)]


def test_a_cause_that_is_taken_back_stops_it():
    story = [{"event_id": "c", "subject": "ada", "kind": "complaint", "occurred_at": at(1)}, {"event_id": "c", "subject": "ada", "kind": "praise", "occurred_at": at(1), "known_at": at(4)}, ("cyd", "visit", "2026-03-20")]
    came, moves = walked_by(playbook(steps=WAY), story, at(20))
    assert [move[1] for move in moves] == ["1", "2", "3"]
    assert came[0]["ended_at"].astimezone(timezone.utc) == at(4)


def test_only_those_come_in_whom_the_golden_record_described_then():
    said = [{"subject": "ada", "segment": "gold", "known_at": at(2)}, {"subject": "ben", "segment": "gold", "known_at": "2026-02-01"}]
    came, _ = walked_by(playbook(who="segment = 'gold'"), [*COMPLAINTS, ("cyd", "visit", "2026-03-20")], at(20), traits=said)
    assert [row["customer_id"] for row in came] == ["ben"]


def test_a_branch_goes_by_who_the_customer_was_when_it_was_reached():
    steps = [{"wait": "2 days"}, {"branch": {"where": "segment = 'gold'", "then": [{"task": {"department": "sales", "title": "Visit"}}], "otherwise": [{"task": {"department": "service", "title": "Call"}}]}}]
    said = [{"subject": "ada", "segment": "gold", "known_at": at(2)}, {"subject": "ben", "segment": "gold", "known_at": at(4)}]
    _, moves = walked_by(playbook(steps=steps), [*COMPLAINTS, ("cyd", "visit", "2026-03-20")], at(20), traits=said)
    assert [(who, path) for who, path, outcome, _ in moves if outcome == "due"] == [("ada", "2.then.1"), ("ben", "2.otherwise.1")]


def test_chance_parts_customers_by_the_shares_and_always_alike():
    steps = [{"split": {"ways": {"call": {"share": 0.25, "steps": [{"task": {"department": "service", "title": "Call"}}]}, "nothing": {"share": 0.75}}}}]
    story = [(f"c{n:04}", "complaint", "2026-03-01") for n in range(2000)]
    _, once = walked_by(playbook(steps=steps), story, at(20))
    _, twice = walked_by(playbook(steps=steps), story, at(21))
    called = sum(outcome == "call" for *_, outcome, _ in once)
    assert once == twice
    # Three standard deviations around 500.
    assert 440 < called < 560


THREE = ["ada", "ben", "ada", "ada", "ben"]
DUE = np.array([0, 1, 10, 20, 30]) * 86_400_000_000


@pytest.mark.parametrize(
    ("rule", "ended", "kept"),
    [
        ("never", [0] * 5, [True, True, False, False, False]),
        ("always", [0] * 5, [True] * 5),
        ("15 days", [0] * 5, [True, True, False, True, True]),
        ("when ended", [15, 99, 16, 21, 99], [True, True, False, True, False]),
    ],
)
def test_who_comes_in_again_is_for_the_playbook_to_say(rule, ended, kept):
    assert again(playbook(again=rule), THREE, DUE, np.array(ended, dtype=float) * 86_400_000_000).tolist() == kept


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30), st.integers(0, 12)), max_size=20), st.sampled_from(["never", "when ended", "6 days"]))
def test_coming_in_again_is_what_a_plain_loop_says(asked, rule):
    asked.sort(key=lambda one: one[1])
    of, free, expected = playbook(again=rule), {}, []
    for who, due, length in asked:
        comes = due >= free.get(who, -1)
        if comes:
            free[who] = {"never": float("inf"), "when ended": due + length, "6 days": due + 6}[rule]
        expected.append(comes)
    day = 86_400_000_000
    found = again(of, [who for who, *_ in asked], np.array([due for _, due, _ in asked], dtype=np.int64) * day, np.array([float(due + length) for _, due, length in asked]) * day)
    assert found.tolist() == expected


LONG = playbook(
    when={"absent": {"after": "order", "expected": "delivery", "within": "1 day", "grace": "2 hours"}}, goal="complaint", again="3 days", hold_out=0.3,
    steps=[{"wait": "6 hours"}, {"wait_until": {"event": "delivery", "within": "30 hours", "then": [{"end": True}], "otherwise": [{"task": {"department": "service", "title": "Call"}}]}}, {"wait": "1 day"}, {"task": {"department": "sales", "title": "Write"}}],
)  # fmt: skip


@settings(max_examples=3)
@given(seed=SEEDS, then=moments)
def test_what_was_settled_by_a_moment_is_the_beginning_of_what_is_settled_later(seed, then):
    journal = told(history(seed))
    last = START + timedelta(days=40)
    early, late = (dict(zip(("came", "moves"), _settled(LONG, journal.as_of(now), now), strict=True)) for now in (then, last))
    assert early["came"] == [row for row in late["came"] if row[1] <= then]
    assert early["moves"] == [move for move in late["moves"] if move[3] <= then]


def _settled(of, journal, now):
    came, walk = enrolled(of, "late", candidates(of, "late", journal), journal, now)
    rows = sorted((row["row"], row["due_at"].astimezone(timezone.utc), row["held_out"]) for row in came.to_pylist())
    moves = [(move["row"], move["path"], move["outcome"], move["left_at"].astimezone(timezone.utc)) for move in walk.moves.to_pylist() if move["outcome"] != "waiting"]
    stopped = {row["row"]: row["stopped_at"] for row in came.to_pylist()}
    return rows, sorted(move for move in moves if not stopped[move[0]] or move[3] < stopped[move[0]])


def test_the_simulation_counts_tasks_and_those_who_were_lost_anyway():
    started = [{"subject": f"c{n:03}", "kind": "contract", "outcome": "started", "occurred_at": "2025-06-01"} for n in range(200)]
    complained = [{"subject": f"c{n:03}", "kind": "complaint", "occurred_at": at(2 + n % 14)} for n in range(40)]
    left = [{"subject": f"c{n:03}", "kind": "cancellation", "occurred_at": "2026-05-01"} for n in (*range(20), *range(40, 60))]
    journal = told([*started, *complained, *left, ("dot", "visit", "2026-12-31")])
    found = simulation(playbook(limits={"a_week": {"service": 15}}), "late", journal, at(1), at(31))
    assert found.busiest.to_pylist() == [{"department": "service", "tasks": 40, "weeks": 2, "a_week": 21, "capacity": 15, "over": 2}]
    assert found.outcomes.to_pylist() == [{"outcome": "ended", "n": 40}]
    assert (found.leaving.n, found.leaving.left, found.leaving.share, found.leaving.base) == (40, 20, 0.5, pytest.approx(0.2))
    assert (found.leaving.low, found.leaving.high) == (pytest.approx(0.352, abs=1e-3), pytest.approx(0.648, abs=1e-3))
    assert found.leaving.times == pytest.approx(2.5)


def test_with_few_customers_there_is_no_share():
    found = simulation(playbook(), "late", told([*COMPLAINTS, ("cyd", "visit", "2026-12-01")]), at(1) - timedelta(days=1), at(31))
    assert (found.leaving.state, found.leaving.share, found.leaving.times) == ("too few customers", None, None)


def test_whoever_is_left_alone_makes_no_work():
    story = [(f"c{n:03}", "complaint", "2026-03-02") for n in range(300)]
    found = simulation(playbook(hold_out=0.5), "late", told([*story, ("cyd", "visit", "2026-12-01")]), at(1), at(31))
    held_out = pa.compute.sum(found.enrolments["held_out"]).as_py()
    assert 100 < held_out < 200
    assert found.acts.to_pylist() == [{"path": "1", "step": "task", "n": 300 - held_out}]


def test_every_ready_playbook_is_written_in_both_languages_and_has_its_own_name():
    assert missing(ready()) == []
    assert len(ready()) >= 16
    assert all(list(walked(one.steps)) and not one.on for one in ready().values())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [{"taks": {}}]}, "unknown key 'taks'; did you mean 'task'?"),
        ({"steps": [{"task": {"department": "service", "title": "Dear {firstname}"}}]}, "found the variable {firstname}"),
        ({"steps": [{"webhook": {"url": "http://example.org"}}]}, "expected an address such as https://example.org/hook"),
        ({"steps": [{"split": {"ways": {"a": {"share": 0.5}, "b": {"share": 0.4}}}}]}, "expected shares that make 1"),
        ({"again": "sometimes"}, "expected never, when ended, always, or a pause"),
        ({"who": "segmnt = 'gold'"}, "did you mean 'segment'?"),
        ({"hold_out": 1.5}, "hold_out"),
    ],
)
def test_a_playbook_that_cannot_be_meant_is_refused_in_words(wrong, said):
    written = {**playbook().model_dump(mode="json", by_alias=True, exclude_defaults=True), **wrong}
    with pytest.raises(ConfigError) as error:
        validated(Playbook, written)
    assert said in str(error.value)
