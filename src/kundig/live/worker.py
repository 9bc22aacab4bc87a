"""The worker: every job in a thread of its own, each done by one process at a time."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

from kundig.errors import KundigError
from kundig.live.beside import Beside
from kundig.live.jobs import Apart, Job, jobs
from kundig.live.work import Work
from kundig.store.inbox.kept import InboxError, LeaseError
from kundig.store.lake import BusyError, OvertakenError

log = logging.getLogger("kundig.live")
LEASE = 30.0
"""Seconds that a job is somebody's without a sign of life."""
NICE = 10
"""How far behind requests the worker stands in the queue for a processor."""
PAUSE = 5.0
"""Seconds after a failure."""


class Worker:
    """The jobs of one workspace, those that take long in processes of their own.

    Args:
        folder: the workspace.
        only: names of jobs, all of which this process does itself; all by default.
    """

    def __init__(self, folder: Path, only: Iterable[str] | None = None) -> None:
        self.stopping = Event()
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        wanted = set(only or jobs())
        self._threads = [
            Thread(target=self._loop if only or not isinstance(job, Apart) else self._apart, args=(name, job, Work(folder, self.stopping)), name=f"kundig-{name}", daemon=True)
            for name, job in jobs().items()
            if name in wanted
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, within: float | None = None) -> bool:
        """Finish what is begun, bring home what waits, and end; false where that takes longer than so many seconds."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(within)
        return not any(thread.is_alive() for thread in self._threads)

    def _loop(self, name: str, job: Job, work: Work) -> None:
        due = time.monotonic()
        while True:
            last = self.stopping.is_set()
            late = max(time.monotonic() - due, 0.0)
            try:
                self._once(name, job, work, late)
                pause = job.EVERY
            except (LeaseError, OvertakenError, BusyError) as others:
                work.lease = None if isinstance(others, LeaseError) else work.lease
                # Another process does it, or writes just now.
                pause = max(job.EVERY, 1.0)
            except Exception as error:
                pause = max(job.EVERY, PAUSE)
                if isinstance(error, KundigError):
                    log.error("%s: %s", name, error)  # noqa: TRY400 -- the message is the whole explanation
                else:
                    log.exception("%s failed", name)
            if last:
                return
            due = time.monotonic() + pause
            self.stopping.wait(pause)
            if self.stopping.is_set() and name != "drain":
                return

    def _apart(self, name: str, job: Apart, work: Work) -> None:
        """A process of its own for a job, as soon as there is something for it to do."""
        while not self.stopping.is_set():
            if job.needed(work):
                beside = Beside(work.folder, name)
                beside.start()
                self.stopping.wait()
                beside.stop()
            self.stopping.wait(job.EVERY)

    def _once(self, name: str, job: Job, work: Work, late: float) -> None:
        # A right that was prolonged a moment ago is not prolonged again: an idle worker writes nothing.
        if work.lease is None or time.monotonic() > work.memory.get("leased", 0.0) + LEASE / 3:
            work.lease = work.inbox.leased(name, self._holder, LEASE, time.time())
            work.memory["leased"] = time.monotonic()
        lease = work.lease
        if lease is None:
            return
        done = Event()
        alive = Thread(target=self._prolong, args=(name, work, done), daemon=True)
        alive.start()
        began = time.monotonic()
        error = ""
        words = None
        try:
            words = job.run(work)
        except Exception as failed:
            error = str(failed).splitlines()[0] if isinstance(failed, KundigError) and str(failed) else type(failed).__name__
            raise
        finally:
            done.set()
            alive.join()
            if words is not None or error:
                work.inbox.tell(f"job:{name}", {"at": time.time(), "seconds": time.monotonic() - began, "late": late, "error": error, "did": words or {}})
            if self.stopping.is_set():
                work.inbox.released(lease)

    def _prolong(self, name: str, work: Work, done: Event) -> None:
        """Signs of life while a job takes long."""
        while not done.wait(LEASE / 3):
            try:
                work.inbox.leased(name, self._holder, LEASE, time.time())
                work.memory["leased"] = time.monotonic()
            except InboxError:
                continue


def behind() -> None:
    """Let whoever answers requests on this machine have the processor first."""
    if hasattr(os, "nice"):
        os.nice(NICE)


def tied(stop: Event) -> None:
    """End when whoever started this process ends: its end of the pipe closes then, however it ended."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        stop.set()

    Thread(target=wait, name="kundig-tied", daemon=True).start()
