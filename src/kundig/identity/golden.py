"""The golden record: what is held to be true of a customer, from everything its sources say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.events import TRAITS

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIELDS = tuple(column.name for column in TRAITS if column.name not in {"subject", "known_at", "source"})


def customers(traits: ir.Table) -> ir.Table:
    """One row a customer with the newest value that any source gives for each field.

    Of two values from one moment the alphabetically last is taken, so that the order of rows does not matter.

    Columns:
        customer_id: the customer
        title, given_name, …, segment: the fields of `traits`; null where no source says anything
    """
    import ibis  # noqa: PLC0415 -- slow import

    said = traits.mutate(customer_id=traits.subject)
    plain = [name for name in FIELDS if name not in {"consents", "properties"}]
    newest = {}
    for name in plain:
        value = said[name]
        pair = ibis.struct({"known_at": said.known_at, "value": value})
        newest[name] = pair.max(where=value.notnull())["value"]
    return said.group_by("customer_id").agg(**newest)
