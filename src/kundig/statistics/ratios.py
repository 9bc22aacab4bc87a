"""Ratios of two sums over the same customers, and how sure they are, as expressions of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.statistics.intervals import student_t

if TYPE_CHECKING:
    import ibis.expr.types as ir


def ratio(y: ir.NumericValue, x: ir.NumericValue, n: ir.NumericValue, z: float) -> tuple[ir.FloatingValue, ir.FloatingValue, ir.FloatingValue]:
    """The ratio of the sums of `y` and `x` over `n` rows, with its interval, to aggregate with.

    The variance is that of the residuals y - ratio · x, as for a ratio of means of customers drawn by chance; the quantile is
    Student's. Source: Cochran (1977), Sampling Techniques, 6.4.
    """
    a, b = y.cast("float64"), x.cast("float64")
    total, base = a.sum(), b.sum().nullif(0.0)
    share = total / base
    # Rounding can leave a sum of squares of nothing but equal ratios a hair below zero.
    squares = ((a * a).sum() - 2.0 * share * (a * b).sum() + share * share * (b * b).sum()).clip(lower=0.0)
    rows = n.cast("float64")
    half = student_t(n, z) * (squares * rows / (rows - 1.0).nullif(0.0)).sqrt() / base
    return share, share - half, share + half


def effective(x: ir.NumericValue) -> ir.FloatingValue:
    """How many rows of equal weight tell as much as rows weighted by `x`, to aggregate with.

    Source: Kish (1965), Survey Sampling, 11.7.
    """
    b = x.cast("float64")
    return b.sum() * b.sum() / (b * b).sum().nullif(0.0)
