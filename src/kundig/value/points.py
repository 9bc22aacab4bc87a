"""The points ledger: every grant, use, reversal and expiry of loyalty points as an entry between two accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.value.money import MONEY, at_home
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

YEAR = 365 * 86400


def grants(journal: Journal) -> ir.Table:
    """One row each time that points come or go, before any expire.

    Events of kind `points` carry them as `quantity`, below 0 where points go; events of the kinds under `points.earn` earn them by
    their amount, times what the tier at that moment gives.

    Columns:
        event_id, customer_id, local_at, case_id: of the event
        entry: `earned`, `redeemed`, or `reversed`
        points: with sign
    """
    import ibis  # noqa: PLC0415 -- slow import

    rules = journal.settings.points
    events = journal.events.filter(journal.events.customer_id.notnull())
    columns = ["event_id", "customer_id", "local_at", "case_id"]
    told = events.filter((events.kind == "points") & events.quantity.notnull() & (events.quantity != 0))
    entry = ibis.cases((told.outcome == "reversed", "reversed"), (told.quantity > 0, "earned"), else_="redeemed")
    moved = told.select(*columns, entry=entry, points=told.quantity.cast(MONEY), ruled=ibis.literal(0, "int64"))
    if rules.earn:
        money = at_home(journal, events)
        rate = ibis.cases(*((events.kind == kind, each) for kind, each in sorted(rules.earn.items())), else_=ibis.null("float64"))
        bought = events.mutate(money=money, rate=rate).filter(lambda table: table.rate.notnull() & table.money.notnull() & (table.money != 0))
        entry = ibis.ifelse(bought.money > 0, "earned", "reversed")
        ruled = bought.select(*columns, entry=entry, points=(bought.money.cast("float64") * bought.rate).floor().cast(MONEY), ruled=ibis.literal(1, "int64"))
        moved = ibis.union(moved, ruled)
    if any(tier.times != 1 for tier in rules.tiers.values()):
        moved = moved.mutate(gained=ibis.greatest(moved.points, ibis.literal(0).cast(MONEY)).cast("float64"), second=moved.local_at.epoch_seconds())
        year = ibis.range_window(group_by="customer_id", order_by="second", preceding=YEAR, following=0)
        so_far = moved.gained.sum().over(year) - moved.gained
        times: Any = ibis.cases(*((so_far >= tier.points, tier.times) for tier in reversed(rules.tiers.values())), else_=1.0)
        more = (moved.ruled == 1) & (moved.entry == "earned")
        moved = moved.mutate(points=ibis.ifelse(more, (moved.points.cast("float64") * times).floor().cast(MONEY), moved.points))
    return moved.select(*columns, "entry", "points")


def ledger(journal: Journal) -> ir.Table:
    """The grants with expiries between them, in which the oldest points are used first.

    All that was earned up to a lot is gone as the lot expires, by use or by expiry. What has expired by then is therefore the most,
    over lots that did, of what was earned up to the lot less what was used before its expiry.

    Columns:
        event_id, customer_id, local_at, case_id: of the event; an expiry has that of the lot
        entry: `earned`, `redeemed`, `reversed`, or `expired`
        points: with sign
        balance: of the customer afterwards
        earned_so_far: points earned up to then
    """
    import ibis  # noqa: PLC0415 -- slow import

    rules = journal.settings.points
    zero = ibis.literal(0).cast(MONEY)
    rows = grants(journal)
    order = {"group_by": "customer_id", "order_by": [rows.local_at, rows.event_id]}
    gained = ibis.ifelse(rows.points > 0, rows.points, zero)
    rows = rows.mutate(upto=gained.sum().over(ibis.window(**order, preceding=None, following=0)).cast(MONEY), used=ibis.ifelse(rows.points < 0, -rows.points, zero).cast(MONEY))
    columns = ["event_id", "customer_id", "local_at", "case_id", "entry", "points", "upto", "used", "rank"]
    timeline = rows.mutate(rank=ibis.literal(1, "int64")).select(columns)
    if rules.expire_months:
        lots = rows.filter(rows.points > 0).cross_join(present(journal))
        lots = lots.mutate(local_at=lots.local_at + ibis.interval(months=rules.expire_months), entry=ibis.literal("expired"), points=zero, used=zero, rank=ibis.literal(0, "int64"))
        timeline = ibis.union(timeline, lots.filter(lots.local_at <= lots.present).select(columns))
    over = {"group_by": "customer_id", "order_by": [timeline.local_at, timeline["rank"], timeline.event_id], "preceding": None, "following": 0}
    used = timeline.mutate(gone=timeline.used.sum().over(ibis.window(**over)).cast(MONEY))
    left = ibis.ifelse(used.entry == "expired", (used.upto - used.gone).cast(MONEY), zero)
    by_time = [used.local_at, used["rank"], used.event_id]
    so_far = used.mutate(expired=ibis.greatest(left.max().over(ibis.window(group_by="customer_id", order_by=by_time, preceding=None, following=0)), zero).cast(MONEY))
    by_time = [so_far.local_at, so_far["rank"], so_far.event_id]
    before = so_far.expired.lag().over(ibis.window(group_by="customer_id", order_by=by_time)).fill_null(zero)
    entries = so_far.mutate(points=ibis.ifelse(so_far.entry == "expired", (before - so_far.expired).cast(MONEY), so_far.points))
    entries = entries.filter(entries.points != zero)
    by_time = [entries.local_at, entries["rank"], entries.event_id]
    window = ibis.window(group_by="customer_id", order_by=by_time, preceding=None, following=0)
    balance = entries.points.sum().over(window).cast(MONEY)
    return entries.select("event_id", "customer_id", "local_at", "case_id", "entry", "points", "rank", balance=balance, earned_so_far=ibis.ifelse(entries.points > zero, entries.points, zero).sum().over(window).cast(MONEY))
