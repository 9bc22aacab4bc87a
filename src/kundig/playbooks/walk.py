"""The walk of those who came in through the steps of a playbook: who did what when, as far as it was known.

Live and in a simulation it is the same walk: a function of who came in when, and of the journal. A step's outcome is settled
at a moment, by what was known then; so the walk by an earlier journal is the beginning of the walk by a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kundig.playbooks.conditions.happened import occurrences
from kundig.playbooks.drawing import below, drawn
from kundig.playbooks.expression import held
from kundig.playbooks.found import Ask, asked
from kundig.playbooks.golden import golden_at
from kundig.playbooks.steps import ACTS, Step

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

MOVES = {"row": "string", "path": "string", "step": "string", "reached_at": "timestamp('UTC')", "left_at": "timestamp('UTC')", "outcome": "string"}
"""One row for each enrolment and step it reached. `left_at` is when its outcome was settled; while it is `waiting`, when it will be at the latest."""


@dataclass(frozen=True)
class Walk:
    """The moves, and who is through all steps: `row` and `at`."""

    moves: pa.Table
    through: pa.Table


@dataclass
class _Going:
    """What a walk goes by, and what it has gathered."""

    journal: Journal
    name: str
    now: datetime
    moves: list[pa.Table]
    ask: Ask


def walk(steps: tuple[Step, ...], entered: pa.Table, journal: Journal, name: str, now: datetime, ask: Ask = asked) -> Walk:  # noqa: PLR0913 -- whom, by what, until when
    """Where each of `entered` has come by now.

    Args:
        steps: of the playbook.
        entered: `row`, `customer_id` and `at`, when each came in.
        journal: what was known.
        name: of the playbook, by which ways are drawn.
        now: the journal's moment.
        ask: how the engine is asked.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    going = _Going(journal, name, now, [], ask)
    through = _walked(steps, _here(entered.select(["row", "customer_id", "at"]), now), going, "")
    nothing = _moves(entered.slice(0, 0), "", "", entered["at"].slice(0, 0), "")
    return Walk(pa.concat_tables([nothing, *going.moves]), through.select(["row", "at"]))


def _here(rows: pa.Table, now: datetime) -> pa.Table:
    """Those who are there by now."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    time = pa.timestamp("us", tz="UTC")
    placed = rows.set_column(rows.schema.get_field_index("at"), "at", rows["at"].cast(time))
    return placed.filter(pc.less_equal(placed["at"], pa.scalar(now, time)))


def _walked(steps: tuple[Step, ...], here: pa.Table, going: _Going, before: str) -> pa.Table:
    """Those who came through the list, each with the moment."""
    for number, step in enumerate(steps, start=1):
        path = f"{before}{number}"
        if step.kind == "end":
            going.moves.append(_moves(here, path, "end", here["at"], "ended"))
            return here.slice(0, 0)
        if step.kind in ACTS:
            going.moves.append(_moves(here, path, step.kind, here["at"], "due"))
        elif step.wait is not None:
            here = _rested(step, here, going, path)
        elif here.num_rows:
            here = _parted(step, here, going, path)
    return here


def _rested(step: Step, here: pa.Table, going: _Going, path: str) -> pa.Table:
    """Those who have waited."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    after = pc.add(here["at"], pa.scalar(step.waits, pa.duration("us")))
    over = pc.less_equal(after, pa.scalar(going.now, after.type))
    going.moves.append(_moves(here, path, "wait", after, pc.if_else(over, "waited", "waiting")))
    return _here(here.set_column(here.schema.get_field_index("at"), "at", after), going.now)


def _parted(step: Step, here: pa.Table, going: _Going, path: str) -> pa.Table:
    """Those who came to a step with several ways and are through the one they took."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    taken = _ways(step, here, going)
    going.moves.append(_moves(taken, path, step.kind, taken["left_at"], taken["way"]))
    whole = []
    for way, steps in step.ways.items():
        those = taken.filter(pc.equal(taken["way"], way))
        on = pa.table({"row": those["row"], "customer_id": those["customer_id"], "at": those["left_at"]})
        whole.append(_walked(steps, _here(on, going.now), going, f"{path}.{way}."))
    return pa.concat_tables(whole)


def _ways(step: Step, here: pa.Table, going: _Going) -> pa.Table:
    """`here` with the `way` each takes and when, `left_at`; `waiting` is no way yet."""
    journal, name = going.journal, going.name
    if step.wait_until is not None:
        return _waited(step, here, going)
    columns = ("row", "customer_id", "at", "left_at", "way")
    if (branch := step.branch) is not None:

        def branched(rows: ir.Table, journal: Journal) -> ir.Table:
            import ibis  # noqa: PLC0415 -- slow import

            golden = golden_at(journal, rows.mutate(moment=rows["at"]))
            return golden.mutate(way=ibis.ifelse(held(branch.where, golden), "then", "otherwise"), left_at="at").select(columns)

        return going.ask(here, branched, journal, f"branch {branch.where}")
    shares = {way: of.share for way, of in step.what.ways.items()}

    def parted(rows: ir.Table, _: Journal) -> ir.Table:
        import ibis  # noqa: PLC0415 -- slow import

        lot, upper, ways = drawn(rows.customer_id, name, "ways"), 0.0, []
        for way, share in shares.items():
            upper += share
            ways.append((below(lot, min(upper, 1.0)), way))
        return rows.mutate(way=ibis.cases(*ways[:-1], else_=ways[-1][1]), left_at="at").select(columns)

    return going.ask(here, parted, journal, f"split {name} {shares}")


def _waited(step: Step, here: pa.Table, going: _Going) -> pa.Table:
    """Whether the event came in time: it happened after the step was reached, and was known by its end. On the end is in time."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    event, within = step.what.event, round((step.waits or timedelta(0)).total_seconds())

    def met(rows: ir.Table, journal: Journal) -> ir.Table:
        import ibis  # noqa: PLC0415 -- slow import

        came = occurrences(journal, event).select(came_customer="customer_id", came_at="at", told_at="due_at")
        waiting = rows.mutate(until=rows["at"] + ibis.interval(seconds=within))
        pairs = waiting.left_join(came, [waiting.customer_id == came.came_customer, came.came_at >= waiting["at"], came.told_at <= waiting.until])
        return pairs.group_by(["row", "customer_id", "at", "until"]).agg(told_at=pairs.told_at.min())

    found = going.ask(here, met, going.journal, f"waited {within} {event.model_dump_json(exclude_defaults=True)}")
    over = pc.less_equal(found["until"], pa.scalar(going.now, found["until"].type))
    way = pc.if_else(pc.is_valid(found["told_at"]), "then", pc.if_else(over, "otherwise", "waiting"))
    return found.select(["row", "customer_id", "at"]).append_column("left_at", pc.coalesce(found["told_at"], found["until"])).append_column("way", way)


def _moves(here: pa.Table, path: str, step: str, left: Any, outcome: Any) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    n, time = here.num_rows, pa.timestamp("us", tz="UTC")
    columns = [here["row"], pa.array([path] * n, pa.string()), pa.array([step] * n, pa.string()), here["at"], left, pa.array([outcome] * n, pa.string()) if isinstance(outcome, str) else outcome]
    types = [pa.string(), pa.string(), pa.string(), time, time, pa.string()]
    return pa.table({name: column.cast(type_) for name, column, type_ in zip(MOVES, columns, types, strict=True)})
