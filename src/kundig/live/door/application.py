"""The door as an ASGI application: Segment's addresses and webhooks here, everything else to the pages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from kundig.live.door.bodies import body
from kundig.live.door.committing import Committer, Known
from kundig.live.door.keys import Keys, given
from kundig.live.door.metrics import Metrics
from kundig.live.door.quick import Batch, One, read, told_apart
from kundig.live.door.refusals import LaterError, RefusedError, UnavailableError, UnknownKeyError, UnreadableError
from kundig.live.door.segment import CALLS, LARGEST_BATCH, Checked, checked, parsed
from kundig.live.door.webhook import Hooks
from kundig.store.inbox.kept import Inbox, InboxError

log = logging.getLogger("kundig.live")

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Answered = Callable[[int, bytes, list[tuple[bytes, bytes]]], None]

LARGEST_HOOK = 1024 * 1024
_JSON = (b"content-type", b"application/json")
_OPEN = (b"access-control-allow-origin", b"*")
"""A write key in a page is no secret and opens nothing else; without this header the browser's library could not hear the answer."""
_TAKEN = [_JSON, _OPEN]
_PREFLIGHT = [_OPEN, (b"access-control-allow-methods", b"POST"), (b"access-control-allow-headers", b"authorization, content-type, content-encoding, x-retry-count"), (b"access-control-max-age", b"86400")]


class Door:
    """The application.

    Args:
        inbox: where events are kept.
        keys: who may send.
        hooks: the webhooks of the configuration.
        metrics: what is counted.
        pages: whatever answers all other addresses; None where the door stands alone.
        clock: seconds since 1970, by which events are received.
    """

    def __init__(  # noqa: PLR0913 -- all that it is made of
        self, inbox: Inbox, keys: Keys, hooks: Hooks, metrics: Metrics, *, pages: App | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._inbox, self._keys, self._hooks, self.metrics, self._pages, self._clock = inbox, keys, hooks, metrics, pages, clock
        self._committer: Committer | None = None
        self._aside = ThreadPoolExecutor(2, thread_name_prefix="kundig-door")
        self._refreshing: asyncio.Future[None] | None = None
        self._calls = {f"/v1/{name}": call for name, call in CALLS.items()}
        self._urls = frozenset(path.encode() for path in self._calls)
        self._open: Mapping[str, Callable[[Scope], Awaitable[tuple[int, bytes, bytes]]]] = {"/health/": self._health, "/health": self._health, "/ready": self._ready, "/metrics": self._metrics}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path: str = scope["path"]
        call = self._calls.get(path) or (self._calls.get(path.rstrip("/")) if path.startswith("/v1/") else None)
        if call is not None:
            await self._taken(scope, send, lambda: self._segment(scope, receive, call))
        elif path.startswith(("/v1/", "/hooks/")):
            name = path.removeprefix("/hooks/").strip("/") if path.startswith("/hooks/") else None
            await self._taken(scope, send, lambda: self._hook(scope, receive, name))
        elif path in self._open and scope["method"] in {"GET", "HEAD"}:
            status, kind, text = await self._open[path](scope)
            await _answered(send, status, text, [(b"content-type", kind), (b"cache-control", b"no-store")])
        elif self._pages is not None:
            await self._pages(scope, receive, send)
        else:
            await _answered(send, 404, _told("missing", "there is nothing at this address"), [_JSON])

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await asyncio.get_running_loop().run_in_executor(self._aside, self._keys.refresh)
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.get_running_loop().run_in_executor(None, self.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def close(self) -> None:
        """Write what waits, and let go of the inbox."""
        if self._committer is not None:
            self._committer.close()
        self._aside.shutdown()

    async def _taken(self, scope: Scope, send: Send, taken: Callable[[], Awaitable[bytes]]) -> None:
        """The answer to a request that brings events, whatever becomes of it."""
        if scope["method"] == "OPTIONS":
            await _answered(send, 204, b"", _PREFLIGHT)
            return
        began = time.perf_counter()
        more: list[tuple[bytes, bytes]] = []
        try:
            status, answer = 200, await taken()
        except RefusedError as refused:
            status, answer, more = _refusal(refused)
        self.metrics.answered(status, time.perf_counter() - began)
        await _answered(send, status, answer, [*_TAKEN, *more])

    def takes(self, url: bytes) -> bool:
        """Whether `at_once` may take what is posted to an address."""
        return url in self._urls

    def at_once(self, scope: Scope, whole: bytes, answered: Answered) -> bool:
        """Take a request whose body is there as a whole; False, and nothing done, where it is to be called as an application.

        Args:
            scope: a request that posts to an address that the door `takes`, as ASGI has it.
            whole: its body.
            answered: writes the answer: status, text, headers beside the length. It is called before this returns, or when the
                events are on the disk.
        """
        if self._keys.stale or len(whole) > LARGEST_BATCH:
            return False
        call = self._calls[scope["path"]]
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if b"content-encoding" in headers:
            return False
        began = time.perf_counter()

        def told(known: Known | Exception) -> None:
            if isinstance(known, Exception):
                refused(UnavailableError())
                return
            self._counted(found, known)
            self.metrics.answered(200, time.perf_counter() - began)
            answered(200, found.answer(known), _TAKEN)

        def refused(error: RefusedError) -> None:
            status, text, more = _refusal(error)
            self.metrics.answered(status, time.perf_counter() - began)
            answered(status, text, [*_TAKEN, *more])

        try:
            found = self._apart(headers.get(b"authorization"), bytes(whole), call)
            self._committing.keep(found.arrival, _held(whole), told)
        except RefusedError as error:
            refused(error)
        return True

    async def _segment(self, scope: Scope, receive: Receive, call: str) -> bytes:
        headers = _headers(scope)
        whole = await body(receive, headers.get(b"content-encoding"), headers.get(b"content-length"), LARGEST_BATCH)
        if self._keys.stale:
            await self._refresh()
        return await self._kept(self._apart(headers.get(b"authorization"), whole, call), whole)

    def _apart(self, header: bytes | None, whole: bytes, call: str) -> Checked:
        """The events of a request.

        Raises:
            RefusedError: whoever sends is unknown or too quick, or the body cannot be read.
        """
        # A header that is wrong is not made right by what the body says.
        name = given(header, None)
        if name is not None and self._keys.sender(name) is None:
            raise UnknownKeyError
        found = read(whole, call)
        if name is None and found is not None and found.write_key is None:
            # Some senders write it into the first event.
            found = None
        value = parsed(whole) if found is None else None
        name = name or (given(header, value) if found is None else found.write_key)
        sender = self._keys.sender(name) if name else None
        if name is None or sender is None:
            raise UnknownKeyError
        wait = self._keys.wait(name, sender, _events(found, value, call))
        if wait:
            raise LaterError(wait)
        received = int(self._clock() * 1_000_000)
        apart = told_apart(found, whole, call, source=sender.source, received=received, secret=self._inbox.secret) if found is not None else None
        if apart is None:
            try:
                apart = checked(value or parsed(whole), call, source=sender.source, received=received, secret=self._inbox.secret)
            except RecursionError:
                raise UnreadableError("the body is nested too deep") from None
        return apart

    async def _hook(self, scope: Scope, receive: Receive, name: str | None) -> bytes:
        if name is None or name not in self._hooks.names:
            raise RefusedError(404, "missing", "there is nothing at this address")
        headers = _headers(scope)
        whole = await body(receive, headers.get(b"content-encoding"), headers.get(b"content-length"), LARGEST_HOOK)
        now = self._clock()
        found = self._hooks.checked(name, headers, whole, int(now * 1_000_000), self._inbox.secret)
        return await self._kept(found, whole)

    @property
    def _committing(self) -> Committer:
        """What writes; it begins with the first request, in the loop that answers."""
        if self._committer is None:
            self._committer = Committer(self._inbox, asyncio.get_running_loop())
        return self._committer

    async def _kept(self, found: Checked, whole: bytes) -> bytes:
        try:
            known = await self._committing.kept(found.arrival, _held(whole))
        except InboxError:
            raise UnavailableError from None
        self._counted(found, known)
        return found.answer(known)

    def _counted(self, found: Checked, known: Known) -> None:
        self.metrics.events(found.arrival.source, len(found.indices) - len(known), len(known), len(found.rejected))

    async def _refresh(self) -> None:
        """The keys looked up again, once for all who ask at this moment."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.get_running_loop().run_in_executor(self._aside, self._keys.refresh)
        try:
            await self._refreshing
        except Exception as error:
            log.exception("write keys cannot be looked up")
            raise UnavailableError from error

    async def _health(self, _scope: Scope) -> tuple[int, bytes, bytes]:
        return 200, b"text/plain; charset=utf-8", b"ok\n"

    async def _ready(self, _scope: Scope) -> tuple[int, bytes, bytes]:
        """Whether events can be kept now: the inbox is written to."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(5):
                await loop.run_in_executor(self._aside, self._inbox.tell, "asked", int(self._clock()))
        except (InboxError, TimeoutError) as error:
            return 503, b"application/json", _told("unavailable", f"events cannot be kept: {type(error).__name__}")
        return 200, b"application/json", orjson.dumps({"ready": True})

    async def _metrics(self, scope: Scope) -> tuple[int, bytes, bytes]:
        if not self.metrics.allowed(scope):
            return 403, b"application/json", _told("forbidden", "metrics are told on this machine, or to whoever has KUNDIG_METRICS_TOKEN")
        text = await asyncio.get_running_loop().run_in_executor(self._aside, self.metrics.text, self._inbox, self._clock())
        return 200, b"text/plain; version=0.0.4; charset=utf-8", text


def _events(found: One | Batch | None, value: Mapping[str, Any] | None, call: str) -> int:
    """How many events a request holds."""
    batch = found.batch if isinstance(found, Batch) else (value or {}).get("batch")
    return len(batch) if call == "batch" and isinstance(batch, list) else 1


def _headers(scope: Scope) -> dict[bytes, bytes]:
    if scope["method"] != "POST":
        raise RefusedError(405, "method", "send with POST")
    return dict(scope["headers"])


def _held(whole: bytes) -> int:
    """About how many bytes a request holds in memory until it is on the disk."""
    return 4 * len(whole) + 2_000


def _refusal(refused: RefusedError) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """Status, text, and headers beside those of every answer."""
    return refused.status, _told(refused.code, str(refused)), [(b"retry-after", str(refused.again).encode())] if refused.again is not None else []


def _told(code: str, message: str) -> bytes:
    return orjson.dumps({"success": False, "code": code, "message": message})


async def _answered(send: Send, status: int, text: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"content-length", str(len(text)).encode())]})
    await send({"type": "http.response.body", "body": text})
