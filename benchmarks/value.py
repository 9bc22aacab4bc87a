"""Value: every analysis of the room on ten million events beside flows, without a bound; and lifetime values of ten million customers.

The fit on published purchases needs the folder that `KUNDIG_DATA` names; without it, it is left out.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.life import company, wandering
from benchmarks.process import step, told
from benchmarks.ratio import Ratio, ratio
from kundig.analysis import analyses

EVENTS = int(os.environ.get("KUNDIG_BENCH_EVENTS", "10000000"))
CUSTOMERS = int(os.environ.get("KUNDIG_BENCH_CUSTOMERS", "10000000"))
ROUNDS = 1
DATA = Path(os.environ.get("KUNDIG_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
SETTLED = """company: {name: Nordwind}
contracts: {term_months: 12}
costs: {contact: 4}
points: {expire_months: 12, earn: {order: 1}, tiers: {silver: {points: 50, times: 1.5}}}
programmes: {letters: {since: 2025-06-01, product: L}, course: {touched_by: touchpoint 3}}
"""


def dealing(customers: int) -> Mapping[str, str]:
    """Contracts, invoices, orders, calls, answers, points and the like; of whom and what is drawn from the event's number.

    Each customer's first event is the start of a contract: those numbers below that of the customers.
    """
    lot = "hash(i * 77 + 5) % 100"
    kind = f"""CASE WHEN i < {customers} THEN 'contract' WHEN {lot} < 25 THEN 'visit' WHEN {lot} < 45 THEN 'invoice' WHEN {lot} < 55 THEN 'order' WHEN {lot} < 67 THEN 'call'
        WHEN {lot} < 73 THEN 'self_service' WHEN {lot} < 80 THEN 'usage' WHEN {lot} < 88 THEN 'feedback' WHEN {lot} < 92 THEN 'contract' WHEN {lot} < 96 THEN 'points' WHEN {lot} < 98 THEN 'campaign' ELSE 'goal' END"""
    who = f"(CASE WHEN i < {customers} THEN i ELSE hash(i * 31 + 7) % {customers} END)"
    outcome = f"CASE WHEN kind <> 'contract' THEN (CASE WHEN kind = 'goal' THEN 'agreed' END) WHEN i < {customers} THEN 'started' WHEN hash(i + 3) % 3 = 0 THEN 'ended' ELSE 'expanded' END"
    part = f"(hash({who} * 13 + 1) % 4)"
    return {
        **wandering(customers), "kind": kind, "subject": f"'crm:' || {who}", "outcome": outcome.replace("kind", f"({kind})"),
        "case_id": f"CASE WHEN ({kind}) = 'contract' THEN 'contract ' || {who} ELSE 'case ' || i END", "product": f"['S', 'M', 'L', 'XL'][({part} + 1)::BIGINT]",
        "amount": f"CASE WHEN ({kind}) IN ('contract', 'invoice', 'order', 'goal') THEN 20 + {part} * 10 + (hash(i + 9) % 500) / 100.0 END",
        "metric": f"CASE WHEN ({kind}) = 'feedback' THEN 'nps' END", "score": f"CASE WHEN ({kind}) = 'feedback' THEN hash(i + 4) % 11 END", "quantity": "hash(i + 6) % 200",
        "channel": "['phone', 'web', 'app', 'post'][(hash(i + 8) % 4 + 1)::BIGINT]",
        "properties": f"MAP {{'concern': 'concern ' || (hash(i + 2) % 12)::VARCHAR, 'campaign': CASE WHEN ({kind}) = 'campaign' THEN 'call' END, 'group': ['control', 'called'][(hash({who}) % 2 + 1)::BIGINT], 'feature': 'feature ' || (hash(i + 1) % 8)::VARCHAR, 'discount': (hash({who} + 5) % 3)::VARCHAR}}",
        "occurred_at": f"CASE WHEN i < {customers} THEN TIMESTAMPTZ '2021-01-01 00:00:00+00' + INTERVAL 1 SECOND * (hash(i + 17) % 150000000)::BIGINT ELSE {wandering(customers)['occurred_at']} END",
        "known_at": f"CASE WHEN i < {customers} THEN TIMESTAMPTZ '2021-01-01 00:00:00+00' + INTERVAL 1 SECOND * (hash(i + 17) % 150000000)::BIGINT ELSE {wandering(customers)['occurred_at']} END",
    }  # fmt: skip


def measured(folder: Path) -> Iterator[Ratio]:
    """The ratios and figures with their targets."""
    if DATA.is_dir():
        yield Ratio("lifetime_value: fit on the 23,570 customers of CDNOW", step("value", "fitted", folder, "-").call, 2, "s")
    done = step("value", "foretold", folder, "-")
    yield Ratio(f"lifetime_value of {CUSTOMERS:,} summarised customers", done.call, 60, "s")
    yield Ratio("its peak memory", done.peak, None, "GiB")
    workspace = company(folder / "dealings", EVENTS, dealing)
    (workspace / "kundig.yaml").write_text(SETTLED, encoding="utf-8")
    peer = [step("value", "asked", workspace, "journeys.flows").call for _ in range(ROUNDS)]
    for name in analyses():
        if name.startswith("value."):
            ours = [step("value", "asked", workspace, name) for _ in range(ROUNDS)]
            yield Ratio(f"{name} on {EVENTS:,} events / journeys.flows", ratio([run.call for run in ours], peer), None)
            if name == "value.effects":
                # Its programme `course` began for each of the customers at another time, which compares most of all.
                yield Ratio("its time, a staggered start among others", ours[0].call, None, "s")
                yield Ratio("its peak memory", ours[0].peak, None, "GiB")
    shutil.rmtree(workspace)


def _asked(folder: Path, name: str) -> None:
    from kundig.analysis import analysis
    from kundig.store.duckdb import answered
    from kundig.workspace import Workspace

    asked, journal = analysis(name), Workspace(folder).journal
    began = time.perf_counter()
    answered(asked.function(journal, **asked.values({})))
    told(time.perf_counter() - began)


def _fitted(_folder: Path, _name: str) -> None:
    import numpy as np

    from kundig.statistics.buying import buying

    with gzip.open(DATA / "cdnow" / "cdnow_master.csv.gz", "rt") as file:
        rows = np.array([line.split(",")[:2] for line in file][1:])
    days = (rows[:, 1].astype("datetime64[D]") - np.datetime64("1997-01-01")).astype(float)
    _, who = np.unique(rows[:, 0], return_inverse=True)
    first, last = np.full(who.max() + 1, np.inf), np.zeros(who.max() + 1)
    np.minimum.at(first, who, days)
    np.maximum.at(last, who, days)
    x = np.bincount(np.unique(who * 1000 + days.astype(int)) // 1000) - 1.0
    began = time.perf_counter()
    model = buying(x, last - first, days.max() - first)
    told(time.perf_counter() - began)
    assert len(x) == 23_570
    assert model.r > 0


def _foretold(_folder: Path, _name: str) -> None:
    from kundig.journal import unbound
    from kundig.value.lifetime_value import lifetime_value

    asked = lifetime_value(unbound())
    tables = {"bought": _bought(CUSTOMERS), "lived": _nobody(asked.tables["lived"])}
    began = time.perf_counter()
    answer = asked.finished(tables)
    told(time.perf_counter() - began)
    assert answer["model"].to_pylist() == ["BG/NBD"] * answer.num_rows


def _nobody(table: Any) -> Any:
    return table.schema().to_pyarrow().empty_table()


def _bought(customers: int) -> Any:
    """Customers as the BG/NBD model has them, as the engine would hand them over."""
    import numpy as np
    import pyarrow as pa

    draw, held = np.random.default_rng(1), 180
    rate, age = draw.gamma(0.4, 1 / 60, customers), draw.integers(held, 720, customers).astype(float)
    gone = draw.geometric(draw.beta(0.8, 2.4, customers).clip(1e-6, 1))
    all_ = draw.poisson(rate * age)
    x = np.minimum(all_, gone)
    # The last of so many purchases at random times, if buyers were not gone for good before.
    recency = np.where(x > 0, age * draw.beta(np.maximum(x, 1), np.maximum(all_ - x + 1, 1)), 0)
    cut = age - held
    within = recency <= cut
    before = np.where(x > 0, within + draw.binomial(np.maximum(x - 1, 0), np.minimum(cut / np.maximum(recency, 1e-9), 1)), 0)
    earlier = np.where(within, recency, np.where(before > 0, cut * draw.beta(np.maximum(before, 1), 1), 0))
    whole = {"x": x, "recency": recency, "age": age, "held": np.full(customers, held), "paid": x + 1, "before": before, "before_recency": earlier, "before_age": cut, "then": x - before}
    cohorts = pa.array(["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"]).take(pa.array(draw.integers(0, 4, customers)))
    return pa.table({"cohort": cohorts, "mean": pa.array(draw.gamma(2, 20, customers)), **{name: pa.array(values.astype(np.int64)) for name, values in whole.items()}})


if __name__ == "__main__":
    {"asked": _asked, "fitted": _fitted, "foretold": _foretold}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
