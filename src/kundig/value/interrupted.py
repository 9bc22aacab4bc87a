"""A change that met one product on one day: the share lost a month, before and after, against the other products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

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


ALIKE = tuple(place / 20 for place in range(20))
"""How alike months that follow each other may be beyond level, trend and step: correlations that count the same beforehand."""


def step(periods: list[date], difference: Numbers, weight: Numbers, since: date) -> Step | None:
    """A level and a trend before, and a step at the change, where months near each other may be alike.

    How alike they are, a few months cannot tell: each correlation of the first order in ALIKE counts as much as the months bear it out, and the step is
    the mean of what each gives, as unsure as that and as they differ. So the interval holds the step of a few months about as often as it says, where
    that of Newey and West holds it in 65 to 90 of a hundred series. None where there are too few
    months. The month of the change itself is left out, unless it begins with it.

    Source: Zellner and Tiao (1964), Journal of the American Statistical Association 59; the weights are the restricted likelihood (Harville 1974, Biometrika 61).

    Args:
        periods: the first days of the months, from early to late.
        difference, weight: the figure of each, and one by its variance.
        since: the day of the change.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    chosen = [place for place, period in enumerate(periods) if period >= since or (period.year, period.month) != (since.year, since.month)]
    post = np.array([periods[place] >= since for place in chosen], dtype=np.float64)
    before, after = int((post == 0).sum()), int(post.sum())
    if before < FEWEST_BEFORE or after < FEWEST_AFTER:
        return None
    time = np.array([periods[place].year * 12 + periods[place].month for place in chosen], dtype=np.float64)
    x, y, freedom = np.column_stack([np.ones(len(time)), time - time.mean(), post]), difference[chosen], len(time) - 3
    spread, apart = np.sqrt(weight[chosen].mean() / weight[chosen]), np.abs(np.subtract.outer(time, time))
    size, error, left, likely = (np.array(of) for of in zip(*(_fitted(x, y, alike**apart * np.outer(spread, spread)) for alike in ALIKE), strict=True))
    if left.min() <= 1e-18 * max(float(y @ y), 1e-300):
        # Without any noise a step is what it is, and none is none to the last digit.
        return Step(round(float(size[0]), 12), 0.0, float(freedom), before, after)
    share = np.exp(likely - likely.max())
    share /= share.sum()
    mean = float(share @ size)
    # A Student's t is as wide as the mixture of those of all correlations.
    wider = freedom / (freedom - 2)
    variance = float(share @ (error**2 * wider + (size - mean) ** 2)) / wider
    return Step(mean, variance**0.5, float(freedom), before, after)


def _fitted(x: Numbers, y: Numbers, covariance: Numbers) -> tuple[float, float, float, float]:
    """The last slope by generalised least squares with its error, what is left of squares, and the logarithm of the restricted likelihood."""
    import numpy as np  # noqa: PLC0415 -- slow import

    root = np.linalg.cholesky(covariance)
    # In units in which months are not alike, and vary alike.
    flat, own = np.linalg.solve(root, x), np.linalg.solve(root, y)
    inside = flat.T @ flat
    bread = np.linalg.inv(inside)
    slopes = bread @ (flat.T @ own)
    rest = own - flat @ slopes
    left, freedom = float(rest @ rest), len(y) - x.shape[1]
    likely = -np.log(np.diag(root)).sum() - np.linalg.slogdet(inside)[1] / 2 - freedom / 2 * np.log(max(left, 1e-300))
    return float(slopes[-1]), float(np.sqrt(bread[-1, -1] * left / freedom)), left, float(likely)
