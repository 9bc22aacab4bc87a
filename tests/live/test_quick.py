"""What is told apart quickly is told apart as it is with care: the same answer, and the same journal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kundig.live.door import application, quick
from kundig.store.inbox.kept import Pending
from tests.live.conftest import BASIC, House
from tests.live.doorway import KEY
from tests.live.test_segment import order

Opened = Callable[..., House]

MOMENTS = st.sampled_from([*["2026-03-01T10:00:00Z"] * 9, "2026-03-01T10:00:00.123456789+05:30", "2026-03-01", "2026-02-30T00:00:00Z", "2016-12-31T23:59:60Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 1_700_000_000, None])
NAMES = st.sampled_from([*["ada"] * 9, "ben", " ", "", "ä" * 3, "\u00a0", 7, None])
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from([*["track", "page", "identify"] * 4, "screen", "group", "dance"]), "userId": NAMES},
    optional={
        "event": st.sampled_from([*["Order Completed"] * 9, " ", "x" * 300, None, 5]),
        "anonymousId": NAMES, "timestamp": MOMENTS, "originalTimestamp": MOMENTS, "sentAt": st.sampled_from([*[None] * 9, "2026-03-01T10:00:00Z"]),
        "properties": st.sampled_from([{}, {"total": 3.5, "currency": "EUR"}, {"text": "Grüße 😀"}, {"big": 10**30}, [1], None]),
        "context": st.sampled_from([{"locale": "de-DE"}, None, 3]),
    },
)  # fmt: skip
BATCHES = st.fixed_dictionaries({"batch": st.lists(EVENTS, min_size=1, max_size=3)}, optional={"sentAt": MOMENTS, "context": st.sampled_from([*[None] * 5, {"groupId": "acme"}]), "writeKey": st.just("x")})


@example(requests=[{"batch": [{"type": "track", "userId": "ada", "event": "Order Completed", "properties": {"big": 10**30}}]}], ids="each")
@given(requests=st.lists(BATCHES, min_size=1, max_size=6), ids=st.sampled_from(["each", "same", "none"]))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_quickly_or_with_care_the_answers_and_the_journal_are_the_same(house: Opened, tmp_path: Path, requests: list[dict[str, Any]], ids: str) -> None:
    for number, event in enumerate(event for request in requests for event in request["batch"]):
        if ids != "none":
            event["messageId"] = f"m{number if ids == 'each' else number // 2}"
    seen: list[tuple[list[Any], list[Any], list[Any], list[Any]]] = []
    for way in (application.read, lambda *_: None):
        for path in (*tmp_path.glob("inbox.*"), tmp_path / "lake"):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        here = house()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(application, "read", way)
            answers = here.posts([("/v1/batch", {"headers": BASIC, "content": json.dumps(request).encode()}) for request in requests])
        told = [answer.json() for answer in answers]
        for each in [each for one in told for each in one.get("rejected", [])]:
            each.pop("messageId") if ids == "none" else None
        columns = ("occurred_at", "known_at", "subject", "kind", "touchpoint", "amount", "properties", *([] if ids == "none" else ["event_id"]))
        waiting = sorted(here.told("events", *columns), key=str), sorted(here.told("traits"), key=str)
        here.drain()
        brought = sorted(here.told("events", *columns), key=str), sorted(here.told("traits"), key=str)
        assert waiting == brought
        seen.append((told, *brought, [(each.code, each.body) for each in here.inbox.letters()]))
    assert seen[0] == seen[1]


def test_a_call_by_itself_is_told_apart_quickly_too(house: Opened) -> None:
    here = house()
    spoken = order(sentAt="2026-03-01T12:00:00Z", userId=None, anonymousId="a1")
    assert isinstance(quick.read(json.dumps(spoken).encode(), "track"), quick.One)
    here.post("/v1/track", headers=BASIC, content=json.dumps(spoken).encode())
    assert [(row["event_id"], row["subject"], row["occurred_at"].isoformat()) for row in here.told()] == [("m1", "anonymous:a1", "2026-03-01T09:00:00+00:00")]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ('{"type":"track","event":"X","userId":null,"messageId":"2","userId":"ben"}', "X"),
        ('{"type":"dance","event":"X","userId":"ben","messageId":"2","type":"track"}', "X"),
        ('{"type":"track","event":"X","userId":"ben","messageId":"2","properties":{"a":1,"a":2}}', "X"),
        ('{"type":"track","event":"X","userId":"ben","messageId":"1","messageId":"2","timestamp":"then","timestamp":"2026-03-01T10:00:00Z"}', "X"),
    ],
)
def test_what_is_said_twice_takes_no_neighbour_with_it_and_no_second_way_in(house: Opened, event: str, kind: str) -> None:
    here = house()
    body = '{"batch":[' + json.dumps(order()) + "," + event + "]}"
    told = [here.post("/v1/batch", headers=BASIC, content=body.encode()).json()["accepted"] for _ in range(2)]
    assert told == [2, 0]
    expected = [{"event_id": "2", "subject": "user:ben", "kind": kind}, {"event_id": "m1", "subject": "user:ada", "kind": "order"}]
    assert here.told("events", "event_id", "subject", "kind") == expected
    assert (here.drain().events, here.told("events", "event_id", "subject", "kind"), here.inbox.letters()) == (2, expected, [])


def test_what_no_engine_can_take_is_a_dead_letter_alone(house: Opened) -> None:
    here = house()
    here.track(order(), order(messageId="m2"))
    [waiting] = here.inbox.pending()
    broken = waiting.body.replace(b'"ada","messageId":"m2"', b'" ","messageId":"m2"')
    assert broken != waiting.body
    con = here.inbox._opened()  # type: ignore[attr-defined]  # what no door would keep
    con.execute("UPDATE inbox SET body = ?", (broken,))
    assert (here.drain().events, [(each.message_id, each.code) for each in here.inbox.letters()]) == (1, [("m2", "untranslatable")])


def test_requests_that_come_together_share_a_row_and_each_keeps_its_time(house: Opened) -> None:
    here = house()
    apart = [application.told_apart(quick.One(message_id=f"m{number}", event="X", user_id="ada"), b'{"event":"X","userId":"ada"}', "track", source="shop", received=number * 1_000_000, secret=b"s" * 16) for number in (1, 2)]
    here.inbox.add([each.arrival for each in apart if each is not None])
    assert here.inbox.pending() == [Pending(1, 1_000_000, "shop", "segment", 2, here.inbox.pending()[0].body)]
    assert [(row["event_id"], row["occurred_at"].second, row["known_at"].second) for row in here.told()] == [("m1", 1, 1), ("m2", 2, 2)]


def test_an_event_that_is_too_large_is_a_dead_letter_however_it_is_told_apart(house: Opened) -> None:
    here = house()
    small, large = order(properties={"text": "x" * 400}), order(messageId="large", properties={"text": "x" * 33_000})
    many = [small | {"messageId": f"s{number}"} for number in range(100)]
    assert isinstance(quick.read(json.dumps({"batch": many}).encode(), "batch"), quick.Batch)
    told = [here.track(*events) for events in (many, [*many[:50], large, *many[50:]], [large], [small | {"messageId": "last"}, large | {"messageId": "large too"}])]
    assert [(each["accepted"], each["duplicates"], [one["messageId"] for one in each["rejected"]]) for each in told] == [(100, 0, []), (0, 100, ["large"]), (0, 0, ["large"]), (1, 0, ["large too"])]
    assert {each.form for each in here.inbox.pending()} == {"batch", "segment"}


def test_an_event_that_names_many_messages_is_none_the_smaller(house: Opened) -> None:
    here = house()
    large = order(messageId="large", properties={f"part {number}": {"messageId": "x" * 4_000} for number in range(9)})
    told = here.track(order(), large)
    assert (told["accepted"], [(one["messageId"], one["code"]) for one in told["rejected"]]) == (1, [("large", "too_large")])


def test_a_write_key_in_the_body_is_kept_nowhere(house: Opened) -> None:
    here = house()
    bad = {"type": "dance", "messageId": "bad"}
    requests: list[tuple[str, dict[str, Any]]] = [
        ("/v1/track", {"json": order(messageId="1", writeKey=KEY)}),
        ("/v1/track", {"json": bad | {"writeKey": KEY}}),
        ("/v1/batch", {"json": {"batch": [order(messageId="2")], "writeKey": KEY}}),
        ("/v1/batch", {"json": {"batch": [order(messageId="3", writeKey=KEY), bad | {"writeKey": KEY}]}}),
        ("/v1/batch", {"json": {"batch": [order(messageId="4"), bad | {"userId": "x"}], "writeKey": KEY}}),
        ("/v1/batch", {"json": {"batch": {"writeKey": 1}, "writeKey": KEY}}),
        ("/v1/batch", {"json": {"batch": [{"writeKey": KEY}] * 2_501}}),
    ]
    assert {answer.status_code for answer in here.posts(requests)} == {200}
    kept = [each.body for each in here.inbox.pending()] + [each.body for each in here.inbox.letters()]
    assert (here.inbox.standing().events, len(here.inbox.letters()), [body for body in kept if KEY.encode() in body]) == (4, 5, [])
    assert here.drain().events == 4
