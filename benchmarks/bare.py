"""The limit that the door is held against: a bare server that does nothing with a body but bring it onto the disk.

`python -m benchmarks.bare FILE PORT`: asyncio on uvloop, just enough of HTTP/1.1 for a POST with a length, one thread that
writes what has come and calls fsync, and an answer when it has returned.
"""

from __future__ import annotations

import asyncio
import os
import sys
from threading import Condition, Thread

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n" + b'{"success":true}'


class Log:
    """Group commit of bytes."""

    def __init__(self, file: str, loop: asyncio.AbstractEventLoop) -> None:
        self.number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.loop = loop
        self.waiting: list[tuple[bytes, Connection]] = []
        self.change = Condition()
        Thread(target=self.run, daemon=True).start()

    def add(self, body: bytes, connection: Connection) -> None:
        with self.change:
            self.waiting.append((body, connection))
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
            self.loop.call_soon_threadsafe(self.answer, [connection for _, connection in group])

    @staticmethod
    def answer(connections: list[Connection]) -> None:
        for connection in connections:
            connection.transport.write(ANSWER)


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
            self.log.add(body, self)


async def served(file: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    log = Log(file, loop)
    server = await loop.create_server(lambda: Connection(log), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(served(sys.argv[1], int(sys.argv[2])))
