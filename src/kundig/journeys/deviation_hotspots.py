"""Deviation hotspots: where deviations from the target journey concentrate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.obligations import RULES, accepted, asked, named, obligations
from kundig.conformance.steps import Level, Stretch
from kundig.errors import ArgumentError
from kundig.journal import split
from kundig.least import least
from kundig.statistics import benjamini_hochberg, wilson, z_value
from kundig.statistics.normal import two_sided

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal
    from kundig.settings.journeys import Target

ATTRIBUTES = "channel, touchpoint, department, product, staff, segment"


def deviation_hotspots(  # noqa: PLR0913 -- what can be asked of a target journey
    journal: Journal,
    *,
    by: str = ATTRIBUTES,
    journey: str | None = None,
    rules: str = RULES,
    unit: Stretch = "case",
    level: Level = "kind",
    ended_after: str = "90 days",
    pause: str = "1 day",
    where: str | None = None,
    floor: int = 10,
    false_alarms: float = 0.05,
    confidence: float = 0.95,
) -> ir.Table:
    """Where do deviations from the target journey concentrate?

    For every rule and every value of every attribute, the share of broken ones among the decided activations with that
    value is set beside the share among all others of the rule. The attribute is that of the event that activated the rule
    (of the journey's first or last event for rules about whole journeys), or of the customer. `times` is the one share over
    the other, with Katz's interval. p is that of the two-sided test of two proportions; q is corrected over all rules and
    values after Benjamini and Hochberg, so that of those called hotspots at most the share `false_alarms` is expected to be
    chance. Accepted deviations count as kept. Values with fewer than `floor` decided activations are not tested. A
    hotspot goes with more deviations; attributes overlap, and none need be the cause. `journeys.deviations` says what rules
    mean.

    Args:
        by: attributes with commas between them, such as channel, department, segment or properties.NAME.
        journey: a target journey of kundig.yaml; it brings its own rules, unit, level and end. None to go by the arguments that follow.
        rules: DECLARE constraints with `;` between them, such as `response(order, delivery) within 3 days`.
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what the rules name: kinds of events, touchpoints, stages or departments.
        ended_after: a journey in which nothing happened for that long has ended.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        floor: values with fewer decided activations are not tested.
        false_alarms: the share of chance findings expected among those called hotspots.
        confidence: of the intervals.

    Columns:
        rule: as it is written
        attribute: as it is written
        value: its value; null where there is none
        state: `hotspot` for more deviations than elsewhere, `cold spot` for fewer, `may be chance`, or `too few`
        n: decided activations with that value
        violated: how many of them were violated
        share: violated, as a share of n
        low: lower end of the share's interval, after Wilson
        high: upper end of the share's interval
        other_share: the share among all other activations of the rule
        times: share over other_share; null if that is 0
        times_low: lower end of its interval; null where nothing or everything is violated
        times_high: upper end of its interval
        p: the chance of shares at least that far apart if the value made no difference
        q: the same, corrected for the number of comparisons

    Order:
        the least likely first, hotspots before others; untested ones last; then by rule, attribute and value

    Example:
        >>> from kundig.journal import told
        >>> journal = told([
        ...     {"subject": "ada", "kind": kind, "case_id": f"{channel}{n}", "channel": channel, "occurred_at": "2026-03-01"}
        ...     for channel in ("web", "shop") for n in range(20) for kind in (["order", "delivery"] if channel == "shop" or n < 4 else ["order"])
        ... ])
        >>> asked = deviation_hotspots(journal, rules="response(order, delivery)", by="channel", ended_after="0 days")
        >>> asked.select("value", "state", "n", "violated").to_pyarrow().to_pylist()
        [{'value': 'web', 'state': 'hotspot', 'n': 20, 'violated': 16}, {'value': 'shop', 'state': 'cold spot', 'n': 20, 'violated': 0}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    rows, of = _decided(journal, by, journey, rules, unit, level, ended_after, pause, where)
    counted = rows.group_by(["number", "attribute", "value"]).agg(n=rows.count(), violated=rows.broken.sum())
    whole = ibis.window(group_by=["number", "attribute"])
    both = counted.mutate(others=counted.n.sum().over(whole) - counted.n, other_violated=counted.violated.sum().over(whole) - counted.violated)
    n, others = both.n.cast("float64"), both.others.nullif(0).cast("float64")
    share, other_share = both.violated / n, both.other_violated / others
    pooled = (both.violated + both.other_violated) / (n + others)
    error = (pooled * (1 - pooled) * (1 / n + 1 / others)).sqrt().nullif(0.0)
    tested = (both.n >= max(floor, 1)) & (both.others >= max(floor, 1))
    p = ibis.ifelse(tested, two_sided((share - other_share) / error).fill_null(1.0), ibis.null("float64"))
    times = share / other_share.nullif(0.0)
    spread = z * (1 / both.violated.nullif(0) - 1 / n + 1 / both.other_violated.nullif(0) - 1 / others).sqrt()
    low, high = wilson(both.violated, n, z)
    figured = both.mutate(share=share, other_share=other_share, low=low, high=high, times=times, times_low=times * (-spread).exp(), times_high=times * spread.exp(), p=p)
    judged = benjamini_hochberg(figured, "p", [], ["number", "attribute", "value"])
    state = ibis.cases(
        (judged.q.isnull(), "too few"),
        ((judged.q <= false_alarms) & (judged.share > judged.other_share), "hotspot"),
        (judged.q <= false_alarms, "cold spot"),
        else_="may be chance",
    )
    stated = judged.mutate(state=state, rule=named(judged.number, of.rules))
    return stated.order_by(
        ibis.asc("p", nulls_first=False), stated.state != "hotspot", "number", "attribute", ibis.asc("value", nulls_first=False)
    ).select("rule", "attribute", "value", "state", "n", "violated", "share", "low", "high", "other_share", "times", "times_low", "times_high", "p", "q")


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, by: str = ATTRIBUTES, journey: str | None = None, rules: str = RULES, unit: Stretch = "case", level: Level = "kind", ended_after: str = "90 days", pause: str = "1 day", where: str | None = None
) -> ir.Table:
    """For whom a rule was decided at each value, and for whom it was broken.

    Keys: rule, attribute, value
    Counts: n, violated
    """
    rows, of = _decided(journal, by, journey, rules, unit, level, ended_after, pause, where)
    return rows.select("attribute", "value", "customer_id", rule=named(rows.number, of.rules), n=rows.broken.notnull().cast("int64"), violated="broken")


def _decided(  # noqa: PLR0913 -- as asked
    journal: Journal, by: str, journey: str | None, rules: str, unit: Stretch, level: Level, ended_after: str, pause: str, where: str | None
) -> tuple[ir.Table, Target]:
    """One row an activation that is decided and attribute: its value, and whether the rule was broken; and the target journey."""
    import ibis  # noqa: PLC0415 -- slow import

    attributes = list(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    if not attributes:
        raise ArgumentError(f"--by expects attributes with commas between them, such as 'channel, segment', found {by!r}")
    of = asked(journal, journey, rules, unit, level, ended_after, pause)
    found = obligations(journal, of, where)
    decided = found.filter(found.state != "pending")
    broken = decided.select("number", "event_id", broken=((decided.state == "violated") & ~accepted(decided, of)).cast("int64"))
    events = broken.join(journal.events, "event_id")
    parts = []
    for attribute in attributes:
        of_attribute, value = split(journal, events, attribute)
        parts.append(of_attribute.select("number", "customer_id", "broken", attribute=ibis.literal(attribute), value=value))
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0], of
