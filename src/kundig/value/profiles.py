"""Segments of engagement: how many belong to each, what they are like, and how far that lies from all customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.depth import FEATURES

if TYPE_CHECKING:
    import ibis.expr.types as ir


def profiles(rows: ir.Table) -> ir.Table:
    """One row a segment of `depths`.

    Columns:
        segment, n: its name, how many customers
        depth: their mean depth
        everybody: how many customers there are
        recency, frequency, breadth, tenure, answers: the mean of each feature
        away_NAME: how far that lies from the mean of all customers, in standard deviations; null where all are alike, and for breadth where
            nobody met more than one touchpoint
    """
    import ibis  # noqa: PLC0415 -- slow import

    usual = rows.agg(
        everybody=rows.count(), most_breadth=rows.breadth.max(), **{f"mean_{name}": rows[name].cast("float64").mean() for name in FEATURES}, **{f"sd_{name}": rows[name].cast("float64").std(how="pop") for name in FEATURES}
    )
    sums = rows.group_by("segment").agg(n=rows.count(), depth=rows.depth.mean().round(6), **{name: rows[name].cast("float64").mean().round(6) for name in FEATURES}).cross_join(usual)
    # Who met one touchpoint at most was there or was not, which frequency says already.
    wide = ibis.ifelse(sums.most_breadth > 1, 1.0, ibis.null("float64"))
    away = {f"away_{name}": ((sums[name] - sums[f"mean_{name}"]) / sums[f"sd_{name}"].nullif(0.0)).round(6) for name in FEATURES}
    away["away_breadth"] = away["away_breadth"] * wide
    return sums.select("segment", "n", "depth", "everybody", *FEATURES, **away)
