"""The door and the worker as processes that start quickly: `python -m tests.live.doorway door|worker FOLDER PORT`.

The door stands alone, without pages and their database; its one write key is KEY. `kundig serve` has the same door.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

KEY = "wk_tests"


def door(folder: Path, port: int) -> None:
    """Answer at the port until told to end."""
    from kundig.live.door.application import Door
    from kundig.live.door.keys import Keys, Sender, hashed
    from kundig.live.door.metrics import Metrics
    from kundig.live.door.webhook import Hooks
    from kundig.live.serving import listening, serve
    from kundig.store.inbox import inbox
    from kundig.workspace import Workspace

    workspace = Workspace(folder)
    kept = inbox(workspace.config.database, workspace.folder)
    kept.beyond(workspace.lake.read_up_to("events", f"inbox-{kept.identity}"))
    keys = Keys(lambda: {hashed(KEY): Sender("shop", 1_000_000)}, time.monotonic)
    serve(Door(kept, keys, Hooks(workspace.config.live.webhooks), Metrics()), listening("127.0.0.1", port))


def worker(folder: Path) -> None:
    """Drain until told to end."""
    from kundig.live.worker import Worker, behind

    working = Worker(folder, ["drain", "ordering"])
    signal.signal(signal.SIGTERM, lambda *_: working.stopping.set())
    behind()
    working.start()
    working.stopping.wait()
    working.stop()


if __name__ == "__main__":
    if sys.argv[1] == "door":
        door(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        worker(Path(sys.argv[2]))
