"""What is held beside the lake gives what the lake gives: whoever is heard of is looked at as the simulation looks at everybody."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from random import Random
from threading import Event

import pytest
from hypothesis import given, settings

from kundig.events import EVENTS
from kundig.journal import told
from tests.playbooks.histories import HOUR, SEEDS, START, history
from tests.playbooks.test_simulation import LONG, at, playbook
from tests.web.test_playbook_ticks import OWN, on, simulated, state, written  # noqa: F401 -- a fixture

NOT = {"all": [{"happened": {"event": "order"}}, {"not": {"happened": {"event": "complaint"}}}], "within": "3 days"}
CASE = {"happened": {"event": {"kind": ["order", "complaint"]}, "times": 2, "within": "4 days", "same": "case"}}


def watched(story, of, tmp_path, since, traits_=(), identities=()):
    """All that was known at first, held as it would be of a lake."""
    from kundig.journal import Journal
    from kundig.playbooks.looks import looks, traits
    from kundig.store.duckdb import embedded
    from kundig.store.watched import Watched, Watching

    con, first = embedded(tmp_path), told(story, traits_, identities=identities)
    for name in ("history", "traits", "touchpoints", *(["identities"] if identities else [])):
        con.con.register(f"given_{name}", getattr(first, name).to_pyarrow())
        con.raw_sql(f"CREATE TABLE {name} AS FROM given_{name}")
    whole = Journal(con.table("history"), con.table("traits"), con.table("touchpoints"), settings=first.settings, readings=first.readings, identities=con.table("identities") if identities else None)
    asked = tuple((look, None if look.back is None else since - look.back) for look in looks(of))
    return Watched(whole, "UTC", Watching(asked, traits(of)))


def heard(here, story, now):
    """Events that arrive, as the door has them."""
    import pyarrow as pa

    from kundig.events import schema

    names = [column.name for column in EVENTS]
    rows = pa.Table.from_pylist([{**dict.fromkeys(names), **row} for row in story], schema=schema(EVENTS).to_pyarrow())
    here.engine.con.register("news", rows)
    return here.hear(f"(SELECT {', '.join(names)} FROM news)", None, now)


@pytest.mark.parametrize("when", [OWN, NOT, CASE], ids=["counted", "without", "case"])
@settings(max_examples=2)
@given(seed=SEEDS)
def test_looks_at_what_is_held_write_what_the_simulation_says(site, tmp_path_factory, when, seed):
    from django.db import transaction

    from kundig.playbooks.compiled import Compiled
    from kundig.state.ticking import due, tick_near

    dice, compiled = Random(seed), Compiled()
    of = LONG.model_copy(update={"again": "3 days", "when": playbook(when=when).when})
    story = sorted(history(seed, customers=8, events=60), key=lambda event: event["known_at"])
    end = START + timedelta(days=31)
    moments = sorted({START + dice.randint(1, 24 * 20) * HOUR for _ in range(8)} | {end})
    with transaction.atomic():
        point = transaction.savepoint()
        on(of)
        here, last = watched([event for event in story if event["known_at"] <= START], of, tmp_path_factory.mktemp("spill"), START - timedelta(days=1)), START
        who = here.since(START - timedelta(days=30), START)
        for now in moments:
            # What is told again is passed over.
            who |= heard(here, [event for event in story if last - HOUR < event["known_at"] <= now], now)
            who |= set(due(now))
            tick_near(here.near(who, now), who, now, compiled)
            who, last = set(), now
        found = written()
        transaction.savepoint_rollback(point)
    assert found == simulated(of, story, end)


def arrival(box, *events):
    from kundig.store.inbox.kept import Arrival, key

    items = [json.dumps({"at": round(moment.timestamp() * 1e6), "id": name, "type": "event", "e": {"event_id": name, "occurred_at": round(moment.timestamp() * 1e6), "subject": who, "kind": kind}}).encode() for name, who, kind, moment in events]
    box.add([Arrival(round(max(event[3] for event in events).timestamp() * 1e6), "shop", "kundig", items, [key(box.secret, f"{event[0]} {event[2]}") for event in events], [event[2] for event in events])])


def test_what_arrives_is_heard_once_whether_it_waits_was_brought_home_or_was_put_together(site, state, tmp_path, monkeypatch):  # noqa: F811 -- the fixture
    from kundig.live.jobs import compaction, drain, playbooks
    from kundig.live.work import Work
    from kundig.state.enrolments import Enrolment

    monkeypatch.setattr("django.db.close_old_connections", lambda: None)
    now = at(2)

    def clock():
        return now.timestamp()

    monkeypatch.setattr("kundig.live.work.Work.now", staticmethod(clock))
    monkeypatch.setattr(compaction, "MANY", 2)
    (tmp_path / "kundig.yaml").write_text("company: {name: Nordwind}\nlive: {flush: 0.001}\n", encoding="utf-8")
    on(playbook(when={"happened": {"event": "complaint", "times": 2, "within": "9 days"}}, again="always"), "twice", at(1))
    job, other = Work(tmp_path, Event()), Work(tmp_path, Event())

    def came():
        playbooks.run(job)
        return [(one.customer, one.cause, one.state) for one in Enrolment.objects.filter(playbook="twice").order_by("cause")]

    arrival(job.inbox, ("a1", "ada", "complaint", at(1, 1)), ("b1", "ben", "complaint", at(1, 2)))
    assert came() == []
    drain.run(other)
    now = at(3)
    arrival(job.inbox, ("a2", "ada", "complaint", at(2, 1)), ("c1", "cyd", "visit", at(2, 1)))
    assert came() == [("ada", "a2", "ended")]
    # Brought home before it was heard, and put together with what was.
    arrival(job.inbox, ("b2", "ben", "complaint", at(2, 2)))
    drain.run(other)
    now = at(4)
    arrival(job.inbox, ("a3", "ada", "complaint", at(3, 2)))
    drain.run(other)
    assert compaction.run(other) is not None
    assert came() == [("ada", "a2", "ended"), ("ada", "a3", "ended"), ("ben", "b2", "ended")]
    assert playbooks.run(job) is None


def test_what_is_held_is_what_playbooks_look_at_as_far_back_as_they_look(tmp_path):
    of = playbook(when=OWN)
    kept = watched([("ada", "order", "2026-01-01"), ("ada", "order", "2026-03-01"), ("ben", "visit", "2026-03-01"), ("cyd", "complaint", "2026-03-02")], of, tmp_path, datetime(2026, 3, 3, tzinfo=timezone.utc))
    assert kept.size == 2
    news = [{"event_id": name, "subject": who, "kind": kind, "occurred_at": at(4), "known_at": at(4)} for name, who, kind in (("n1", "ben", "visit"), ("n2", "dot", "order"))]
    assert (heard(kept, news, at(5)), kept.size) == ({"dot"}, 3)
    # Told again it is no news.
    assert (heard(kept, news, at(5)), kept.size) == (set(), 3)


def test_what_is_known_a_moment_from_now_is_looked_at_once_it_is(tmp_path):
    kept = watched([("ada", "order", "2026-03-01")], playbook(when=OWN), tmp_path, at(3))
    second = timedelta(seconds=1)
    news = [{"event_id": "n1", "subject": "ada", "kind": "order", "occurred_at": at(4), "known_at": at(4)}]
    assert (heard(kept, news, at(4) - second), heard(kept, [], at(4) - second), heard(kept, [], at(4)), heard(kept, [], at(4) + second)) == ({"ada"}, set(), {"ada"}, set())


def said(here, rows, now):
    """What sources say of somebody, as the door has it."""
    import pyarrow as pa

    from kundig.events import TRAITS, schema

    names = [column.name for column in TRAITS]
    here.engine.con.register("spoken", pa.Table.from_pylist([{**dict.fromkeys(names), "source": "crm", **row} for row in rows], schema=schema(TRAITS).to_pyarrow()))
    return here.hear(None, f"(SELECT {', '.join(names)} FROM spoken)", now)


def test_what_is_said_of_somebody_is_heard_once_and_stands_beside_their_events(tmp_path):
    of = playbook(who="segment = 'gold'")
    here = watched([("ada", "complaint", "2026-03-01"), ("ben", "complaint", "2026-03-01")], of, tmp_path, at(1), [{"subject": "ben", "segment": "gold", "source": "crm", "known_at": at(1)}])
    news = [{"subject": "ada", "segment": "gold", "known_at": at(4)}, {"subject": "ben", "segment": "gold", "known_at": at(1)}]
    # Told again it is no news, and without a field that is asked for nothing is heard.
    assert (said(here, news, at(5)), said(here, news, at(5))) == ({"ada"}, set())
    assert {row["customer_id"]: row["segment"] for row in here.near({"ada", "ben"}, at(5)).customers.select("customer_id", "segment").to_pyarrow().to_pylist()} == {"ada": "gold", "ben": "gold"}
    assert {row["customer_id"]: row["segment"] for row in here.near({"ada", "ben"}, at(3)).customers.select("customer_id", "segment").to_pyarrow().to_pylist()} == {"ben": "gold"}
    plain = watched([("ada", "complaint", "2026-03-01")], playbook(), tmp_path, at(1))
    assert said(plain, news, at(5)) == set()


def test_whoever_goes_by_several_names_is_heard_of_as_one_while_they_are_one(tmp_path):
    linked = [{"subject": "mail:ada", "customer_id": "ada", "since": at(2), "until": None}, {"subject": "phone:7", "customer_id": "ada", "since": None, "until": at(3)}]
    story = [("ada", "order", "2026-03-01"), ("mail:ada", "complaint", "2026-03-01"), ("phone:7", "order", "2026-03-01"), ("ben", "order", "2026-03-01")]
    here = watched(story, playbook(when=OWN), tmp_path, at(1), identities=linked)
    news = [{"event_id": f"n{who}", "subject": who, "kind": "order", "occurred_at": at(4), "known_at": at(4)} for who in ("mail:ada", "phone:7", "ben")]
    assert heard(here, news, at(5)) == {"ada", "phone:7", "ben"}

    def whose(now):
        known = here.near({"ada", "ben"}, now).known
        return sorted(zip(*known.select("customer_id", "subject").to_pyarrow().to_pydict().values(), strict=True))

    first = [("ada", "ada"), ("ada", "mail:ada"), ("ada", "phone:7"), ("ben", "ben")]
    assert whose(at(2, 1)) == first
    # The telephone was given to somebody else, and what comes by it is no longer hers.
    assert whose(at(5)) == [("ada", "ada"), ("ada", "mail:ada"), ("ada", "mail:ada"), ("ben", "ben"), ("ben", "ben")]


def test_a_timer_that_is_due_waits_for_its_turn_also_where_its_customer_is_heard_of(state, tmp_path):  # noqa: F811 -- the fixture
    from kundig.playbooks.compiled import Compiled
    from kundig.state.outbox import Outbox
    from kundig.state.ticking import due, tick_near

    of = playbook(steps=[{"wait": "1 day"}, {"task": {"department": "service", "title": "Call"}}])
    on(of)
    story = [{"subject": who, "kind": "complaint", "occurred_at": at(1, hour)} for hour, who in enumerate(("cyd", "ada", "ben"))]
    here, compiled, who = watched(story, of, tmp_path, at(1)), Compiled(), {"ada", "ben", "cyd"}
    tick_near(here.near(who, at(1, 5)), who, at(1, 5), compiled)
    for _ in range(2):
        turn = due(at(3), 1)
        tick_near(here.near({*turn, "ben"}, at(3)), {*turn, "ben"}, at(3), compiled, turn=turn)
    assert list(Outbox.objects.order_by("pk").values_list("enrolment__customer", flat=True)) == ["cyd", "ada"]
