"""Input that means harm, or no harm and makes no sense: never a fault of the door, never without bound."""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundig.live.door import bodies
from kundig.store.inbox.kept import MOST_NAMES
from tests.live.conftest import BASIC, House

Opened = Callable[..., House]
EVENT = '{"type":"track","event":"X","userId":"ada","messageId":"%s"%s}'


def batch(*more: str) -> bytes:
    return ('{"batch":[' + ",".join(EVENT % (f"m{number}", text) for number, text in enumerate(more)) + "]}").encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("body", "status", "accepted", "rejected"),
    [
        (b"", 400, 0, 0),
        (b'{"batch": [', 400, 0, 0),
        (b"[" * 100_000, 400, 0, 0),
        (b'{"batch":' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400, 0, 0),
        (b'{"a":' * 600 + b"1" + b"}" * 600, 200, 0, 1),
        (batch("", ',"properties":{"n":NaN}'), 200, 1, 1),
        (batch("", ',"properties":{"n":-Infinity}'), 200, 1, 1),
        (batch("", ',"properties":{"n":1e999}'), 200, 2, 0),
        (batch("", ',"timestamp":true', ',"properties":{"n":1e999}'), 200, 2, 1),
        (batch("", ',"properties":{"n":123456789012345678901234567890}'), 200, 2, 0),
        (batch("", ',"properties":{"t":"\\ud800"}'), 200, 1, 1),
        (batch("", ',"properties":{"t":"\\u0000"}'), 200, 2, 0),
        (batch("", ',"userId":"ben"'), 200, 2, 0),
        (batch("", ',"__proto__":{"x":1}'), 200, 2, 0),
        (batch("", ',"properties":[1]', ',"properties":"text"', ',"context":7', ',"context":{"page":"x","locale":{}}', ',"sentAt":{}'), 200, 6, 0),
        (batch("", ',"timestamp":{}', ',"timestamp":true', ',"timestamp":1e300', ',"timestamp":"9999-99-99"'), 200, 1, 4),
        (batch("", ',"timestamp":"2026-02-30T00:00:00Z"', ',"timestamp":"2016-12-31T23:59:60Z"'), 200, 2, 1),
        (b"\xef\xbb\xbf" + batch(""), 200, 1, 0),
        (batch("").decode().encode("utf-16"), 200, 1, 0),
        (b'{"batch":{"0":1}}', 200, 0, 1),
        (b'{"batch":[1,null,"x",[]]}', 200, 0, 4),
    ],
)
def test_odd_json_is_refused_or_a_dead_letter_and_what_was_taken_can_be_read(house: Opened, body: bytes, status: int, accepted: int, rejected: int) -> None:
    here = house()
    answer = here.post("/v1/batch", headers=BASIC, content=body)
    told = answer.json()
    assert (answer.status_code, told.get("accepted", 0), len(told.get("rejected", []))) == (status, accepted, rejected), answer.text
    assert (here.drain().events, len(here.inbox.letters())) == (accepted, rejected)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8)
FIELDS = st.sampled_from(["type", "event", "userId", "anonymousId", "messageId", "timestamp", "sentAt", "context", "properties", "traits", "groupId", "previousId", "name"])


@given(events=st.lists(st.fixed_dictionaries({"type": st.sampled_from(["track", "identify", "group", "alias", "page"]), "event": st.just("X"), "userId": st.just("u")}).flatmap(lambda event: st.dictionaries(FIELDS, JSON, max_size=4).map(lambda odd: event | odd)), max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_value_of_any_type_in_any_field_is_an_event_or_a_dead_letter(house: Opened, events: list[dict[str, Any]]) -> None:
    here = house()
    answer = here.post("/v1/batch", headers=BASIC, content=json.dumps({"batch": events}).encode())
    told = answer.json()
    assert (answer.status_code, told["received"], told["accepted"] + told["duplicates"] + len(told["rejected"])) == (200, len(events), len(events))
    before = len(here.inbox.letters())
    here.drain()
    assert (len(here.inbox.letters()), here.inbox.standing().events) == (before, 0)


def test_a_body_that_does_not_come_is_waited_for_no_longer_than_patience_has_it(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.02)
    monkeypatch.setattr(bodies, "LOOK", 0.01)
    here, told = house(), []

    async def asked(parts: list[bytes]) -> None:
        async def receive() -> dict[str, Any]:
            if parts:
                return {"type": "http.request", "body": parts.pop(0), "more_body": True}
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            told.append(message.get("status") or json.loads(message["body"])["code"])

        await here.door({"type": "http", "method": "POST", "path": "/v1/batch", "headers": []}, receive, send)

    for parts in ([], [b'{"batch":'], [b'{"ba', b'tch":']):
        asyncio.run(asked(parts))
    assert told == [408, "too_slow"] * 3


def test_a_bomb_in_gzip_costs_no_memory(house: Opened) -> None:
    here = house()
    bomb = gzip.compress(b"\0" * 300_000_000, compresslevel=9)
    nested = gzip.compress(bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers = [here.post("/v1/batch", headers=BASIC | {"content-encoding": "gzip"}, content=content).status_code for content in (bomb[:500_000], nested)]
    assert (answers, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 100_000) == ([413, 400], True)


def test_a_million_names_are_counted_together_and_lose_no_event(house: Opened) -> None:
    here = house()
    events = [{"type": "track", "event": f"name {each}", "userId": "u", "messageId": str(each)} for each in range(2_000)]
    assert here.track(*events)["accepted"] == 2_000
    counted = here.inbox.counted(0)
    assert (len(counted), sum(each.accepted for each in counted)) == (MOST_NAMES + 1, 2_000)
