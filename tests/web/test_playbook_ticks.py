"""The runner of playbooks against the simulation: whatever the ticks, they write what the simulation says."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given, settings

from kundig.journal import told
from kundig.playbooks.enrolment import candidates, enrolled
from kundig.playbooks.playbook import Playbook
from tests.playbooks.histories import HOUR, SEEDS, START, history
from tests.playbooks.test_simulation import COMPLAINTS, LONG, WAY, at, playbook


@pytest.fixture
def state(site):
    """The database; what a test writes is taken back."""
    from django.db import transaction

    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)


def on(of, name="late", when=START - timedelta(days=60)):
    from kundig.state.playbooks import applied

    return applied(name, of.model_copy(update={"on": True}), "ada", when)[0]


def written(name="late"):
    from kundig.state.enrolments import Enrolment

    return sorted((one.row, one.state, one.held_out, one.ended_at, tuple((move.path, move.outcome, move.at) for move in one.moves.order_by("at", "path"))) for one in Enrolment.objects.filter(playbook=name))


def simulated(of, story, now, name="late"):
    journal = told(story).as_of(now)
    came, walk = enrolled(of, name, candidates(of, name, journal), journal, now)
    found = []
    for row in came.to_pylist():
        stop, ended = row["stopped_at"], row["ended_at"]
        moves = [move for move in walk.moves.to_pylist() if move["row"] == row["row"] and move["outcome"] != "waiting" and (not stop or move["left_at"] <= stop or move["outcome"] == "due")]
        state = "running" if ended is None else "ended" if ended != stop else "goal" if row["goal_at"] and _utc(row["goal_at"]) == _utc(ended) else "taken back"
        found.append((row["row"], state, row["held_out"], _utc(ended), tuple(sorted(((move["path"], move["outcome"], _utc(move["left_at"])) for move in moves), key=lambda move: (move[2], move[0])))))
    return sorted(found)


def _utc(moment):
    return moment and moment.astimezone(timezone.utc)


def ticked(story, moments):
    from kundig.state.ticking import tick

    for now in moments:
        tick(told(story), now)


@settings(max_examples=2)
@given(seed=SEEDS)
def test_ticks_at_any_moments_write_what_the_simulation_says(site, seed):
    from django.db import transaction

    dice = Random(seed)
    story, of = history(seed, customers=8, events=60), LONG.model_copy(update={"again": "3 days"})
    moments = sorted({START + dice.randint(1, 24 * 30) * HOUR for _ in range(4)} | {START + timedelta(days=31)})
    with transaction.atomic():
        point = transaction.savepoint()
        on(of)
        ticked(story, moments)
        found = written()
        transaction.savepoint_rollback(point)
    assert found == simulated(of, story, moments[-1])


STORY = [*COMPLAINTS, ("ada", "visit", "2026-03-05"), ("cyd", "visit", "2026-03-20")]


def test_the_same_tick_twice_and_ticks_that_go_back_write_nothing_more(state):
    from kundig.state.outbox import Outbox, Work

    of = playbook(steps=WAY)
    on(of)
    ticked(STORY, [at(2), at(2), at(7), at(3), at(7)])
    assert written() == simulated(of, STORY, at(7))
    assert Outbox.objects.count() == 4
    assert sorted((work.customer, work.title["en"], work.due_at) for work in Work.objects.all()) == [
        # Two business days after Sunday, the first of March, and after Friday, the sixth.
        ("ada", "Call", at(4)), ("ben", "Call", at(4)), ("ben", "Still nothing", at(10)),
    ]  # fmt: skip


def test_whoever_is_on_the_way_keeps_the_version_he_came_in_by(state):
    from kundig.state.enrolments import Enrolment
    from kundig.state.playbooks import applied

    of = playbook(steps=WAY)
    on(of)
    ticked(STORY, [at(2)])
    other = Playbook.model_validate({**of.model_dump(by_alias=True, exclude_defaults=True), "steps": [{"end": True}], "on": True})
    assert applied("late", other, "ben", at(2))[0].number == 2
    assert applied("late", other, "ben", at(3)) == (applied("late", other, "ben", at(3))[0], False)
    ticked([*STORY, ("dot", "complaint", "2026-03-04")], [at(7)])
    assert [(one.customer, one.version.number, one.moves.count()) for one in Enrolment.objects.order_by("customer")] == [("ada", 1, 4), ("ben", 1, 5), ("dot", 2, 1)]


def test_a_decision_stays_when_word_reaches_the_lake_too_late(state):
    of = playbook(steps=WAY)
    on(of)
    without = [event for event in STORY if event[0] != "ada" or event[1] != "visit"]
    ticked(without, [at(7)])
    # The visit was known on the fifth, but came to the lake only now.
    ticked(STORY, [at(8)])
    ada = next(row for row in written() if row[0].startswith("ada"))
    assert [move[:2] for move in ada[4]] == [("1", "due"), ("2", "waited"), ("3", "otherwise"), ("3.otherwise.1", "due"), ("4", "due")]


def test_too_many_at_once_wait_for_somebody_to_say_yes(state):
    from kundig.state.enrolments import Enrolment, let_in
    from kundig.state.outbox import Work
    from kundig.state.ticking import tick

    on(playbook(limits={"ask_above": 1}))
    [done] = tick(told(STORY), at(2))
    assert (done.came, done.asks, Work.objects.count()) == (0, 2, 0)
    assert let_in("late", "ada") == 2
    assert set(Enrolment.objects.values_list("let_in_by", flat=True)) == {"ada"}
    ticked(STORY, [at(3)])
    assert (Work.objects.count(), Enrolment.objects.filter(state="ended").count()) == (2, 2)


def test_what_came_due_long_ago_is_not_done_and_says_so(state):
    from kundig.state.outbox import Outbox, Work

    on(playbook())
    ticked([*COMPLAINTS, ("cyd", "visit", "2026-06-01")], [datetime(2026, 6, 1, tzinfo=timezone.utc)])
    assert [(act.state, act.reason) for act in Outbox.objects.all()] == [("withheld", "missed: due 2026-03-01, found 2026-06-01")] * 2
    assert not Work.objects.exists()


def test_whoever_is_left_alone_is_written_down_and_gets_no_work(state):
    from kundig.state.enrolments import Enrolment
    from kundig.state.outbox import Work

    on(playbook(hold_out=0.5))
    ticked([(f"c{n:02}", "complaint", "2026-03-01") for n in range(40)], [at(2)])
    alone = set(Enrolment.objects.filter(held_out=True).values_list("customer", flat=True))
    assert 5 < len(alone) < 35
    assert set(Work.objects.values_list("customer", flat=True)) == {f"c{n:02}" for n in range(40)} - alone


def test_who_became_due_before_it_was_switched_on_does_not_come_in(state):
    on(playbook(), when=at(1, 12))
    ticked([*STORY, ("dot", "complaint", "2026-03-04")], [at(7)])
    assert [row[0].split("\x1f")[0] for row in written()] == ["dot"]


def test_leeway_is_kept_and_work_that_is_done_can_be_undone(state):
    from kundig.state.outbox import LeewayError, Work, finished, reopened

    on(playbook(steps=[{"task": {"department": "service", "title": "Settle", "leeway": 50}}]))
    ticked([COMPLAINTS[0]], [at(2)])
    work = Work.objects.get()
    with pytest.raises(LeewayError):
        finished(work, by="ada", outcome="settled", now=at(2), granted=51)
    assert finished(work, by="ada", outcome="settled", now=at(2), granted=50)
    assert not finished(work, by="ben", outcome="settled", now=at(2))
    assert reopened(work)
    assert Work.objects.get().state == "open"


def test_the_worker_runs_what_is_on_once_and_rests_while_nothing_comes(site, state, monkeypatch):
    from threading import Event

    # What a test writes is taken back by the connection that wrote it.
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)

    from kundig.live.jobs.rounds import run
    from kundig.live.work import Work as Job
    from kundig.state.enrolments import Enrolment

    on(playbook(when={"scored": {"metric": "nps", "group": "detractor"}}, limits={"ask_above": 100_000}), "worker", datetime(2026, 1, 1, tzinfo=timezone.utc))
    job = Job(site, Event())
    first = run(job)
    came = Enrolment.objects.filter(playbook="worker").count()
    assert came > 0
    assert first["came"] == came
    assert run(job) is None


def test_the_worker_lets_in_at_once_whom_it_just_heard_of(site, state, monkeypatch):
    from threading import Event

    monkeypatch.setattr("django.db.close_old_connections", lambda: None)
    monkeypatch.setattr("kundig.live.work.Work.now", staticmethod((START + timedelta(hours=1)).timestamp))

    from kundig.live.jobs import playbooks, rounds
    from kundig.live.work import Work as Job
    from kundig.state.enrolments import Enrolment

    story = [("ada", "complaint", START.isoformat())]
    on(playbook(steps=WAY), "worker", START - HOUR)
    job = Job(site, Event())
    monkeypatch.setattr(type(job.workspace), "journal", property(lambda self: told(story)))
    job.memory["heard_at"] = (START - HOUR).timestamp()
    assert playbooks.run(job)["came"] == 1
    # Nothing arrived since, and a whole round finds nobody whom the look had not found.
    assert playbooks.run(job) is None
    rounds.run(Job(site, Event()))
    assert [one.customer for one in Enrolment.objects.filter(playbook="worker")] == ["ada"]


def overslept(n):
    """So many timers came due while nothing ran, each at a moment of its own, in no order of names."""
    from kundig.state.enrolments import Enrolment
    from kundig.state.outbox import Outbox

    on(playbook(steps=[{"wait": "1 day"}, {"task": {"department": "service", "title": "Call"}}], limits={"ask_above": n}))
    story = [{"subject": f"c{number * 7919 % n}", "kind": "complaint", "occurred_at": at(1) + timedelta(seconds=number)} for number in range(n)]
    ticked(story, [at(1, 12)])
    assert Enrolment.objects.filter(until__lte=at(3)).count() == n
    ticked(story, [at(3), at(3), at(4)])
    return list(Outbox.objects.order_by("pk").values_list("enrolment__customer", "at"))


def test_timers_that_came_due_while_nothing_ran_fire_once_each_in_due_order(state):
    fired = overslept(300)
    assert ([customer for customer, _ in fired], sorted(moment for _, moment in fired)) == ([f"c{number * 7919 % 300}" for number in range(300)], [moment for _, moment in fired])


@pytest.mark.soak
def test_so_do_ten_thousand(state):
    fired = overslept(10_000)
    assert (len({customer for customer, _ in fired}), sorted(moment for _, moment in fired)) == (10_000, [moment for _, moment in fired])


OWN = {"happened": {"event": {"kind": ["order", "complaint"]}, "times": 2, "within": "4 days"}}


@settings(max_examples=2)
@given(seed=SEEDS)
def test_looks_at_those_who_were_heard_of_between_ticks_write_what_the_simulation_says(site, seed):
    from django.db import transaction

    from kundig.state.ticking import tick_heard

    dice = Random(seed)
    of = LONG.model_copy(update={"again": "3 days", "when": playbook(when=OWN).when})
    story = history(seed, customers=8, events=60)
    moments = sorted({START + dice.randint(1, 24 * 30) * HOUR for _ in range(5)})
    with transaction.atomic():
        point = transaction.savepoint()
        on(of)
        last = START - HOUR
        for now in moments:
            tick_heard(told(story), now, last, most=3)
            last = now
        ticked(story, [START + timedelta(days=31)])
        found = written()
        transaction.savepoint_rollback(point)
    assert found == simulated(of, story, START + timedelta(days=31))


def test_who_was_heard_of_comes_in_at_once_and_a_timer_goes_on_at_once_and_what_did_not_come_is_for_a_whole_tick(state):
    from kundig.state.ticking import tick_heard

    on(playbook(steps=WAY))
    on(playbook(when={"absent": {"after": "complaint", "expected": "visit", "within": "1 day", "grace": "0 hours"}}), "absent")
    near = [(one.playbook, one.came, one.moved) for one in tick_heard(told(STORY), at(2), at(1) - HOUR)]
    assert near == [("late", 2, 2)]
    # Nobody was heard of since, and the waits are over.
    assert [(one.came, one.moved) for one in tick_heard(told(STORY), at(4), at(3))] == [(0, 2)]
    assert written() == simulated(playbook(steps=WAY), STORY, at(4))
    assert written("absent") == []
    ticked([*STORY, ("dot", "visit", "2026-03-03")], [at(4)])
    assert len(written("absent")) == 2
