"""The directly-follows graph: which step leads to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.parts import parts_of
from kundig.conformance.steps import Level, Stretch
from kundig.estimates import Estimate
from kundig.journeys.flowing import QUANTILES, different, in_parts, passages_of
from kundig.statistics.ordered import in_order, quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def flows(  # noqa: PLR0913 -- what can be asked of journeys
    journal: Journal,
    *,
    unit: Stretch = "customer",
    level: Level = "touchpoint",
    pause: str = "1 day",
    where: str | None = None,
    by: str | None = None,
) -> ir.Table | Estimate:
    """From where do customers go where, how many of them, and how long does it take?

    A flow is two neighbouring events of one journey, in the order in which they occurred; of events at the same
    instant the alphabetically first step comes first. A step that follows itself is a flow as well.

    More than 50 million events are looked at in parts. The two lengths of time are then those at a rank that is off by a
    thousandth of the passages at most; all counts are exact.

    Args:
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what a step is named by.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only events with these attributes, with commas between them, such as `segment=gold, channel=web`.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        source: the step that is left
        target: the step that follows
        n: how often this happened
        customers: how many different customers it happened to
        cases: in how many different journeys it happened
        median_seconds: half of the passages took at most this long
        p90_seconds: nine in ten passages took at most this long

    Order:
        by group, null last; the most frequent first, then by source and target

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ben", "shop", "2026-03-01")])
        >>> flows(journal).select("source", "target", "n", "median_seconds").to_pyarrow().to_pylist()
        [{'source': 'shop', 'target': 'pay', 'n': 1, 'median_seconds': 86400.0}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    parts = parts_of(journal)
    if parts > 1:
        return in_parts(journal, parts, unit, level, pause, where, by)
    passed, names, grouped = passages_of(journal, unit, level, pause, where, by)
    counted = passed.group_by([*grouped, "source", "target"]).agg(
        n=passed.count(),
        **different(passed, unit),
        spans=in_order(passed.seconds),
    )
    sources, targets = names.select(source="code", source_step="step"), names.select(target="code", target_step="step")
    named = counted.join(sources, "source").join(targets, "target")
    order = (ibis.desc("n"), "source", "target")
    return named.select(
        group="group" if grouped else ibis.null("string"),
        source="source_step",
        target="target_step",
        n="n",
        customers="customers" if unit != "customer" else "cases",
        cases="cases",
        median_seconds=quantile(named.spans, QUANTILES[0]),
        p90_seconds=quantile(named.spans, QUANTILES[1]),
    ).order_by(*(ibis.asc(part, nulls_first=False) for part in grouped), *order)


def behind(journal: Journal, *, unit: Stretch = "customer", level: Level = "touchpoint", pause: str = "1 day", where: str | None = None, by: str | None = None) -> ir.Table:  # noqa: PLR0913 -- as asked
    """Who went from one step to the next.

    Keys: group, source, target
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    passed, names, grouped = passages_of(journal, unit, level, pause, where, by)
    sources, targets = names.select(source="code", source_step="step"), names.select(target="code", target_step="step")
    named = passed.join(sources, "source").join(targets, "target")
    return named.select("customer_id", source="source_step", target="target_step", group="group" if grouped else ibis.null("string"), n=ibis.literal(1, "int64"))
