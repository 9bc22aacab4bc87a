"""A hundred million events: flows of them, the signals of a million customers at twelve moments, and variants of a hundred thousand lives of five thousand.

Whether they finish within the machine's memory.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.journeys import long_lives
from benchmarks.life import company
from benchmarks.process import step, told
from benchmarks.ratio import Ratio
from benchmarks.value import dealing

EVENTS = int(os.environ.get("KUNDIG_BENCH_EVENTS", "100000000"))
CUSTOMERS = EVENTS // 100
SNAPSHOTS = 12
LIVES = 100_000


def measured(folder: Path) -> Iterator[Ratio]:
    """The peak of memory as a share of the machine's; a process that is killed fails the benchmark."""
    workspace = company(folder / "hundred-million", EVENTS)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    done = step("journeys", "kundig", workspace, "flows")
    shutil.rmtree(workspace)
    yield Ratio(f"journeys.flows on {EVENTS:,} events: peak memory / the machine's", done.peak / memory, 1)
    workspace = company(folder / "dealings", EVENTS, dealing, lives=CUSTOMERS)
    done = step("huge", "signals", workspace)
    shutil.rmtree(workspace)
    yield Ratio(f"foresight.signals of {CUSTOMERS:,} customers at {SNAPSHOTS} moments: peak memory / the machine's", done.peak / memory, 1)
    yield Ratio("their time", done.call, None, "s")
    yield from long_lives(folder, LIVES)


def _signals(folder: Path) -> None:
    from kundig.analysis import analysis
    from kundig.store.duckdb import answered
    from kundig.workspace import Workspace

    asked = analysis("foresight.signals")
    began = time.perf_counter()
    table = answered(asked.function(Workspace(folder).journal, **asked.values({"snapshots": str(SNAPSHOTS)})))
    told(time.perf_counter() - began)
    # Of the oldest moments the customers are missing whose first event came later.
    assert CUSTOMERS * SNAPSHOTS // 2 < table.num_rows <= CUSTOMERS * SNAPSHOTS


if __name__ == "__main__":
    {"signals": _signals}[sys.argv[1]](Path(sys.argv[2]))
