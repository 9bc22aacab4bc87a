"""The worker's jobs: each is done when it is due, by one at a time, and leaves word of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from kundig.errors import ConfigError
from kundig.live.jobs import ageing, compaction, drain, identity, imports, jobs, ordering, texts
from kundig.live.replaying import Replayed, replayed
from kundig.live.work import Work
from kundig.live.worker import Worker
from kundig.settings.schedule import following
from kundig.workspace import Workspace
from tests.live.conftest import House
from tests.live.doorway import KEY

Opened = Callable[..., House]


def work(here: House, now: float | None = None) -> Work:
    one = Work(here.workspace.folder, Event())
    one.memory |= {}
    if now is not None:
        one.now = lambda: now  # type: ignore[method-assign]  # the test's clock
    return one


def order(number: int, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Order Completed", "userId": f"u{number}", "anonymousId": f"a{number}", "messageId": f"m{number}", **more}


def test_every_job_has_a_pace_and_a_doing() -> None:
    assert {name: (job.EVERY > 0, bool(job.run.__doc__)) for name, job in jobs().items()} == dict.fromkeys(jobs(), (True, True))


def test_what_arrived_is_brought_home_when_it_has_waited_when_it_is_much_and_at_the_end(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    here = house({"flush": 30})
    here.track(order(1))
    one = work(here, here.now + 29)
    assert drain.run(one) is None
    assert drain.run(work(here, here.now + 31)) == {"arrived": 1, "events": 1, "traits": 1, "dead": 0}
    here.track(order(2))
    monkeypatch.setattr(drain, "MUCH", 1)
    assert drain.run(work(here, here.now)) == {"arrived": 1, "events": 1, "traits": 1, "dead": 0}
    monkeypatch.undo()
    here.track(order(3))
    ending = work(here, here.now)
    ending.stopping.set()
    assert (drain.run(ending), drain.run(ending)) == ({"arrived": 1, "events": 1, "traits": 1, "dead": 0}, None)


def test_who_is_who_is_settled_again_when_somebody_said_something(house: Opened) -> None:
    here = house()
    here.track(order(1), {"type": "page", "anonymousId": "a1", "messageId": "p"})
    here.drain()
    one = work(here)
    assert identity.run(one) == {"subjects": 2, "customers": 1, "moved": 1}
    assert set(here.workspace.journal.events.customer_id.to_pyarrow().to_pylist()) == set(here.workspace.journal.customers.customer_id.to_pyarrow().to_pylist())
    one.memory["rested"] = 0.0
    assert identity.run(one) is None


def test_texts_are_read_once_the_lake_has_them(house: Opened) -> None:
    here = house()
    here.track({"type": "track", "event": "Product Reviewed", "userId": "ada", "messageId": "1", "properties": {"rating": 1, "review_body": "Die Lieferung kam viel zu spät, ich bin enttäuscht."}})
    one = work(here)
    assert texts.run(one) is None
    here.drain()
    assert (texts.run(one), texts.run(one)) == ({"texts": 1}, None)


def test_texts_are_read_in_turns_so_that_others_can_write_between_them(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    here = house()
    here.track(*({"type": "track", "event": "Product Reviewed", "userId": "u", "messageId": f"r{number}", "properties": {"review_body": f"Die Lieferung {number} war gut."}} for number in range(5)))
    here.drain()
    monkeypatch.setattr(texts, "MOST", 2)
    free = []

    class Between(Event):
        def wait(self, timeout: float | None = None) -> bool:
            with here.workspace.lake.writing():
                free.append(timeout)
            return False

    one = Work(here.workspace.folder, Between())
    assert (texts.run(one), texts.run(one), free) == ({"texts": 5}, None, [texts.TURN] * 2)


def test_a_decision_waits_for_whoever_writes_just_now(house: Opened) -> None:
    here = house()
    here.track({"type": "identify", "userId": "ada", "anonymousId": "a", "messageId": "1"})
    here.drain()
    here.workspace.identify()
    other = Workspace(here.workspace.folder)
    with here.workspace.lake.writing():
        deciding = Thread(target=other.split, args=("anonymous:a",), kwargs={"by": "leo"})
        deciding.start()
        deciding.join(timeout=0.3)
        assert deciding.is_alive()
    deciding.join(timeout=60)
    assert [one.by for one in other.joined("user:ada").decided] == ["leo"]


def test_many_small_files_become_one_that_says_the_same_and_readers_of_the_old_ones_finish(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    here = house()
    for number in range(4):
        here.track(order(number, properties={"total": 1.25, "order_id": str(number)}))
        here.drain()
    before = here.told()
    old = here.workspace.lake.files("events")
    monkeypatch.setattr(compaction, "MANY", 3)
    assert compaction.run(work(here)) == {"events": 3, "traits": 3}
    assert (here.told(), len(here.workspace.lake.files("events")), compaction.run(work(here))) == (before, 1, None)
    assert all(Path(file).exists() for file in old)
    # What was put together is not what a drain left behind.
    here.track(order(9))
    here.drain()
    assert len(here.told()) == 5


def test_ids_are_put_in_order_when_they_are_many_and_now_and_then(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    here = house()
    here.track(order(1), order(2))
    one = work(here, here.now)
    assert ordering.run(one) is None
    one.now = lambda: here.now + ordering.LONGEST + 1  # type: ignore[method-assign]  # the test's clock
    assert (ordering.run(one), ordering.run(one)) == ({"ids": 2}, None)
    here.track(order(3))
    monkeypatch.setattr(ordering, "MANY", 1)
    assert (ordering.run(one), here.track(order(1), order(3))["duplicates"]) == ({"ids": 1}, 2)


def test_dead_letters_are_kept_as_long_as_is_said_and_counted_when_they_go(house: Opened, caplog: pytest.LogCaptureFixture) -> None:
    here = house({"letters": 10})
    here.track({"type": "track", "messageId": "1"}, {"type": "track", "messageId": "2"})
    one = work(here, here.now + 9 * 86_400)
    assert (ageing.run(one), len(here.inbox.letters())) == (None, 2)
    later = work(here, here.now + 11 * 86_400)
    assert (ageing.run(later), here.inbox.letters(), here.inbox.told()["letters-gone"]["letters"]) == ({"letters": 2}, [], 2)
    assert "2 dead letters were older than 10 days" in caplog.text


def test_sources_are_imported_when_the_schedule_says_so_and_once_for_what_was_slept_through(house: Opened) -> None:
    here = house(schedule={"imports": "02:00"}, sources={"a": {"read": {"csv": "a.csv"}, "key": "id", "events": {"kind": "order", "subject": "c:{id}", "at": "day"}}})
    (here.workspace.folder / "a.csv").write_text("id,day\n1,2026-03-01\n")
    noon = datetime(2026, 3, 1, 11, tzinfo=timezone.utc).timestamp()
    ran = [imports.run(work(here, noon + hours * 3600)) for hours in (0, 1, 14.1, 14.2, 100, 100.1)]
    assert ran == [None, None, {"sources": 1, "added": 1, "quarantined": 0}, None, {"sources": 1, "added": 0, "quarantined": 0}, None]


@pytest.mark.parametrize(
    ("rule", "after", "due"),
    [
        ("every 30 minutes", "2026-03-01T11:00", "2026-03-01T11:30"),
        ("02:00", "2026-03-01T00:30", "2026-03-01T01:00"),
        ("02:00", "2026-03-01T01:00", "2026-03-02T01:00"),
        ("monday 06:00", "2026-03-02T05:00", "2026-03-09T05:00"),
        # The clock goes forward on 29 March, and back on 25 October.
        ("02:30", "2026-03-28T12:00", "2026-03-29T01:30"),
        ("02:30", "2026-10-24T12:00", "2026-10-25T00:30"),
        ("02:30", "2026-10-25T00:30", "2026-10-26T01:30"),
    ],
)
def test_a_rule_is_due_on_the_companys_clock(rule: str, after: str, due: str) -> None:
    found = following(rule, datetime.fromisoformat(after).replace(tzinfo=timezone.utc), "Europe/Berlin")
    assert found.astimezone(timezone.utc).isoformat()[:16] == due


def test_a_rule_that_cannot_be_meant_is_said(house: Opened) -> None:
    with pytest.raises(ConfigError, match="expected `every 30 minutes`, `02:00` for every day, or `monday 06:00`, found 'at noon'"):
        house(schedule={"imports": "at noon"})


def test_two_workers_share_the_jobs_and_an_end_brings_home_what_waits(house: Opened) -> None:
    here = house({"flush": 600})
    workers = [Worker(here.workspace.folder, ["drain"]) for _ in range(2)]
    for one in workers:
        one.start()
    here.track(order(1), order(2))
    for one in workers:
        one.stop()
    found = here.inbox.told()["job:drain"]
    # Which of the two brought them home, and so spoke last, is chance; that they are there once is not.
    assert (here.inbox.standing().events, sorted(row["event_id"] for row in here.told()), found["error"]) == (0, ["m1", "m2"], "")


def test_a_job_that_fails_leaves_word_of_it_and_is_tried_again(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.live import worker as module

    here = house()
    tries: list[int] = []

    class Odd:
        EVERY = 0.01

        @staticmethod
        def run(_work: Work) -> dict[str, Any] | None:
            tries.append(1)
            if len(tries) == 1:
                raise ZeroDivisionError
            return {"done": len(tries)}

    monkeypatch.setattr(module, "jobs", lambda: {"odd": Odd})
    monkeypatch.setattr(module, "PAUSE", 0.01)
    one = Worker(here.workspace.folder)
    one.start()
    deadline = time.monotonic() + 30
    while len(tries) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)  # until it was tried again
    one.stop()
    assert (len(tries) >= 2, here.inbox.told()["job:odd"]["error"]) == (True, "")


def test_dead_letters_sent_again_are_events_once_the_reason_is_gone(house: Opened) -> None:
    here = house({"webhooks": {"field": {"secret": "12345678", "events": {"kind": "visit", "at": "when", "subject": "crm:{no}"}}}})
    many = [{"type": "track", "event": "X", "userId": "u", "messageId": str(each)} for each in range(2_600)]
    here.track(*many)
    here.track(order(1, timestamp="soon"), order(2))
    from kundig.store.inbox.kept import Arrival

    payload = b'{"at":1,"id":"d1","e":{"no":7,"day":"2026-03-01"},"h":{}}'
    here.inbox.add([Arrival(int(here.now * 1e6), "field", "webhook:field", [payload], [b"w" * 16], ["field"])])
    here.drain()
    assert sorted(each.code for each in here.inbox.letters()) == ["bad_timestamp", "mapping", "too_many_events"]
    (here.workspace.folder / "kundig.yaml").write_text("company: {name: Nordwind}\nlive: {webhooks: {field: {secret: '12345678', events: {kind: visit, at: day, subject: 'crm:{no}'}}}}\n")
    assert replayed(here.inbox, reversed(here.inbox.letters())) == Replayed(3, 2_601, 0, 1)
    assert [each.code for each in here.inbox.letters()] == ["bad_timestamp"]
    import kundig

    here.workspace = kundig.open(here.workspace.folder)
    here.drain()
    assert len(here.told()) == 2_602
    # Whoever sends it himself now is known.
    assert here.track(many[0])["duplicates"] == 1


def test_metrics_tell_prometheus_how_it_stands_and_nobody_else(house: Opened) -> None:
    here = house()
    here.track(order(1), {"type": "track", "messageId": "bad"})
    here.post("/v1/track", order(2))
    [text] = here.posts([("/metrics", {})], method="GET")
    lines = set(text.text.splitlines())
    assert {'kundig_answers_total{status="200"} 1.0', 'kundig_answers_total{status="401"} 1.0', 'kundig_events_total{became="accepted",source="shop"} 1.0', 'kundig_events_total{became="rejected",source="shop"} 1.0', "kundig_queue_events 1.0", "kundig_dead_letters 1.0", "kundig_lake_lag_seconds 0.0"} <= lines
    from kundig.live.door.metrics import Metrics

    scope: dict[str, Any] = {"client": ("10.0.0.7", 1), "headers": []}
    shown = {"client": ("10.0.0.7", 1), "headers": [(b"authorization", b"Bearer secret")]}
    assert [Metrics(token="secret").allowed(scope), Metrics(token="secret").allowed(shown), Metrics(proxied=True).allowed({**scope, "client": ("127.0.0.1", 1)})] == [False, True, False]
    [health, ready] = here.posts([("/health", {}), ("/ready", {})], method="GET")
    assert (health.text, ready.json(), KEY in text.text) == ("ok\n", {"ready": True}, False)


def test_texts_are_read_anew_when_a_theme_is_pinned_on_its_page(house: Opened) -> None:
    here = house()
    here.track({"type": "track", "event": "Product Reviewed", "userId": "ada", "messageId": "1", "properties": {"review_body": "Die Lieferung war gut."}})
    here.drain()
    one = work(here)
    assert (texts.run(one), texts.run(one)) == ({"texts": 1}, None)
    (here.workspace.folder / "themes.yaml").write_text("themes: {Versand: {words: [lieferung]}}\n", encoding="utf-8")
    assert (texts.run(one), texts.run(one)) == ({"texts": 1}, None)
    assert here.workspace.journal.readings.categories.to_pyarrow().to_pylist() == ["Versand"]
