"""Outcomes: who was at risk at a snapshot, and what came after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from kundig.foresight.contracts import expansions, leavings
from kundig.foresight.parted import in_parts, looks_at
from kundig.foresight.signals import LABELS, NAMES, alone, beside_others
from kundig.foresight.snapshots import DAY, numbers, present
from kundig.identity import identified

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.estimates import Estimate
    from kundig.foresight.snapshots import Which
    from kundig.journal import Journal

Outcome = Literal["auto", "end", "notice", "no order"]
Meant = Literal["end", "notice", "no order", "expansion"]
EVENTS = {"end": "end", "notice": "notice", "no order": "order", "expansion": "expansion"}
"""What is waited for: of buyers not that they leave, which nobody sees, but that they come again."""
AWAITED = tuple(EVENTS.values())
MOST_CUSTOMERS = 100_000
ACTIVE_DAYS = 365
"""A buyer without an order for so long has left before."""


@dataclass(frozen=True)
class Panel:
    """Snapshots with what came after, as arrays; rows in the order of customer and snapshot.

    Attributes:
        x: the signals, in the order of NAMES.
        customer: a number for each customer.
        snapshot: counted back from the present.
        back: days from the snapshot to the present.
        days: days from the snapshot to the event that is waited for; NaN if it has not come.
        known: days from the snapshot until that was known.
    """

    x: Any
    customer: Any
    snapshot: Any
    back: Any
    days: Any
    known: Any

    def __len__(self) -> int:
        return len(self.x)

    def rows(self, which: Any) -> Panel:
        """Some of the rows."""
        return Panel(self.x[which], self.customer[which], self.snapshot[which], self.back[which], self.days[which], self.known[which])


def outcomes(journal: Journal, snapshots: int, every: timedelta, *, sample: bool = True) -> ir.Table | Estimate:
    """The signals of each customer at each snapshot; who is at risk, and the days to each event that came after.

    `contract_state` and `order_state` are `ok` for those at risk: with a running contract of which no notice was given,
    or with an order within a year. `end_days`, `notice_days`, `order_days`, `expansion_days`: to the end of the last running contract,
    to that or to notice, to the next order, and to buying more; each with `…_known` for when it was known.

    Args:
        sample: of more than 100,000 customers, take so many.
    """
    if sample:
        return _told(_followed(_sampled(journal), snapshots, every))
    looks = looks_at(journal, snapshots)
    return in_parts(looks, lambda look: _followed(journal, look, every), _told) if looks else _told(_followed(journal, snapshots, every))


def _followed(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """What each customer's own events say at each snapshot, and the first of each event that came after."""
    import ibis  # noqa: PLC0415 -- slow import

    orders = journal.events
    ordered = orders.filter((orders.kind == "order") & orders.customer_id.notnull()).select("customer_id", left_at="occurred_at", left_known_at="known_at")
    moments = {"end": leavings(journal, notice=False), "notice": leavings(journal, notice=True), "order": ordered, "expansion": expansions(journal)}
    parts = [moment.mutate(what=ibis.literal(name)) for name, moment in moments.items()]
    later = ibis.union(*(part.select("what", "left_at", "left_known_at", leaver="customer_id") for part in parts))
    which = numbers(snapshots)
    # From the few moments to the snapshots before them: the signals are not computed twice.
    each = later.cross_join(present(journal)).mutate(snapshot=ibis.range(which.start, which.stop).unnest())
    each = each.filter(each.left_at.epoch_seconds() > each.present.epoch_seconds() - each.snapshot * round(every.total_seconds()))
    pair = ibis.struct({"left_at": each.left_at, "left_known_at": each.left_known_at})
    first = each.group_by([each.leaver.name("customer_id"), each.snapshot.cast("int64").name("snapshot")]).agg(**{name: pair.min(where=each.what == name) for name in AWAITED})
    return alone(journal, snapshots, every).left_join(first, ["customer_id", "snapshot"], rname="{name}_first")


def _told(followed: ir.Table) -> ir.Table:
    """The columns of `outcomes`, from what is known of all customers of a snapshot."""
    whole = beside_others(followed, ("noticed", *AWAITED))
    second = whole["at"].epoch_seconds()
    return whole.select(
        "snapshot", *LABELS, contract_state(whole).name("contract_state"), order_state(whole).name("order_state"),
        **{f"{name}_days": (whole[name]["left_at"].epoch_seconds() - second).cast("float64") / DAY for name in AWAITED},
        **{f"{name}_known": (whole[name]["left_known_at"].epoch_seconds() - second).cast("float64") / DAY for name in AWAITED},
        **{name: whole[name].cast("float32") for name in NAMES},
    )  # fmt: skip


def with_everybody(past: Any, now: Any) -> Any:
    """Snapshots of the past, of a sample where there are many customers, and the present of everybody, as one table of `outcomes`."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    return pa.concat_tables([past.filter(pc.greater(past["snapshot"], 0)), now.filter(pc.equal(now["snapshot"], 0))])


def contract_state(table: ir.Table) -> ir.StringValue:
    """Whether a customer is at risk of leaving, or why not."""
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.cases(
        ((table.contracts == 0) & table.tenure_days.isnull(), "no contract"),
        (table.contracts == 0, "has left"),
        (table.noticed >= table.contracts, "notice was given"),
        else_="ok",
    )


def order_state(table: ir.Table) -> ir.StringValue:
    """Whether a buyer is at risk of not coming again, or why not."""
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.cases((table.days_since_order <= ACTIVE_DAYS, "ok"), (table.days_since_order > ACTIVE_DAYS, "no order in a year"), else_="no order yet")


def _sampled(journal: Journal) -> Journal:
    """The journal of at most MOST_CUSTOMERS customers, drawn by a fixed hash of their ids."""
    import ibis  # noqa: PLC0415 -- slow import

    history = identified(journal.history, journal.identities, journal.at)
    past = history if journal.at is None else history.filter(history.known_at <= journal.at)
    drawn = past.filter(past.customer_id.notnull()).select("customer_id").distinct()
    drawn = drawn.mutate(place=ibis.row_number().over(order_by=drawn.customer_id.hexdigest("md5")))
    drawn = drawn.filter(drawn.place < MOST_CUSTOMERS)
    return replace(journal, history=history.semi_join(drawn, "customer_id").drop("customer_id"))


def asked_for(outcome: Outcome, table: Any) -> Literal["end", "notice", "no order"]:
    """The outcome meant by `auto`: the end of contracts where there are any, else that no order comes."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    if outcome != "auto":
        return outcome
    return "no order" if pc.all(pc.equal(table["contract_state"], "no contract")).as_py() is not False else "end"


def state_column(outcome: str) -> str:
    """The column that says who is at risk."""
    return "order_state" if outcome == "no order" else "contract_state"


def panel(table: Any, every: timedelta, outcome: Meant) -> tuple[Panel, Any]:
    """The rows of `outcomes` of those at risk as arrays, and the Arrow rows beside them in the same order."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    kept = table.filter(pc.equal(table[state_column(outcome)], "ok"))
    kept = kept.take(pc.sort_indices(kept, [("customer_id", "ascending"), ("snapshot", "descending")])).combine_chunks()
    x = np.empty((kept.num_rows, len(NAMES)), dtype=np.float32)
    for number, name in enumerate(NAMES):
        x[:, number] = kept[name].to_numpy()
    name = EVENTS[outcome]
    snapshot = kept["snapshot"].to_numpy()
    # Rows stand by customer: a number for each is where the name changes.
    ids = kept["customer_id"]
    customer = np.concatenate([[0], np.cumsum(pc.not_equal(ids[1:], ids[:-1]).to_numpy())]) if len(ids) else np.zeros(0, np.int64)
    back = snapshot * every.total_seconds() / DAY
    return Panel(x, customer.astype(np.int64), snapshot, back, kept[f"{name}_days"].to_numpy(), kept[f"{name}_known"].to_numpy()), kept
