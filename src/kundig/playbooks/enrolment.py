"""Enrolment: who comes into a playbook when, and who of them is left alone by lot.

A playbook comes to a customer once for each cause. Whether the same customer comes in again is the playbook's `again`. The
order in which that is settled is that of becoming due, so that it does not matter how often, or by whom, it is asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundig.playbooks.conditions.happened import occurrences
from kundig.playbooks.drawing import below, drawn
from kundig.playbooks.expression import held
from kundig.playbooks.found import found
from kundig.playbooks.golden import golden_at
from kundig.playbooks.same import APART
from kundig.playbooks.walk import Walk, walk

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.journal import Journal
    from kundig.playbooks.meant import Meant
    from kundig.playbooks.playbook import Playbook

COLUMNS = ("row", "customer_id", "cause", "key", "at", "due_at", "taken_back_at", "goal_at", "held_out")


def candidates(playbook: Playbook, name: str, journal: Journal, since: datetime | None = None, matches: pa.Table | None = None) -> pa.Table:
    """Everybody whom the condition and `who` let in, whether or not they may come again: COLUMNS, in the order of becoming due.

    Columns:
        row: the key under which a playbook comes to a customer once: customer and cause
        goal_at: when it was known that the goal was reached, after coming in
        held_out: whether the lot fell on being left alone

    Args:
        playbook: as it is defined.
        name: of it.
        journal: what is known.
        since: only what became due after it.
        matches: what its condition gave, where that is known already.
    """
    import ibis  # noqa: PLC0415 -- slow import

    # What the engine found is held once: it is small beside the journal, and everything that follows asks it.
    came = ibis.memtable(found(playbook.when.matches(journal, since), journal) if matches is None else matches)
    return found(let_in(playbook, name, came, journal), journal)


def let_in(playbook: Playbook, name: str, came: ir.Table, journal: Journal) -> ir.Table:
    """Of what a condition gave, those whom `who` lets in, as `candidates` has them."""
    import ibis  # noqa: PLC0415 -- slow import

    rows = came.mutate(row=came.customer_id + ibis.literal(APART) + came.cause)
    if playbook.who is not None:
        golden = golden_at(journal, rows.mutate(moment=rows.due_at))
        rows = rows.semi_join(golden.filter(held(playbook.who, golden)), "row")
    rows = goals(playbook.goal, rows, journal)
    lot = drawn(rows.customer_id, name, "hold-out")
    return rows.mutate(held_out=below(lot, playbook.hold_out)).order_by("due_at", "at", "row").select(*COLUMNS)


def goals(goal: Meant | None, rows: ir.Table, journal: Journal) -> ir.Table:
    """The rows with `goal_at`, when it was known that the customer had reached the goal since the condition came true; null if not after coming in."""
    import ibis  # noqa: PLC0415 -- slow import

    if goal is None:
        return rows.mutate(goal_at=ibis.null("timestamp('UTC')"))
    reached = occurrences(journal, goal).select(goal_customer="customer_id", reached_at="at", told_at="due_at")
    pairs = rows.left_join(reached, [rows.customer_id == reached.goal_customer, reached.reached_at >= rows["at"], reached.told_at > rows.due_at])
    return pairs.group_by(rows.columns).agg(goal_at=pairs.told_at.min())


def enrolled(playbook: Playbook, name: str, rows: pa.Table, journal: Journal, now: datetime) -> tuple[pa.Table, Walk]:
    """Of candidates those who come in, with `stopped_at` and `ended_at`, and their walk through the steps as far as it goes.

    Columns:
        stopped_at: when the goal was reached or the cause taken back; what would have been done then or later is not done
        ended_at: when they were through, or stopped; null while they are on their way. Whoever is left alone is through as if he were not.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    asked = pa.table({"row": rows["row"], "customer_id": rows["customer_id"], "at": rows["due_at"]})
    walked = walk(playbook.steps, asked, journal, name, now)
    ends = {row: at for table in (walked.through, _ended(walked.moves)) for row, at in zip(table["row"].to_pylist(), _micro(table["at"]).tolist(), strict=True)}
    stopped = np.fmin(_or_never(rows["goal_at"]), _or_never(rows["taken_back_at"]))
    through = np.array([ends.get(row, NEVER) for row in rows["row"].to_pylist()], dtype=np.float64)
    ended = np.fmin(through, stopped)
    kept = again(playbook, rows["customer_id"].to_pylist(), _micro(rows["due_at"]), ended)
    time = pa.timestamp("us", tz="UTC")
    chosen = rows.append_column("stopped_at", _moments(stopped, time)).append_column("ended_at", _moments(ended, time)).filter(pa.array(kept))
    moves = walked.moves.filter(pc.is_in(walked.moves["row"], chosen["row"].combine_chunks()))
    return chosen, Walk(_until_stopped(moves, chosen), walked.through)


NEVER = float("inf")


def again(playbook: Playbook, customers: list[str], due: NDArray[np.int64], ended: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which candidates come in, in the order of becoming due: all customers are gone through at once, the first of each, then the second.

    Args:
        playbook: whose `again` says.
        customers: of each candidate; candidates stand in the order of becoming due.
        due: when each became due, in microseconds.
        ended: when each would be through; infinity if it is not yet.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    if playbook.again == "always" or not customers:
        return np.ones(len(customers), dtype=bool)
    _, who = np.unique(np.array(customers, dtype=object).astype(str), return_inverse=True)
    order = np.argsort(who, kind="stable")
    first = np.flatnonzero(np.r_[True, who[order][1:] != who[order][:-1]])
    kept = np.zeros(len(customers), dtype=bool)
    free = np.full(who.max() + 1, -np.inf)
    ends, place = np.r_[first[1:], len(order)], first.copy()
    while len(place):
        here = order[place]
        comes = due[here] >= free[who[here]]
        kept[here] = comes
        if playbook.pause is not None:
            until = due[here] + playbook.pause.total_seconds() * 1e6
        else:
            until = ended[here] if playbook.again == "when ended" else np.full(len(here), NEVER)
        free[who[here]] = np.where(comes, until, free[who[here]])
        going = place + 1 < ends
        place, ends = place[going] + 1, ends[going]
    return kept


def _ended(moves: pa.Table) -> pa.Table:
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    those = moves.filter(pc.equal(moves["outcome"], "ended"))
    return those.select(["row", "left_at"]).rename_columns(["row", "at"])


def _until_stopped(moves: pa.Table, chosen: pa.Table) -> pa.Table:
    """The moves that were made before somebody was stopped."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    joined = moves.join(chosen.select(["row", "stopped_at"]), "row")
    on = joined.filter(pc.fill_null(pc.less(joined["reached_at"], joined["stopped_at"]), pa.scalar(value=True)))
    return on.select(moves.column_names).sort_by([("reached_at", "ascending"), ("row", "ascending"), ("path", "ascending")])


def _micro(column: Any) -> NDArray[np.int64]:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    found: NDArray[np.int64] = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy()
    return found


def _or_never(column: Any) -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed

    found = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).cast(pa.float64()).to_numpy()
    whole: NDArray[np.float64] = np.where(np.isnan(found), NEVER, found)
    return whole


def _moments(micro: NDArray[np.float64], type_: Any) -> Any:
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed

    never = np.isinf(micro)
    return pa.array(np.where(never, 0, micro).astype(np.int64), mask=never).cast(type_)


