"""Requests that are there as a whole when they are first heard of, answered without a task of their own.

Most senders' requests are: then what an application is called for (a task, messages to and fro, head and body written apart)
costs more than reading the events and telling them apart. All other requests go to the application as always.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kundig.live.door.application import Door


class Brief:
    """A request and its answer, as long as nothing has to be waited for; it stands where uvicorn has a `RequestResponseCycle`.

    Attributes:
        scope: what is known of the request.
        keep_alive: whether another may follow on this connection.
    """

    __slots__ = ("body", "disconnected", "keep_alive", "message_event", "more_body", "response_complete", "scope")

    def __init__(self, scope: Any, *, keep_alive: bool) -> None:
        self.scope, self.keep_alive, self.message_event = scope, keep_alive, _NOBODY
        self.body = bytearray()
        self.more_body, self.disconnected, self.response_complete = True, False, False


class _Nobody:
    """Nobody waits for the body."""

    def set(self) -> None:
        """Nobody is told."""


_NOBODY = _Nobody()


class AtOnce(HttpToolsProtocol):
    """Uvicorn's protocol, with a shorter way to a door."""

    _hearing = False
    _brief: Brief | None = None

    def data_received(self, data: bytes) -> None:
        """As uvicorn has it; the request that began in these bytes and ended in them is answered at once where it can be."""
        self._hearing = True
        super().data_received(data)
        self._hearing = False
        brief, self._brief = self._brief, None
        if brief is not None and not (self._complete(brief) and self._at_once(brief)):
            self._start_asgi_task(self._at_length(brief), self.app)

    def on_headers_complete(self) -> None:
        """As uvicorn has it; for a request that may be answered at once nothing is made ready yet."""
        door, before = self.app, self.cycle
        # One that waits for another's answer, or for whoever is to send it to be asked, takes its time.
        if (
            not self._hearing
            or not isinstance(door, Door)
            or not (before is None or before.response_complete)
            or not door.takes(self.url)
            or self.expect_100_continue
            or self.parser.get_method() != b"POST"
            or self.parser.should_upgrade()
        ):
            super().on_headers_complete()
            return
        version = self.parser.get_http_version()
        scope: Any = self.scope
        scope.update(http_version=version, method="POST", path=self.url.decode("ascii"), raw_path=self.url, query_string=b"")
        self._brief = Brief(scope, keep_alive=version != "1.0" and self.parser.should_keep_alive())
        self.cycle = self._brief  # type: ignore[assignment]  # it has all that uvicorn asks of a cycle before there is a task

    def _complete(self, brief: Brief) -> bool:
        """Whether nothing has to be waited for: not the rest of the body, not the sender's reading."""
        return not (brief.more_body or self.flow.write_paused or self.transport.is_closing())

    def _at_length(self, brief: Brief) -> RequestResponseCycle:
        """The request as the application is called with it."""
        cycle = RequestResponseCycle(
            scope=brief.scope, transport=self.transport, flow=self.flow, logger=self.logger, access_logger=self.access_logger, access_log=self.access_log,
            default_headers=self.server_state.default_headers, message_event=asyncio.Event(), expect_100_continue=False, keep_alive=brief.keep_alive, on_response=self.on_response_complete,
        )  # fmt: skip
        cycle.body, cycle.more_body, cycle.disconnected = brief.body, brief.more_body, brief.disconnected
        cycle.message_event.set()
        # Another may have come behind it and wait for its answer.
        last: Any = self.cycle
        if last is brief:
            self.cycle = cycle
        return cycle

    def _at_once(self, brief: Brief) -> bool:
        """Whether the door has taken the request."""

        def answered(status: int, text: bytes, headers: list[tuple[bytes, bytes]]) -> None:
            if brief.disconnected or self.transport.is_closing():
                return
            end = b"" if brief.keep_alive else b"connection: close\r\n"
            self.transport.write(b"%b%bcontent-length: %d\r\n\r\n%b" % (_head(status, tuple(headers)), end, len(text), text))
            brief.response_complete = True
            if not brief.keep_alive:
                self.transport.close()
            self.on_response_complete()

        door: Any = self.app
        taken: bool = door.at_once(brief.scope, brief.body, answered)
        return taken


@lru_cache(maxsize=100)
def _head(status: int, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """The first lines of an answer."""
    return b"HTTP/1.1 %d %b\r\n%b" % (status, HTTPStatus(status).phrase.encode(), b"".join([b"%b: %b\r\n" % header for header in headers]))
