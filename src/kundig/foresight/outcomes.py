"""Outcomes: who was at risk at a snapshot, and when they left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from kundig.foresight.contracts import leavings
from kundig.foresight.signals import LABELS, NAMES, known
from kundig.foresight.snapshots import DAY
from kundig.identity import identified

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Outcome = Literal["end", "notice", "no order"]
MOST_CUSTOMERS = 100_000
ACTIVE_DAYS = 365
"""A buyer without an order for so long has left before."""


@dataclass(frozen=True)
class Panel:
    """Past snapshots with what came after, as arrays; rows in the order of customer and snapshot."""

    x: Any
    customer: Any
    snapshot: Any
    """Counted back from the present."""
    left: Any
    """Days from the snapshot until leaving; NaN for who has not."""
    left_known: Any
    """Days from the snapshot until that was known."""
    days_back: Any
    """Days from the snapshot to the present."""
    columns: dict[str, Any]

    def __len__(self) -> int:
        return len(self.x)

    def rows(self, which: Any) -> Panel:
        """Some of the rows."""
        return Panel(
            self.x[which], self.customer[which], self.snapshot[which], self.left[which], self.left_known[which], self.days_back[which],
            {name: column[which] for name, column in self.columns.items()},
        )  # fmt: skip


def outcomes(journal: Journal, outcome: Outcome, snapshots: int, every: timedelta, *, sample: bool = True) -> ir.Table:
    """The signals of each customer at risk at each snapshot, with `left_days`, `left_known_days` and `state`.

    At risk is who has a running contract of which no notice was given; for `no order`, who ordered within a year.
    A leaving is the end of the last running contract, or notice if that is asked for and comes first. For buyers it is
    the day after which no order came: their `left_days` are those until the next order, to be read the other way round.

    Args:
        sample: of more than 100,000 customers, take so many.
    """
    import ibis  # noqa: PLC0415 -- slow import

    chosen = _sampled(journal) if sample else journal
    table = known(chosen, snapshots, every)
    if outcome == "no order":
        # Nobody is noticed to leave: the next order is what can be seen.
        orders = chosen.events
        moments = orders.filter((orders.kind == "order") & orders.customer_id.notnull()).select("customer_id", left_at="occurred_at", left_known_at="known_at")
        state = ibis.ifelse(table.days_since_order <= ACTIVE_DAYS, "ok", "no order in a year").fill_null("no order yet")
    else:
        moments = leavings(chosen, notice=outcome == "notice")
        from kundig.foresight.contracts import held  # noqa: PLC0415 -- beside leavings

        stood = held(chosen, snapshots, every).select("customer_id", "snapshot", noticed="noticed", running="contracts")
        table = table.left_join(stood, ["customer_id", "snapshot"]).drop("customer_id_right", "snapshot_right")
        state = ibis.cases(
            (table.running.isnull(), "no contract"),
            (table.running == 0, "has left"),
            (table.noticed >= table.running, "notice was given"),
            else_="ok",
        )
        table = table.mutate(state=state).drop("noticed", "running")
        state = table.state
    asked = table.mutate(state=state)
    later = moments.select(leaver="customer_id", left_at="left_at", left_known_at="left_known_at")
    joined = asked.select("customer_id", "snapshot", "at").left_join(later, [asked.customer_id == later.leaver, later.left_at > asked["at"]])
    first = joined.group_by(["customer_id", "snapshot"]).agg(
        next=ibis.struct({"left_at": joined.left_at, "left_known_at": joined.left_known_at}).min(where=joined.left_at.notnull())
    )
    whole = asked.left_join(first, ["customer_id", "snapshot"]).drop("customer_id_right", "snapshot_right")
    second = whole["at"].epoch_seconds()
    return whole.select(
        "snapshot", *LABELS, "state",
        left_days=(whole.next["left_at"].epoch_seconds() - second).cast("float64") / DAY,
        left_known_days=(whole.next["left_known_at"].epoch_seconds() - second).cast("float64") / DAY,
        **{name: whole[name].cast("float32") for name in NAMES},
    )  # fmt: skip


def _sampled(journal: Journal) -> Journal:
    """The journal of at most MOST_CUSTOMERS customers, drawn by a fixed hash of their ids."""
    import ibis  # noqa: PLC0415 -- slow import

    history = identified(journal.history)
    past = history if journal.at is None else history.filter(history.known_at <= journal.at)
    drawn = past.filter(past.customer_id.notnull()).select("customer_id").distinct()
    drawn = drawn.mutate(place=ibis.row_number().over(order_by=drawn.customer_id.hexdigest("md5")))
    drawn = drawn.filter(drawn.place < MOST_CUSTOMERS)
    return replace(journal, history=history.semi_join(drawn, "customer_id").drop("customer_id"))


def panel(table: Any, every: timedelta, outcome: str, *, states: Iterable[str] = ("ok",)) -> Panel:
    """The rows of `outcomes` in these states as arrays."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    kept = table.filter(pc.is_in(table["state"], value_set=pa.array(list(states), pa.string())))
    kept = kept.take(pc.sort_indices(kept, [("customer_id", "ascending"), ("snapshot", "descending")]))
    x = np.column_stack([_floats(kept[name], "float32") for name in NAMES]) if len(NAMES) else np.zeros((kept.num_rows, 0))
    back = kept["snapshot"].to_numpy().astype(np.float64) * every.total_seconds() / DAY
    left, left_known = _floats(kept["left_days"]), _floats(kept["left_known_days"])
    # A code for each customer is as good as its name, and smaller.
    customer = kept["customer_id"].combine_chunks().dictionary_encode()
    customer = customer if isinstance(customer, pa.DictionaryArray) else customer.combine_chunks()
    columns = {name: np.array(kept[name].to_pylist(), dtype=object) for name in ("segment", "product")} if kept.num_rows <= 2_000_000 else {}  # noqa: PLR2004 -- words are only needed for what is shown
    return Panel(x, np.asarray(customer.indices.to_numpy(zero_copy_only=False)), kept["snapshot"].to_numpy(), left, left_known, back, columns)


def _floats(column: Any, kind: str = "float64") -> Any:
    import numpy as np  # noqa: PLC0415 -- slow import

    return np.asarray(column.to_numpy(zero_copy_only=False) if hasattr(column, "combine_chunks") is False else column.combine_chunks().to_numpy(zero_copy_only=False), dtype=kind)
