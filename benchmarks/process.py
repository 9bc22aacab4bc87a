"""A benchmark's step in a fresh process: what it says of itself, its whole time, and its peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Run:
    """One finished process.

    Attributes:
        call: seconds that the step itself took, as it printed them; the whole time where it printed nothing.
        whole: seconds from start to end of the process.
        peak: the most memory it held, in GiB.
    """

    call: float
    whole: float
    peak: float


def run(command: Sequence[str]) -> Run:
    """Run a command to its end.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # Outputs are small: reading them one after the other cannot block.
    said, complained = process.stdout.read(), process.stderr.read()  # type: ignore[union-attr]  # both are pipes
    _, status, usage = os.wait4(process.pid, 0)
    whole = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {complained.strip()[-2000:]}")
    call = json.loads(said)["seconds"] if said.startswith('{"seconds"') else whole
    return Run(call, whole, usage.ru_maxrss / 2**20)


def step(module: str, *arguments: str | Path, python: str = sys.executable) -> Run:
    """Run `python -m benchmarks.<module> arguments…`, which prints what `told` gives it."""
    return run([python, "-m", f"benchmarks.{module}", *map(str, arguments)])


def told(seconds: float) -> None:
    """What a step prints of itself."""
    print(json.dumps({"seconds": seconds}))
