"""Anomalies: stretches of time in which a figure of a touchpoint is not what season, weekday and trend lead to expect."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from kundig.conformance.obligations import RULES, asked, obligations
from kundig.conformance.steps import Unit, only, steps
from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.events import METRICS
from kundig.journal import split
from kundig.journeys.scales import Kind
from kundig.journeys.unusual import TYPES, unusual
from kundig.statistics import z_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Figure = Literal["volume", "score", "waiting", "quantity", "deviations"]
Every = Literal["day", "week"]
SCALES: dict[Figure, Kind] = {"volume": "roots", "score": "plain", "waiting": "logarithms", "quantity": "logarithms", "deviations": "plain"}


def anomalies(  # noqa: PLR0913 -- what can be asked of anomalies
    journal: Journal,
    *,
    figure: Figure = "volume",
    by: str | None = "touchpoint",
    within: str = "channel",
    where: str | None = None,
    unit: Unit = "case",
    every: Every = "week",
    metric: str = "csat",
    kind: str | None = None,
    journey: str | None = None,
    rules: str = RULES,
    false_alarms: float = 0.05,
    confidence: float = 0.95,
) -> Estimate:
    """Where and since when is something not as it should be, and what is concentrated in it?

    For each group the figure of every period is set beside what is to be expected: a robust regression (Huber) on the trend, which is curved for
    volumes, on two waves of the year where there are a year and a half of it, on the weekday where periods are days, and on the
    days off of the company's calendar. Volumes are compared as square roots, as their noise grows with them; waits and quantities as
    logarithms, as their noise has a long tail, unless they fall below 0; means by their number of answers, as long as it is not beyond four times the usual. An anomaly is the stretch of two or more periods, up to a quarter of the time, whose mean lies farthest
    from what is expected, against the chance of a stretch that far in noise alone: noise as wide as this one's, and with
    neighbours as alike. After one is found it is taken out, and the next is looked for, up to five in a group. A single odd
    period is called nothing, and a group with fewer than 20 periods, or with fewer than two events in half of them, has too little data.

    The chances of all groups are corrected after Benjamini and Hochberg: in figures that are nothing but noise, at most the
    share `false_alarms` of all answers names an anomaly; measured on simulated volumes and waits, long-tailed, in bursts and with memory,
    it is less: for waits 0 to 3 in a hundred. Only where waits have no variance at all (a Pareto tail of index 1.8) and are few, it is up to three in ten. Where the same stretch of the year before or after is as odd in the same direction, the state is `every year`: a season
    that no wave describes, and no anomaly. Only whole periods count, from the group's first to the last before now.

    What is concentrated in it is the value of `within` that holds most of what is too much or too little, beside its usual
    share of the events: if a region with a quarter of the calls holds all of the excess, that is where to look. It goes with
    the anomaly, and need not be its cause.

    Args:
        figure: the number of events (volume), the mean score of `metric`, the mean seconds of waiting from the event before in the same journey, by the day on which it was over (waiting), the mean quantity of events of `kind`, or the share of rules that were broken, by the day that activated them (deviations).
        by: what to look at one by one, such as touchpoint, source, department or properties.NAME; none for all together. Deviations go by the rule.
        within: what an anomaly may be concentrated in.
        where: only events with these attributes, with commas between them, such as `segment=gold, channel=web`; for waiting and deviations only journeys, which have those of their first event that has any.
        unit: what one journey is, the customer's whole life or one case.
        every: the length of a period.
        metric: which question was answered, for scores.
        kind: only events of this kind; needed for quantities.
        journey: a target journey of kundig.yaml, for deviations.
        rules: the rules of a target journey otherwise.
        false_alarms: how often anomalies may be named where there are none.
        confidence: of the range that is to be expected.

    Columns:
        group: the value of `by`; the rule for deviations; null without `by`
        state: `anomaly`, `every year`, `as expected`, or `too little data`
        n: events in the stretch; in all periods where there is none
        since: first day of the stretch
        until: last day of the stretch; null if it goes on
        periods: how many periods it lasts
        direction: `higher` or `lower`
        value: the figure in the stretch; volumes a period
        expected: what was to be expected
        low: lower end of the range to be expected
        high: upper end of the range to be expected
        times: value over expected
        z: the distance in standard errors
        p: the chance of a stretch that far in noise alone
        q: the same, corrected for many groups
        concentrated_in: the value of `within` with most of the excess; null where it is unknown
        concentrated_share: its part of the excess
        usual_share: its part of the events outside of the stretch

    Order:
        anomalies first, then every year, as expected, too little data; the least likely first, then by group and since

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-02"), ("ada", "shop", "2026-03-20")])
        >>> anomalies(journal).execute()[["group", "state", "n"]].to_dict("records")
        [{'group': 'shop', 'state': 'too little data', 'n': 1}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    z_value(confidence)
    if figure == "quantity" and kind is None:
        raise ArgumentError("--figure quantity needs --kind: quantities of different kinds are not of one unit")
    if figure == "score" and metric not in METRICS:
        raise ArgumentError(f"--metric expects one of {', '.join(METRICS)}, found {metric!r}")
    if not 0 < false_alarms < 1:
        raise ArgumentError(f"--false-alarms expects a share between 0 and 1 such as 0.05, found {false_alarms}")
    if figure == "deviations":
        of = asked(journal, journey, rules, unit, "kind", "90 days")
        found = obligations(journal, of, where)
        judged = found.filter(found.state != "pending")
        events, part = split(journal, judged.select("number", "event_id", broken=(judged.state == "violated").cast("float64")).join(journal.events, "event_id"), within)
        group = ibis.cases(*((events.number == number, str(rule)) for number, rule in enumerate(of.rules)))
        valued = events.select(group=group, part=part, day=events.local_at.date(), value=events.broken)
    else:
        events = journal.events if kind is None else journal.events.filter(journal.events.kind == kind)
        events = events.join(_waited(journal, unit, where), "event_id") if figure == "waiting" else only(journal, events, where)
        if figure == "score":
            events = events.filter((events.metric == metric) & events.score.notnull())
        elif figure == "quantity":
            events = events.filter(events.quantity.notnull())
        events, part = split(journal, events, within)
        events = events.mutate(part=part)
        if by is None:
            group = ibis.null("string")
        else:
            events, group = split(journal, events, by)
            events = events.mutate(group=group).filter(lambda table: table.group.notnull())
            group = events.group
        value = ibis.literal(1.0) if figure == "volume" else events["waited" if figure == "waiting" else figure].cast("float64")
        valued = events.select(group=group, part=events.part, day=events.local_at.date(), value=value)
    days = valued.group_by(["group", "part", "day"]).agg(n=valued.count(), total=valued.value.sum(), squares=(valued.value * valued.value).sum())
    latest = journal.events.agg(latest=journal.events.local_at.date().max())
    over, calendar = _last_whole(journal), journal.settings.calendar
    return Estimate(
        {"days": days.order_by(*(ibis.asc(name, nulls_first=False) for name in ("group", "part", "day"))), "latest": latest},
        TYPES,
        lambda days, latest: unusual(days, over or latest["latest"][0].as_py(), kind=SCALES[figure], every=every, calendar=calendar, false_alarms=false_alarms, confidence=confidence),
    )


def _waited(journal: Journal, unit: Unit, where: str | None) -> ir.Table:
    """`event_id` and `waited`, the seconds since the event before, of all but the first event of each journey."""
    import ibis  # noqa: PLC0415 -- slow import

    lived = steps(journal, unit, "kind", where=where, unnamed="")
    second = lived.occurred_at.epoch_seconds()
    waited = (second - second.lag().over(ibis.window(group_by="journey", order_by=["occurred_at", "event_id"]))).cast("float64")
    return lived.select("event_id", waited=waited).filter(lambda table: table.waited.notnull())


def _last_whole(journal: Journal) -> date | None:
    """The last day that was over at the journal's own moment, on the company's clock; None where it has none."""
    if journal.at is None:
        return None
    local = (journal.at + timedelta(microseconds=1)).astimezone(ZoneInfo(journal.settings.company.timezone))
    return local.date() - timedelta(days=1)
