"""What stops somebody on the way: the goal is reached, or what let him in turns out not to be so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kundig.playbooks.enrolment import goals
from kundig.playbooks.found import Ask, asked, found

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook

GOAL, TAKEN_BACK = "goal", "taken back"
Back = dict[tuple[str, str], datetime]
"""When what let a customer in by a cause was taken back."""


def taken_back(playbook: Playbook, journal: Journal, first: datetime) -> Back:
    """What was taken back of all that let somebody in from a moment on."""
    matches = playbook.when.matches(journal, first - timedelta(microseconds=1))
    return back_of(found(matches.filter(matches.taken_back_at.notnull()).select("customer_id", "cause", "taken_back_at"), journal))


def back_of(matches: pa.Table) -> Back:
    """What was taken back of what a condition gave."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    rows = matches.filter(pc.is_valid(matches["taken_back_at"]))
    return dict(zip(zip(rows["customer_id"].to_pylist(), rows["cause"].to_pylist(), strict=True), rows["taken_back_at"].to_pylist(), strict=True))


def stops(playbook: Playbook, entered: pa.Table, journal: Journal, back: Back | None = None, ask: Ask = asked) -> dict[str, tuple[datetime, str]]:
    """When each of those who came in was stopped, and by what; whoever was not is left out.

    Args:
        playbook: by which they came in.
        entered: `row`, `customer_id`, `cause`, `came_at` (when the condition came true) and `at` (when they came in).
        journal: what is known.
        back: what was taken back, where it is known already.
        ask: how the engine is asked.
    """
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    gone = taken_back(playbook, journal, pc.min(entered["at"]).as_py()) if back is None else back
    stopped: dict[str, tuple[datetime, str]] = {}
    for row, customer, cause in zip(*(entered[name].to_pylist() for name in ("row", "customer_id", "cause")), strict=True):
        at = gone.get((customer, cause))
        if at is not None:
            stopped[row] = (at, TAKEN_BACK)
    goal = playbook.goal
    if goal is None:
        return stopped
    rows = entered.select(["row", "customer_id", "cause"]).append_column("at", entered["came_at"]).append_column("due_at", entered["at"])
    reached = ask(rows, lambda rows, journal: goals(goal, rows, journal).select("row", "goal_at"), journal, f"goal {goal.model_dump_json(exclude_defaults=True)}")
    for row, at in zip(reached["row"].to_pylist(), reached["goal_at"].to_pylist(), strict=True):
        if at is not None and (row not in stopped or at <= stopped[row][0]):
            stopped[row] = (at, GOAL)
    return stopped
