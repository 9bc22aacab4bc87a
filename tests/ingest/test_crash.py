"""Imports that are cut off, that meet another, or that find no space."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from tests.conftest import TICKETS, Company, imported, put, quarantine, told

from kundig.errors import LakeError
from kundig.workspace import Workspace

SOURCES = {
    "tickets": TICKETS | {"read": {"csv": "tickets*.csv"}, "traits": {"subject": "crm:{customer}", "city": "text", "known_at": "created"}},
    "calls": {"read": {"csv": "calls.csv"}, "events": {"kind": "call", "subject": "tel:{customer}", "at": "created", "text": "text"}},
}
EVENTS = "event_id, occurred_at, source, subject, kind, text"
WAITING = "source, entry, file, line, reason, \"row\""


def rows(count: int, word: str) -> str:
    times = ("never" if n % 97 == 0 else f"2025-01-{n % 28 + 1:02} 10:{n % 60:02}" for n in range(count))
    return "id,customer,created,text\n" + "".join(f"{n},person {n % 50},{at},{word} {n}\n" for n, at in enumerate(times))


def files(count: int) -> dict[str, str]:
    return {"tickets1.csv": rows(count, "a"), "tickets2.csv": rows(count // 2, "a").replace(",a ", ",a ") + f"{count},late,2025-02-01,z\n", "calls.csv": rows(count, "c")}


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "kundig", "import", "-w", str(folder)]


def run(folder: Path) -> tuple[int, str]:
    """The exit code and the errors of `kundig import`."""
    done = subprocess.run(command(folder), capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def content(workspace: Workspace) -> list[list[dict[str, Any]]]:
    """What the lake holds, apart from when corrections and findings were made."""
    return [
        told(workspace, "events", EVENTS),
        told(workspace, "corrections", "DISTINCT event_id"),
        told(workspace, "traits", "subject, known_at, source, city"),
        quarantine(workspace, WAITING),
    ]


def edited(folder: Path) -> None:
    """The second state of the files: some rows changed, some added, one mended."""
    old = (folder / "tickets1.csv").read_text(encoding="utf-8")
    put(folder / "tickets1.csv", old.replace("a 5\n", "edited\n").replace("97,person 47,never", "97,person 47,2025-01-09 10:00") + "90001,new,2025-02-01,n\n")


def killed_and_run_again(company: Company, tmp_path: Path, seed: int, count: int) -> None:
    company(SOURCES, files(count))
    clean = tmp_path / "clean"
    chance = random.Random(seed)
    began = time.monotonic()
    assert run(tmp_path) == (0, "")
    took = time.monotonic() - began
    edited(tmp_path)
    (tmp_path / "lake").rename(clean)
    expected_folder = tmp_path / "expected"
    subprocess.run(["cp", "-r", str(clean), str(tmp_path / "lake")], check=True)
    assert run(tmp_path) == (0, "")
    (tmp_path / "lake").rename(expected_folder)
    workspace = company(SOURCES)
    workspace.lake.folder = expected_folder
    expected = content(workspace)
    subprocess.run(["cp", "-r", str(clean), str(tmp_path / "lake")], check=True)
    for _ in range(2):
        process = subprocess.Popen(command(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.25, 1.0) * took)  # any moment will do: the test holds at each
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert run(tmp_path) == (0, "")
    assert content(company(SOURCES)) == expected


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (1, 2))])
def test_a_killed_import_and_a_second_run_give_the_lake_of_one_clean_run(company: Company, tmp_path: Path, seed: int) -> None:
    killed_and_run_again(company, tmp_path, seed, 3_000)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
def test_a_killed_import_of_many_rows_and_a_second_run_give_the_lake_of_one_clean_run(company: Company, tmp_path: Path, seed: int) -> None:
    killed_and_run_again(company, tmp_path, seed, 100_000)


STEPS = ("corrections", "events", "traits", "quarantine")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_an_import_cut_off_at_any_commit_is_completed_by_the_next(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool) -> None:
    workspace = company(SOURCES, files(300))
    imported(workspace)
    edited(tmp_path)
    whole = workspace.lake.__class__.commit

    def cut(lake: Any, name: str, *args: Any, **kwargs: Any) -> None:
        if name != step or after:
            whole(lake, name, *args, **kwargs)
        if name == step:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(workspace.lake.__class__, "commit", cut)
        with pytest.raises(KeyboardInterrupt):
            imported(workspace)
    imported(workspace)
    done = content(workspace)
    subprocess.run(["rm", "-r", str(workspace.lake.folder)], check=True)
    put(tmp_path / "tickets1.csv", rows(300, "a"))
    imported(workspace)
    edited(tmp_path)
    imported(workspace)
    assert done == content(workspace)


def test_two_imports_at_once_the_second_says_so(company: Company, tmp_path: Path) -> None:
    workspace = company(SOURCES, files(10))
    imported(workspace)
    before = content(workspace)
    with FileLock(workspace.lake.folder / ".lock"):
        second = run(tmp_path)
    assert second == (1, f"kundig: another import is writing to {workspace.lake.folder}; wait until it has finished, then run this one again\n")
    assert content(workspace) == before
    assert run(tmp_path) == (0, "")


def test_a_first_commit_that_was_cut_off_is_begun_anew(company: Company, tmp_path: Path) -> None:
    workspace = company(SOURCES, files(10))
    (tmp_path / "lake" / "events" / "_delta_log").mkdir(parents=True)
    put(tmp_path / "lake" / "events" / "_delta_log" / "_commit_0.json.tmp", "{")
    assert [each["events_added"] for each in imported(workspace)] == [9, 10]


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A file system of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False) if os.name == "posix" and os.geteuid() == 0 else None
    if made is None or made.returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("free", [2_000_000, 100_000, 0])
def test_a_full_disk_is_said_and_nothing_is_half_done(company: Company, tmp_path: Path, small_disk: Path, free: int) -> None:
    workspace = company(SOURCES, files(50), lake=str(small_disk / "lake"))
    imported(workspace)
    before = content(workspace)
    noise = random.Random(0)
    text = "id,customer,created,text\n" + "".join(f"{n},{noise.random()},2025-01-02 10:00,{noise.randbytes(60).hex()}\n" for n in range(100, 40_000))
    put(tmp_path / "tickets2.csv", text)
    space = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(b"x" * max(space.f_bavail * space.f_frsize - free, 0))
    code, errors = run(tmp_path)
    assert (code, "Traceback" in errors, "cannot be written" in errors) == (1, False, True), errors
    assert content(workspace) == before
    (small_disk / "ballast").unlink()
    put(tmp_path / "tickets2.csv", "id,customer,created,text\n777,cyd,2025-02-01,hello\n")
    assert run(tmp_path) == (0, "")
    assert told(workspace, "events", "subject", where="text = 'hello'") == [{"subject": "crm:cyd"}]


def test_a_full_disk_at_the_commit_is_said(company: Company, tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = company(SOURCES, files(50), lake=str(small_disk / "lake"))
    whole = workspace.lake.__class__.commit

    def full(lake: Any, *args: Any, **kwargs: Any) -> None:
        space = os.statvfs(small_disk)
        with (small_disk / "ballast").open("ab") as ballast:
            ballast.write(b"x" * (space.f_bavail * space.f_frsize))
        whole(lake, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(workspace.lake.__class__, "commit", full)
        with pytest.raises(LakeError, match="cannot be written"):
            imported(workspace)
    (small_disk / "ballast").unlink()
    assert told(workspace, "events", "event_id") == []
    assert [each["events_added"] for each in imported(workspace)] == [49, 50]
