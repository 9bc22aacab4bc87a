"""Points liability: what the points that customers hold will cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.least import least
from kundig.statistics import z_value
from kundig.statistics.ratios import ratio
from kundig.value.money import MONEY
from kundig.value.points import ledger
from kundig.value.points_balances import points_balances
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def points_liability(journal: Journal, *, floor: int = 20, confidence: float = 0.95) -> ir.Table:
    """What do the loyalty points that customers hold cost the company?

    The points held, times what a point buys (`points.worth`), less breakage: the share that will never be redeemed. Breakage is
    `points.breakage`; where it is not settled, the share of points that expired among those old enough to have expired, by customers who earned
    such, with the ratio's interval of customers drawn by chance. Balances below 0 are not set against others.

    Args:
        floor: with fewer customers whose points could have expired than this, breakage is not known, and all points count.
        confidence: of the interval.

    Columns:
        state: `ok`, or `breakage not known`
        n: customers who hold points
        points: points held
        worth: the money that all of them buy
        breakage: the share expected never to be redeemed
        breakage_low: lower end of its interval
        breakage_high: upper end of its interval
        liability: worth less breakage
        liability_low: lower end of its interval; null where breakage is not known
        liability_high: upper end of its interval

    Order:
        one row

    Settings:
        company.currency, rates, points

    Empty:
        There is nothing to answer from: no event of kind `points` has a `quantity`, and `points.earn` in kundig.yaml settles nothing.

    Example:
        >>> from kundig.journal import told
        >>> points_liability(told([{"subject": "ada", "kind": "points", "occurred_at": "2026-01-05", "quantity": 100.0}])).select("state", "n", "liability").execute().astype(str).to_dict("records")
        [{'state': 'breakage not known', 'n': '1', 'liability': '1.0000'}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    rules = journal.settings.points
    held = _held(journal)
    points = held.agg(n=held.count(), points=held.balance.sum().cast(MONEY), worth=held.worth.sum().cast(MONEY))
    points = points.filter(points.n > 0)
    if rules.breakage is not None:
        share = ibis.literal(rules.breakage, "float64")
        whole = points.mutate(state=ibis.literal("ok"), breakage=share, breakage_low=share, breakage_high=share)
    elif rules.expire_months:
        rows = ledger(journal).cross_join(present(journal))
        old = (rows.points > 0) & (rows.local_at <= rows.present - ibis.interval(months=rules.expire_months))
        zero = ibis.literal(0).cast(MONEY)
        each = rows.group_by("customer_id").agg(gone=(-rows.points.sum(where=rows.entry == "expired")).fill_null(zero), could=rows.points.sum(where=old).fill_null(zero))
        each = each.filter(each.could > 0)
        size, low, high = ratio(each.gone, each.could, each.count(), z_value(confidence))
        seen = each.agg(m=each.count(), size=size, low=low.clip(lower=0.0), high=high.clip(upper=1.0))
        joined = points.cross_join(seen)
        known = joined.m >= max(floor, 2)
        none = ibis.null("float64")
        whole = joined.mutate(
            state=ibis.ifelse(known, "ok", "breakage not known"), breakage=ibis.ifelse(known, joined["size"], none), breakage_low=ibis.ifelse(known, joined.low, none), breakage_high=ibis.ifelse(known, joined.high, none)
        )
    else:
        none = ibis.null("float64")
        whole = points.mutate(state=ibis.literal("breakage not known"), breakage=none, breakage_low=none, breakage_high=none)

    def left(share: ir.FloatingValue) -> ir.DecimalValue:
        return (whole.worth.cast("float64") * (1.0 - share.fill_null(0.0))).cast(MONEY)

    return whole.select(
        "state", "n", "points", "worth", "breakage", "breakage_low", "breakage_high", liability=left(whole.breakage), liability_low=ibis.ifelse(whole.breakage_high.isnull(), ibis.null(MONEY), left(whole.breakage_high)), liability_high=left(whole.breakage_low)
    )


def behind(journal: Journal) -> ir.Table:
    """Who holds points.

    Keys:
    Counts: n
    """
    held = _held(journal)
    return held.select("customer_id", n=held.balance.notnull().cast("int64"))


def _held(journal: Journal) -> ir.Table:
    balances = points_balances(journal)
    return balances.filter(balances.balance > 0)
