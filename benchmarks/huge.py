"""Flows on a hundred million events, and variants of a hundred thousand lives of five thousand: whether they finish within the machine's memory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.journeys import long_lives
from benchmarks.life import company
from benchmarks.process import step
from benchmarks.ratio import Ratio

EVENTS = 100_000_000
LIVES = 100_000


def measured(folder: Path) -> Iterator[Ratio]:
    """The peak of memory as a share of the machine's; a process that is killed fails the benchmark."""
    workspace = company(folder / "hundred-million", EVENTS)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    done = step("journeys", "kundig", workspace, "flows")
    shutil.rmtree(workspace)
    yield Ratio("journeys.flows on 100 million events: peak memory / the machine's", done.peak / memory, 1)
    yield from long_lives(folder, LIVES)
