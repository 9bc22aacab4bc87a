"""A change that met one product on one day: the share lost a month, before and after, against the other products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kundig.value.contracts import bounded, first_day

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

    The same sums as over the rows of `movements` by product, but of stretches that begin and end alike at once: as many rows as there are such, and
    not one for each customer and month.

    Columns:
        programme, period, met: which, the month, 1 for the product
        n: customers as the month begins, each once for every product it has
        kept: of these, still there as the next begins
        money: per customer, what is paid then
    """
    import ibis  # noqa: PLC0415 -- slow import

    alike = _alike(journal, product)
    each = alike.mutate(number=ibis.range(alike.begun, alike.end + 1).unnest())
    here = (each.number >= each.new) & (each.number <= each.end) & (each.number < each["last"])
    stays = (each.number >= ibis.ifelse(each.joined, each.new - 1, each.new)) & (each.number < each.end)
    pays = (each.number >= ibis.ifelse(each.known, each.begun, each.begun + 1)) & (each.number < each.end)
    sums = each.group_by(["number", "met"]).agg(n=each.n.sum(where=here).fill_null(0), stays=each.n.sum(where=stays).fill_null(0), paid=each.amount.sum(where=pays).cast("float64").fill_null(0.0))
    sums = sums.filter(sums.n > 0)
    return sums.select("met", "n", programme=ibis.literal(name), period=first_day(sums.number, "month"), kept=sums.stays / sums.n, money=sums.paid / sums.n).select("programme", "period", "met", "n", "kept", "money")


def _alike(journal: Journal, product: str) -> ir.Table:
    """Stretches of contracts, counted and summed where they begin and end in the same months.

    Columns:
        met: 1 for the product
        begun, end: the month it begins in, and the last as whose first moment it runs; it runs from the month after `begun` on
        new: the first month that no earlier stretch of the same customer and product reaches
        joined: whether one reaches the month before `new`
        known: whether one that began in an earlier month reaches `begun`
        last: the month of the present
        n, amount: how many, and what they pay a month in all
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = bounded(journal, "month")
    keys = {"group_by": ["customer_id", "product"], "order_by": rows.begun}
    rows = rows.mutate(reached=rows.end.max().over(ibis.window(preceding=(None, 1), **keys)), before=rows.end.max().over(ibis.range_window(preceding=(None, 1), **keys)))
    reached = rows.reached.fill_null(0)
    return rows.group_by(
        met=(rows["product"] == product).fill_null(False).cast("int64"),  # noqa: FBT003 -- Ibis' own
        begun=rows.begun, end=rows.end, new=ibis.least(ibis.greatest(rows.begun, reached), rows.end) + 1, joined=reached >= rows.begun, known=rows.before.fill_null(0) >= rows.begun, last=rows["last"],
    ).agg(n=rows.count(), amount=rows.amount.sum())  # fmt: skip


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
