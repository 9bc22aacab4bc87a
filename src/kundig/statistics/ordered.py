"""Quantiles of groups from their values in order.

DuckDB joins the parts of a group that its own quantiles are of by copying what it has so far, again and again: of ten
million values in nine hundred groups that takes four times as long as all else together, and more memory than there is of
fifty million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


def in_order(values: ir.NumericColumn) -> Any:
    """The values in order, without nulls, to aggregate with."""
    return values.collect(where=values.notnull()).sort()


def quantile(ordered: Any, share: float) -> Any:
    """A quantile of what is in order, with the interpolation of Hyndman and Fan's seventh definition; null where there is nothing.

    >>> import ibis
    >>> float(quantile(ibis.array([1.0, 2.0, 4.0, 8.0]), 0.5).execute())
    3.0
    """
    import ibis  # noqa: PLC0415 -- slow import

    n = ordered.length()
    place = (n - 1).cast("float64") * share
    # Spark asks for places of 32 bits, and not every engine has null for what a list does not hold.
    below = ibis.greatest(place.floor(), ibis.literal(0.0)).cast("int32")
    low, high = ordered[below], ordered[ibis.least(below + 1, ibis.greatest(n - 1, 0)).cast("int32")]
    return ibis.ifelse(n > 0, low + (high - low) * (place - below), ibis.null("float64"))
