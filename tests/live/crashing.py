"""Load, kill, and count: what was acknowledged is in the lake once, and nothing else is.

Senders send batches with ids of their own, and send a batch again until it is answered with 200. Processes are killed
without warning and started again.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from kundig.ingest.draining import drained
from kundig.workspace import Workspace
from tests.live.doorway import KEY

YAML = "company: {name: Nordwind}\nlive: {flush: 0.3}\n"
HEADERS = {"Authorization": "Basic " + b64encode(f"{KEY}:".encode()).decode(), "Content-Type": "application/json"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Process:
    """A process that is started again whenever it was ended."""

    words: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self.running = subprocess.Popen([sys.executable, "-m", "tests.live.doorway", *self.words], env=os.environ | dict(self.environment), stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it as a power cut would, as far as processes can tell."""
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        assert self.running is not None
        self.running.send_signal(signal.SIGTERM)
        # A worker stands behind everybody else in the queue for a processor: on a machine that is full it takes its time.
        return self.running.wait(timeout=300)


@dataclass
class Load:
    """Senders of batches; what was sent, and what was acknowledged."""

    port: int
    seed: int
    senders: int = 3
    size: int = 20
    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    ending: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _threads: list[Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to send."""
        self._threads = [Thread(target=self._send, args=(number,), daemon=True) for number in range(self.senders)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send no new batch; what is under way is sent until it is answered."""
        self.ending.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a batch was never answered"

    def _send(self, number: int) -> None:
        count = 0
        while not self.ending.is_set():
            count += 1
            ids = [f"{self.seed}-{number}-{count}-{each}" for each in range(self.size)]
            events = [{"type": "track", "event": "Order Completed", "userId": f"u{each % 7}", "anonymousId": f"a{number}", "messageId": one, "properties": {"order_id": one, "total": 1.5}} for each, one in enumerate(ids)]
            body = json.dumps({"batch": events})
            with self._lock:
                self.sent |= set(ids)
            while not self._answered(body):
                time.sleep(0.02)  # the door is down; when it is up again is what is being tried
            with self._lock:
                self.acknowledged |= set(ids)
            self.ending.wait(0.005)

    def _answered(self, body: str) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            connection.request("POST", "/v1/batch", body, HEADERS)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        else:
            self.statuses[answer.status] += 1
            return answer.status == 200
        finally:
            connection.close()


def settled(folder: Path) -> dict[str, Any]:
    """Bring home what waits, and tell what there is: ids of events and how often, files beside their tables, and the state of the inbox."""
    workspace = Workspace(folder)
    kept = workspace.inbox
    assert kept is not None
    while drained(workspace.lake, kept, workspace.config.live, workspace.config.company).arrived:
        pass
    drained(workspace.lake, kept, workspace.config.live, workspace.config.company)
    rows = workspace.journal.history.select("event_id").to_pyarrow().column("event_id").to_pylist() if workspace.lake.table("events") else []
    ids = Counter(rows)
    strays = []
    for name in ("events", "traits"):
        known = {Path(file).name for file in workspace.lake.files(name)}
        strays += [file.name for file in (workspace.lake.folder / name).glob("*.parquet") if file.name not in known]
    checked = sqlite3.connect(folder / "inbox.sqlite3").execute("PRAGMA integrity_check").fetchone()[0] if (folder / "inbox.sqlite3").exists() else "ok"
    return {"ids": ids, "waiting": kept.standing().events, "strays": strays, "integrity": checked}


def survives(folder: Path, kills: int, seed: int, *, targets: tuple[str, ...] = ("door", "worker", "both")) -> dict[str, int]:
    """Kill so often under load, and hold the lake against what was acknowledged."""
    (folder / "kundig.yaml").write_text(YAML)
    chance = random.Random(seed)
    port = free_port()
    door, worker = Process(["door", str(folder), str(port)]), Process(["worker", str(folder)])
    load = Load(port, seed)
    door.start()
    worker.start()
    load.start()
    try:
        for _ in range(kills):
            before = len(load.acknowledged)
            deadline = time.monotonic() + 60
            while len(load.acknowledged) == before and time.monotonic() < deadline:
                time.sleep(0.01)  # until the door takes events again
            time.sleep(chance.uniform(0.0, 1.2))  # any moment will do: the test holds at each
            target = chance.choice(targets)
            for process in ([door] if target == "door" else [worker] if target == "worker" else [door, worker]):
                process.kill()
                process.start()
        load.stop()
        door.stop()
        worker.stop()
    finally:
        for process in (door, worker):
            if process.running is not None and process.running.poll() is None:
                process.kill()
    found = settled(folder)
    counts = {
        "acknowledged": len(load.acknowledged),
        "lost": len(load.acknowledged - found["ids"].keys()),
        "doubled": sum(count > 1 for count in found["ids"].values()),
        "unknown": len(found["ids"].keys() - load.sent),
        "strays": len(found["strays"]),
        "waiting": found["waiting"],
    }
    assert found["integrity"] == "ok"
    return counts


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True)
    began = time.monotonic()
    sys.stdout.write(f"{survives(target, int(sys.argv[2]), int(sys.argv[3]))} {time.monotonic() - began:.0f} s\n")
