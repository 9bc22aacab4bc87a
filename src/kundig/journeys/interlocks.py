"""Interlocks: where a customer's journey passes from one department to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.journeys.steps import Unit, surely
from kundig.journeys.waiting import in_working_time, ranked, waits
from kundig.statistics import wilson, z_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

_UNKNOWN = ""


def interlocks(journal: Journal, *, unit: Unit = "case", confidence: float = 0.95) -> ir.Table:
    """Which departments hand customers over to which, how long do customers wait there, and how often are they sent back?

    A handover is two neighbouring events of one journey in different departments, as the touchpoint catalogue says; of
    events at the same instant the alphabetically first department comes first. Waiting is the time between the two. It
    is given once by the clock, and once in the opening hours of the company's calendar (`calendar:` in kundig.yaml), which
    are Monday to Friday around the clock if nothing else is settled. A handover from A to B is sent back if the next department after B is A again. One whose journey has not
    gone on is not sent back so far.

    Touchpoints without a department hide handovers. So passages from or to them are listed as well, with a null where
    the department is not known; there nothing can be said about sending back.

    Args:
        unit: what one journey is, the customer's whole life or one case.
        confidence: of the intervals.

    Columns:
        source: the department that hands over; null if the catalogue names none
        target: the department that takes over; null if the catalogue names none
        n: handovers
        journeys: journeys in which this happened
        customers: customers to whom it happened
        median_seconds: half of the handovers took at most this long
        median_low_seconds: lower end of the median's interval, from order statistics; null if there are too few
        median_high_seconds: upper end of the median's interval; null if there are too few
        p90_seconds: nine in ten handovers took at most this long
        working_median_seconds: the median in opening hours
        working_p90_seconds: nine in ten in opening hours
        sent_back: handovers after which the journey went back to the source at once; null if a department is not known
        sent_back_share: as a share of the handovers
        low: lower end of that share's interval, after Wilson
        high: upper end of that share's interval

    Order:
        known departments first; the most frequent first, then by source and target

    Example:
        >>> from kundig.journal import told
        >>> from kundig.touchpoints import Touchpoint
        >>> catalogue = {"claim": Touchpoint(department="service"), "repair": Touchpoint(department="technology")}
        >>> days = [("claim", "2026-03-06"), ("repair", "2026-03-09"), ("claim", "2026-03-10")]
        >>> journal = told([("ada", touchpoint, day) for touchpoint, day in days], touchpoints=catalogue)
        >>> asked = interlocks(journal, unit="customer")
        >>> asked.select("source", "n", "median_seconds", "working_median_seconds", "sent_back").to_pyarrow().to_pylist()
        [{'source': 'service', 'n': 1, 'median_seconds': 259200.0, 'working_median_seconds': 86400.0, 'sent_back': 1}, {'source': 'technology', 'n': 1, 'median_seconds': 86400.0, 'working_median_seconds': 86400.0, 'sent_back': 0}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    named = events.select(
        "customer_id",
        "event_id",
        "occurred_at",
        "local_at",
        journey=events.customer_id if unit == "customer" else events.case_id,
        target=events.department.fill_null(_UNKNOWN),
    ).filter(lambda table: table.journey.notnull())
    named = in_working_time(named, journal.settings)
    in_order = ibis.window(group_by="journey", order_by=["occurred_at", "target", "event_id"])
    paired = named.mutate(
        source=named.target.lag().over(in_order),
        seconds=(named.occurred_at.epoch_seconds() - named.occurred_at.lag().over(in_order).epoch_seconds()).cast("float64"),
        working=named.worked - named.worked.lag().over(in_order),
    )
    passed = paired.filter(paired.source.notnull() & ((paired.source != paired.target) | (paired.target == _UNKNOWN)))
    onward = passed.mutate(then=passed.target.lead().over(in_order))
    table = ranked(onward, ["source", "target"], "seconds")
    known = (table.source != _UNKNOWN) & (table.target != _UNKNOWN)
    counted = table.group_by(["source", "target"]).agg(
        n=table.count(),
        journeys=table.journey.nunique(),
        customers=table.customer_id.nunique(),
        **waits(table, "seconds", z_value(confidence)),
        working_median_seconds=table.working.median(),
        working_p90_seconds=table.working.quantile(0.9),
        sent_back=ibis.ifelse(known, surely(table.then == table.source).cast("int64"), ibis.null("int64")).sum(),
    )
    low, high = wilson(counted.sent_back, counted.n.cast("float64"), z_value(confidence))
    hidden = (counted.source == _UNKNOWN) | (counted.target == _UNKNOWN)
    return counted.order_by(hidden, ibis.desc("n"), "source", "target").select(
        source=counted.source.nullif(_UNKNOWN),
        target=counted.target.nullif(_UNKNOWN),
        **{name: counted[name] for name in counted.columns if name not in {"source", "target"}},
        sent_back_share=counted.sent_back / counted.n.cast("float64"),
        low=low,
        high=high,
    )
