"""Purchases of each customer, summarised: how often again, how recently, since when, for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.money import MONEY, at_home
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

DAY = 86400


def purchases(journal: Journal, kinds: list[str]) -> ir.Table:
    """One row a customer and day with a purchase, with the day's whole amount.

    Purchases of one day are one. A purchase without an amount is worth what was paid for its case, if events of kind `payment` say. What
    is refunded, has no amount or no rate for its currency is a purchase without an amount.

    Columns:
        customer_id, day: whose, when
        spent: in the company's currency; null where no amount is known
        last: the day of the present
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.known
    home = at_home(journal, events)
    known = events.select("customer_id", "kind", "case_id", day=events.local_at.date(), unpriced=events.amount.isnull(), money=ibis.ifelse(home > 0, home, ibis.null(MONEY)))
    bought = known.filter(known.kind.isin(kinds) & known.customer_id.notnull())
    # The first purchase of a case without an amount is worth what was paid for it, so that nothing counts twice.
    unpriced = bought.filter(bought.unpriced & bought.case_id.notnull())
    unpriced = unpriced.group_by(["customer_id", "case_id"]).agg(day=unpriced.day.min())
    paid = known.filter((known.kind == "payment") & known.kind.notin(kinds) & known.case_id.notnull()).group_by(paid_for="case_id").agg(paid=lambda table: table.money.sum())
    settled = unpriced.inner_join(paid, [("case_id", "paid_for")]).select("customer_id", "day", money=lambda table: table.paid.cast(MONEY))
    rows = ibis.union(bought.select("customer_id", "day", "money"), settled)
    daily = rows.group_by(["customer_id", "day"]).agg(spent=rows.money.sum())
    return daily.cross_join(present(journal).select(last=lambda table: table.present.date()))


def summaries(daily: ir.Table, horizon: int) -> ir.Table:
    """One row a customer, as known now and as known when the last part of the time was still to come.

    The part held out is as long as the horizon, and at most a third of all the time.

    Columns:
        customer_id, first: whose, the day of the first purchase
        x, recency, age: repeat purchases, days from first to last, days from first to now
        paid, mean: purchases with an amount, and their mean
        held: the days held out
        before, before_recency, before_age: the first three as known at the beginning of the part held out; null for later customers
        then: purchases within it
    """
    import ibis  # noqa: PLC0415 -- slow import

    bounds = daily.agg(begin=daily.day.min(), end=daily["last"].max())
    held = ibis.least(ibis.literal(horizon, "int64"), (bounds.end.delta(bounds.begin, unit="day") / 3).floor().cast("int64"))
    cut = daily.cross_join(bounds.select(held=held))
    # Days count from 1970, so that dates are compared as numbers on every engine.
    cut = cut.mutate(at=cut.day.epoch_days() if hasattr(cut.day, "epoch_days") else (cut.day.cast("timestamp").epoch_seconds() / DAY).floor().cast("int64"), now=(cut["last"].cast("timestamp").epoch_seconds() / DAY).floor().cast("int64"))
    early = cut["at"] <= cut.now - cut.held
    grouped = cut.group_by("customer_id").agg(
        first=cut.day.min(), begin=cut["at"].min(), x=cut.count() - 1, latest=cut["at"].max(), now=cut.now.max(), held=cut.held.max(),
        paid=cut.spent.count(), total=cut.spent.sum(), early=early.cast("int64").sum(), early_latest=cut["at"].max(where=early),
    )  # fmt: skip
    known = grouped.early > 0
    none = ibis.null("int64")
    return grouped.select(
        "customer_id", "first", "x", "held", "paid", recency=grouped.latest - grouped.begin, age=grouped.now - grouped.begin,
        mean=(grouped.total.cast("float64") / grouped.paid.nullif(0)),
        before=ibis.ifelse(known, grouped.early - 1, none), before_recency=ibis.ifelse(known, grouped.early_latest - grouped.begin, none),
        before_age=ibis.ifelse(known, grouped.now - grouped.held - grouped.begin, none), then=ibis.ifelse(known, grouped.x + 1 - grouped.early, none),
    )  # fmt: skip
