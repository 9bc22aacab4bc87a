"""A door in this process, on an inbox in the test's folder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from uvicorn.server import ServerState

from kundig.ingest.draining import Drained, drained
from kundig.live.door.application import Door
from kundig.live.door.keys import Keys, Sender, hashed
from kundig.live.door.metrics import Metrics
from kundig.live.door.protocol import AtOnce
from kundig.live.door.webhook import Hooks
from kundig.live.serving import configured, listening
from kundig.store.inbox import inbox
from kundig.store.inbox.kept import Inbox
from kundig.workspace import Workspace
from tests.conftest import Company
from tests.live.doorway import KEY

RECEIVED = 1_772_362_800.0
"""2026-03-01 11:00 UTC: when everything here arrives."""
BASIC = {"authorization": "Basic d2tfdGVzdHM6"}


@asynccontextmanager
async def answering(door: Door) -> AsyncIterator[str]:
    """The address of a server that has a door as `kundig serve` has it."""
    config = configured(door)
    config.load()
    state, listener = ServerState(), listening("127.0.0.1", 0)
    server = await asyncio.get_running_loop().create_server(lambda: AtOnce(config, state, {}), sock=listener)
    try:
        yield "http://{}:{}".format(*listener.getsockname())
    finally:
        server.close()


@dataclass
class House:
    """A workspace with its door."""

    workspace: Workspace
    inbox: Inbox
    door: Door
    now: float = RECEIVED

    def post(self, path: str, json: Any = None, **request: Any) -> httpx.Response:
        """One request, and its answer."""
        return self.posts([(path, {"json": json} if json is not None else {} | request)] if not request else [(path, ({"json": json} if json is not None else {}) | request)])[0]

    def posts(self, requests: list[tuple[str, dict[str, Any]]], method: str = "POST") -> list[httpx.Response]:
        """Requests one after the other, by one sender."""

        async def sent() -> list[httpx.Response]:
            # A committer belongs to a loop, and ends with it.
            self.door._committer = None
            async with answering(self.door) as address, httpx.AsyncClient(base_url=address) as client:
                answers = [await client.request(method, path, **request) for path, request in requests]
            if self.door._committer is not None:
                self.door._committer.close()
            return answers

        return asyncio.run(sent())

    def track(self, *events: dict[str, Any], **envelope: Any) -> dict[str, Any]:
        """A batch of calls, and what the sender is told."""
        answer = self.post("/v1/batch", {"batch": list(events), "writeKey": KEY, **envelope})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def drain(self) -> Drained:
        """Bring home what waits."""
        return drained(self.workspace.lake, self.inbox, self.workspace.config.live, self.workspace.config.company)

    def told(self, table: str = "events", *columns: str) -> list[dict[str, Any]]:
        """What answers know, without what is null, by event or subject."""
        rows = getattr(self.workspace.journal, "history" if table == "events" else table).to_pyarrow().to_pylist()
        by = sorted(rows, key=lambda row: (row.get("event_id") or "", row["subject"] or "", str(row["properties"])))
        return [{name: dict(value) if name in {"properties", "consents"} else value for name, value in row.items() if value is not None and (not columns or name in columns)} for row in by]


@pytest.fixture
def house(company: Company, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Opens a workspace with a door; `live` is that key of its configuration."""
    made: list[House] = []

    def opened(live: dict[str, Any] | None = None, *, rate: float = 1_000_000, **keys: Any) -> House:
        workspace = company(**({"live": live} if live else {}), **keys)
        kept = inbox(workspace.config.database, workspace.folder)
        assert kept is not None
        one = House(workspace, kept, None)  # type: ignore[arg-type]  # made next
        senders = Keys(lambda: {hashed(KEY): Sender("shop", rate)}, time.monotonic)
        one.door = Door(kept, senders, Hooks(workspace.config.live.webhooks), Metrics(), clock=lambda: one.now)
        made.append(one)
        return one

    yield opened
    for one in made:
        one.inbox.close()
