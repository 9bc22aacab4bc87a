"""Door and pages behind one port, and the worker beside them."""

from __future__ import annotations

import gc
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from kundig.errors import KundigError
from kundig.live.door.application import Door
from kundig.live.door.keys import Keys, Sender
from kundig.live.door.metrics import Metrics
from kundig.live.door.webhook import Hooks
from kundig.store.inbox import inbox
from kundig.workspace import Workspace

if TYPE_CHECKING:
    import uvicorn

READERS = 16
"""Pages that are drawn at once."""
TURN = 0.002
"""Seconds."""
YOUNG = 20_000
"""New objects after which those that nobody holds are looked for."""
GRACE = 20
"""Seconds in which requests may finish when the server is to end."""


def door(folder: Path, wsgi: Any = None, *, proxied: bool = False) -> Door:
    """The application of a workspace; Django is set up already.

    Args:
        folder: the workspace.
        wsgi: the pages; None where the door stands alone.
        proxied: whether all requests come through a proxy.

    Raises:
        KundigError: the configuration cannot be meant, or the inbox not be opened.
    """
    workspace = Workspace(folder)
    kept = inbox(workspace.config.database, folder)
    if kept is None:
        raise KundigError("there is no inbox")
    # Numbers go on where the lake has read to, also after the inbox was restored from a backup.
    kept.beyond(workspace.lake.read_up_to("events", f"inbox-{kept.identity}"))
    metrics = Metrics(token=os.environ.get("KUNDIG_METRICS_TOKEN", ""), proxied=proxied)
    pages: Any = None
    if wsgi is not None:
        from a2wsgi import WSGIMiddleware  # noqa: PLC0415 -- where there are pages

        pages = WSGIMiddleware(wsgi, workers=READERS)
    return Door(kept, Keys(senders, time.monotonic), Hooks(workspace.config.live.webhooks), metrics, pages=pages)


def senders() -> Mapping[str, Sender]:
    """All valid write keys, by their hash."""
    from django.db import close_old_connections  # noqa: PLC0415 -- needs Django's settings

    from kundig.state.keys import write_keys  # noqa: PLC0415 -- models need Django

    close_old_connections()
    try:
        return {key.hash: Sender(key.source, float(key.rate)) for key in write_keys() if key.valid}
    finally:
        close_old_connections()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        KundigError: the address is taken, or none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(2048)
    except OSError as error:
        raise KundigError(f"{host}:{port} cannot be served: {error}; choose another with --port") from None
    return made


def configured(application: Any) -> uvicorn.Config:
    """How uvicorn answers for an application."""
    import uvicorn  # noqa: PLC0415 -- slow import

    from kundig.live.door.protocol import AtOnce  # noqa: PLC0415 -- with uvicorn

    return uvicorn.Config(
        application, http=AtOnce, loop="auto", ws="none", lifespan="on", log_config=None, log_level="error", access_log=False, server_header=False, date_header=False,
        proxy_headers=False, timeout_keep_alive=75, timeout_graceful_shutdown=GRACE, h11_max_incomplete_event_size=None,
    )  # fmt: skip


def serve(application: Any, listener: socket.socket, started: Event | None = None) -> None:
    """Answer until the process is told to end; then what is begun is finished, and what was taken is on the disk."""
    import uvicorn  # noqa: PLC0415 -- slow import

    # What is there by now stays; a request makes thousands of objects that are gone when it is answered.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
    # Who answers and who writes take turns at the interpreter: neither may keep the other waiting long.
    sys.setswitchinterval(TURN)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if started is not None:
                started.set()

    Server(configured(application)).run(sockets=[listener])
