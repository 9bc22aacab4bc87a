"""Engagement: who would recommend, and how deep the relationship is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.least import least
from kundig.statistics import wilson, z_value
from kundig.value.depth import FEATURES, depths
from kundig.value.profiles import profiles

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

_WORDS = {
    "recency": ("seen lately", "not seen for long"), "frequency": ("often there", "seldom there"), "breadth": ("at more touchpoints than most", "at fewer touchpoints than most"),
    "tenure": ("customers for long", "customers since lately"), "answers": ("answer often", "answer seldom"),
}  # fmt: skip


def engagement(journal: Journal, *, days: int = 365, floor: int = 10, confidence: float = 0.95) -> ir.Table:
    """Which kinds of customers are there, by readiness to recommend and depth of relationship?

    Segments that are always the same: promoters, passives, detractors by the latest NPS answer; of customers who were never asked
    whether they recommend, the satisfied, neutral and dissatisfied by the latest answer about satisfaction or in stars (4 and 5, 3, 1 and 2), and those
    not asked at all; each engaged or distant. Who is satisfied need not recommend, so neither is ever counted as the other. Depth is the mean of five ranks among all customers: when last seen, on how many days, at how many touchpoints,
    since when, how many answers; what the company does by itself does not count. From one half on a customer is engaged. The same
    journal always gives the same segments, and a customer moves only if its own events or its rank move.

    What distinguishes a segment is the feature whose mean lies farthest from that of all customers, in standard deviations; the
    touchpoints only where some customer met more than one.
    Its pain is the concern (property `concern`) that its customers have oftener than all, compared by the share of its
    contacts; only where at least `floor` of them are about it. What its customers write about is told by `personas`.

    Args:
        days: how far back activity counts.
        floor: with fewer customers than this a segment is not described.
        confidence: of the intervals.

    Columns:
        segment: its name
        state: `ok`, or `too few customers`
        n: customers in it
        share: of all customers
        low: lower end of its interval
        high: upper end of its interval
        recency: mean days since last seen
        frequency: mean days with activity
        breadth: mean number of touchpoints
        tenure: mean days since first seen
        answers: mean number of answers
        depth: mean depth, from 0 to 1
        distinguished_by: the feature that lies farthest from all
        distance: how far, in standard deviations
        described: that in words
        pain: the concern that stands out; null where none does
        pain_lift: its share in the segment's contacts by that in all

    Order:
        by n from high to low, then by segment

    Empty:
        There is nothing to answer from: no customer did anything that is on record; contracts, invoices, payments and what the company
        writes are not its own deeds.

    Example:
        >>> from kundig.journal import told
        >>> events = [(f"c{n}", "visit", f"2026-01-{1 + day:02}") for n in range(20) for day in range(1 + n)]
        >>> engagement(told(events)).select("segment", "n", "described").to_pyarrow().to_pylist()[0]
        {'segment': 'distant not asked', 'n': 10, 'described': 'not seen for long'}

    Raises:
        ArgumentError: `days` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(days=days, floor=floor)
    rows = depths(journal, days)
    sums = profiles(rows)
    away = {name: sums[f"away_{name}"] for name in FEATURES}
    most = ibis.greatest(*(value.abs().fill_null(0.0) for value in away.values()))
    name_, words, distance = ([(value.abs() == most, pick(name, value)) for name, value in away.items()] for pick in (lambda name, _: ibis.literal(name), _worded, lambda _, value: value))
    found = sums.mutate(distinguished_by=ibis.cases(*name_), described=ibis.cases(*words), distance=ibis.cases(*distance))
    pains = _pains(journal, rows, floor)
    found = found.left_join(pains, [("segment", "pain_of")])
    low, high = wilson(found.n, found.everybody.cast("float64"), z_value(confidence))
    enough = found.n >= max(floor, 2)

    def told(value: Any) -> Any:
        return ibis.ifelse(enough, value, ibis.null(value.type()))

    return found.select(
        "segment", state=ibis.ifelse(enough, "ok", "too few customers"), n="n", share=found.n / found.everybody, low=low, high=high,
        **{name: told(found[name]) for name in (*FEATURES, "depth", "distinguished_by", "distance", "described", "pain", "pain_lift")},
    ).order_by(ibis.desc("n"), "segment")  # fmt: skip


def _worded(name: str, value: Any) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    more, less = _WORDS[name] if name != "recency" else _WORDS[name][::-1]
    return ibis.ifelse(value > 0, more, less)


def _pains(journal: Journal, rows: ir.Table, floor: int) -> ir.Table:
    """The concern of each segment that stands out most."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    told = events.mutate(concern=events.properties.get("concern", None))
    told = told.filter(told.concern.notnull() & told.customer_id.notnull()).select("customer_id", "concern")
    about = told.inner_join(rows.select("customer_id", "segment"), "customer_id")
    counted = about.group_by(["segment", "concern"]).agg(n=about.count())
    counted = counted.mutate(
        of_segment=counted.n.sum().over(group_by="segment"), of_concern=counted.n.sum().over(group_by="concern"), of_all=counted.n.sum().over(ibis.window()),
    )  # fmt: skip
    lifted = counted.mutate(lift=(counted.n / counted.of_segment) / (counted.of_concern / counted.of_all))
    lifted = lifted.filter((lifted.n >= floor) & (lifted.lift > 1))
    first = lifted.mutate(place=ibis.row_number().over(ibis.window(group_by="segment", order_by=[ibis.desc("lift"), "concern"])))
    return first.filter(first.place == 0).select(pain_of="segment", pain="concern", pain_lift="lift")


def behind(journal: Journal, *, days: int = 365) -> ir.Table:
    """Who belongs to each segment.

    Keys: segment
    Counts: n
    """
    rows = depths(journal, days)
    return rows.select("segment", "customer_id", n=rows.depth.notnull().cast("int64"))
