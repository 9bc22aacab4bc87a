"""Expansion candidates: for each customer, the product it lacks that is worth most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.errors import ArgumentError
from kundig.statistics import wilson, z_value
from kundig.value.holdings import holdings, pairs
from kundig.value.money import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def expansion_candidates(journal: Journal, *, most: int = 1, floor: int = 30, confidence: float = 0.95) -> ir.Table:
    """Which customer could use which further product, and what would that bring?

    For each product that a customer lacks, the share of holders of what it has who have that product too; of several products
    it holds, the one with the highest share counts. Only products above the share of all customers are candidates. The
    expected value is that share times what the product brings a year. It says how alike customers stand, not
    that they would buy if asked.

    Args:
        most: how many candidates a customer has at most.
        floor: with fewer holders than this a product says nothing of another.
        confidence: of the interval.

    Columns:
        customer_id: who
        candidate: the product that it lacks
        because: the product that it holds
        n: holders of that product
        share: of these, who have the candidate
        low: lower end of its interval
        high: upper end of its interval
        price: what the candidate brings a year, in the mean; null where not known
        expected: share times price
        expected_low: with the lower end of the share
        expected_high: with the upper end

    Order:
        by expected from high to low, then by customer and candidate

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        Nobody lacks a product that at least `floor` holders of the same say something about, and that they have more often than all
        customers.

    Example:
        >>> from kundig.journal import told
        >>> orders = [{"subject": f"c{n:03}", "kind": "order", "product": p, "occurred_at": "2026-01-05", "amount": 10} for n in range(120) for p in ("Watch" if n % 2 else "Case", *(["Strap"] if n % 4 == 1 else []))]
        >>> expansion_candidates(told(orders)).select("customer_id", "candidate", "because", "share").limit(1).to_pyarrow().to_pylist()
        [{'customer_id': 'c003', 'candidate': 'Strap', 'because': 'Watch', 'share': 0.5}]

    Raises:
        ArgumentError: `most` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    if most < 1:
        raise ArgumentError(f"--most expects 1 or more, found {most}")
    known = pairs(journal)
    share = known.both / known.holders
    known = known.filter((known.holders >= max(floor, 2)) & (share > known.owners / known.customers) & (known.both > 0))
    held = holdings(journal).select("customer_id", "product")
    reached = held.inner_join(known, [("product", "held")])
    there = held.select(there_id="customer_id", there="product")
    lacking = reached.anti_join(there, [("customer_id", "there_id"), ("candidate", "there")])
    best = lacking.mutate(share=lacking.both / lacking.holders)
    best = best.mutate(place=ibis.row_number().over(ibis.window(group_by=["customer_id", "candidate"], order_by=[ibis.desc("share"), ibis.desc("holders"), "product"])))
    best = best.filter(best.place == 0)
    low, high = wilson(best.both, best.holders.cast("float64"), z_value(confidence))
    best = best.mutate(low=low, high=high, expected=best.share * best.price)
    best = best.mutate(rank=ibis.row_number().over(ibis.window(group_by="customer_id", order_by=[ibis.desc("expected"), "candidate"])))
    best = best.filter(best["rank"] < most)
    return best.select(
        "customer_id", "candidate", because="product", n="holders", share="share", low="low", high="high", price=best.price.cast(MONEY), expected=best.expected.cast(MONEY),
        expected_low=(best.low * best.price).cast(MONEY), expected_high=(best.high * best.price).cast(MONEY),
    ).order_by(ibis.desc("expected"), "customer_id", "candidate")  # fmt: skip
