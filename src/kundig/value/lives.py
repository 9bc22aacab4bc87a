"""How long each customer with contracts has been there, and since when anybody would have seen it leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.contracts import periods, watched
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

MONTH = 30.4375
"""Days of a month, in the mean."""


def lives(journal: Journal) -> ir.Table:
    """One row a customer: from its first contract to the end of its last; a gap between two is no end.

    Columns:
        customer_id, start: whose, since when
        ended: 1 where the last contract is over, 0 where the customer is still there
        entry: its age in days when ends began to be recorded, 0 for whoever came later; who left before is not in the data
        days: its age in days at the end, or now
        amount: what it pays per month now, in the company's currency
    """
    import ibis  # noqa: PLC0415 -- slow import

    stretches = periods(journal)
    whole = stretches.group_by("customer_id").agg(
        start=stretches.first_at.min(), end=stretches.until.max(), open=stretches.until.isnull().any(), amount=stretches.amount.sum(where=stretches.until.isnull())
    )
    whole = whole.cross_join(present(journal)).cross_join(watched(journal))
    over = ~whole.open & (whole.end <= whole.present)
    begin = whole.start.epoch_seconds()
    known = ibis.ifelse(over, whole.end, whole.present).epoch_seconds()
    from_ = ibis.coalesce(whole.watched.cast("timestamp").epoch_seconds() - begin, 0).clip(lower=0)
    rows = whole.select("customer_id", "start", "amount", ended=over.cast("int64"), entry=(from_ / 86400).cast("int64"), days=((known - begin) / 86400).cast("int64"))
    return rows.filter(rows.days >= 0)
