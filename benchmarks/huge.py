"""Flows on a hundred million events: whether it finishes within the machine's memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.life import company
from benchmarks.process import step
from benchmarks.ratio import Ratio

EVENTS = 100_000_000


def measured(folder: Path) -> Iterator[Ratio]:
    """The peak of memory as a share of the machine's; a process that is killed fails the benchmark."""
    workspace = company(folder / "hundred-million", EVENTS)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    done = step("journeys", "kundig", workspace, "flows")
    yield Ratio("journeys.flows on 100 million events: peak memory / the machine's", done.peak / memory, 1)
