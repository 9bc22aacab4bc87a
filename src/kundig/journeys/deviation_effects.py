"""Deviation effects: what goes with a deviation from the target journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import RULES, asked, named, obligations, present
from kundig.conformance.steps import Level, Stretch, surely
from kundig.errors import ArgumentError
from kundig.least import least
from kundig.statistics import benjamini_hochberg, z_value
from kundig.statistics.normal import two_sided
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal
    from kundig.settings.journeys import Target

MEASURES = ("score", "leaving", "cost")


def deviation_effects(  # noqa: PLR0913 -- what can be asked of a target journey
    journal: Journal,
    *,
    journey: str | None = None,
    rules: str = RULES,
    unit: Stretch = "case",
    level: Level = "kind",
    ended_after: str = "90 days",
    pause: str = "1 day",
    where: str | None = None,
    metric: str = "csat",
    costs: str = "call",
    within: str = "180 days",
    floor: int = 10,
    confidence: float = 0.95,
) -> ir.Table:
    """What goes with a deviation: lower scores, leaving, cost?

    Customers for whom a rule was broken are compared with those for whom it was kept. Each customer counts once a rule, with
    the first activation that is decided, and is looked at for `within` from that activation on; customers whose time is not
    yet over are left out. Score: the mean of their answers to `metric` in that time, of those who answered. Leaving: the share
    with a cancellation or an ended contract. Cost: the amounts of events of the kinds `costs`, 0 for
    whoever has none, the mean. Differences have the interval of two means with unequal variances, and q is
    corrected over all rules and measures after Benjamini and Hochberg.

    What goes with a deviation need not come from it: whoever orders what is hard to deliver may differ in other ways.
    `journeys.deviations` says what rules mean.

    Args:
        journey: a target journey of kundig.yaml; it brings its own rules, unit, level and end. None to go by the arguments that follow.
        rules: DECLARE constraints with `;` between them, such as `response(order, delivery) within 3 days`.
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what the rules name: kinds of events, touchpoints, stages or departments.
        ended_after: a journey in which nothing happened for that long has ended.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        metric: which question's answers are the score.
        costs: kinds of events whose amounts are cost, with commas between them.
        within: for how long customers are looked at.
        floor: with fewer customers on either side there are no figures.
        confidence: of the intervals, and of the verdict.

    Columns:
        rule: as it is written
        measure: score, leaving or cost
        state: `ok`, or `too few customers`
        n: customers compared
        deviating: of them, those for whom the rule was broken
        with_deviation: the measure among them
        without: the measure among the others
        difference: with_deviation less without
        low: lower end of the difference's interval
        high: upper end of the difference's interval
        p: the chance of a difference at least that large if there were none
        q: the same, corrected for the number of comparisons
        verdict: `higher`, `lower`, or `may be chance`

    Order:
        as the rules are written; score, leaving, cost

    Example:
        >>> from kundig.journal import told
        >>> events = [{"subject": f"c{n}", "case_id": f"c{n}", "kind": "order", "occurred_at": "2026-03-01"} for n in range(40)]
        >>> events += [{"subject": f"c{n}", "case_id": f"c{n}", "kind": "delivery", "occurred_at": "2026-03-02"} for n in range(20)]
        >>> events += [{"subject": f"c{n}", "kind": "cancellation", "occurred_at": "2026-04-02"} for n in range(12, 36)]
        >>> journal = told(events).as_of("2026-12-31")
        >>> asked = deviation_effects(journal, rules="response(order, delivery) within 3 days").filter(lambda table: table.measure == "leaving")
        >>> asked.select("n", "deviating", "with_deviation", "without", "verdict").to_pyarrow().to_pylist()
        [{'n': 40, 'deviating': 20, 'with_deviation': 0.8, 'without': 0.4, 'verdict': 'higher'}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    rows, of = _measured(journal, journey, rules, unit, level, ended_after, pause, where, metric, costs, within)
    summed = rows.group_by(["number", "position"]).agg(
        **{f"n_{name}": rows.value.count(where=side) for name, side in _sides(rows).items()},
        **{f"mean_{name}": rows.value.mean(where=side) for name, side in _sides(rows).items()},
        **{f"variance_{name}": rows.value.var(how="sample", where=side) for name, side in _sides(rows).items()},
    )
    enough = (summed.n_broken >= max(floor, 2)) & (summed.n_kept >= max(floor, 2))
    error = (summed.variance_broken / summed.n_broken.nullif(0) + summed.variance_kept / summed.n_kept.nullif(0)).sqrt()
    difference = summed.mean_broken - summed.mean_kept
    unknown = ibis.null("float64")
    figured = summed.mutate(
        enough=enough,
        with_deviation=ibis.ifelse(enough, summed.mean_broken, unknown),
        without=ibis.ifelse(enough, summed.mean_kept, unknown),
        difference=ibis.ifelse(enough, difference, unknown),
        error=ibis.ifelse(enough, error, unknown),
    )
    p = ibis.ifelse(figured.enough, two_sided(figured["difference"] / figured.error.nullif(0.0)).fill_null(ibis.ifelse(figured["difference"] == 0, 1.0, 0.0)), unknown)
    judged = benjamini_hochberg(figured.mutate(p=p), "p", [], ["number", "position"])
    verdict = ibis.cases((judged.q.isnull(), ibis.null("string")), (judged.q > 1 - confidence, "may be chance"), (judged["difference"] > 0, "higher"), else_="lower")
    return judged.order_by("number", "position").select(
        rule=named(judged.number, of.rules),
        measure=ibis.cases(*((judged.position == position, measure) for position, measure in enumerate(MEASURES))),
        state=ibis.ifelse(judged.enough, "ok", "too few customers"),
        n=judged.n_broken + judged.n_kept,
        deviating="n_broken",
        with_deviation="with_deviation",
        without="without",
        difference="difference",
        low=judged["difference"] - z * judged.error,
        high=judged["difference"] + z * judged.error,
        p="p",
        q="q",
        verdict=verdict,
    )


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, journey: str | None = None, rules: str = RULES, unit: Stretch = "case", level: Level = "kind", ended_after: str = "90 days", pause: str = "1 day", where: str | None = None,
    metric: str = "csat", costs: str = "call", within: str = "180 days",
) -> ir.Table:  # fmt: skip
    """Who is compared, and who of them met a deviation.

    Keys: rule, measure
    Counts: n, deviating
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows, of = _measured(journal, journey, rules, unit, level, ended_after, pause, where, metric, costs, within)
    known = rows.filter(rows.value.notnull())
    measure = ibis.cases(*((known.position == position, measure) for position, measure in enumerate(MEASURES)))
    return known.select("customer_id", rule=named(known.number, of.rules), measure=measure, n=known.value.notnull().cast("int64"), deviating=known.broken.cast("int64"))


def _measured(  # noqa: PLR0913 -- as asked
    journal: Journal, journey: str | None, rules: str, unit: Stretch, level: Level, ended_after: str, pause: str, where: str | None, metric: str, costs: str, within: str
) -> tuple[ir.Table, Target]:
    """One row a rule, customer and measure: whether there was a deviation, and what came after it; and the target journey."""
    import ibis  # noqa: PLC0415 -- slow import

    try:
        length = ibis.interval(seconds=round(span(within).total_seconds()))
    except ValueError as wrong:
        raise ArgumentError(f"--within: {wrong}") from None
    kinds = [kind.strip() for kind in costs.split(",") if kind.strip()]
    of = asked(journal, journey, rules, unit, level, ended_after, pause)
    found = obligations(journal, of, where)
    decided = found.filter((found.state != "pending") & found.customer_id.notnull())
    first = decided.mutate(place=ibis.row_number().over(group_by=["number", "customer_id"], order_by=["activated_at", "journey", "event_id"])).filter(lambda table: table.place == 0)
    followed = first.select("number", "customer_id", "activated_at", broken=first.state == "violated").cross_join(present(journal))
    followed = followed.mutate(over=followed.activated_at + length <= followed.present)
    events = journal.events
    left = (events.kind == "cancellation") | surely(events.outcome == "ended")
    spent = events.kind.isin(kinds) & events.amount.notnull() if kinds else ibis.literal(value=False)
    scored = surely(events.metric == metric) & events.score.notnull()
    later = events.filter(left | spent | scored).select(
        "occurred_at",
        "event_id",
        whose="customer_id",
        left=left,
        cost=ibis.ifelse(spent, events.amount.cast("float64"), 0.0),
        score=ibis.ifelse(scored, events.score, ibis.null("float64")),
    )
    joined = followed.left_join(
        later, [followed.customer_id == later.whose, later.occurred_at > followed.activated_at, later.occurred_at <= followed.activated_at + length]
    )
    each = joined.group_by(["number", "customer_id"]).agg(
        broken=joined.broken.any(),
        over=joined.over.any(),
        score=joined.score.mean(),
        leaving=surely(joined.left).cast("float64").max(),
        cost=joined.cost.sum().fill_null(0.0),
    )
    parts = [each.select("number", "customer_id", "broken", position=ibis.literal(position, "int64"), value=ibis.ifelse(each.over, each[measure], ibis.null("float64"))) for position, measure in enumerate(MEASURES)]
    return parts[0].union(*parts[1:]), of


def _sides(rows: ir.Table) -> dict[str, Any]:
    return {"broken": rows.broken, "kept": ~rows.broken}
