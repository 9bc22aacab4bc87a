"""Weights for answers: what scores would be if everybody answered as often as everybody else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.feedback.asked import asked
from kundig.feedback.metrics import Metric
from kundig.least import least
from kundig.statistics import z_value
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

_THIRDS = {"tenure": ("newest", "middle", "longest"), "value": ("lowest", "middle", "highest")}
_TYPES = {
    "tenure": "string", "value": "string", "basis": "string", "state": "string", "n": "int64", "answered": "int64", "rate": "float64", "weight": "float64", "mean": "float64",
    "all_mean": "float64", "weighted_mean": "float64", "weighted_low": "float64", "weighted_high": "float64",
}  # fmt: skip


def response_weights(  # noqa: PLR0913 -- what can be asked of a survey
    journal: Journal,
    *,
    metric: Metric = "nps",
    within: str = "30 days",
    after: str = "180 days",
    floor: int = 5,
    confidence: float = 0.95,
) -> Estimate:
    """How should answers be weighted, so that those who seldom answer count as much as they are?

    Everybody who was asked (see `feedback.response`; all customers where no invitation is known) is sorted into thirds of
    tenure by thirds of what was paid in the year before. The weight of a cell's answers is its share of all who were asked
    over its share of all who answered (post-stratification). Where a cell has fewer than `floor` answers, the thirds of
    value within this third of tenure are taken together, and if that is not enough, all are, and there is nothing to weight.

    Weights mend what goes with tenure and value, and nothing else: who is angry for other reasons and stays silent, stays silent.

    Args:
        metric: the question that was asked.
        within: how long after the invitation an answer counts.
        after: where no invitation is known, customers are looked at as they were that long ago.
        floor: the least number of answers in a cell.
        confidence: of the interval.

    Columns:
        tenure: third of tenure: newest, middle, longest; `all` where taken together
        value: third of what was paid: lowest, middle, highest; `all` where taken together
        basis: `invited` or `all customers`
        state: `ok`, `taken together`, or `too few answers`
        n: how many were asked
        answered: how many of them answered
        rate: share of them who answered
        weight: of each answer of the cell; 1 on average over all answers
        mean: mean of the cell's answers; null if there are too few
        all_mean: mean of all answers, unweighted; null if there are too few
        weighted_mean: the same, weighted
        weighted_low: lower end of the weighted mean's interval
        weighted_high: upper end of its interval

    Order:
        by tenure, then by value, from the lowest third

    Example:
        >>> from kundig.journal import told
        >>> asked = [{"subject": f"c{n}", "kind": "invitation", "metric": "nps", "occurred_at": "2026-01-01"} for n in range(100)]
        >>> answers = [{"subject": f"c{n}", "kind": "feedback", "metric": "nps", "score": 9.0, "occurred_at": "2026-01-05"} for n in range(25)]
        >>> journal = told([*asked, *answers, ("c0", "shop", "2026-03-01")])
        >>> response_weights(journal).to_pyarrow().select(["tenure", "value", "n", "answered", "weight"]).to_pylist()
        [{'tenure': 'newest', 'value': 'all', 'n': 100, 'answered': 25, 'weight': 1.0}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    least(floor=floor)
    z = z_value(confidence)
    rows = asked(journal, metric, round(span(within).total_seconds()), round(span(after).total_seconds()))
    cells = rows.group_by(["basis", "tenure_third", "value_third"]).agg(n=rows.count(), answered=rows.score.count(), total=rows.score.sum().fill_null(0.0), squares=(rows.score * rows.score).sum().fill_null(0.0))
    return Estimate({"cells": cells.order_by("basis", "tenure_third", "value_third"), "known": journal.events.agg(n=journal.events.count())}, _TYPES, partial(_finished, floor=max(floor, 2), z=z))


def behind(journal: Journal, *, metric: Metric = "nps", within: str = "30 days", after: str = "180 days") -> ir.Table:
    """Who was asked in each cell, in cells taken together as well, and who of them answered.

    Keys: tenure, value, basis
    Counts: n, answered
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = asked(journal, metric, round(span(within).total_seconds()), round(span(after).total_seconds()))
    tenure, value = (ibis.cases(*((rows[f"{name}_third"] == third, word) for third, word in enumerate(words)), else_=ibis.null("string")) for name, words in _THIRDS.items())
    parts = [rows.select("basis", "customer_id", answered=rows.score.notnull().cast("int64"), tenure=one, value=other) for one, other in ((tenure, value), (tenure, ibis.literal("all")), (ibis.literal("all"), ibis.literal("all")))]
    return ibis.union(*parts).mutate(n=ibis.literal(1, "int64"))


def _finished(cells: pa.Table, known: pa.Table, *, floor: int, z: float) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import

    rows = cells.to_pylist()
    if not known["n"][0].as_py():
        return {name: [] for name in _TYPES}
    basis = "invited" if any(row["basis"] == "invited" for row in rows) else "all customers"
    found = _merged([row for row in rows if row["basis"] == basis], floor)
    everybody, answers = sum(row["n"] for row in found), sum(row["answered"] for row in found)
    enough = all(row["answered"] >= floor for row in found)
    whole = {"basis": basis}
    if enough:
        means = [row["total"] / row["answered"] for row in found]
        shares = [row["n"] / everybody for row in found]
        variances = [max(row["squares"] - row["answered"] * mean**2, 0) / (row["answered"] - 1) / row["answered"] for row, mean in zip(found, means, strict=True)]
        weighted, half = sum(share * mean for share, mean in zip(shares, means, strict=True)), z * sum(share**2 * variance for share, variance in zip(shares, variances, strict=True)) ** 0.5
        whole |= {"all_mean": sum(row["total"] for row in found) / answers, "weighted_mean": weighted, "weighted_low": weighted - half, "weighted_high": weighted + half}
    answer = []
    for row in found:
        state = "too few answers" if not enough else "taken together" if "all" in (row["tenure"], row["value"]) else "ok"
        of = {"weight": row["n"] / everybody / (row["answered"] / answers), "mean": row["total"] / row["answered"]} if enough else {}
        answer.append({**row, **whole, "state": state, "rate": row["answered"] / row["n"] if row["n"] else None, **of})
    return {name: [np.round(value, 6) if isinstance(value := row.get(name), float) else value for row in answer] for name in _TYPES}


def _merged(rows: list[dict[str, Any]], floor: int) -> list[dict[str, Any]]:
    """The cells, taken together where they have too few answers."""
    found = []
    for third in sorted({row["tenure_third"] for row in rows}):
        tenure, of = _THIRDS["tenure"][third], [row for row in rows if row["tenure_third"] == third]
        if len(of) > 1 and min(row["answered"] for row in of) >= floor:
            found += [{**row, "tenure": tenure, "value": _THIRDS["value"][row["value_third"]]} for row in of]
        else:
            found.append(_together(of, tenure))
    if not found or (len(found) > 1 and min(row["answered"] for row in found) < floor):
        found = [_together(rows, "all")]
    return found


def _together(rows: list[dict[str, Any]], tenure: str) -> dict[str, Any]:
    return {"tenure": tenure, "value": "all", **{name: sum(row[name] for row in rows) for name in ("n", "answered", "total", "squares")}}
