"""The door against a bare server that brings the same bodies onto the disk with group commit, and nothing else.

Ours answers when the events are durable and told apart, with the worker draining them into the lake beside it. All are
asked in turn, by the same senders, on the same disk. The bare server that counts stands on the same HTTP server as the
door; how far one on a bare socket goes is printed beside it.
"""

from __future__ import annotations

import compileall
import http.client
import json
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kundig
from benchmarks.ratio import Ratio
from benchmarks.senders import BASIC

ROUNDS = 3
SECONDS = 6.0
PACE = 80
"""Batches a second: 8,000 events."""
SHAPES = {"batches of 100": (8, 100), "single events": (64, 1)}
"""Connections, and events a request."""


def started(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *words], stderr=subprocess.DEVNULL)


def ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("POST", "/v1/nothing", b"")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nobody answers at {port}")


def sent(port: int, connections: int, events: int) -> dict[str, Any]:
    told = subprocess.run([sys.executable, "-m", "benchmarks.senders", str(port), str(connections), str(SECONDS), str(events)], check=True, capture_output=True).stdout
    result: dict[str, Any] = json.loads(told)
    if result["failed"] or result["requests"] < 100:
        raise RuntimeError(f"the senders met what they should not: {result}")
    return result


def beside(port: int, other: str) -> float:
    """p99 of single events of one sender beside another, who sends 4,000 events a second."""
    words = [sys.executable, "-m", "benchmarks.senders", str(port)]
    another = subprocess.Popen([*words, "8", str(SECONDS + 2), "100", "40", *other.split()], stdout=subprocess.DEVNULL)
    time.sleep(1)
    told = json.loads(subprocess.run([*words, "8", str(SECONDS), "1", "200"], check=True, capture_output=True).stdout)
    another.wait()
    return float(told["p99"])


def answerable(folder: Path, port: int) -> float:
    """Seconds from the answer to an event until `kundig ask`, begun then, has told it."""
    identity = uuid.uuid4().hex[:8]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    event = {"userId": f"late-{identity}", "event": f"Marker {identity}", "messageId": identity}
    connection.request("POST", "/v1/track", json.dumps(event), {"authorization": f"Basic {BASIC.decode()}"})
    if connection.getresponse().status != 200:
        raise RuntimeError("the marker was not taken")
    began = time.monotonic()
    words = [sys.executable, "-m", "kundig", "ask", "journeys.entries_exits", "--level", "touchpoint", "-w", str(folder), "--format", "json"]
    while True:
        told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        if f"Marker {identity}" in told:
            return time.monotonic() - began


def measured(folder: Path) -> Iterator[Ratio]:
    """Throughput and p99 for each shape, and from arrival to answer at that load."""
    from tests.live.crashing import free_port

    # As in an installation: a source tree is compiled at every start where nothing may be written beside it.
    compileall.compile_dir(Path(kundig.__file__).parent, quiet=1)
    workspace = folder / "workspace"
    workspace.mkdir()
    (workspace / "kundig.yaml").write_text("company: {name: Bench}\n")
    ours, theirs, socket = free_port(), free_port(), free_port()
    processes = [started("tests.live.doorway", "door", str(workspace), str(ours)), started("tests.live.doorway", "worker", str(workspace))]
    processes += [started("benchmarks.bare", str(folder / f"{kind}.log"), str(port), kind) for port, kind in ((theirs, "http"), (socket, "socket"))]
    try:
        for port in (ours, theirs, socket):
            ready(port)
        # Before all else: what the rounds below leave behind takes the worker minutes to bring home.
        yield from _lags(workspace, ours, f"{PACE * SHAPES['batches of 100'][1]:,} a second", str(PACE))
        for name, (connections, events) in SHAPES.items():
            found: dict[int, list[dict[str, Any]]] = {ours: [], theirs: [], socket: []}
            for _ in range(ROUNDS):
                for port, met in found.items():
                    met.append(sent(port, connections, events))
            rates, tails = ({port: [each[what] for each in found[port]] for port in found} for what in ("rate", "p99"))
            said = [f"{who} {statistics.median(rates[port]):,.0f} requests/s with p99 {1000 * statistics.median(tails[port]):.1f} ms" for who, port in (("ours", ours), ("bare", theirs), ("bare socket", socket))]
            print(f"  {name}: {'; '.join(said)}", file=sys.stderr)
            yield Ratio(f"door, {name}: requests a second, of the bare server's", statistics.median(rates[ours]) / statistics.median(rates[theirs]), 0.6, at_least=True)
            yield Ratio(f"door, {name}: p99 of an answer, of the bare server's", statistics.median(tails[ours]) / statistics.median(tails[theirs]), 3.0)
        plain, odd = (statistics.median(each) for each in zip(*((beside(ours, ""), beside(ours, "names")) for _ in range(ROUNDS)), strict=True))
        yield Ratio("door: p99 of one sender beside another whose names are all different, of beside one whose names are not", odd / plain, 2.0)
        # Senders that never rest leave two cores nothing for anybody else.
        yield from _lags(workspace, ours, "as quickly as they can")
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _lags(workspace: Path, port: int, load: str, *pace: str) -> Iterator[Ratio]:
    """From arrival to answer while events come."""
    connections, events = SHAPES["batches of 100"]
    senders = subprocess.Popen([sys.executable, "-m", "benchmarks.senders", str(port), str(connections), "30", str(events), *pace], stdout=subprocess.PIPE)
    time.sleep(6)
    lags = [answerable(workspace, port) for _ in range(5)]
    senders.wait()
    yield Ratio(f"from the answer to an event to its being told by `kundig ask`, events coming {load}", statistics.median(lags), 2.0, "s")
