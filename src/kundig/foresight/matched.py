"""Risk sets: each leaver with a few customers who could have left on the same day, and what had happened to them before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.foresight.contracts import leavings
from kundig.foresight.snapshots import DAY, present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

BAND_DAYS = 182
"""Customers who began in the same half-year have the same tenure on any day."""
CONTROLS = 5
LOOKED_AT = 15
MOST_LEAVERS = 5_000
SERVED = ("payment", "invoice", "delivery", "return", "usage", "cancellation", "case_opened", "milestone")
"""What only customers meet."""


def people(journal: Journal) -> ir.Table:
    """One row for each customer with a contract: `started`, `left_at` (notice or end, whichever came first), and who is alike."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    terms = events.filter((events.kind == "contract") & events.customer_id.notnull())
    newest = ibis.struct({"occurred_at": terms.occurred_at, "event_id": terms.event_id, "product": terms["product"], "amount": terms.amount})
    paid = terms.outcome.isnull() | (terms.outcome != "ended")
    begun = terms.group_by("customer_id").agg(started=terms.occurred_at.min(), newest=newest.max(where=paid))
    gone = leavings(journal, notice=True)
    now = present(journal)
    first = gone.cross_join(now).filter(lambda table: table.left_at <= table.present).group_by("customer_id").agg(left_at=lambda table: table.left_at.min())
    said = journal.customers.select("customer_id", "segment")
    whole = begun.left_join(first, "customer_id", rname="{name}_first").left_join(said, "customer_id", rname="{name}_said")
    band = (whole.started.epoch_seconds() / (BAND_DAYS * DAY)).floor().cast("int64").cast("string")
    alike = ibis.coalesce(whole.newest["product"], "") + "|" + ibis.coalesce(whole.segment, "") + "|" + band
    table = whole.select("customer_id", "started", "left_at", "segment", product=whole.newest["product"], amount=whole.newest["amount"], alike=alike)
    return _placed(table)


def prospects(journal: Journal) -> ir.Table:
    """As `people`, for coming: `started` is when somebody was first known, `left_at` when the first contract began or the first order came."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    events = events.filter(events.customer_id.notnull())
    now = present(journal)
    past = events.cross_join(now).filter(lambda table: table.occurred_at <= table.present)
    joins = past.kind.isin(("contract", "order"))
    newest = ibis.struct({"occurred_at": past.occurred_at, "event_id": past.event_id, "amount": past.amount})
    served = past.kind.isin(("contract", "order", *SERVED))
    met = past.group_by("customer_id").agg(
        started=past.occurred_at.min(), left_at=past.occurred_at.min(where=joins), served_at=past.occurred_at.min(where=served), first=newest.min(where=past.kind == "contract")
    )
    # Who was served before was a customer already; whose contract is the first that is known of them was never seen to be on the way.
    seen_before = met.filter(met.served_at.isnull() | ((met.left_at == met.served_at) & (met.left_at > met.started)))
    said = journal.customers.select("customer_id", "segment")
    whole = seen_before.left_join(said, "customer_id", rname="{name}_said")
    band = (whole.started.epoch_seconds() / (BAND_DAYS * DAY)).floor().cast("int64").cast("string")
    alike = ibis.coalesce(whole.segment, "") + "|" + band
    table = whole.select("customer_id", "started", "left_at", "segment", product=ibis.null("string"), amount=whole["first"]["amount"], alike=alike)
    return _placed(table)


def _placed(table: ir.Table) -> ir.Table:
    """The people with `place` among the `of` who are alike, by when they began; who began together stands in an order that is drawn by a fixed hash, so that the draw is random and repeatable."""
    import ibis  # noqa: PLC0415 -- slow import

    in_order = ibis.window(group_by="alike", order_by=["started", table.customer_id.hexdigest("md5"), "customer_id"])
    return table.mutate(place=ibis.row_number().over(in_order), of=table.count().over(ibis.window(group_by="alike")))


def matched(everyone: ir.Table) -> ir.Table:
    """The members of each risk set: `leaver`, `customer_id`, `left_at`, `amount` of the leaver.

    `everyone` are people who may leave, or prospects who may come.

    Controls have the same product and segment, began in the same half-year, and were under contract without notice on the
    day. Of these they are the nearest by when they began, before and after: what comes early in every life, or was no
    longer than half a year ago, must not tell a leaver from others who are only known for longer.
    """
    import ibis  # noqa: PLC0415 -- slow import

    gone = everyone.filter(everyone.left_at.notnull() & (everyone.left_at > everyone.started))
    gone = gone.mutate(drawn=ibis.row_number().over(order_by=[gone.customer_id.hexdigest("md5"), "customer_id"]))
    gone = gone.filter(gone.drawn < MOST_LEAVERS).select("alike", "left_at", "amount", "of", "place", leaver="customer_id")
    tried = gone.mutate(step=ibis.range(1, LOOKED_AT + 1).unnest())
    tried = tried.filter(tried.step < tried.of)
    # One after, one before, two after, and so on; fewer steps than there are people do not meet anybody twice.
    aside = ibis.ifelse(tried.step % 2 == 1, (tried.step + 1) // 2, tried.of - tried.step // 2)
    tried = tried.mutate(place=(tried.place + aside) % tried.of)
    others = everyone.select("alike", "place", "customer_id", "started", until="left_at")
    found = tried.inner_join(others, ["alike", "place"])
    found = found.filter((found.started <= found.left_at) & (found.until.isnull() | (found.until > found.left_at)))
    ranked = found.mutate(rank=ibis.row_number().over(ibis.window(group_by="leaver", order_by="step")))
    controls = ranked.filter(ranked["rank"] < CONTROLS).select("leaver", "customer_id", "left_at", "amount")
    return gone.select("leaver", "left_at", "amount", customer_id="leaver").select("leaver", "customer_id", "left_at", "amount").union(controls)


def exposures(members: ir.Table, happened: ir.Table, within: int) -> ir.Table:
    """What happened to each member of a risk set in the days before: `leaver`, `customer_id`, `incident`, `dose`, `days`."""
    joined = members.select("leaver", "customer_id", "left_at").inner_join(happened, "customer_id")
    days = (joined.left_at.epoch_seconds() - joined.happened_at.epoch_seconds()).cast("float64") / DAY
    near = joined.mutate(days=days).filter(lambda table: (table.days > 0) & (table.days <= within))
    return near.group_by(["leaver", "customer_id", "incident"]).agg(dose=near.count(), days=near.days.min())


def stated(journal: Journal, kind: str = "exit_interview") -> ir.Table:
    """What customers were noted to have said: `customer_id`, `text`, `staff` (who typed it, null if the customer did)."""
    events = journal.events
    return events.filter((events.kind == kind) & events.customer_id.notnull()).select("customer_id", "text", "staff", "occurred_at", "event_id")


