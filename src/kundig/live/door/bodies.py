"""The body of a request, read under limits: of bytes, of bytes once unpacked, and of time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from kundig.live.door.refusals import RefusedError

PATIENCE = 20.0
"""Seconds in which a body has to be there."""
LOOK = 1.0
"""Seconds between two looks at who waits too long."""

Receive = Callable[[], Awaitable[dict[str, Any]]]


async def body(receive: Receive, encoding: bytes | None, length: bytes | None, most: int) -> bytes:
    """The whole body, unpacked.

    Args:
        receive: as ASGI gives it.
        encoding: the header `Content-Encoding`.
        length: the header `Content-Length`.
        most: bytes that it may have, packed or unpacked.

    Raises:
        RefusedError: it is too large, too slow, cut off, or packed in an unknown way.
    """
    if length is not None and length.isdigit() and int(length) > most:
        raise _too_large(most)
    packing = (encoding or b"").strip().lower()
    if packing in {b"", b"identity"}:
        message = await _next(receive)
        if not message.get("more_body"):
            whole: bytes = message.get("body", b"")
            if len(whole) > most:
                raise _too_large(most)
            return whole
        return await _gathered(receive, message, most, None)
    if packing not in {b"gzip", b"x-gzip", b"deflate"}:
        raise RefusedError(415, "unknown_encoding", f"Content-Encoding {packing.decode('latin-1')[:40]!r} is not known; expected gzip, deflate or none")
    # Both kinds of header, gzip's and zlib's.
    return await _gathered(receive, await _next(receive), most, zlib.decompressobj(wbits=zlib.MAX_WBITS | 32))


async def _gathered(receive: Receive, message: dict[str, Any], most: int, unpack: Any) -> bytes:
    parts: list[bytes] = []
    size = packed = 0
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        part: bytes = message.get("body", b"")
        packed += len(part)
        if unpack is not None and part:
            try:
                part = unpack.decompress(part, most - size + 1)
            except zlib.error as error:
                raise RefusedError(400, "bad_encoding", f"the body cannot be unpacked: {error}") from None
        parts.append(part)
        size += len(part)
        if size > most or packed > most:
            raise _too_large(most)
        if not message.get("more_body"):
            break
        message = await _next(receive, deadline)
    if unpack is not None and not unpack.eof:
        raise RefusedError(400, "bad_encoding", "the packed body is cut off")
    return b"".join(parts)


class _Late:
    """Whoever has waited too long is told so, by one look a second at all who wait: a clock for each would cost as much as reading does."""

    def __init__(self) -> None:
        self.waiting: dict[asyncio.Task[Any], float] = {}
        self.late: set[asyncio.Task[Any]] = set()
        self.looking: asyncio.TimerHandle | None = None

    def look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in [*self.waiting.items()]:
            if deadline <= now:
                del self.waiting[task]
                self.late.add(task)
                task.cancel()
        self.looking = loop.call_later(LOOK, self.look, loop) if self.waiting else None


_LATE: WeakKeyDictionary[asyncio.AbstractEventLoop, _Late] = WeakKeyDictionary()


async def _next(receive: Receive, deadline: float | None = None) -> dict[str, Any]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    late = _LATE.get(loop)
    if late is None:
        late = _LATE[loop] = _Late()
    if task is None:
        raise RuntimeError("a body is read in a task")
    late.waiting[task] = deadline or loop.time() + PATIENCE
    if late.looking is None:
        late.looking = loop.call_later(LOOK, late.look, loop)
    try:
        message = await receive()
    except asyncio.CancelledError:
        if task not in late.late:
            raise
        task.uncancel()
        raise RefusedError(408, "too_slow", f"the body was not there within {PATIENCE:.0f} seconds") from None
    finally:
        late.waiting.pop(task, None)
        late.late.discard(task)
    if message["type"] == "http.disconnect":
        raise RefusedError(400, "cut_off", "the connection ended before the body did")
    return message


def _too_large(most: int) -> RefusedError:
    return RefusedError(413, "too_large", f"the body has more than {most:,} bytes; send smaller batches")
