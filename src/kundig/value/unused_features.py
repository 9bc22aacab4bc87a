"""Unused features: what customers are entitled to and do not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.least import least
from kundig.statistics import wilson, z_value
from kundig.value.holdings import features, holdings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def unused_features(journal: Journal, *, floor: int = 20, confidence: float = 0.95) -> ir.Table:
    """Which features do customers not use, though their product has them?

    A product has a feature if anybody who holds the product has used it (property `feature` of usage). Share of holders who have
    used it, with Wilson's interval.

    Args:
        floor: with fewer holders than this there is no figure.
        confidence: of the intervals.

    Columns:
        product: what customers hold
        feature: what it has
        state: `ok`, or `too few customers`
        n: holders of the product
        used: of these, who have used the feature
        unused: who have not
        share: `used` as a share of `n`
        low: lower end of its interval
        high: upper end of its interval

    Order:
        by product, then by unused from high to low, then by feature

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        There is nothing to answer from: no holder of a product has used a feature (kind `usage`, property `feature`).

    Example:
        >>> from kundig.journal import told
        >>> events = [{"subject": f"c{n}", "kind": "order", "product": "Watch", "occurred_at": "2026-01-05"} for n in range(40)]
        >>> events += [{"subject": f"c{n}", "kind": "usage", "occurred_at": "2026-01-06", "properties": {"feature": "alarm"}} for n in range(10)]
        >>> unused_features(told(events)).select("product", "feature", "unused", "share").to_pyarrow().to_pylist()
        [{'product': 'Watch', 'feature': 'alarm', 'unused': 30, 'share': 0.25}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    held = holdings(journal).select("customer_id", "product")
    holders = held.group_by("product").agg(n=held.count())
    joined = held.inner_join(features(journal), "customer_id")
    used = joined.group_by(["product", "feature"]).agg(used=joined.count())
    rows = used.inner_join(holders, "product")
    low, high = wilson(rows.used, rows.n.cast("float64"), z_value(confidence))
    enough, none = rows.n >= max(floor, 2), ibis.null("float64")
    return rows.select(
        "product", "feature", state=ibis.ifelse(enough, "ok", "too few customers"), n="n", used="used", unused=rows.n - rows.used,
        share=ibis.ifelse(enough, rows.used / rows.n, none), low=ibis.ifelse(enough, low, none), high=ibis.ifelse(enough, high, none),
    ).order_by("product", ibis.desc("unused"), "feature")  # fmt: skip


def behind(journal: Journal) -> ir.Table:
    """Who holds a product, beside every feature of it that anybody uses.

    Keys: product, feature
    Counts: n, used, unused
    """
    import ibis  # noqa: PLC0415 -- slow import

    held, own = holdings(journal).select("customer_id", "product"), features(journal)
    known = held.inner_join(own, "customer_id").select("product", "feature").distinct()
    mine = own.select(used_by="customer_id", used_feature="feature")
    rows = held.inner_join(known, "product").left_join(mine, [("customer_id", "used_by"), ("feature", "used_feature")])
    return rows.select("product", "feature", "customer_id", n=ibis.literal(1, "int64"), used=rows.used_by.notnull().cast("int64"), unused=rows.used_by.isnull().cast("int64"))
