"""`kundig worker`: bring what arrives into the lake, and do what is due."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from kundig.cli.output import console
from kundig.errors import ArgumentError, nearest
from kundig.live.jobs import NAMES
from kundig.live.worker import Worker, behind, tied
from kundig.workspace import Workspace

WITHIN = 5.0
"""Seconds in which one job that another worker started may finish what it began: a whole round can take many minutes."""


def run(folder: Path, *, is_tied: bool, only: Sequence[str] = ()) -> None:
    """Work until told to end.

    Raises:
        ArgumentError: there is no such job.
    """
    for name in only:
        if name not in NAMES:
            raise ArgumentError(f"--only: {name!r} is no job; {nearest(name, NAMES)}")
    logging.basicConfig(level=logging.INFO, format="{asctime} {levelname} {name} {message}", style="{")
    workspace = Workspace(folder)
    worker = Worker(workspace.folder, only)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: worker.stopping.set())
    if is_tied:
        tied(worker.stopping)
    else:
        console().print(Text.assemble("kundig works for ", (str(workspace.folder), "bold"), "; Ctrl+C ends it."))
    behind()
    worker.start()
    worker.stopping.wait()
    if not worker.stop(WITHIN if is_tied and only else None):
        # A job may be cut off anywhere, and whoever started this one waits for its end.
        os._exit(0)
