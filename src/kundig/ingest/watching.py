"""How far the engine is with a long step, told while it works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EVERY = 0.1


@contextmanager
def watched(con: DuckDBPyConnection, tell: Callable[[float, float], None] | None) -> Iterator[None]:
    """While the block runs, tell the share that is done (0 to 1) and the seconds since it began."""
    if tell is None:
        yield
        return
    over = threading.Event()
    began = time.monotonic()

    def watch() -> None:
        while not over.wait(EVERY):
            tell(max(0.0, float(con.query_progress()) / 100), time.monotonic() - began)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
