"""The worker as a process of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

log = logging.getLogger("kundig.live")
STEADY = 60.0
"""Seconds after which a process that ended had begun well."""


class Beside:
    """The worker, or one of its jobs, as a process of its own: started again when it ends by itself; it ends with this process.

    Args:
        folder: the workspace.
        only: the one job; all by default.
    """

    def __init__(self, folder: Path, only: str | None = None) -> None:
        self._command = [sys.executable, "-m", "kundig", "worker", "--workspace", str(folder), "--tied", *(["--only", only] if only else [])]
        self._what = f"the worker of {only}" if only else "the worker"
        self._ending = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name=f"kundig-worker-{only or 'all'}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Let it bring home what waits, and end."""
        self._ending.set()
        if self._process is not None:
            self._process.terminate()
        self._thread.join(timeout=120)

    def _run(self) -> None:
        pause = 1.0
        while not self._ending.is_set():
            began = time.monotonic()
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603 -- this program
            if self._ending.is_set():
                self._process.terminate()
            code = self._process.wait()
            if self._ending.is_set():
                return
            pause = 1.0 if time.monotonic() - began > STEADY else min(2 * pause, 60.0)
            log.error("%s ended with %s; it is started again in %.0f seconds", self._what, code, pause)
            self._ending.wait(pause)
