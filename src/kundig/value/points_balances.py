"""Points balances: what each customer holds, its tier, and what expires soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.least import least
from kundig.value.money import MONEY
from kundig.value.points import YEAR, ledger
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def points_balances(journal: Journal, *, days: int = 90) -> ir.Table:
    """How many loyalty points does each customer hold, in which tier, and how many expire soon?

    The sums of `points_ledger` by customer. The tier is the highest under `points.tiers` whose points were earned within the last 365
    days. What expires soon is what expires within `days` if nothing is redeemed until then. The rules are `points` in kundig.yaml; ask with
    `--as-of` for any moment.

    Args:
        days: how far ahead points expire soon.

    Columns:
        customer_id: whose
        n: entries of the ledger
        tier: the highest reached; null where there is none
        earned: points earned, reversals of use included
        redeemed: points redeemed
        reversed: earned points taken back
        expired: points expired
        balance: earned less redeemed, reversed and expired; below 0 where more went than was there
        worth: the money that the balance buys
        expires_soon: points that will expire

    Order:
        by balance from high to low, then by customer

    Settings:
        company.currency, rates, points

    Empty:
        There is nothing to answer from: no event of kind `points` has a `quantity`, and `points.earn` in kundig.yaml settles nothing.

    Example:
        >>> from kundig.journal import told
        >>> moves = [("2026-01-05", 100.0), ("2026-02-05", -30.0)]
        >>> journal = told([{"subject": "ada", "kind": "points", "occurred_at": at, "quantity": points} for at, points in moves])
        >>> points_balances(journal).select("earned", "redeemed", "balance", "worth").execute().astype(float).to_dict("records")
        [{'earned': 100.0, 'redeemed': 30.0, 'balance': 70.0, 'worth': 0.7}]

    Raises:
        ArgumentError: `days` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(days=days)
    rules = journal.settings.points
    zero = ibis.literal(0).cast(MONEY)
    rows = ledger(journal).cross_join(present(journal))
    gains = rows.points > 0
    recent = gains & (rows.local_at.epoch_seconds() > rows.present.epoch_seconds() - YEAR)
    # What was earned up to then is all gone then, by use or by expiry.
    soon = gains & (rows.local_at <= rows.present - ibis.interval(months=rules.expire_months) + ibis.interval(days=days)) if rules.expire_months else ibis.literal(False)  # noqa: FBT003 -- Ibis' own

    def total(where: ir.BooleanValue) -> ir.DecimalValue:
        return rows.points.sum(where=where).fill_null(zero).cast(MONEY)

    sums = rows.group_by("customer_id").agg(
        n=rows.count(), earned=total(gains), redeemed=-total(rows.entry == "redeemed"), reversed=-total((rows.entry == "reversed") & ~gains), expired=-total(rows.entry == "expired"),
        balance=rows.points.sum().cast(MONEY), lately=total(recent).cast("float64"), due=rows.earned_so_far.max(where=soon).fill_null(zero),
    )  # fmt: skip
    gone = sums.redeemed + sums.reversed + sums.expired
    tier = ibis.cases(*((sums.lately >= tier.points, name) for name, tier in reversed(rules.tiers.items())), else_=ibis.null("string")) if rules.tiers else ibis.null("string")
    return sums.select(
        "customer_id", "n", tier=tier, earned="earned", redeemed=sums.redeemed.cast(MONEY), reversed=sums.reversed.cast(MONEY), expired=sums.expired.cast(MONEY), balance="balance",
        worth=(sums.balance.cast("decimal(18, 4)") * ibis.literal(rules.worth, "decimal(18, 6)")).cast(MONEY), expires_soon=ibis.greatest(sums.due - gone, zero).cast(MONEY),
    ).order_by(ibis.desc("balance"), "customer_id")  # fmt: skip
