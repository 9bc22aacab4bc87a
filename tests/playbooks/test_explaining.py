import pytest

from kundig.journal import told
from kundig.playbooks.explaining import explanation
from tests.playbooks.test_simulation import COMPLAINTS, WAY, at, playbook

STORY = [*COMPLAINTS, ("ada", "visit", "2026-03-05"), ("ben", "complaint", "2026-03-02"), ("cyd", "visit", "2026-03-20")]


def of(customer, now, **more):
    return explanation(playbook(**more), "late", told(STORY).as_of(now), customer, now)


def test_why_in_where_now_and_what_next():
    ben = of("ben", at(4), steps=WAY)
    first, second = ben.entries
    assert (ben.state, first.state, second.state) == ("not again", "in", "not again")
    assert [(path, step, outcome) for path, step, outcome, _ in first.done] == [("1", "task", "due"), ("2", "wait", "waited")]
    assert (first.next_path, first.next_at.replace(tzinfo=None)) == ("3.then.1", at(6).replace(tzinfo=None))
    assert [(part.words, part.n, part.last_at.replace(tzinfo=None)) for part in ben.parts] == [("kind complaint", 2, at(2).replace(tzinfo=None))]


@pytest.mark.parametrize(
    ("customer", "more", "state"),
    [
        ("dot", {}, "nobody known"),
        ("cyd", {}, "condition not met"),
        ("ada", {"who": "segment = 'gold'"}, "not who is meant"),
        ("ada", {}, "through"),
        ("ada", {"goal": "visit", "steps": WAY}, "goal"),
        ("ada", {"hold_out": 0.9}, "left alone"),
    ],
)
def test_why_not_or_how_it_ended(customer, more, state):
    assert of(customer, at(20), **more).state == state
