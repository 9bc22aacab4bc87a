"""Flows, variants and rules on ten million events; a small log on a warm engine; and lives of five thousand steps each."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
RULES = "; ".join(
    rule.format(*(f"touchpoint {number}" for number in numbers)) + within
    for rule, numbers, within in (
        ("existence({})", (0,), ""), ("absence({})", (20,), ""), ("exactly({})", (7,), ""), ("init({})", (0,), ""),
        ("response({}, {})", (1, 2), " within 30 days"), ("precedence({}, {})", (0, 3), ""), ("succession({}, {})", (1, 4), ""), ("chain_response({}, {})", (0, 1), ""),
        ("responded_existence({}, {})", (5, 6), ""), ("not_coexistence({}, {})", (8, 9), ""),
    )
)  # fmt: skip
"""Ten constraints, one of each kind but `end`, which the eleventh of the small log is."""
DECLARE: dict[str, Any] = {"rules": RULES, "unit": "customer", "level": "touchpoint", "ended_after": "0 days"}
SMALL = 8_577
"""As many as the log has that is usually measured: the receipt phase of permits."""
WARM: dict[str, dict[str, Any]] = {"flows": {}, "variants": {}, "entries_exits": {}, "deviations": {**DECLARE, "rules": f"{RULES}; end(touchpoint 0)"}, "interlocks": {"unit": "customer"}}
WARM_ROUNDS = 12
LIFE = 5_000
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
    yield _ruled(workspace)
    yield from _warm(folder)


def _ruled(workspace: Path) -> Ratio:
    """What ten constraints cost beside the flows of the same events."""
    rules: list[Run] = []
    flows: list[Run] = []
    for _ in range(ROUNDS):
        for name, runs in (("flows", flows), ("deviations", rules)):
            shutil.rmtree(workspace / "lake" / ".answers", ignore_errors=True)
            runs.append(step("journeys", "kundig", workspace, name))
    return Ratio("journeys.deviations, ten constraints on 10 million events / journeys.flows", ratio([run.call for run in rules], [run.call for run in flows]), 6)


def _warm(folder: Path) -> Iterator[Ratio]:
    """Milliseconds a question costs on a small log, asked before, of a workspace that is open."""
    workspace = company(folder / "small", SMALL)
    for name in WARM:
        done = step("journeys", "warm", workspace, name)
        yield Ratio(f"journeys.{name} on {SMALL:,} events, warm", 1000 * done.call, 60, unit="ms")


def long_lives(folder: Path, cases: int) -> Iterator[Ratio]:
    """Memory for lives of five thousand steps, each another: the peak as a share of the machine's."""
    workspace = company(folder / "long", cases * LIFE, lives=cases)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    for name in ("variants", "flows", "deviations"):
        yield Ratio(f"journeys.{name} of {cases:,} lives of {LIFE:,} steps: peak memory / the machine's", step("journeys", "kundig", workspace, name).peak / memory, 1)


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
    answer = kundig.workspace.Workspace(folder).ask(f"journeys.{name}", **(DECLARE if name == "deviations" else {}))
    told(time.perf_counter() - began)
    _kept(folder, name, "kundig", answer.table.select(COMPARED.get(name, ("rule", "n", "fulfilled", "violated"))).to_pylist())


def _asked_again(folder: Path, name: str) -> None:
    import kundig.workspace

    workspace, lengths = kundig.workspace.Workspace(folder), []
    for _ in range(WARM_ROUNDS):
        shutil.rmtree(folder / "lake" / ".answers", ignore_errors=True)
        began = time.perf_counter()
        workspace.ask(f"journeys.{name}", **WARM[name])
        lengths.append(time.perf_counter() - began)
    told(statistics.median(lengths[1:]))


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
    {"kundig": _kundig, "sql": _sql, "warm": _asked_again}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
