"""Interlocks: where a customer's journey passes from one department to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.steps import Stretch, steps, surely
from kundig.errors import ArgumentError
from kundig.events import METRICS
from kundig.journeys.passages import UNKNOWN, passages
from kundig.journeys.promises_beside import KEYS, promises_beside
from kundig.journeys.scores_beside import scores_beside
from kundig.journeys.waiting import waited, waits
from kundig.least import least
from kundig.statistics import student_t, wilson, z_value
from kundig.statistics.ordered import in_order, quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def interlocks(  # noqa: PLR0913 -- what can be asked of handovers
    journal: Journal,
    *,
    unit: Stretch = "case",
    pause: str = "1 day",
    metric: str = "csat",
    where: str | None = None,
    by: str | None = None,
    floor: int = 10,
    confidence: float = 0.95,
) -> ir.Table:
    """Which departments hand customers over to which, who waits for whom and how long, who sends them back, and is what was promised kept?

    A handover is two neighbouring events of one journey in different departments, as the touchpoint catalogue says; of
    events at the same instant the alphabetically first department comes first. Waiting is the time between the two: the
    customer, and the source, wait for the target. It
    is given once by the clock, and once in the opening hours of the company's calendar (`calendar:` in kundig.yaml), which
    are Monday to Friday around the clock if nothing else is settled. A handover from A to B is sent back if the next department after B is A again. One whose journey has not
    gone on is not sent back so far.

    A promise is that of the catalogue, or one in an event's properties, as in `feedback.moments`. It is open at a handover if
    it had been made by then and what was promised had not come; it is missed if that came late, or not by the time. Promises
    whose time is not over, and those that were called off, are not counted. A handover with several counts once.

    The score stands beside it: the mean of the answers to `metric` that belong to the journey and came after the handover (an answer
    without a case to the customer's latest case, if that lies at most 30 days back; of sessions every answer to the latest), each journey once, less that of the journeys without this handover, with the interval of two means with unequal variances. It goes
    with the handover, and need not come from it: hard matters are handed over more often.

    Touchpoints without a department hide handovers. So passages from or to them are listed as well, with a null where
    the department is not known; there nothing can be said about sending back.

    Args:
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        metric: which question's answers are the score.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        floor: with fewer journeys with an answer on either side no score is given.
        confidence: of the intervals.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
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
        waiting_share: the time waited here as a share of the time waited at all handovers of the group
        sent_back: handovers after which the journey went back to the source at once; null if a department is not known
        sent_back_share: as a share of the handovers
        low: lower end of that share's interval, after Wilson
        high: upper end of that share's interval
        back_median_seconds: of those sent back, half were with the source again after at most this long
        promised: handovers with an open promise that is settled by now
        missed: how many of them had one that was not kept
        missed_share: as a share of those with a promise; null if there is none
        missed_low: lower end of that share's interval, after Wilson
        missed_high: upper end of that share's interval
        score_n: journeys with this handover and an answer after it
        score: the mean of their scores; null if there are too few, as all that follow
        other_score: the mean of the journeys without this handover
        score_difference: score less other_score
        score_low: lower end of the difference's interval
        score_high: upper end of the difference's interval

    Order:
        by group, null last; known departments first; the most frequent first, then by source and target

    Example:
        >>> from kundig.journal import told
        >>> from kundig.touchpoints import Touchpoint
        >>> catalogue = {"claim": Touchpoint(department="service"), "repair": Touchpoint(department="technology")}
        >>> days = [("claim", "2026-03-06"), ("repair", "2026-03-09"), ("claim", "2026-03-10")]
        >>> journal = told([("ada", touchpoint, day) for touchpoint, day in days], touchpoints=catalogue)
        >>> asked = interlocks(journal, unit="customer")
        >>> asked.select("source", "n", "median_seconds", "working_median_seconds", "sent_back").to_pyarrow().to_pylist()
        [{'source': 'service', 'n': 1, 'median_seconds': 259200.0, 'working_median_seconds': 86400.0, 'sent_back': 1}, {'source': 'technology', 'n': 1, 'median_seconds': 86400.0, 'working_median_seconds': 86400.0, 'sent_back': 0}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    if metric not in METRICS:
        raise ArgumentError(f"--metric expects one of {', '.join(METRICS)}, found {metric!r}")
    passed = passages(journal, unit, where, by, pause)
    known = (passed.source != UNKNOWN) & (passed.target != UNKNOWN)
    back = surely(passed.then == passed.source) & known
    counted = passed.group_by(list(KEYS)).agg(
        n=passed.count(),
        # Counting what is different is dear: where a journey is a customer, once is enough, and that is done beside the scores.
        **({"customers": passed.customer_id.nunique()} if unit != "customer" else {}),
        **waits(passed, "seconds"),
        works=in_order(passed.working),
        waited=passed.seconds.sum(),
        sent_back=ibis.ifelse(known, back.cast("int64"), ibis.null("int64")).sum(),
        backs=in_order(ibis.ifelse(back, passed.then_seconds, ibis.null("float64"))),
    )
    counted = counted.mutate(working_median_seconds=quantile(counted.works, 0.5), working_p90_seconds=quantile(counted.works, 0.9), back_median_seconds=quantile(counted.backs, 0.5)).drop("works", "backs")
    all_waits = ibis.window(group_by="group")
    shared = waited(counted.mutate(waiting_share=counted.waited / counted.waited.sum().over(all_waits).nullif(0.0)).drop("waited"), z)
    members = steps(journal, unit, "department", where=where, by=by, unnamed=UNKNOWN, pause=pause)
    beside = _beside(_beside(shared, promises_beside(journal, passed, unit)), scores_beside(journal, passed, members, unit, metric, pause))
    if unit == "customer":
        beside = beside.mutate(customers=beside.journeys)
    whole = _sized(beside, z, floor)
    low, high = wilson(whole.sent_back, whole.all, z)
    missed_low, missed_high = wilson(whole.missed, whole.settled, z)
    hidden = (whole.source == UNKNOWN) | (whole.target == UNKNOWN)
    return whole.order_by(ibis.asc("group", nulls_first=False), hidden, ibis.desc("n"), "source", "target").select(
        "group",
        source=whole.source.nullif(UNKNOWN),
        target=whole.target.nullif(UNKNOWN),
        **{name: whole[name] for name in ("n", "journeys", "customers", "median_seconds", "median_low_seconds", "median_high_seconds", "p90_seconds", "working_median_seconds", "working_p90_seconds")},
        waiting_share="waiting_share",
        sent_back="sent_back",
        sent_back_share=whole.sent_back / whole.all,
        low=low,
        high=high,
        back_median_seconds="back_median_seconds",
        promised="promised",
        missed="missed",
        missed_share=whole.missed / whole.settled,
        missed_low=missed_low,
        missed_high=missed_high,
        **_scores(whole),
    )


def behind(journal: Journal, *, unit: Stretch = "case", pause: str = "1 day", where: str | None = None, by: str | None = None) -> ir.Table:
    """Who was handed over between departments, and who was sent back.

    Keys: group, source, target
    Counts: n, sent_back
    """
    import ibis  # noqa: PLC0415 -- slow import

    passed = passages(journal, unit, where, by, pause)
    known = (passed.source != UNKNOWN) & (passed.target != UNKNOWN)
    return passed.select(
        "group", "customer_id", source=passed.source.nullif(UNKNOWN), target=passed.target.nullif(UNKNOWN), n=ibis.literal(1, "int64"), sent_back=(surely(passed.then == passed.source) & known).cast("int64")
    )


def _beside(table: ir.Table, other: ir.Table) -> ir.Table:
    """The rows with what stands beside the same passage."""
    same: list[Any] = [table.source == other.source, table.target == other.target, table.group.identical_to(other.group)]
    joined = table.left_join(other, same)
    return joined.select(*table.columns, *(name for name in other.columns if name not in KEYS))


def _sized(beside: ir.Table, z: float, floor: int) -> ir.Table:
    """The rows with what several columns are made of: an expression that is used twice is planned and computed twice."""
    import ibis  # noqa: PLC0415 -- slow import

    counted = beside.mutate(
        all=beside.n.cast("float64"),
        promised=beside.promised.fill_null(0),
        missed=beside.missed.fill_null(0),
        settled=beside.promised.nullif(0).cast("float64"),
        enough=surely((beside.score_n >= max(floor, 2)) & (beside.other_n >= max(floor, 2))),
        scored=beside.score_n.nullif(0).cast("float64"),
        others=beside.other_n.nullif(0).cast("float64"),
    )
    # The smaller side's degrees of freedom: never too narrow, and near Welch's where the sides differ much.
    fewer = counted.mutate(fewer=ibis.least(counted.scored, counted.others).nullif(1.0))
    return fewer.mutate(half=student_t(fewer.fewer, z) * (fewer.variance / fewer.scored + fewer.other_variance / fewer.others).sqrt())


def _scores(whole: ir.Table) -> dict[str, Any]:
    import ibis  # noqa: PLC0415 -- slow import

    difference = whole.score - whole.other_score
    shown = {"score": whole.score, "other_score": whole.other_score, "score_difference": difference, "score_low": difference - whole.half, "score_high": difference + whole.half}
    return {"score_n": whole.score_n.fill_null(0), **{name: ibis.ifelse(whole.enough, value, ibis.null("float64")) for name, value in shown.items()}}
