"""What two events must have in common to belong together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from kundig.errors import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir

KEYS = ("customer", "case", "product")
APART = "\x1f"
"""Stands between the parts of a key; no source writes it."""


def _known(name: str) -> str:
    if name not in KEYS and not re.fullmatch(r"properties\.\S.*", name):
        raise ValueError(f"found {name!r}; {nearest(name, [*KEYS, 'properties.NAME'])}")
    return name


Same = Annotated[str, AfterValidator(_known)]
"""`customer`, `case`, `product` (of one customer), or `properties.NAME`."""


def keyed(rows: ir.Table, same: Same) -> Any:
    """What each row is kept apart by: null where it has no such thing."""
    import ibis  # noqa: PLC0415 -- slow import

    if same == "customer":
        return rows.customer_id
    if same == "case":
        return rows.case_id
    if same == "product":
        return rows.customer_id + ibis.literal(APART) + rows["product"]
    return rows.properties.get(same.removeprefix("properties."), None)
