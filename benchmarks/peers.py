"""Flows and variants on one million events, and ten constraints on a hundred thousand, beside pm4py, reading the file on both sides."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.life import company
from benchmarks.process import Run, step
from benchmarks.ratio import Ratio, ratio

EVENTS = 1_000_000
RULED = 100_000
ROUNDS = 3
CACHE = Path.home() / ".cache" / "kundig-benchmarks" / "pm4py"
PACKAGES = ("pm4py", "pyarrow")
CALLS = {"flows": "discover_dfg", "variants": "get_variants"}


def measured(folder: Path) -> Iterator[Ratio]:
    """How many times as long pm4py takes; it lives in an environment of its own, since its licence is not ours."""
    python = _environment()
    workspace = company(folder / "one-million", EVENTS)
    [file] = (workspace / "lake" / "events").glob("*.parquet")
    for name, call in CALLS.items():
        ours: list[Run] = []
        peer: list[Run] = []
        for _ in range(ROUNDS):
            peer.append(step("oracle", file, call, python=str(python)))
            shutil.rmtree(workspace / "lake" / ".answers", ignore_errors=True)
            ours.append(step("journeys", "kundig", workspace, name))
        yield Ratio(f"pm4py.{call} on 1 million events / journeys.{name}", ratio([run.call for run in peer], [run.call for run in ours]), 10, at_least=True)
    yield _ruled(folder, python)


def _ruled(folder: Path, python: Path) -> Ratio:
    """The same constraints on both sides, but that ours have one deadline, which pm4py does not know."""
    workspace = company(folder / "hundred-thousand", RULED)
    [file] = (workspace / "lake" / "events").glob("*.parquet")
    ours: list[Run] = []
    peer: list[Run] = []
    for _ in range(ROUNDS):
        peer.append(step("oracle", file, "conformance_declare", python=str(python)))
        shutil.rmtree(workspace / "lake" / ".answers", ignore_errors=True)
        ours.append(step("journeys", "kundig", workspace, "deviations"))
    return Ratio("pm4py.conformance_declare on 100,000 events / journeys.deviations", ratio([run.call for run in peer], [run.call for run in ours]), 1, at_least=True)


def _environment() -> Path:
    """The Python that has pm4py, set up once."""
    python = CACHE / "bin" / "python"
    if not python.exists() or subprocess.run([python, "-c", "import pm4py, pyarrow"], capture_output=True, check=False).returncode:
        subprocess.run([sys.executable, "-m", "venv", "--clear", CACHE], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python
