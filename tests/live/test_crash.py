"""Killed without warning, at any moment and at each step: what was acknowledged is there once, and nothing else is.

Longer runs: `make soak`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kundig.store.inbox import inbox
from tests.live.crashing import YAML, Load, Process, free_port, settled, survives

NOTHING = {"lost": 0, "doubled": 0, "unknown": 0, "strays": 0, "waiting": 0}


def test_door_and_worker_killed_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    counts = survives(tmp_path, 2, seed=1)
    assert counts.pop("acknowledged") > 0
    assert counts == NOTHING


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_door_and_worker_killed_twenty_times_each_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    counts = survives(tmp_path, 20, seed=seed)
    assert counts.pop("acknowledged") > 0
    assert counts == NOTHING


def ended_at(folder: Path, of: str, point: str) -> dict[str, int]:
    """One of the processes ends at a point by itself, is started again without it, and the load goes on."""
    (folder / "kundig.yaml").write_text(YAML)
    port = free_port()
    processes = {"door": Process(["door", str(folder), str(port)]), "worker": Process(["worker", str(folder)])}
    processes[of].environment = {"KUNDIG_FAILPOINT": point}
    load = Load(port, 7)
    for process in processes.values():
        process.start()
    load.start()
    failing = processes[of]
    try:
        assert failing.running is not None
        failing.running.wait(timeout=60)
        failing.environment = {"KUNDIG_FAILPOINT": ""}
        failing.start()
        before, deadline = len(load.acknowledged), time.monotonic() + 60
        while len(load.acknowledged) == before and time.monotonic() < deadline:
            time.sleep(0.02)  # until it takes events again
        load.stop()
        for process in processes.values():
            process.stop()
    finally:
        for process in processes.values():
            if process.running is not None and process.running.poll() is None:
                process.kill()
    found = settled(folder)
    return {
        "lost": len(load.acknowledged - found["ids"].keys()), "doubled": sum(count > 1 for count in found["ids"].values()), "unknown": len(found["ids"].keys() - load.sent),
        "strays": len(found["strays"]), "waiting": found["waiting"],
    }  # fmt: skip


POINTS = [("door", "before-commit:3"), ("door", "after-commit:3"), *(("worker", point) for point in ("read", "staged", "traits", "events", "forgotten"))]


@pytest.mark.parametrize(("of", "point"), [("worker", "events")])
def test_a_process_that_ends_between_its_commits_loses_and_doubles_nothing(tmp_path: Path, of: str, point: str) -> None:
    assert ended_at(tmp_path, of, point) == NOTHING


@pytest.mark.soak
@pytest.mark.parametrize(("of", "point"), POINTS)
def test_a_process_that_ends_at_any_point_loses_and_doubles_nothing(tmp_path: Path, of: str, point: str) -> None:
    assert ended_at(tmp_path, of, point) == NOTHING


def test_told_to_end_under_load_both_finish_what_they_took(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text(YAML.replace("0.3", "600"))
    port = free_port()
    door, worker = Process(["door", str(tmp_path), str(port)]), Process(["worker", str(tmp_path)])
    load = Load(port, 3)
    for process in (door, worker):
        process.start()
    load.start()
    try:
        deadline = time.monotonic() + 60
        while len(load.acknowledged) < 200 and time.monotonic() < deadline:
            time.sleep(0.01)
        # A rolling restart: the next door is there as soon as the first has ended.
        door.stop()
        door.start()
        load.stop()
        door.stop()
        kept = inbox("sqlite:///kundig.sqlite3", tmp_path)
        assert kept is not None
        waiting = kept.standing().events
        assert (worker.stop(), kept.standing().events, waiting) == (0, 0, len(load.acknowledged))
        kept.close()
    finally:
        for process in (door, worker):
            if process.running is not None and process.running.poll() is None:
                process.kill()
    assert (set(load.statuses), load.acknowledged == settled(tmp_path)["ids"].keys()) == ({200}, True)


def test_two_doors_two_workers_and_an_import_at_once_tell_no_sender_of_it(tmp_path: Path) -> None:
    rows = "".join(f"{number},{number % 9},2026-02-01T10:00:00Z\n" for number in range(3_000))
    (tmp_path / "old.csv").write_text("id,who,at\n" + rows)
    (tmp_path / "kundig.yaml").write_text(YAML + "sources: {old: {read: {csv: old.csv}, key: id, events: {kind: order, subject: 'crm:{who}', at: at}}}\n")
    ports = [free_port(), free_port()]
    processes = [Process(["door", str(tmp_path), str(port)]) for port in ports] + [Process(["worker", str(tmp_path)]) for _ in range(2)]
    loads = [Load(port, number, senders=2) for number, port in enumerate(ports)]
    for process in processes:
        process.start()
    for load in loads:
        load.start()
    try:
        subprocess.run([sys.executable, "-m", "kundig", "import", "-w", str(tmp_path)], check=True, capture_output=True)
        for load in loads:
            load.stop()
        for process in processes:
            process.stop()
    finally:
        for process in processes:
            if process.running is not None and process.running.poll() is None:
                process.kill()
    found = settled(tmp_path)
    live = {one: count for one, count in found["ids"].items() if "-" in one}
    assert (set(loads[0].statuses) | set(loads[1].statuses), len(found["ids"]) - len(live)) == ({200}, 3_000)
    assert (live == dict.fromkeys(loads[0].acknowledged | loads[1].acknowledged, 1), found["strays"], found["waiting"]) == (True, [], 0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, check=False) if os.name == "posix" and os.geteuid() == 0 else None
    if made is None or made.returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_with_a_time_to_come_again_and_takes_nothing_that_was_acknowledged(small_disk: Path) -> None:
    (small_disk / "kundig.yaml").write_text(YAML)
    port = free_port()
    door = Process(["door", str(small_disk), str(port)])
    load = Load(port, 5, senders=2, size=200)
    door.start()
    load.start()
    try:
        deadline = time.monotonic() + 60
        while not load.statuses[503] and time.monotonic() < deadline:
            time.sleep(0.02)
        full = len(load.acknowledged)
        assert (load.statuses[503] > 0, full > 0) == (True, True)
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        while len(load.acknowledged) == full and time.monotonic() < deadline:
            time.sleep(0.02)
        load.stop()
        door.stop()
    finally:
        if door.running is not None and door.running.poll() is None:
            door.kill()
    found = settled(small_disk)
    assert (set(load.statuses), dict(found["ids"]) == dict.fromkeys(load.acknowledged, 1), found["integrity"]) == ({200, 503}, True, "ok")


@pytest.mark.skipif(shutil.which("strace") is None and os.environ.get("CI") != "true", reason="strace is not installed")
def test_the_log_of_the_inbox_is_on_the_disk_before_the_answer_and_the_lake_before_the_inbox_forgets(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text(YAML.replace("0.3", "600"))
    port = free_port()
    traced = tmp_path / "door.strace"
    words = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,write,writev,sendto,sendmsg,rename,unlink,pwrite64", "-o"]
    door = subprocess.Popen([*words, str(traced), sys.executable, "-m", "tests.live.doorway", "door", str(tmp_path), str(port)])
    load = Load(port, 9, senders=1)
    load.start()
    deadline = time.monotonic() + 60
    while len(load.acknowledged) < 40 and time.monotonic() < deadline:
        time.sleep(0.02)
    load.stop()
    door.send_signal(signal.SIGTERM)
    subprocess.run(["pkill", "-TERM", "-P", str(door.pid)], check=False)
    door.wait(timeout=60)
    steps = []
    for line in traced.read_text(errors="replace").splitlines():
        if re.search(r"f(data)?sync\(\d+<[^>]*inbox\.sqlite3-wal>", line):
            steps.append("log")
        elif "HTTP/1.1 200" in line:
            steps.append("answer")
    answers = [position for position, step in enumerate(steps) if step == "answer"]
    assert (len(answers) >= 2, all(steps[position - 1] == "log" for position in answers)) == (True, True), steps
    drain = tmp_path / "drain.strace"
    script = "import sys; from pathlib import Path; from tests.live.crashing import settled; settled(Path(sys.argv[1]))"
    subprocess.run([*words, str(drain), sys.executable, "-c", script, str(tmp_path)], check=True)
    order = []
    for line in drain.read_text(errors="replace").splitlines():
        synced = re.search(r"f(?:data)?sync\(\d+<([^>]*)>", line)
        if synced and "/lake" in synced[1]:
            order.append(re.sub(r".*/lake", "lake", synced[1]))
        elif re.search(r"pwrite64\(\d+<[^>]*inbox\.sqlite3-wal>", line) and order and order[-1] != "forgets":
            order.append("forgets")
    forgets = order.index("forgets")
    assert any(step.startswith("lake/.draining/") and step.endswith("events.parquet") for step in order[:forgets])
    assert [step in order[:forgets] for step in ("lake/events/_delta_log/00000000000000000000.json", "lake/events/_delta_log", "lake/events", "lake")] == [True] * 4
