"""Whose an event is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def identified(rows: ir.Table, identities: ir.Table | None = None, at: datetime | None = None) -> ir.Table:
    """The rows with `customer_id`, as links made it that were known at a moment; without a link each subject is a customer.

    Args:
        rows: events or traits, with `subject`.
        identities: who is who; None where nothing is linked, which then costs nothing.
        at: the moment; None for all that is known.
    """
    if identities is None:
        return rows.mutate(customer_id=rows.subject)
    if at is None:
        now = identities.filter(identities.until.isnull())
    else:
        now = identities.filter((identities.since.isnull() | (identities.since <= at)) & (identities.until.isnull() | (identities.until > at)))
    others = now.filter(now.customer_id != now.subject).select(linked_subject="subject", linked_customer="customer_id")
    joined = rows.left_join(others, rows.subject == others.linked_subject)
    return joined.mutate(customer_id=joined.linked_customer.coalesce(joined.subject)).drop("linked_subject", "linked_customer")
