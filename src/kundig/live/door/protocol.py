"""Requests that are there as a whole when they are first heard of, answered without a task of their own.

Most senders' requests are: then what an application is called for (a task, messages to and fro, head and body written apart)
costs more than reading the events and telling them apart. All other requests go to the application as always.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kundig.live.door.application import Door


class AtOnce(HttpToolsProtocol):
    """Uvicorn's protocol, with a shorter way to a door."""

    _hearing = False
    _whole: RequestResponseCycle | None = None

    def data_received(self, data: bytes) -> None:
        """As uvicorn has it; the request that began in these bytes and ended in them is answered at once where it can be."""
        self._hearing = True
        super().data_received(data)
        self._hearing = False
        cycle, self._whole = self._whole, None
        if cycle is not None and not (self._complete(cycle) and self._at_once(cycle)):
            super()._start_asgi_task(cycle, self.app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # A request that waited for another's answer, or that has begun in bytes before these, has a task.
        if self._hearing and app is self.app and isinstance(app, Door):
            self._whole = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def _complete(self, cycle: RequestResponseCycle) -> bool:
        """Whether nothing has to be waited for: not the rest of the body, not the sender's reading."""
        return not (cycle.more_body or cycle.waiting_for_100_continue or self.flow.write_paused or self.transport.is_closing())

    def _at_once(self, cycle: RequestResponseCycle) -> bool:
        """Whether the door has taken the request."""

        def answered(status: int, text: bytes, headers: list[tuple[bytes, bytes]]) -> None:
            if cycle.disconnected:
                return
            end = b"" if cycle.keep_alive else b"connection: close\r\n"
            self.transport.write(b"%b%bcontent-length: %d\r\n\r\n%b" % (_head(status, tuple(headers)), end, len(text), text))
            cycle.response_started = cycle.response_complete = True
            if not cycle.keep_alive:
                self.transport.close()
            cycle.on_response()

        door: Any = self.app
        taken: bool = door.at_once(cycle.scope, cycle.body, answered)
        return taken


@lru_cache(maxsize=100)
def _head(status: int, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """The first lines of an answer."""
    return b"HTTP/1.1 %d %b\r\n%b" % (status, HTTPStatus(status).phrase.encode(), b"".join([b"%b: %b\r\n" % header for header in headers]))
