"""What the door is held against: bare servers that do nothing with a body but bring it onto the disk with group commit.

`python -m benchmarks.bare FILE PORT http|socket`. `http` is an application of three lines on the HTTP server that the door
stands on; `socket` knows just enough of HTTP/1.1 for a POST with a length, which no server that others can reach may. Both
answer when one thread has written what had come and fsync has returned.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from threading import Condition, Thread
from typing import Any

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n" + b'{"success":true}'


class Log:
    """Group commit of bytes."""

    def __init__(self, file: str, loop: asyncio.AbstractEventLoop) -> None:
        self.number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.loop = loop
        self.waiting: list[tuple[bytes, Callable[[], None]]] = []
        self.change = Condition()
        Thread(target=self.run, daemon=True).start()

    def add(self, body: bytes, answer: Callable[[], None]) -> None:
        with self.change:
            self.waiting.append((body, answer))
            self.change.notify()

    def run(self) -> None:
        while True:
            with self.change:
                while not self.waiting:
                    self.change.wait()
                group, self.waiting = self.waiting, []
            whole = memoryview(b"".join(body for body, _ in group))
            while whole:
                whole = whole[os.write(self.number, whole) :]
            os.fsync(self.number)
            self.loop.call_soon_threadsafe(self.answer, [answer for _, answer in group])

    @staticmethod
    def answer(answers: list[Callable[[], None]]) -> None:
        for answer in answers:
            answer()


class Connection(asyncio.Protocol):
    """One sender that waits for each answer."""

    def __init__(self, log: Log) -> None:
        self.log, self.held = log, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.held += data
        end = self.held.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.held[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self.held) >= end + 4 + length:
            body, self.held = self.held[end + 4 : end + 4 + length], self.held[end + 4 + length :]
            self.log.add(body, lambda: self.transport.write(ANSWER))


async def served(file: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    log = Log(file, loop)
    server = await loop.create_server(lambda: Connection(log), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def application(file: str) -> Any:
    """The same as an ASGI application."""
    log: list[Log] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        loop = asyncio.get_running_loop()
        if not log:
            log.append(Log(file, loop))
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        done = loop.create_future()
        log[0].add(b"".join(parts), lambda: done.set_result(None))
        await done
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json"), (b"content-length", b"16")]})
        await send({"type": "http.response.body", "body": b'{"success":true}'})

    return app


if __name__ == "__main__":
    if sys.argv[3] == "http":
        from kundig.live.serving import listening, serve

        serve(application(sys.argv[1]), listening("127.0.0.1", int(sys.argv[2])))
    else:
        import uvloop

        uvloop.run(served(sys.argv[1], int(sys.argv[2])))
