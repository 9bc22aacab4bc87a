"""Leads: which figure runs ahead of which, and by how many weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.foresight.snapshots import DAY, present
from kundig.least import least
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

TYPES = {
    "ahead": "string", "ahead_department": "string", "follows": "string", "follows_department": "string", "weeks": "int64", "weeks_low": "int64", "weeks_high": "int64", "verdict": "string",
    "correlation": "float64", "low": "float64", "high": "float64", "points": "float64", "q": "float64", "state": "string", "n": "int64",
}  # fmt: skip
WEEK = 7


def leads(journal: Journal, *, most: int = 8, floor: int = 5, confidence: float = 0.95) -> Estimate:
    """Which score runs ahead of which, and by how many weeks?

    Weekly means of each score in each department: the mood of employees, satisfaction, effort, loyalty. Each two of them
    are laid beside each other shifted by so many weeks, and the shift at which they go together most says which runs
    ahead. Series that drift slowly look related by chance: their weeks count only for as many as they are worth
    (Bartlett's formula). False discoveries are controlled over all pairs and shifts after Benjamini and Hochberg; the
    interval is Fisher's. What runs ahead need not be the cause.

    Source: Bartlett (1946), Supplement to the Journal of the Royal Statistical Society 8.

    Args:
        most: weeks to shift at most.
        floor: with fewer answers a week's mean does not count.
        confidence: of the intervals.

    Columns:
        ahead: the score that comes first
        ahead_department: its department; null where the touchpoint has none
        follows: the score that follows
        follows_department: its department
        weeks: how many weeks the one runs ahead of the other, where they go together most
        weeks_low: fewest weeks at which they go together nearly as much; below zero where the other might come first; null where that may be chance
        weeks_high: most weeks
        verdict: `runs ahead`, `together` where both move in the same week, `runs ahead, against it` where the one falls when the other has risen, or `may be chance`
        correlation: of the two, shifted so
        low: lower end of its interval
        high: upper end of its interval
        points: by how many points the one that follows moves where the one ahead moves by one standard deviation
        q: smallest rate of false discoveries at which it is found
        state: `ok`, or `too few weeks` with fewer than 40 in which both are known, or fewer than six once their drift is counted out
        n: weeks compared

    Order:
        by q, then by the four names

    Example:
        >>> from kundig.journal import told
        >>> leads(told([{"subject": "ada", "kind": "feedback", "metric": "csat", "score": 4, "occurred_at": "2026-03-01"}])).to_pyarrow().to_pylist()
        []

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z = z_value(confidence)
    least(floor=floor)
    if not 1 <= most <= 26:  # noqa: PLR2004 -- half a year
        raise ArgumentError(f"--most expects weeks from 1 to 26, found {most}")

    def finish(weeks: pa.Table) -> Mapping[str, Any]:
        from kundig.foresight.led import led  # noqa: PLC0415 -- slow import

        found = led(weeks.to_pylist(), most, z, confidence)
        return {name: [row.get(name) for row in found] for name in TYPES}

    return Estimate({"weeks": _weeks(journal, floor)}, TYPES, finish)


def _weeks(journal: Journal, floor: int) -> ir.Table:
    """The mean of each score in each department and week, counted back from the present: `metric`, `department`, `week`, `mean`."""
    events = journal.events.cross_join(present(journal))
    scored = events.filter(events.metric.notnull() & events.score.notnull() & (events.occurred_at <= events.present))
    age = scored.present.epoch_seconds() - scored.occurred_at.epoch_seconds()
    dated = scored.mutate(week=(age / (WEEK * DAY)).floor().cast("int64"))
    means = dated.group_by(["metric", "department", "week"]).agg(mean=dated.score.cast("float64").mean(), answers=dated.count())
    return means.filter(means.answers >= floor).order_by("metric", "department", "week")
