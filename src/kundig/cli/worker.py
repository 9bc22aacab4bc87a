"""`kundig worker`: bring what arrives into the lake, and do what is due."""

from __future__ import annotations

import logging
import signal
from pathlib import Path

from rich.text import Text

from kundig.cli.output import console
from kundig.live.worker import Worker, behind, tied
from kundig.workspace import Workspace


def run(folder: Path, *, is_tied: bool) -> None:
    """Work until told to end."""
    logging.basicConfig(level=logging.INFO, format="{asctime} {levelname} {name} {message}", style="{")
    workspace = Workspace(folder)
    worker = Worker(workspace.folder)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: worker.stopping.set())
    if is_tied:
        tied(worker.stopping)
    else:
        console().print(Text.assemble("kundig works for ", (str(workspace.folder), "bold"), "; Ctrl+C ends it."))
    behind()
    worker.start()
    worker.stopping.wait()
    worker.stop()
