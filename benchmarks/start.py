"""How long the command line takes to start, beyond Python itself."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.process import run
from benchmarks.ratio import Ratio

ROUNDS = 11
COMMANDS = {"kundig --help": ("--help", 0.3), "kundig ask (the list)": ("ask", 1.0)}


def measured(folder: Path) -> Iterator[Ratio]:
    """Differences of the medians of whole processes."""
    times: dict[str, list[float]] = {"pass": [], **{name: [] for name in COMMANDS}}
    for _ in range(ROUNDS):
        times["pass"].append(run([sys.executable, "-c", "pass"]).whole)
        for name, (word, _) in COMMANDS.items():
            times[name].append(run([str(Path(sys.executable).with_name("kundig")), word]).whole)
    for name, (_, target) in COMMANDS.items():
        yield Ratio(f"{name}, beyond python -c pass", statistics.median(times[name]) - statistics.median(times["pass"]), target, "s")
