"""A playbook's simulation over a year of ten million events, against `journeys.flows` on the same events."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.life import company
from benchmarks.process import Run, step, told
from benchmarks.ratio import Ratio, ratio

EVENTS = 10_000_000
ROUNDS = 3


def measured(folder: Path) -> Iterator[Ratio]:
    """The ratio of a whole simulation to `journeys.flows` without kept answers, taking turns in fresh processes."""
    workspace = company(folder / "ten-million", EVENTS)
    ours: list[Run] = []
    peer: list[Run] = []
    for _ in range(ROUNDS):
        peer.append(step("playbooks", "flows", workspace))
        ours.append(step("playbooks", "simulation", workspace))
    yield Ratio("simulation of a playbook over a year of 10 million events / journeys.flows", ratio([run.call for run in ours], [run.call for run in peer]), 5)


def _flows(folder: Path) -> None:
    import ibis.backends.duckdb  # noqa: F401 -- loaded before the clock runs

    import kundig.workspace
    from kundig.journeys import flows
    from kundig.store.duckdb import answered

    journal = kundig.workspace.Workspace(folder).journal
    began = time.perf_counter()
    answered(flows(journal))
    told(time.perf_counter() - began)


def _simulation(folder: Path) -> None:
    from datetime import datetime, timezone

    import ibis.backends.duckdb  # noqa: F401 -- loaded before the clock runs
    import pandas  # noqa: F401 -- loaded before the clock runs

    import kundig.workspace
    from kundig.playbooks.playbook import Playbook
    from kundig.playbooks.simulation import simulation

    playbook = Playbook.model_validate({
        "title": "Late", "why": "They wait", "owner": "lutz",
        "when": {"absent": {"after": {"touchpoint": "touchpoint 27"}, "expected": {"touchpoint": "touchpoint 1"}, "within": "60 days", "same": "case"}},
        "steps": [
            {"task": {"department": "service", "title": "Call"}},
            {"wait_until": {"event": {"touchpoint": "touchpoint 2"}, "within": "14 days", "otherwise": [{"escalate": {"to": "lead", "title": "Still nothing"}}]}},
        ],
        "goal": {"touchpoint": "touchpoint 3"},
    })  # fmt: skip
    journal = kundig.workspace.Workspace(folder).journal
    began = time.perf_counter()
    done = simulation(playbook, "late", journal, datetime(2025, 1, 1, tzinfo=timezone.utc), datetime(2026, 1, 1, tzinfo=timezone.utc))
    told(time.perf_counter() - began)
    assert done.enrolments.num_rows > 1000
    print(done.enrolments.num_rows, file=sys.stderr)


if __name__ == "__main__":
    {"flows": _flows, "simulation": _simulation}[sys.argv[1]](Path(sys.argv[2]))
