"""The golden record as it was held at moments: who a customer was when something came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.identity import customers, identified
from kundig.identity.golden import PLAIN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

FIELDS = dict.fromkeys(PLAIN, "string")
"""The columns of the golden record, with their types."""


def golden_at(journal: Journal, moments: ir.Table) -> ir.Table:
    """The rows of `moments` with the golden record of `customer_id` as it was held at the row's `moment`; null where nothing was said by then.

    Args:
        journal: what was known.
        moments: rows with `row` (a text that no other row has), `customer_id` and `moment`.
    """
    said = identified(journal.traits, journal.identities, journal.at)
    asked = moments.select(asked_row="row", asked_customer="customer_id", asked_moment="moment")
    # One record for each row instead of one for each customer: the rows take the customers' place.
    known = said.join(asked, [said.customer_id == asked.asked_customer, said.known_at <= asked.asked_moment])
    golden = customers(known.mutate(customer_id=known.asked_row).drop("asked_row", "asked_customer", "asked_moment"), journal.settings.identity.precedence)
    return moments.left_join(golden.rename(golden_row="customer_id"), moments["row"] == golden.customer_id).drop("golden_row")
