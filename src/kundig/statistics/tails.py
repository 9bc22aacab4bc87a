"""Chances and their correction for many comparisons, as expressions that every engine computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

_TERMS = (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429)


def two_sided(z: ir.FloatingValue) -> ir.FloatingValue:
    """The chance of a normal deviate at least as far from 0 as `z`; right to seven decimals.

    Source: Abramowitz and Stegun (1964), 26.2.17.
    """
    far = z.abs()
    t = 1 / (1 + 0.2316419 * far)
    series = sum(term * t ** (power + 1) for power, term in enumerate(_TERMS))
    return (2 * 0.3989422804014327 * (-far * far / 2).exp() * series).clip(lower=0.0, upper=1.0)


def discoveries(table: ir.Table, p: str, q: str, keys: list[str]) -> ir.Table:
    """`table` with the column `q`: the least rate of false discoveries at which each row with a `p` is one.

    Over all rows whose `p` is not null; rows of one `p` are told apart by `keys`. Source: Benjamini and Hochberg (1995),
    Journal of the Royal Statistical Society B 57.
    """
    import ibis  # noqa: PLC0415 -- slow import

    order = [ibis.asc(p, nulls_first=False), *(ibis.asc(key, nulls_first=False) for key in keys)]
    ranked = table.mutate(bh_rank=(ibis.row_number().over(order_by=order) + 1).cast("float64"), bh_count=table[p].count().over().cast("float64"))
    raised = ranked.mutate(bh_value=ranked[p] * ranked.bh_count / ranked.bh_rank)
    onward = raised.mutate(**{q: raised.bh_value.min().over(ibis.window(order_by="bh_rank", preceding=0, following=None))})
    return onward.mutate(**{q: ibis.ifelse(onward[p].notnull(), onward[q], ibis.null("float64"))}).drop("bh_rank", "bh_count", "bh_value")
