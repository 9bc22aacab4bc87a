"""The revenue bridge: from what was paid as a period began to what was paid as it ended, to the cent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.money import MONEY
from kundig.value.movements import Every, movements

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def revenue_bridge(journal: Journal, *, every: Every = "month", by: str | None = None) -> ir.Table:
    """Where does the change of recurring revenue come from?

    Opening + new + returned + expansion + price rises - contraction - churned = closing, to the cent; the closing amount of a
    period is the opening amount of the next. Amounts are per month, in the company's currency. New are customers who had
    no contract at any earlier beginning of a period, returned those who had. It is a count of all contracts and not a sample, so
    it has no interval. Whoever starts and ends within one period is in none of the sums.

    Price rises are told apart by `contracts.price_rise` in kundig.yaml, whether or not they count as expansion there.

    Args:
        every: the length of a period, on the company's clock; only periods that are over are answered.
        by: cohort, product, segment, account, company, city, postcode or country; by product a change of product is churned here and new there.

    Columns:
        group: the value of `by`; null where a customer has none, or without `by`
        period: its first day
        n: customers with a contract as the period begins or as it ends
        customers: with a contract as the period begins
        opening: what they pay per month
        new: what new customers pay as it ends
        returned: what customers pay who came back
        expansion: what those who stay pay more, without price rises
        price_rises: what price rises of the company added for those who stay
        contraction: what those who stay pay less
        churned: what those paid who are lost
        closing: what is paid per month as it ends

    Order:
        by period, then by group, null last

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to,
        contracts.price_rises, contracts.reason, contracts.price_rise

    Empty:
        There is nothing to answer from: no event of kind `contract` says who pays what.

    Example:
        >>> from kundig.journal import told
        >>> rows = [("ada", "2025-12-01", "started", 30), ("ben", "2026-01-01", "started", 20), ("ada", "2026-01-10", "expanded", 36)]
        >>> journal = told([{"subject": s, "kind": "contract", "occurred_at": at, "outcome": o, "amount": a} for s, at, o, a in rows] + [("cyd", "visit", "2026-02-03")])
        >>> table = revenue_bridge(journal).select("period", "opening", "new", "expansion", "churned", "closing").to_pyarrow().to_pylist()
        >>> [[str(value) for value in row.values()] for row in table]
        [['2025-12-01', '0.0000', '30.0000', '0.0000', '0.0000', '30.0000'], ['2026-01-01', '30.0000', '20.0000', '6.0000', '0.0000', '56.0000']]
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = movements(journal, every, by)
    zero = ibis.literal(0).cast(MONEY)
    here, there = rows.opening.notnull(), rows.closing.notnull()
    opening, closing = rows.opening.fill_null(zero), rows.closing.fill_null(zero)
    more = (closing - opening).cast(MONEY)
    stays = here & there
    price = ibis.ifelse(stays & (more > zero), ibis.least(rows.price, more), zero).cast(MONEY)
    parts = {
        "opening": opening,
        "new": ibis.ifelse(~here & rows.new, closing, zero),
        "returned": ibis.ifelse(~here & ~rows.new, closing, zero),
        "expansion": ibis.ifelse(stays & (more > zero), more - price, zero),
        "price_rises": price,
        "contraction": ibis.ifelse(stays & (more < zero), -more, zero),
        "churned": ibis.ifelse(~there, opening, zero),
        "closing": closing,
    }
    told = rows.select("group", "period", here=here.cast("int64"), **{name: part.cast(MONEY) for name, part in parts.items()})
    return (
        told.group_by(["group", "period"])
        .agg(n=told.count(), customers=told.here.sum(), **{name: told[name].sum().cast(MONEY) for name in parts})
        .order_by(ibis.asc("period"), ibis.asc("group", nulls_first=False))
    )


def behind(journal: Journal, *, every: Every = "month", by: str | None = None) -> ir.Table:
    """The customers with a contract as a period begins or ends, and who had one as it began.

    Keys: group, period
    Counts: n, customers
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = movements(journal, every, by)
    return rows.select("group", "period", "customer_id", n=ibis.literal(1, "int64"), customers=rows.opening.notnull().cast("int64"))
