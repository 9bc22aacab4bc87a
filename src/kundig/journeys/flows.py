"""The directly-follows graph: which step leads to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.steps import Level, Stretch, chosen
from kundig.journeys.codes import coded, codes

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
) -> ir.Table:
    """From where do customers go where, how many of them, and how long does it take?

    A flow is two neighbouring events of one journey, in the order in which they occurred; of events at the same
    instant the alphabetically first step comes first. A step that follows itself is a flow as well.

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

    passed, names, parts = _passed(journal, unit, level, pause, where, by)
    counted = passed.group_by([*parts, "source", "target"]).agg(
        n=passed.count(),
        # Counting what is different is dear: where a journey is a customer, once is enough.
        cases=passed.journey.nunique(),
        **({"customers": passed.customer_id.nunique()} if unit != "customer" else {}),
        spans=passed.seconds.quantile([0.5, 0.9]),
    )
    sources, targets = names.select(source="code", source_step="step"), names.select(target="code", target_step="step")
    named = counted.join(sources, "source").join(targets, "target")
    order = (ibis.desc("n"), "source", "target")
    return named.select(
        group="group" if parts else ibis.null("string"),
        source="source_step",
        target="target_step",
        n="n",
        customers="customers" if unit != "customer" else "cases",
        cases="cases",
        median_seconds=named.spans[0],
        p90_seconds=named.spans[1],
    ).order_by(*(ibis.asc(part, nulls_first=False) for part in parts), *order)


def behind(journal: Journal, *, unit: Stretch = "customer", level: Level = "touchpoint", pause: str = "1 day", where: str | None = None, by: str | None = None) -> ir.Table:  # noqa: PLR0913 -- as asked
    """Who went from one step to the next.

    Keys: group, source, target
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    passed, names, parts = _passed(journal, unit, level, pause, where, by)
    sources, targets = names.select(source="code", source_step="step"), names.select(target="code", target_step="step")
    named = passed.join(sources, "source").join(targets, "target")
    return named.select("customer_id", source="source_step", target="target_step", group="group" if parts else ibis.null("string"), n=ibis.literal(1, "int64"))


def _passed(journal: Journal, unit: Stretch, level: Level, pause: str, where: str | None, by: str | None) -> tuple[ir.Table, ir.Table, list[str]]:  # noqa: PLR0913 -- as asked
    """One row a passage, its steps as numbers; the steps of these numbers; and by what they are parted."""
    import ibis  # noqa: PLC0415 -- slow import

    events = chosen(journal, unit, level, pause, where, by)
    names = codes(journal, level)
    parts = [] if by is None else ["group"]
    # Turned into seconds once an event, not once a passage and end.
    table = coded(events.select("journey", "customer_id", "occurred_at", "step", *parts, second=events.occurred_at.epoch_seconds()), names)
    in_order = ibis.window(group_by="journey", order_by=["occurred_at", "code"])
    paired = table.select(
        "journey",
        *parts,
        "customer_id",
        source="code",
        target=table.code.lead().over(in_order),
        seconds=(table.second.lead().over(in_order) - table.second).cast("float64"),
    )
    return paired.filter(paired.target.notnull()), names, parts
