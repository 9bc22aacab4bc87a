"""Flows and variants on ten million events, against hand-written SQL for DuckDB over the same files."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.life import company
from benchmarks.process import Run, step, told
from benchmarks.ratio import Ratio, ratio

EVENTS = 10_000_000
ROUNDS = 3
SQL = {
    "flows": """
        WITH paired AS (
            SELECT subject, touchpoint AS source, lead(touchpoint) OVER journey AS target,
                epoch(lead(occurred_at) OVER journey) - epoch(occurred_at) AS seconds
            FROM read_parquet({files}) WHERE subject IS NOT NULL AND touchpoint IS NOT NULL
            WINDOW journey AS (PARTITION BY subject ORDER BY occurred_at, touchpoint)
        )
        SELECT source, target, n, customers, customers AS cases, spans[1] AS median_seconds, spans[2] AS p90_seconds
        FROM (
            SELECT source, target, count(*) AS n, count(DISTINCT subject) AS customers, quantile_cont(seconds, [0.5, 0.9]) AS spans
            FROM paired WHERE target IS NOT NULL GROUP BY source, target
        )
        ORDER BY n DESC, source, target""",
    "variants": """
        WITH ways AS (
            SELECT subject, count(*) AS steps, string_agg(touchpoint, ' → ' ORDER BY occurred_at, touchpoint) AS variant
            FROM read_parquet({files}) WHERE subject IS NOT NULL AND touchpoint IS NOT NULL GROUP BY subject
        ),
        counted AS (SELECT variant, count(*) AS n, any_value(steps) AS steps, min(subject) AS example FROM ways GROUP BY variant),
        listed AS (SELECT *, row_number() OVER (ORDER BY n DESC, steps, example) AS rank FROM counted QUALIFY rank <= 20),
        whole AS (
            SELECT rank, variant, 1 AS variants, n FROM listed UNION ALL
            SELECT NULL, 'other', (SELECT count(*) FROM counted) - (SELECT count(*) FROM listed), (SELECT sum(n) FROM counted) - (SELECT sum(n) FROM listed)
        )
        SELECT rank, variant, variants, n, n / sum(n) OVER () AS share FROM whole ORDER BY rank NULLS LAST""",
}
COMPARED = {"flows": ("source", "target", "n", "customers", "cases", "median_seconds", "p90_seconds"), "variants": ("variant", "variants", "n", "share")}


def measured(folder: Path) -> Iterator[Ratio]:
    """The ratios of `ws.ask` without kept answers, both sides taking turns in fresh processes."""
    workspace = company(folder / "ten-million", EVENTS)
    for name in SQL:
        ours: list[Run] = []
        peer: list[Run] = []
        for _ in range(ROUNDS):
            peer.append(step("journeys", "sql", workspace, name))
            shutil.rmtree(workspace / "lake" / ".answers", ignore_errors=True)
            ours.append(step("journeys", "kundig", workspace, name))
        _same(workspace, name)
        yield Ratio(f"journeys.{name} on 10 million events / hand-written SQL", ratio([run.call for run in ours], [run.call for run in peer]), 1.3)


def _kundig(folder: Path, name: str) -> None:
    # Libraries are loaded before the clock starts, as on the peers' side.
    import deltalake  # noqa: F401 -- loaded before the clock runs
    import ibis.backends.duckdb  # noqa: F401 -- loaded before the clock runs
    import pyarrow.parquet  # noqa: F401 -- loaded before the clock runs
    import ruamel.yaml  # noqa: F401 -- loaded before the clock runs

    import kundig.workspace
    from kundig.analysis import analysis

    analysis(f"journeys.{name}")
    began = time.perf_counter()
    answer = kundig.workspace.Workspace(folder).ask(f"journeys.{name}")
    told(time.perf_counter() - began)
    _kept(folder, name, "kundig", answer.table.select(COMPARED[name]).to_pylist())


def _sql(folder: Path, name: str) -> None:
    import duckdb
    import pyarrow  # noqa: F401 -- both sides hand over an Arrow table

    files = [str(file) for file in sorted((folder / "lake" / "events").glob("*.parquet"))]
    con = duckdb.connect(config={"preserve_insertion_order": False})
    began = time.perf_counter()
    answer = con.sql(SQL[name].format(files=files)).to_arrow_table()
    told(time.perf_counter() - began)
    _kept(folder, name, "sql", answer.select(COMPARED[name]).to_pylist())


def _kept(folder: Path, name: str, side: str, rows: list[dict[str, object]]) -> None:
    (folder / f"{name}-{side}.json").write_text(json.dumps(rows, default=float), encoding="utf-8")


def _same(folder: Path, name: str) -> None:
    one, other = (json.loads((folder / f"{name}-{side}.json").read_text(encoding="utf-8")) for side in ("kundig", "sql"))
    assert len(one) == len(other) > 1, f"{name}: {len(one)} rows and {len(other)} of the peer"
    for row, twin in zip(one, other, strict=True):
        assert all(row[key] == twin[key] or abs(row[key] - twin[key]) <= 1e-9 * abs(twin[key]) for key in row), f"{name}: {row} is not {twin}"


if __name__ == "__main__":
    {"kundig": _kundig, "sql": _sql}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
