"""Import: a CSV to the committed lake, against DuckDB's own copy of that file to Parquet."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import tickets
from benchmarks.process import Run, step, told
from benchmarks.ratio import Ratio, ratio

ROWS = 1_000_000
ROUNDS = 7


def measured(folder: Path) -> Iterator[Ratio]:
    """The ratios, over several rounds in which both sides take turns."""
    workspace = folder / "company"
    workspace.mkdir()
    (workspace / "kundig.yaml").write_text(tickets.CONFIGURATION, encoding="utf-8")
    file = workspace / "tickets.csv"
    tickets.written(file, ROWS)
    ours: list[Run] = []
    peer: list[Run] = []
    for _ in range(ROUNDS):
        peer.append(step("imports", "copy", file, folder / "copy.parquet"))
        shutil.rmtree(workspace / "lake", ignore_errors=True)
        ours.append(step("imports", "kundig", workspace))
    what = "import of a 1-million-row CSV / DuckDB's COPY to Parquet"
    yield Ratio(f"{what}: the call", ratio([run.call for run in ours], [run.call for run in peer]), 2.5)
    yield Ratio(f"{what}: the whole process", ratio([run.whole for run in ours], [run.whole for run in peer]), 2.5)
    yield Ratio("peak memory of that import", max(run.peak for run in ours), 1.5, "GiB")


def _kundig(folder: Path) -> None:
    import kundig.workspace

    began = time.perf_counter()
    [done] = kundig.workspace.Workspace(folder).imports()
    told(time.perf_counter() - began)
    if done.events_added != ROWS:
        raise SystemExit(f"expected {ROWS} events, found {done}")


def _copy(file: Path, target: Path) -> None:
    import duckdb

    began = time.perf_counter()
    duckdb.connect().execute(f"COPY (SELECT * FROM read_csv('{file}')) TO '{target}' (FORMAT parquet)")
    told(time.perf_counter() - began)


if __name__ == "__main__":
    {"kundig": _kundig, "copy": _copy}[sys.argv[1]](*map(Path, sys.argv[2:]))
