"""Names of a handful of customers, from the kept list of all; never of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def names(directory: Any, ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these customers; those without one are left out.

    Args:
        directory: of `customers.directory`; anything else knows nobody.
        ids: of customers.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    asked = sorted({one for one in ids if one})
    if not isinstance(directory, pa.Table) or not asked:
        return {}
    rows = directory.filter(pc.is_in(directory["customer_id"], value_set=pa.array(asked))).select(["customer_id", "name"]).to_pylist()
    return {row["customer_id"]: row["name"] for row in rows if row["name"]}
