"""Which customers letters fit: names, numbers, addresses, companies and cities, whatever the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kundig.web.desk import desk
from kundig.web.pictures import once

if TYPE_CHECKING:
    import pyarrow as pa

SEARCHED = ("name", "customer_id", "email", "company", "city")
MEMORY = "256MB"
"""Places of what fits; the letters themselves stay where they are."""


def fitting(rows: pa.Table, words: Sequence[str], *, kept: bool) -> pa.Table:
    """The rows in which every word stands somewhere.

    Args:
        rows: of `customers.directory`.
        words: without blanks.
        kept: whether the same object is searched again; what of it is searched is then kept beside it.
    """
    from kundig.store.duckdb import connection  # noqa: PLC0415 -- slow import

    searched = once(rows, "searched", lambda: _searched(rows)) if kept else _searched(rows)
    everywhere = " AND ".join(["contains(letters, ?)"] * len(words))
    # The engine looks through a million names five times as quickly as Arrow's own function.
    places: pa.Table
    with connection(desk().workspace.lake.folder / ".spill", MEMORY) as con:
        con.register("searched", searched)
        places = con.execute(f"SELECT place FROM searched WHERE {everywhere} ORDER BY place", [word.lower() for word in words]).to_arrow_table()
    return rows.take(places["place"])


def _searched(rows: pa.Table) -> pa.Table:
    """One text and its place a row; no word holds what stands between the text's parts."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    parts = [pc.fill_null(rows[name].cast(pa.string()), "") for name in SEARCHED]
    return pa.table({"letters": pc.utf8_lower(pc.binary_join_element_wise(*parts, "\n")), "place": np.arange(rows.num_rows)})
