"""Engagement members: to which segment of engagement each customer belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.least import least
from kundig.value.depth import FEATURES, depths

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def engagement_members(journal: Journal, *, days: int = 365) -> ir.Table:
    """To which segment of engagement does each customer belong?

    The customers behind `engagement`, with the features that their depth is the mean rank of.

    Args:
        days: how far back activity counts.

    Columns:
        customer_id: who
        segment: its segment
        n: days with activity
        recommends: `promoter`, `passive`, `detractor`, or `not asked`
        satisfied: `satisfied`, `neutral`, or `dissatisfied`, by the latest answer about satisfaction or in stars; null without one
        depth: from 0 to 1
        recency: days since last seen
        frequency: days with activity within the time
        breadth: touchpoints met within it
        tenure: days since first seen
        answers: answers given within it

    Order:
        by depth from high to low, then by customer

    Empty:
        There is nothing to answer from: no customer did anything that is on record; contracts, invoices, payments and what the company
        writes are not its own deeds.

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "visit", "2026-01-01"), ("ada", "shop", "2026-01-09"), ("ben", "visit", "2026-01-02")])
        >>> engagement_members(journal).select("customer_id", "segment").to_pyarrow().to_pylist()
        [{'customer_id': 'ada', 'segment': 'engaged not asked'}, {'customer_id': 'ben', 'segment': 'distant not asked'}]

    Raises:
        ArgumentError: `days` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(days=days)
    rows = depths(journal, days)
    return rows.select("customer_id", "segment", "recommends", "satisfied", "depth", *FEATURES, n=rows.frequency).order_by(ibis.desc("depth"), "customer_id").select(
        "customer_id", "segment", "n", "recommends", "satisfied", "depth", *FEATURES
    )
