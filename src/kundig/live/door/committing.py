"""Group commit: requests that come while the disk is busy share the next commit."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread

from kundig.live import failpoints
from kundig.live.door.refusals import FullError
from kundig.store.inbox.kept import Arrival, Inbox

log = logging.getLogger("kundig.live")

Known = tuple[int, ...]
Settled = Callable[[Known | Exception], None]
Waiting = tuple[Arrival, Settled, int]


class Committer:
    """One thread that writes; whoever awaits `kept` goes on when the commit has returned.

    Args:
        inbox: where to; its `add` blocks until all is on the disk.
        loop: the event loop of those who wait.
        most: bytes that may wait.
        together: requests in one commit at most, so that the first does not wait long for the last.
    """

    def __init__(self, inbox: Inbox, loop: asyncio.AbstractEventLoop, *, most: int = 64 << 20, together: int = 512) -> None:
        self._inbox, self._loop, self._most, self._together = inbox, loop, most, together
        self._arrived: deque[Waiting] = deque()
        self._woken: SimpleQueue[str] = SimpleQueue()
        # Known to the thread of the loop alone.
        self._held = 0
        self._waking = False
        self._closing = False
        self._thread = Thread(target=self._run, name="kundig-inbox", daemon=True)
        self._thread.start()

    def kept(self, arrival: Arrival, size: int) -> asyncio.Future[Known]:
        """The positions of items that were known, once the request is on the disk.

        Args:
            arrival: the request.
            size: about how many bytes it holds in memory.

        Raises:
            FullError: at once, where too much waits.
            InboxError: awaited; it could not be kept.
        """
        future: asyncio.Future[Known] = self._loop.create_future()
        self.keep(arrival, size, partial(_into, future))
        return future

    def keep(self, arrival: Arrival, size: int, settled: Settled) -> None:
        """As `kept`, for whoever waits without a future: `settled` is called in the loop, with the positions or with what went wrong.

        Raises:
            FullError: where too much waits.
        """
        if self._held + size > self._most or self._closing:
            raise FullError
        self._held += size
        self._arrived.append((arrival, settled, size))
        # Once for all that is read in one turn of the loop: to wake a thread costs both their turn at the interpreter.
        if not self._waking:
            self._waking = True
            self._loop.call_soon(self._wake)

    def close(self) -> None:
        """Write what waits, and end."""
        self._closing = True
        self._woken.put("end")
        self._thread.join()

    def _wake(self) -> None:
        self._waking = False
        self._woken.put("on")

    def _run(self) -> None:
        going_on = True
        while True:
            if not self._arrived:
                if not going_on:
                    return
                going_on = self._woken.get() != "end"
            group: list[Waiting] = []
            with suppress(IndexError):
                while len(group) < self._together:
                    group.append(self._arrived.popleft())
            if not group:
                continue
            known: list[Known] | Exception
            try:
                failpoints.reached("before-commit")
                known = self._inbox.add([arrival for arrival, _, _ in group])
                failpoints.reached("after-commit")
            except Exception as error:  # noqa: BLE001 -- whatever it is, those who wait must hear of it
                log.error("events cannot be kept: %s", error)  # noqa: TRY400 -- the trace says nothing more
                known = error
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._settle, group, known)

    def _settle(self, group: list[Waiting], known: list[Known] | Exception) -> None:
        self._held -= sum(size for _, _, size in group)
        for position, (_, settled, _) in enumerate(group):
            settled(known if isinstance(known, Exception) else known[position])


def _into(future: asyncio.Future[Known], known: Known | Exception) -> None:
    """What became of a request, for whoever awaits it; nobody does where the sender has gone."""
    if future.done():
        return
    if isinstance(known, Exception):
        future.set_exception(known)
    else:
        future.set_result(known)
