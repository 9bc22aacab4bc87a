"""Contracts as they stood: what runs, at which price, since when, and whether notice was given."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.foresight.snapshots import DAY, seen

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.foresight.snapshots import Which
    from kundig.journal import Journal

KINDS = ("contract", "cancellation")


def contracts(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """One row for each contract and snapshot: `running`, `noticed`, `amount`, `before` (its price a year earlier), `product`, ages."""
    import ibis  # noqa: PLC0415 -- slow import

    events = seen(journal, snapshots, every, lambda versions: versions.filter(versions.kind.isin(KINDS)))
    events = events.mutate(contract=events.case_id.fill_null("the contract"))
    terms = events.kind == "contract"
    over = terms & (events.outcome == "ended").fill_null(False)  # noqa: FBT003 -- Ibis takes the value by position
    past = events.age >= 0
    runs = terms & past
    # The event's own number settles what happened at the same instant.
    state = ibis.struct({"age": -events.age, "event_id": events.event_id, "over": over, "amount": events.amount.cast("float64"), "product": events.product})
    grouped = events.group_by(["customer_id", "snapshot", "contract"]).agg(
        last=state.max(where=runs),
        yearly=state.max(where=runs & (events.age >= 365 * DAY)),
        started=events.age.max(where=runs),
        renewed=events.age.min(where=runs & ~over),
        changes=events.count(where=runs & ~over & (events.age < 365 * DAY)),
        notice=events.age.min(where=(events.kind == "cancellation") & past),
        ending=events.age.max(where=over & ~past),
        began=events.age.min(where=runs & (events.outcome == "started").fill_null(False)),  # noqa: FBT003 -- Ibis takes the value by position
    )
    known = grouped.filter(grouped["last"].notnull())
    running = ~known["last"]["over"]
    # Notice counts if it came after the contract's latest beginning.
    noticed = known.ending.notnull() | (known.notice.notnull() & (known.began.isnull() | (known.notice <= known.began)))
    return known.select(
        "customer_id",
        "snapshot",
        "contract",
        "started",
        "renewed",
        "changes",
        running=running,
        noticed=running & noticed,
        amount=known["last"]["amount"],
        before=known["yearly"]["amount"],
        product=known["last"]["product"],
    )


def held(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """One row for each customer and snapshot with any contract: how many run, what they cost together, and since when."""
    import ibis  # noqa: PLC0415 -- slow import

    table = contracts(journal, snapshots, every)
    runs = table.running
    dearest = ibis.struct({"amount": table.amount.fill_null(0.0), "product": table.product})
    grouped = table.group_by(["customer_id", "snapshot"]).agg(
        contracts=runs.cast("int64").sum(),
        noticed=table.noticed.cast("int64").sum(),
        price=table.amount.sum(where=runs),
        price_before=table.before.sum(where=runs & table.before.notnull()),
        price_same=table.amount.sum(where=runs & table.before.notnull()),
        tenure=table.started.max(),
        started=table.started.min(where=runs),
        renewed=table.renewed.min(where=runs),
        changes=table.changes.sum(where=runs),
        products=table["product"].nunique(where=runs),
        dearest=dearest.max(where=runs),
    )
    return grouped.mutate(product=grouped.dearest["product"]).drop("dearest")


def leavings(journal: Journal, *, notice: bool) -> ir.Table:
    """Each moment at which a customer's last running contract ended, or with `notice` also notice was given.

    `customer_id`, `left_at`, and `left_known_at`: when that was known.
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    events = events.filter(events.kind.isin(KINDS) & events.customer_id.notnull())
    events = events.mutate(contract=events.case_id.fill_null("the contract"))
    terms = events.filter(events.kind == "contract")
    over = (terms.outcome == "ended").fill_null(False)  # noqa: FBT003 -- Ibis takes the value by position
    in_order = ibis.window(group_by=["customer_id", "contract"], order_by=["occurred_at", "event_id"])
    steps = terms.select("customer_id", "contract", "occurred_at", "known_at", over=over, before=over.lag().over(in_order))
    # How many contracts run after each step: a beginning adds one, an end takes one away.
    change = ibis.cases(
        (steps.over & ~steps.before.fill_null(True), -1),  # noqa: FBT003 -- Ibis takes the value by position
        (~steps.over & steps.before.fill_null(True), 1),  # noqa: FBT003 -- Ibis takes the value by position
        else_=0,
    )
    moves = steps.select("customer_id", "occurred_at", "known_at", change=change).filter(lambda table: table.change != 0)
    daily = moves.group_by(["customer_id", "occurred_at"]).agg(change=moves.change.sum(), known_at=moves.known_at.max())
    running = daily.mutate(running=daily.change.sum().over(ibis.cumulative_window(group_by="customer_id", order_by="occurred_at")))
    left = running.filter((running.running == 0) & (running.change < 0)).select("customer_id", left_at="occurred_at", left_known_at="known_at")
    if not notice:
        return left
    said = events.filter(events.kind == "cancellation").select("customer_id", left_at="occurred_at", left_known_at="known_at")
    return left.union(said)


def expansions(journal: Journal) -> ir.Table:
    """Each moment at which a customer's contract grew: `customer_id`, `left_at`, `left_known_at`, named as for leavings."""
    events = journal.events
    grown = events.filter((events.kind == "contract") & (events.outcome == "expanded") & events.customer_id.notnull())
    return grown.select("customer_id", left_at="occurred_at", left_known_at="known_at")
