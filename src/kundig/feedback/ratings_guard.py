"""The ratings guard: what is rated so badly that it should not be sold, and what only looks so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.events import METRICS
from kundig.feedback.metrics import Metric
from kundig.journal import split
from kundig.least import least

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

_TYPES = {
    "group": "string", "verdict": "string", "state": "string", "n": "int64", "mean": "float64", "upper": "float64", "p": "float64", "q": "float64", "lowest_share": "float64",
}  # fmt: skip


def ratings_guard(  # noqa: PLR0913 -- what can be asked of ratings
    journal: Journal,
    *,
    metric: Metric = "stars",
    by: str = "product",
    threshold: float = 2.0,
    floor: int = 10,
    confidence: float = 0.95,
) -> Estimate:
    """Which products or offers are rated below two stars for certain, and which only look so?

    The latest rating of each customer counts. A product is `below` if Student's one-sided t-test says so, after Benjamini
    and Hochberg's correction for all products with enough ratings. One rating more at the upper end of the scale is thought
    added before: the good rating that has not come yet. Ten ratings of one star and nothing else are then not enough, and
    ratings that are nearly all alike with a rare exception are called below the threshold no oftener than `confidence`
    allows, where the plain test would call them so far too often. A product whose mean is below the threshold without that
    certainty, or from too few ratings, `only looks so`.

    Args:
        metric: which ratings.
        by: what is rated: product, touchpoint, channel, properties.NAME and so on.
        threshold: the mean that ratings should reach.
        floor: with fewer ratings than this there is no figure.
        confidence: of the bound and of the verdict.

    Columns:
        group: what is rated; null where a rating does not say
        verdict: `below`, `only looks so`, or `not below`
        state: `ok`, or `too few ratings`
        n: ratings, one a customer; of somebody unknown each
        mean: their mean; null if there are too few
        upper: upper end of the mean's one-sided interval, of the same test; null if there are too few
        p: of the test; null if there are too few
        q: the least rate of false discoveries at which it is below
        lowest_share: share of ratings at the lower end of the scale; null if there are too few

    Order:
        `below`, then `only looks so`, then `not below`; within each the lowest mean first, then the most ratings, then by group

    Example:
        >>> from kundig.journal import told
        >>> rated = [("router", 1.0)] * 30 + [("stick", 1.0)] * 5 + [("phone", 4.0)] * 30
        >>> journal = told([{"subject": f"c{n}", "kind": "feedback", "occurred_at": "2026-03-01", "metric": "stars", "score": s, "product": p} for n, (p, s) in enumerate(rated)])
        >>> [(row["group"], row["verdict"], row["n"], row["mean"]) for row in ratings_guard(journal).to_pyarrow().to_pylist()]
        [('router', 'below', 30, 1.0), ('stick', 'only looks so', 5, None), ('phone', 'not below', 30, 4.0)]

    Raises:
        ArgumentError: the threshold does not lie within the scale.
    """
    least(floor=floor)
    lowest, highest = METRICS[metric]
    if not lowest < threshold <= highest:
        raise ArgumentError(f"--threshold expects more than {lowest:g} and at most {highest:g} for {metric}, found {threshold:g}")
    if not 0 < confidence < 1:
        raise ArgumentError(f"expected a confidence between 0 and 1 such as 0.95, found {confidence}")
    latest = _latest(journal, metric, by)
    counted = latest.group_by(["group", "score"]).agg(n=latest.count()).order_by("group", "score")
    return Estimate({"counted": counted}, _TYPES, partial(_finished, threshold=threshold, floor=max(floor, 2), alpha=1 - confidence, lowest=lowest, highest=highest))


def behind(journal: Journal, *, metric: Metric = "stars", by: str = "product") -> ir.Table:
    """Whose latest rating counts.

    Keys: group
    Counts: n
    """
    rows = _latest(journal, metric, by)
    return rows.select("group", "customer_id", n=rows.score.notnull().cast("int64"))


def _latest(journal: Journal, metric: Metric, by: str) -> ir.Table:
    """The latest rating of each customer in each group."""
    import ibis  # noqa: PLC0415 -- slow import

    answers = journal.events.filter(lambda events: (events.metric == metric) & events.score.notnull())
    answers, group = split(journal, answers, by)
    rated = answers.select("event_id", "customer_id", "occurred_at", "score", group=group, who=answers.customer_id.coalesce(ibis.literal("answer ") + answers.event_id))
    placed = rated.mutate(place=ibis.row_number().over(group_by=["group", "who"], order_by=[ibis.desc("occurred_at"), ibis.desc("event_id")]))
    return placed.filter(placed.place == 0)


def _finished(counted: pa.Table, *, threshold: float, floor: int, alpha: float, lowest: float, highest: float) -> dict[str, Any]:  # noqa: PLR0913 -- what was asked
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy import stats  # noqa: PLC0415 -- slow import

    if not counted.num_rows:
        return {name: [] for name in _TYPES}
    rows = counted.to_pylist()
    names = sorted({row["group"] for row in rows}, key=lambda name: (name is None, name or ""))
    grades = sorted({row["score"] for row in rows})
    counts, place, grade_place = np.zeros((len(names), len(grades))), {name: at for at, name in enumerate(names)}, {grade: at for at, grade in enumerate(grades)}
    for row in rows:
        counts[place[row["group"]], grade_place[row["score"]]] = row["n"]
    n = counts.sum(axis=1)
    mean = counts @ np.array(grades) / n
    enough, under = n >= floor, mean < threshold
    more = n + 1
    centre = (mean * n + highest) / more
    spread = np.sqrt(np.maximum(counts @ np.array(grades) ** 2 + highest**2 - more * centre**2, 0) / n / more)
    error = np.maximum(spread, 1e-9)
    p, q, bound = np.where(enough, stats.t.sf((threshold - centre) / error, n), np.nan), np.full(len(names), np.nan), np.minimum(centre + stats.t.isf(alpha, n) * error, highest)
    if enough.any():
        q[enough] = stats.false_discovery_control(p[enough])
    verdict = np.where(enough & under & (np.nan_to_num(q, nan=1.0) <= alpha), "below", np.where(under, "only looks so", "not below"))
    worst = counts[:, [grade <= lowest for grade in grades]].sum(axis=1) / n
    first = np.array([("below", "only looks so", "not below").index(one) for one in verdict])
    order = np.lexsort((np.arange(len(names)), -n, mean, first))
    answer = {
        "group": np.array(names, dtype=object), "verdict": verdict, "state": np.where(enough, "ok", "too few ratings"), "n": n.astype(int), "mean": np.where(enough, mean, np.nan).round(6),
        "upper": np.where(enough, bound, np.nan).round(6), "p": p.round(9), "q": q.round(9), "lowest_share": np.where(enough, worst, np.nan).round(6),
    }  # fmt: skip
    return {name: values[order].tolist() for name, values in answer.items()}
