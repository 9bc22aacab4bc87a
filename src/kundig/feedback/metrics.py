"""The survey trade's metrics: what is computed from the answers, and how sure that is.

Each metric turns n, the sum and the sum of squares of a coded answer into a figure and its interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kundig.events import METRICS
from kundig.statistics import student_t, wilson

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Metric = Literal["nps", "csat", "ces", "stars", "enps"]


@dataclass(frozen=True)
class Scale:
    """How a metric is formed: from `top` answers, less `bottom` answers, or as a mean."""

    kind: Literal["net", "share", "mean"]
    top: float = 0
    bottom: float = 0


SCALES: dict[str, Scale] = {
    "nps": Scale("net", top=9, bottom=6),
    "enps": Scale("net", top=9, bottom=6),
    "csat": Scale("share", top=4),
    "ces": Scale("share", top=5),
    "stars": Scale("mean"),
}


def answered(journal: Journal) -> ir.Table:
    """How many answers there are to each metric: `metric`, `n`, the most answered first."""
    import ibis  # noqa: PLC0415 -- slow import

    answers = journal.events.filter(journal.events.metric.notnull() & journal.events.score.notnull())
    return answers.group_by("metric").agg(n=answers.count()).order_by(ibis.desc("n"), "metric")


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval, and the centre and variance that a difference of two figures is tested with."""

    score: ir.FloatingValue
    low: ir.FloatingValue
    high: ir.FloatingValue
    centre: ir.FloatingValue
    variance: ir.FloatingValue


def estimate(metric: Metric, table: ir.Table, z: float) -> Estimate:
    """The figure of a metric from a table with n, top, bottom, total, squares, and the effective number of answers.

    NPS and eNPS: promoters (9 and 10) less detractors (0 to 6), in points; adjusted Wald interval after Rocks (2016),
    The American Statistician 70. CSAT: share of 4 and 5; CES 2.0: share of 5 to 7, in per cent; Wilson's interval.
    Stars: mean, with Student's interval, which does not leave the scale.
    """
    n, less = table.effective, table.effective / table.n
    top, bottom = table.top * less, table.bottom * less
    match SCALES[metric].kind:
        case "net":
            more = n + 3
            p, d = (top + 0.75) / more, (bottom + 0.75) / more
            centre, variance = 100 * (p - d), 10000 * (p + d - (p - d) * (p - d)) / more
            half = z * variance.sqrt()
            return Estimate(100.0 * (table.top - table.bottom) / table.n, centre - half, centre + half, centre, variance)
        case "share":
            low, high = wilson(top, n, z)
            adjusted = (top + z * z / 2) / (n + z * z)
            return Estimate(100.0 * table.top / table.n, 100 * low, 100 * high, 100 * adjusted, 10000 * adjusted * (1 - adjusted) / (n + z * z))
        case "mean":
            mean = table.total / table.n
            # Rounding can leave a variance of all-equal answers a hair below zero.
            squares = (table.squares - table.total * mean).clip(lower=0.0) * less
            variance = squares / (n - 1) / n
            half = student_t(n, z) * variance.sqrt()
            lowest, highest = METRICS[metric]
            return Estimate(mean, (mean - half).clip(lower=lowest), (mean + half).clip(upper=highest), mean, variance)
