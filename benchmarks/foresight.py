"""Foresight: signals on ten million events beside flows, training and scoring, and two published snapshots without dates.

The published sets lie in the folder that `KUNDIG_DATA` names; without it they are left out.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.life import company
from benchmarks.process import Run, step, told
from benchmarks.ratio import Ratio, ratio
from benchmarks.snapshot import judged, numbers

EVENTS = 10_000_000
ROUNDS = 2
CUSTOMERS, SNAPSHOTS, SCORED = 100_000, 12, 1_000_000
DATA = Path(os.environ.get("KUNDIG_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
REPEATS = 5
TABLES = {"telco": "telco_churn/telco_customer_churn.csv.gz", "iranian": "iranian_telecom_churn/iranian_churn.csv.gz"}


def measured(folder: Path) -> Iterator[Ratio]:
    """The ratios and figures with their targets."""
    workspace = company(folder / "ten-million", EVENTS)
    ours: list[Run] = []
    peer: list[Run] = []
    for _ in range(ROUNDS):
        peer.append(step("foresight", "asked", workspace, "journeys.flows"))
        ours.append(step("foresight", "asked", workspace, "foresight.signals"))
    yield Ratio("foresight.signals on 10 million events / journeys.flows", ratio([run.call for run in ours], [run.call for run in peer]), 4)
    yield Ratio("peak memory of those signals", max(run.peak for run in ours), 16, "GiB")
    yield Ratio(f"training on {CUSTOMERS:,} customers × {SNAPSHOTS} snapshots", step("foresight", "trained", folder, "-").call, 60, "s")
    yield Ratio(f"scoring {SCORED:,} customers, with intervals and reasons", step("foresight", "scored", folder, "-").call, 20, "s")
    for name, least, most in (("telco", 0.848, 0.013), ("iranian", 0.989, 0.02)):
        if DATA.is_dir():
            x, y, _ = numbers(DATA / TABLES[name], "Churn")
            auc, error, _ = judged(x, y, REPEATS)
            yield Ratio(f"ROC AUC, {name}, {REPEATS} × 5-fold", auc, least, "", at_least=True)
            yield Ratio(f"expected calibration error, {name}", error, most, "")


def _asked(folder: Path, name: str) -> None:
    from kundig.analysis import analysis
    from kundig.store.duckdb import answered
    from kundig.workspace import Workspace

    asked, journal = analysis(name), Workspace(folder).journal
    began = time.perf_counter()
    table = answered(asked.function(journal, **asked.values({})))
    told(time.perf_counter() - began)
    assert table.num_rows > 1


def _made(customers: int, snapshots: int):
    """Signals and leavings without a journal: what the engine hands over."""
    import numpy as np

    from kundig.foresight.signals import NAMES

    rng = np.random.default_rng(1)
    x = rng.gamma(1.0, 3.0, (customers * snapshots, len(NAMES))).astype(np.float32)
    x[rng.random(len(x)) < 0.3, 5] = np.nan
    left = rng.exponential(2500 * np.exp(-0.1 * x[:, 0]))
    back = np.tile(30.0 * np.arange(1, snapshots + 1), customers)
    return x, np.where(left < back, left, np.nan), back, np.repeat(np.arange(customers), snapshots)


def _trained(_folder: Path, _name: str) -> None:
    from kundig.foresight.hazard import hazard

    x, left, back, customer = _made(CUSTOMERS, SNAPSHOTS)
    began = time.perf_counter()
    assert hazard(x, left, back, customer, when=back) is not None
    told(time.perf_counter() - began)


def _scored(_folder: Path, _name: str) -> None:
    import numpy as np

    from kundig.foresight.hazard import hazard
    from kundig.foresight.outcomes import Panel
    from kundig.foresight.predicted import said

    x, left, back, customer = _made(5_000, SNAPSHOTS)
    model = hazard(x, left, back, customer, when=back)
    assert model is not None
    rows, nothing = np.tile(x, (SCORED // len(x) + 1, 1))[:SCORED], np.zeros(SCORED)
    began = time.perf_counter()
    found = said(model, Panel(rows, np.arange(SCORED), nothing, nothing, nothing, nothing), "end", 90, 0.95, "en")
    told(time.perf_counter() - began)
    assert len(found["probability"]) == SCORED


if __name__ == "__main__":
    {"asked": _asked, "trained": _trained, "scored": _scored}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
