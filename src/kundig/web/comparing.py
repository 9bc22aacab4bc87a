"""An answer beside the same answer at another moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kundig.analysis import Result

FIGURES = ("score", "share", "rate", "value", "median_seconds", "n")
"""What is compared, the first of these that an answer has."""
_NAMES = frozenset({"group", "period", "metric", "source", "target", "end", "step", "variant", "rule", "touchpoint", "stage", "department", "product", "segment", "theme", "kind", "customer_id", "case_id", "position", "level", "name"})


def beside(now: Result, then: Result) -> Result:
    """The answer with a column `before`: the main figure of the row of the same name at the other moment; null where there was none."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    figure = next((name for name in FIGURES if name in now.table.column_names), None)
    keys = [name for name in now.table.column_names if name in _NAMES]
    if figure is None:
        return now

    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in keys)

    known = {key(row): row[figure] for row in then.table.to_pylist()}
    before = [known.get(key(row)) for row in now.table.select(list(dict.fromkeys([*keys, figure]))).to_pylist()]
    place = now.table.column_names.index(figure) + 1
    return replace(now, table=now.table.add_column(place, "before", pa.array(before, type=now.table.schema.field(figure).type)))
