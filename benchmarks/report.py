"""How long the weekly report takes once its answers are kept, and how long one drawing of the journey map takes."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.process import run
from benchmarks.ratio import Ratio
from kundig.cli.simulate import simulated
from kundig.report.formats import Formats
from kundig.report.journey import asked_journey, journey_map
from kundig.workspace import Workspace

ROUNDS = 5


def measured(folder: Path) -> Iterator[Ratio]:
    """The whole process of `kundig report`, on the demo company; and the map from rows to SVG."""
    company = folder / "company"
    simulated(company, 5000, 7)
    workspace = Workspace(company)
    list(workspace.imports())
    command = [str(Path(sys.executable).with_name("kundig")), "report", "weekly", "-w", str(company), "--as-of", "2026-06-30", "--draft", "--out", str(folder / "report.pdf")]
    run(command)
    yield Ratio("weekly report as PDF, answers kept, whole process", statistics.median(run(command).whole for _ in range(ROUNDS)), 3.0, "s")
    journey, formats = asked_journey(workspace, as_of="2026-06-30"), Formats("de")
    journey_map(journey, formats)
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        journey_map(journey, formats)
        times.append(time.perf_counter() - begun)
    yield Ratio(f"journey map, {len(journey.touchpoints)} touchpoints and {len(journey.flows)} flows, from rows to SVG", statistics.median(times) * 1000, 25.0, "ms")
