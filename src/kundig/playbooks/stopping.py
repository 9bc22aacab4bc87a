"""What stops somebody on the way: the goal is reached, or what let him in turns out not to be so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kundig.playbooks.enrolment import goals

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook

GOAL, TAKEN_BACK = "goal", "taken back"


def stops(playbook: Playbook, entered: pa.Table, journal: Journal) -> dict[str, tuple[datetime, str]]:
    """When each of those who came in was stopped, and by what; whoever was not is left out.

    Args:
        playbook: by which they came in.
        entered: `row`, `customer_id`, `cause`, `came_at` (when the condition came true) and `at` (when they came in).
        journal: what is known.
    """
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415

    rows = ibis.memtable(entered.select(["row", "customer_id", "cause"]).append_column("at", entered["came_at"]).append_column("due_at", entered["at"]))
    found: dict[str, tuple[datetime, str]] = {}
    first = pc.min(entered["at"]).as_py() - timedelta(microseconds=1)
    matches = playbook.when.matches(journal, first)
    back = rows.join(matches.filter(matches.taken_back_at.notnull()).select("customer_id", "cause", "taken_back_at"), ["customer_id", "cause"]).select("row", "taken_back_at").to_pyarrow()
    for row, at in zip(back["row"].to_pylist(), back["taken_back_at"].to_pylist(), strict=True):
        found[row] = (at, TAKEN_BACK)
    reached = goals(playbook, rows, journal).select("row", "goal_at").to_pyarrow()
    for row, at in zip(reached["row"].to_pylist(), reached["goal_at"].to_pylist(), strict=True):
        if at is not None and (row not in found or at <= found[row][0]):
            found[row] = (at, GOAL)
    return found
