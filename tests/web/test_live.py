"""The pages of what arrives: seen by those who see the data, with write keys for administrators alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kundig.live.door.segment import checked


def emptied(site: Path) -> None:
    """As if nothing had ever arrived."""
    from kundig.web.desk import desk

    workspace = desk().workspace
    if workspace._inbox is not None:
        workspace._inbox.close()
        workspace._inbox = None
    for file in site.glob("inbox.sqlite3*"):
        file.unlink()


@pytest.fixture(autouse=True)
def _alone(site: Path) -> Iterator[None]:
    """Surveys, letters and work of other tests have been told to the same inbox."""
    emptied(site)
    yield
    emptied(site)


@pytest.fixture
def arrived(site: Path) -> Iterator[None]:
    """One good call and one bad, a moment ago; gone after the test."""
    from kundig.store.inbox import inbox

    kept = inbox("sqlite:///kundig.sqlite3", site)
    assert kept is not None
    calls = [{"type": "track", "event": "Order Completed", "userId": "ada", "messageId": "m1"}, {"type": "track", "event": "<b>X</b>", "messageId": "m2"}]
    kept.add([checked({"batch": calls}, "batch", source="shop", received=int(time.time() * 1e6), secret=kept.secret).arrival])
    yield
    kept.close()


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_before_anything_arrived_the_page_says_how_to_begin(client: Callable[..., Any]) -> None:
    assert "Noch ist nichts live eingetroffen." in text(client("alice", "de").get("/live/"))


def test_what_arrives_is_shown_by_source_event_and_touchpoint(client: Callable[..., Any], arrived: None) -> None:
    page = text(client("alice").get("/live/"))
    assert "1 event in the last 30 minutes." in page
    assert re.search(r"shop Order Completed \S+ 1", page)
    assert "1 dead letter" in page
    assert "No worker gives a sign of life." in page
    part = client("cora", "de").get("/live/", headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, "1 Ereignis in den letzten 30 Minuten." in part) == (False, True)


def test_dead_letters_are_shown_escaped_and_sent_again(client: Callable[..., Any], arrived: None) -> None:
    alice = client("alice")
    page = alice.get("/live/letters/").content.decode()
    assert ("an event needs a `userId` or an `anonymousId`, as text" in page, "&lt;b&gt;X&lt;/b&gt;" in page, "<b>X</b>" in page) == (True, True, False)
    answer = alice.post("/live/letters/replay/", follow=True)
    assert "Letters sent again: 1. Events that wait for the lake now: 0. Dead again: 1." in text(answer)


def test_a_key_is_made_shown_once_and_revoked(client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    # The test's transaction lives in its connection.
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)
    from kundig.live.door.keys import hashed
    from kundig.live.serving import senders
    from kundig.state.keys import write_keys

    alice = client("alice")
    answer = alice.post("/live/keys/", {"source": "shop", "name": "web", "rate": "100"})
    found = re.search(r"<code>(wk_[\w-]+)</code>", answer.content.decode())
    assert found is not None
    key = write_keys().get()
    assert (key.source, key.rate, key.hash, key.person.login, answer["Cache-Control"]) == ("shop", 100, hashed(found[1]), "alice", "no-store")
    again = alice.get("/live/keys/").content.decode()
    assert (found[1] in again, key.start in again) == (False, True)
    assert senders()[key.hash].source == "shop"
    alice.post(f"/live/keys/{key.pk}/revoke/")
    assert (senders(), write_keys().get().valid) == ({}, False)


def test_a_key_needs_a_source_that_can_be_one(client: Callable[..., Any]) -> None:
    answer = client("alice").post("/live/keys/", {"source": "a/b", "name": "x", "rate": "0"})
    assert (answer.status_code, "wk_" in answer.content.decode()) == (422, False)


def test_what_customers_wrote_of_late_is_told_by_touchpoint_and_theme(client: Callable[..., Any], arrived: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    from kundig.analysis import analysis, result
    from kundig.web import lately

    whole = {"group": None, "period": None, "state": "ok", "n": 40, "read": 38, "negative": 25.0, "low": 14.0, "high": 40.0, "positive": 50.0, "unclear": 3, "different": 39}
    told = {
        "feedback.moods": [whole],
        "by": [{**whole, "group": "shop", "n": 30}, {**whole, "group": "app", "n": 3, "read": 3, "state": "too few texts", "negative": None, "low": None, "high": None, "positive": None}],
        "feedback.themes": [{"theme": "delivery · late", "state": "ok", "n": 9}, {"theme": "rest", "state": "mixed", "n": 4}],
    }
    asked = []

    def some(request: Any, title: str, needed: Any, rest: Any) -> Any:
        asked.extend(rest)
        return [], [result(analysis(one.name), {}, None, pa.Table.from_pylist(told["by" if dict(one.arguments).get("by") else one.name]), None) for one in rest]

    monkeypatch.setattr(lately, "some", some)
    page = text(client("alice").get("/live/?part=lately"))
    assert "40 texts, 38 of them read. Negative: 25 % (range 14 to 40); positive: 50 %." in page
    assert (re.search(r"shop 30 25 % 14–40", page) is not None, re.search(r"app 3 too few answers", page) is not None, "delivery · late (9)" in page, "rest" in page) == (True, True, True, False)
    [since] = {one.extract.since for one in asked}
    assert 23 * 3600 <= time.time() - since.timestamp() <= 24 * 3600 + 5


def test_without_a_word_the_page_says_so(client: Callable[..., Any], arrived: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.web import lately

    monkeypatch.setattr(lately, "some", lambda *_: ([], [lately.LATE] * 3))
    assert "kommt von selbst" in text(client("alice", "de").get("/live/"))
    monkeypatch.setattr(lately, "some", lambda *_: ([], [None] * 3))
    assert "Niemand hat" in text(client("alice", "de").get("/live/?part=lately"))


def test_dead_letters_go_after_their_time_and_it_is_said(client: Callable[..., Any], arrived: None) -> None:
    from kundig.web.desk import desk

    kept = desk().workspace.inbox
    assert kept is not None
    kept.tell("letters-gone", {"letters": 3, "at": 0.0})
    assert "After 90 days they go. 3 have gone so far." in text(client("alice").get("/live/letters/"))
