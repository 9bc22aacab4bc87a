"""Requests on a socket: those that are there as a whole are answered at once, and all others as well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kundig.live.door.application import Door
from tests.live.conftest import House, answering

Opened = Callable[..., House]
Said = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Any]]
TAKEN = b'{"success":true,"received":1,"accepted":1,"duplicates":0,"rejected":[]}'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\naccess-control-allow-origin: *\r\ncontent-length: 71\r\n\r\n"


def visit(number: int) -> bytes:
    return b'{"userId":"ada","event":"Visit","messageId":"m%d"}' % number


def request(number: int, *headers: bytes, key: bytes = b"d2tfdGVzdHM6", version: bytes = b"1.1") -> bytes:
    lines = [b"POST /v1/track HTTP/" + version, b"host: door", b"authorization: Basic " + key, b"content-length: %d" % len(visit(number)), *headers]
    return b"\r\n".join([*lines, b"", visit(number)])


def heard(here: House, said: Said) -> Any:
    """What somebody hears who has a connection to the door."""

    async def connected() -> Any:
        here.door._committer = None
        # As when the server starts: a request that finds the keys old waits for them in the application.
        here.door._keys.refresh()
        async with answering(here.door) as address:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
            async with asyncio.timeout(20):
                told = await said(reader, writer)
            writer.close()
        if here.door._committer is not None:
            here.door._committer.close()
        return told

    return asyncio.run(connected())


def kept(here: House) -> list[str]:
    return sorted(row["event_id"] for row in here.told("events", "event_id"))


def test_a_request_that_is_there_as_a_whole_is_answered_without_the_application(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    here = house()

    async def never(*_: Any) -> None:
        raise AssertionError("the application was called")

    monkeypatch.setattr(Door, "_taken", never)

    async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request(1))
        return await reader.readexactly(len(HEAD + TAKEN))

    assert heard(here, said) == HEAD + TAKEN
    assert kept(here) == ["m1"]


def test_requests_that_come_together_are_answered_one_after_the_other(house: Opened) -> None:
    here = house()

    async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request(1) + request(2, key=b"bm9ib2R5Og==") + request(3))
        return await reader.readuntil(b'"rejected":[]}') + await reader.readuntil(b'"rejected":[]}')

    told = heard(here, said)
    assert [part.partition(b"\r\n")[0] for part in told.split(b"HTTP/1.1 ")[1:]] == [b"200 OK", b"401 Unauthorized", b"200 OK"]
    assert kept(here) == ["m1", "m3"]


def test_a_body_that_comes_in_pieces_is_read_to_its_end(house: Opened) -> None:
    here = house()

    async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        whole = request(1)
        writer.write(whole[:-9])
        await writer.drain()
        # Another request and its answer lie between, so that the door has seen the first piece.
        other, answered = await asyncio.open_connection("127.0.0.1", writer.get_extra_info("peername")[1])
        answered.write(request(2))
        await other.readuntil(b'"rejected":[]}')
        answered.close()
        writer.write(whole[-9:])
        return await reader.readexactly(len(HEAD + TAKEN))

    assert heard(here, said) == HEAD + TAKEN
    assert kept(here) == ["m1", "m2"]


def test_a_sender_that_waits_to_be_asked_for_the_body_is_asked(house: Opened) -> None:
    here = house()

    async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        head, _, body = request(1, b"expect: 100-continue").partition(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n")
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(body)
        return asked + await reader.readexactly(len(HEAD + TAKEN))

    assert heard(here, said) == b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + TAKEN
    assert kept(here) == ["m1"]


@pytest.mark.parametrize("last", [request(1, b"connection: close"), request(1, version=b"1.0")])
def test_a_connection_of_one_request_is_closed_after_its_answer(house: Opened, last: bytes) -> None:
    async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(last)
        return await reader.read()

    assert heard(house(), said) == HEAD.replace(b"content-length", b"connection: close\r\ncontent-length") + TAKEN


def test_what_a_sender_sent_who_did_not_wait_for_the_answer_is_kept(house: Opened) -> None:
    here = house()

    async def said(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(request(1))
        await writer.drain()
        writer.transport.abort()
        other, another = await asyncio.open_connection("127.0.0.1", writer.get_extra_info("peername")[1])
        another.write(request(2))
        told = await other.readexactly(len(HEAD + TAKEN))
        another.close()
        return told

    assert heard(here, said) == HEAD + TAKEN
    # The first may have been reset before it was read; nothing else becomes of it.
    assert kept(here) in (["m1", "m2"], ["m2"])


def test_what_is_answered_at_once_is_counted_like_all_other_answers(house: Opened) -> None:
    here = house()

    async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[bytes]:
        writer.write(request(1) + request(1) + request(2, key=b"bm9ib2R5Og=="))
        told = [await reader.readuntil(b"}") for _ in range(3)]
        told.append(here.door.metrics.text(here.inbox, here.now))
        return told

    text = heard(here, said)[3].decode()
    counted = [line for line in text.splitlines() if line.startswith(("kundig_answers_total", "kundig_events_total", "kundig_answer_seconds_count"))]
    assert sorted(counted) == [
        "kundig_answer_seconds_count 3.0", 'kundig_answers_total{status="200"} 2.0', 'kundig_answers_total{status="401"} 1.0',
        'kundig_events_total{became="accepted",source="shop"} 1.0', 'kundig_events_total{became="duplicate",source="shop"} 1.0',
    ]  # fmt: skip
