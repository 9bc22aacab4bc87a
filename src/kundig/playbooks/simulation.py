"""Simulation: what a playbook would have done in the past, before it is switched on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.least import least
from kundig.playbooks.enrolment import candidates, enrolled
from kundig.playbooks.leaving import Leaving, leaving
from kundig.playbooks.steps import Step, walked

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Simulation:
    """What would have been, from `since` to `until`.

    Attributes:
        enrolments: one row for each time a customer would have come in, as `enrolled` gives them.
        weeks: `week` (its Monday), `enrolled`, `held_out`, and for each department `tasks`; a row for each week and department, null where no department has tasks.
        busiest: for each department `tasks`, `weeks` with any, `a_week` at most, `capacity`, and `over`, the weeks above it.
        acts: how often each step would have been done: `path`, `step`, `n`.
        outcomes: how enrolments went: `outcome` (`goal`, `taken back`, `ended`, `running`) and `n`.
        leaving: of those who came in, how many were lost afterwards, beside all customers at the same time.
    """

    since: datetime
    until: datetime
    enrolments: pa.Table
    weeks: pa.Table
    busiest: pa.Table
    acts: pa.Table
    outcomes: pa.Table
    leaving: Leaving


def simulation(playbook: Playbook, name: str, journal: Journal, since: datetime, until: datetime, *, horizon: int = 90) -> Simulation:  # noqa: PLR0913 -- a playbook, its name, and the time
    """What the playbook would have done between two moments, each decision by what was known at its own.

    Args:
        playbook: as it is defined.
        name: of the playbook, by which lots are drawn.
        journal: all that is known.
        since: only who became due after it; who came in before it is not known to the simulation.
        until: by then.
        horizon: days in which to be lost, for the base rate.

    Raises:
        ArgumentError: no time between the two moments; the horizon is below 1.
    """
    if since >= until:
        raise ArgumentError(f"expected a time to simulate, found one from {since:%Y-%m-%d} to {until:%Y-%m-%d}")
    least(horizon=horizon)
    then = journal.as_of(until)
    rows = candidates(playbook, name, then, since)
    came, walk = enrolled(playbook, name, rows, then, until)
    acts = _acts(playbook, came, walk.moves)
    weeks, busiest = _weeks(playbook, came, acts)
    return Simulation(since, until, came, weeks, busiest, _counted(acts, ["path", "step"]), _outcomes(came), leaving(playbook.lost, came, journal, horizon))


def _acts(playbook: Playbook, came: pa.Table, moves: pa.Table) -> pa.Table:
    """What would have been done: `path`, `step`, `department`, `at`; nothing with those who are left alone."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    treated = came.filter(pc.invert(came["held_out"]))["row"].combine_chunks()
    done = moves.filter(pc.and_(pc.equal(moves["outcome"], "due"), pc.is_in(moves["row"], treated)))
    steps: dict[str, Step] = dict(walked(playbook.steps))
    department = pa.array([steps[path].department for path in done["path"].to_pylist()], pa.string())
    return pa.table({"path": done["path"], "step": done["step"], "department": department, "at": done["reached_at"]})


def _week(column: Any) -> Any:
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    return pc.floor_temporal(column, unit="week").cast("date32")


def _weeks(playbook: Playbook, came: pa.Table, acts: pa.Table) -> tuple[pa.Table, pa.Table]:
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    entered = pa.table({"week": _week(came["due_at"]), "held_out": came["held_out"].cast(pa.int64()), "enrolled": pa.array([1] * came.num_rows, pa.int64())})
    of_week = entered.group_by("week").aggregate([("enrolled", "sum"), ("held_out", "sum")]).rename_columns(["week", "enrolled", "held_out"])
    tasks = acts.filter(pc.is_valid(acts["department"]))
    of_department = pa.table({"week": _week(tasks["at"]), "department": tasks["department"]}).group_by(["week", "department"]).aggregate([([], "count_all")]).rename_columns(["week", "department", "tasks"])
    weeks = of_week.join(of_department, "week", join_type="full outer").sort_by([("week", "ascending"), ("department", "ascending")])
    rows = of_department.to_pylist()
    capacity = playbook.limits.a_week
    found: dict[str, list[Any]] = {name: [] for name in ("department", "tasks", "weeks", "a_week", "capacity", "over")}
    for department in sorted({row["department"] for row in rows} | set(capacity)):
        those, most = [row["tasks"] for row in rows if row["department"] == department], capacity.get(department)
        values = (department, sum(those), len(those), max(those, default=0), most, None if most is None else sum(n > most for n in those))
        for column, value in zip(found.values(), values, strict=True):
            column.append(value)
    types = [pa.string(), *[pa.int64()] * 5]
    return weeks, pa.table({name: pa.array(column, type_) for (name, column), type_ in zip(found.items(), types, strict=True)})


def _counted(table: pa.Table, by: list[str]) -> pa.Table:
    return table.group_by(by).aggregate([([], "count_all")]).rename_columns([*by, "n"]).sort_by([(name, "ascending") for name in by])


def _outcomes(came: pa.Table) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    def at(name: str) -> Any:
        return pc.fill_null(pc.equal(came["ended_at"], came[name].cast(came["ended_at"].type)), pa.scalar(value=False))

    words = pc.case_when(pc.make_struct(pc.is_null(came["ended_at"]), at("goal_at"), at("taken_back_at")), "running", "goal", "taken back", "ended") if came.num_rows else pa.array([], pa.string())
    return _counted(pa.table({"outcome": words}), ["outcome"])
