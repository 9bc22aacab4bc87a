"""A change that met one product on one day: the share lost a month, before and after, against the other products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kundig.value.movements import movements

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    from numpy.typing import NDArray

    from kundig.journal import Journal

    Numbers = NDArray[np.float64]

FEWEST_BEFORE, FEWEST_AFTER = 8, 3
"""Months without which a trend cannot be told from a step."""


def series(journal: Journal, name: str, product: str) -> ir.Table:
    """By month, the share of contracts kept and the amount of what was there, of the product and of all others.

    Columns:
        programme, period, met: which, the month, 1 for the product
        n: customers as the month begins
        kept: of these, still there as the next begins
        money: per customer, what is paid then
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = movements(journal, "month", "product")
    rows = rows.filter(rows.opening.notnull())
    met = (rows.group == product).fill_null(False).cast("int64")  # noqa: FBT003 -- Ibis' own
    rows = rows.mutate(met=met, stays=rows.closing.notnull().cast("int64"), paid=rows.closing.cast("float64").fill_null(0.0))
    return rows.group_by([ibis.literal(name).name("programme"), "period", "met"]).agg(n=rows.count(), kept=rows.stays.sum() / rows.count(), money=rows.paid.sum() / rows.count())


@dataclass(frozen=True)
class Step:
    """The step of the difference between both series at the day of the change, and how sure it is."""

    size: float
    error: float
    freedom: float
    before: int
    after: int


def step(periods: list[date], difference: Numbers, weight: Numbers, since: date) -> Step | None:
    """A level and a trend before, and a step at the change; by weighted least squares, with Newey and West's errors.

    None where there are too few months. The month of the change itself is left out, unless it begins with it.
    Source: Newey and West (1987), Econometrica 55; with the small-sample factor n / (n - 3).
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    chosen = [place for place, period in enumerate(periods) if period >= since or (period.year, period.month) != (since.year, since.month)]
    post = np.array([periods[place] >= since for place in chosen], dtype=np.float64)
    before, after = int((post == 0).sum()), int(post.sum())
    if before < FEWEST_BEFORE or after < FEWEST_AFTER:
        return None
    time = np.array([periods[place].year * 12 + periods[place].month for place in chosen], dtype=np.float64)
    root = np.sqrt(weight[chosen] / weight[chosen].mean())
    x = np.column_stack([np.ones(len(time)), time - time.mean(), post]) * root[:, None]
    y: Any = difference[chosen] * root
    bread = np.linalg.pinv(x.T @ x)
    slopes = bread @ (x.T @ y)
    scores = x * (y - x @ slopes)[:, None]
    meat = scores.T @ scores
    most = int(4 * (len(time) / 100) ** (2 / 9)) + 1
    for lag in range(1, most + 1):
        part = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (most + 1)) * (part + part.T)
    freedom = len(time) - 3
    return Step(float(slopes[2]), float(np.sqrt(max((bread @ meat @ bread)[2, 2] * len(time) / freedom, 0.0))), float(freedom), before, after)
