"""The directly-follows graph: which step leads to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.journeys.codes import coded, codes
from kundig.journeys.steps import Level, Unit, steps

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def flows(journal: Journal, *, unit: Unit = "customer", level: Level = "touchpoint") -> ir.Table:
    """From where do customers go where, how many of them, and how long does it take?

    A flow is two neighbouring events of one journey, in the order in which they occurred; of events at the same
    instant the alphabetically first step comes first. A step that follows itself is a flow as well.

    Args:
        unit: what one journey is, the customer's whole life or one case.
        level: what a step is named by.

    Columns:
        source: the step that is left
        target: the step that follows
        n: how often this happened
        customers: how many different customers it happened to
        cases: in how many different journeys it happened
        median_seconds: half of the passages took at most this long
        p90_seconds: nine in ten passages took at most this long

    Order:
        most frequent first, then by source and target

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ben", "shop", "2026-03-01")])
        >>> flows(journal).select("source", "target", "n", "median_seconds").to_pyarrow().to_pylist()
        [{'source': 'shop', 'target': 'pay', 'n': 1, 'median_seconds': 86400.0}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = steps(journal, unit, level)
    names = codes(journal, level)
    # Turned into seconds once an event, not once a passage and end.
    table = coded(events.select("journey", "customer_id", "occurred_at", "step", second=events.occurred_at.epoch_seconds()), names)
    in_order = ibis.window(group_by="journey", order_by=["occurred_at", "code"])
    paired = table.select(
        "journey",
        *(["customer_id"] if unit == "case" else []),
        source="code",
        target=table.code.lead().over(in_order),
        seconds=(table.second.lead().over(in_order) - table.second).cast("float64"),
    )
    passed = paired.filter(paired.target.notnull())
    counted = passed.group_by(["source", "target"]).agg(
        n=passed.count(),
        # Counting what is different is dear: where a journey is a customer, once is enough.
        cases=passed.journey.nunique(),
        **({"customers": passed.customer_id.nunique()} if unit == "case" else {}),
        spans=passed.seconds.quantile([0.5, 0.9]),
    )
    sources, targets = names.select(source="code", source_step="step"), names.select(target="code", target_step="step")
    named = counted.join(sources, "source").join(targets, "target")
    return named.select(
        source="source_step",
        target="target_step",
        n="n",
        customers="customers" if unit == "case" else "cases",
        cases="cases",
        median_seconds=named.spans[0],
        p90_seconds=named.spans[1],
    ).order_by(ibis.desc("n"), "source", "target")
