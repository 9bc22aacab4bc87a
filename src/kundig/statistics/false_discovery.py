"""Many comparisons at once: p-values corrected inside the engine, where there may be a million of them, and where not all of them are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    from numpy.typing import NDArray


def benjamini_hochberg(table: ir.Table, p: str, family: list[str], tie: list[str]) -> ir.Table:
    """`table` with `q`: the false discovery rate at which a row's p-value would still be called a finding.

    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Args:
        table: rows with p-values; those without one are no comparison and get no q.
        p: the column of p-values.
        family: columns within whose values comparisons belong together.
        tie: columns that tell rows of one family apart.
    """
    import ibis  # noqa: PLC0415 -- slow import

    placed = table.mutate(
        _place=ibis.row_number().over(group_by=family, order_by=[ibis.asc(p, nulls_first=False), *tie]) + 1,
        _of=table[p].count().over(group_by=family),
    )
    raised = placed.mutate(_raised=placed[p] * placed._of / placed._place)  # noqa: SLF001 -- a column
    from_here = ibis.window(group_by=family, order_by=ibis.desc("_place"), rows=(None, 0))
    # A row without a p-value has the last places: nothing is carried from it.
    lowest = ibis.least(raised._raised.min().over(from_here), ibis.literal(1.0))  # noqa: SLF001 -- a column
    return raised.mutate(q=ibis.ifelse(raised[p].notnull(), lowest, ibis.null("float64"))).drop("_place", "_of", "_raised")


def corrected(p: Any, comparisons: int) -> NDArray[np.float64]:
    """The smallest false discovery rate at which each p-value is a finding, where `comparisons` were made and the p-values of the others are higher.

    Source: Benjamini and Hochberg (1995).

    >>> corrected([0.01, 0.2, 0.02], 10).round(3).tolist()
    [0.1, 0.667, 0.1]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    known = np.asarray(p, dtype=np.float64)
    order = np.argsort(known)
    raised = known[order] * comparisons / np.arange(1, len(known) + 1)
    found = np.empty_like(known)
    found[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return found
