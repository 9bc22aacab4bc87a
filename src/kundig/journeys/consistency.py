"""Consistency: whether customers experience the same wherever and whenever they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kundig.conformance.steps import only
from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.events import METRICS
from kundig.journal import split
from kundig.least import least
from kundig.statistics import z_value
from kundig.statistics.between import between

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

Measure = Literal["score", "quantity"]
DIMENSIONS = "channel, touchpoint, stage, department, product, segment, weekday, hour"
TYPES = {
    "dimension": "string",
    "state": "string",
    "n": "int64",
    "groups": "int64",
    "left_out": "int64",
    "mean": "float64",
    "spread": "float64",
    "low": "float64",
    "high": "float64",
    "share": "float64",
    "p": "float64",
    "q": "float64",
    "verdict": "string",
    "worst": "string",
    "worst_mean": "float64",
    "worst_expected": "float64",
    "best": "string",
    "best_mean": "float64",
    "best_expected": "float64",
}


def consistency(  # noqa: PLR0913 -- what can be asked of consistency
    journal: Journal,
    *,
    measure: Measure = "score",
    metric: str = "csat",
    kind: str | None = None,
    where: str | None = None,
    by: str = DIMENSIONS,
    floor: int = 10,
    confidence: float = 0.95,
) -> Estimate:
    """Is the experience the same across channels, regions, departments, weekdays and hours, or does it depend on where and when?

    Even if every group were treated alike, their means would differ by chance. For each dimension this tells how far the
    groups lie apart beyond that: `spread` is the standard deviation of their true means, from a random-effects analysis of
    variance (Paule and Mandel, 1982; interval after Viechtbauer, 2007). An experience that is alike has a spread near 0, and
    `high` says how unlike it may still be. p is that of the F test; q is corrected over all dimensions after Benjamini and
    Hochberg. Groups with fewer than `floor` answers are left out of a dimension. The worst and the best group are given as
    they were measured, and as they are to be expected next time: drawn towards the mean of all, the more the fewer answers
    they have. Scores stand on their own scale, not as NPS or per cent. Several answers of one customer count as several.
    Dimensions overlap: a bad channel shows in the departments that use it.

    Args:
        measure: the score of `metric`, or the quantity of events of `kind`, such as seconds of waiting.
        metric: which question was answered, where the score is measured.
        kind: only events of this kind; needed where the quantity is measured.
        where: only answers with these attributes, with commas between them, such as `segment=gold, channel=web`.
        by: dimensions with commas between them: weekday (1 is Monday), hour, or what answers can be split by, such as channel, department, segment or properties.NAME.
        floor: groups with fewer answers are left out.
        confidence: of the intervals, and of calling groups different.

    Columns:
        dimension: as it is written
        state: `ok`, or `too few groups` where fewer than two have enough answers
        n: answers in the groups that are compared
        groups: groups that are compared
        left_out: answers in groups that have too few, or without a group
        mean: of all answers compared
        spread: the standard deviation of the groups' true means, in the unit of the measure
        low: lower end of its interval
        high: upper end of its interval
        share: the variance between groups as a share of all variance
        p: the chance of groups at least that far apart if all were alike
        q: the same, corrected for the number of dimensions
        verdict: `differs`, or `may be chance`
        worst: the group with the lowest mean to be expected, or the highest where a quantity is measured
        worst_mean: its mean as measured
        worst_expected: its mean as is to be expected
        best: the group at the other end
        best_mean: its mean as measured
        best_expected: its mean as is to be expected

    Order:
        the least alike first, by their share; then by dimension; those with too few groups last

    Example:
        >>> from kundig.journal import told
        >>> answers = [("web", score) for score in (4, 5) * 10] + [("phone", score) for score in (1, 2) * 10]
        >>> journal = told([{"subject": "ada", "kind": "feedback", "channel": c, "metric": "csat", "score": s, "occurred_at": "2026-03-01"} for c, s in answers])
        >>> consistency(journal, by="channel").execute()[["dimension", "n", "mean", "verdict", "worst", "best"]].to_dict("records")
        [{'dimension': 'channel', 'n': 40, 'mean': 3.0, 'verdict': 'differs', 'worst': 'phone', 'best': 'web'}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z_value(confidence)
    dimensions = list(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    if not dimensions:
        raise ArgumentError(f"--by expects dimensions with commas between them, such as 'channel, weekday', found {by!r}")
    if measure == "quantity" and kind is None:
        raise ArgumentError("--measure quantity needs --kind: quantities of different kinds are not of one unit")
    if measure == "score" and metric not in METRICS:
        raise ArgumentError(f"--metric expects one of {', '.join(METRICS)}, found {metric!r}")
    events = journal.events if kind is None else journal.events.filter(journal.events.kind == kind)
    events = events.filter((events.metric == metric) & events.score.notnull()) if measure == "score" else events.filter(events.quantity.notnull())
    events = only(journal, events, where)
    parts = []
    for number, name in enumerate(dimensions):
        of, group = _split(journal, events, name)
        valued = of.select(group=group, value=of[measure])
        summed = valued.group_by("group").agg(n=valued.count(), total=valued.value.sum(), squares=(valued.value * valued.value).sum())
        parts.append(summed.select("group", "n", "total", "squares", number=ibis.literal(number, "int64")))
    groups = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
    worse = "high" if measure == "quantity" else "low"
    return Estimate(
        {"groups": groups.order_by("number", ibis.asc("group", nulls_first=False))},
        TYPES,
        lambda groups: _finished(groups, dimensions, floor=floor, confidence=confidence, worse=worse),
    )


def _split(journal: Journal, events: ir.Table, name: str) -> tuple[ir.Table, Any]:
    if name == "weekday":
        return events, (events.local_at.day_of_week.index() + 1).cast("string")
    if name == "hour":
        return events, events.local_at.hour().cast("string")
    return split(journal, events, name)


def _finished(groups: pa.Table, dimensions: list[str], *, floor: int, confidence: float, worse: str) -> Mapping[str, list[Any]]:
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    rows = groups.to_pylist()
    if not rows:
        return {name: [] for name in TYPES}
    answer = []
    for number, dimension in enumerate(dimensions):
        of = [row for row in rows if row["number"] == number]
        kept = [row for row in of if row["group"] is not None and row["n"] >= max(floor, 2)]
        count = sum(row["n"] for row in kept)
        row: dict[str, Any] = dict.fromkeys(TYPES)
        row |= {"dimension": dimension, "state": "too few groups", "n": count, "groups": len(kept), "left_out": sum(one["n"] for one in of) - count}
        if len(kept) > 1:
            n, total, squares = (np.array([float(one[name]) for one in kept]) for name in ("n", "total", "squares"))
            found = between(n, total, squares, confidence)
            row |= {"state": "ok", "mean": found.mean, "spread": found.sd, "low": found.low, "high": found.high, "share": found.share, "p": found.p}
            # By the name where two are alike, so that the same groups always give the same answer.
            ranked = sorted(range(len(kept)), key=lambda place: (found.shrunken[place], kept[place]["group"]), reverse=worse == "high")
            for word, place in (("worst", ranked[0]), ("best", ranked[-1])):
                row |= {word: kept[place]["group"], f"{word}_mean": total[place] / n[place], f"{word}_expected": found.shrunken[place]}
        answer.append(row)
    tested = [row for row in answer if row["p"] is not None]
    for row, q in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else [], strict=True):
        row |= {"q": q, "verdict": "differs" if q <= 1 - confidence else "may be chance"}
    answer.sort(key=lambda row: (row["share"] is None, -(row["share"] or 0), row["dimension"]))
    return {name: [row[name] for row in answer] for name in TYPES}
