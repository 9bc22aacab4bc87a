"""Violations: each broken rule of the target journey, with the case, the customer and the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kundig.conformance.obligations import RULES, accepted, asked, members, named, obligations
from kundig.conformance.steps import Level, Stretch

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Shown = Literal["open", "violated", "pending", "accepted"]


def violations(  # noqa: PLR0913 -- what can be asked of a target journey
    journal: Journal,
    *,
    journey: str | None = None,
    rules: str = RULES,
    unit: Stretch = "case",
    level: Level = "kind",
    ended_after: str = "90 days",
    pause: str = "1 day",
    where: str | None = None,
    by: str | None = None,
    state: Shown = "open",
) -> ir.Table:
    """Which journeys broke the target journey, at which event, since when, and which may still do so?

    Each row is one activation of a rule that is not fulfilled; `journeys.deviations` counts the same rows, and says
    what the rules mean, when a violation is dated, and what its kinds are. A pending row is no violation yet: it says
    what the company still owes, or what the customer's journey may still do.

    Violations that a target journey of kundig.yaml accepts are left out, unless they are asked for.

    Args:
        journey: a target journey of kundig.yaml; it brings its own rules, unit, level and end. None to go by the arguments that follow.
        rules: DECLARE constraints with `;` between them, such as `response(order, delivery) within 3 days`.
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what the rules name: kinds of events, touchpoints, stages or departments.
        ended_after: a journey in which nothing happened for that long has ended.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        state: only violations, only what is pending, both (open), or only violations that are accepted.

    Columns:
        rule: as it is written
        group: the value of `by`; null where there is none, or without `by`
        state: `violated` or `pending`
        deviation: missing, late, too early, out of order, repeated or forbidden; null while it is pending
        violated_at: when it was violated: the deadline, the end of the journey, or the event that broke the rule; null while it is pending
        journey: the case or the customer
        customer_id: whose event it is; null where the source names nobody
        event_id: the event that activated the rule or, where one event broke it, that event; for rules about whole journeys otherwise the first or last event
        activated_at: when the rule was activated
        due_at: the deadline; null where the rule has none
        n: 1, for each is one activation

    Order:
        violations before what is pending; the latest violation first, what is due first; then by rule, activation, journey and event

    Example:
        >>> from kundig.journal import told
        >>> journal = told([
        ...     {"subject": "ben", "kind": "order", "case_id": "2", "occurred_at": "2026-03-01"},
        ...     {"subject": "cyd", "kind": "order", "case_id": "3", "occurred_at": "2026-03-05"},
        ... ])
        >>> asked = violations(journal, rules="response(order, delivery) within 3 days")
        >>> asked.select("state", "deviation", "journey", "customer_id").to_pyarrow().to_pylist()
        [{'state': 'violated', 'deviation': 'missing', 'journey': '2', 'customer_id': 'ben'}, {'state': 'pending', 'deviation': None, 'journey': '3', 'customer_id': 'cyd'}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    of = asked(journal, journey, rules, unit, level, ended_after, pause)
    found = obligations(journal, of, where)
    found = found.mutate(group=ibis.null("string")) if by is None else found.join(members(journal, of, where, by).select("journey", "group").distinct(), "journey")
    let_be = accepted(found, of)
    if state == "accepted":
        listed = found.filter(let_be)
    else:
        listed = found.filter(found.state != "fulfilled" if state == "open" else found.state == state)
        listed = listed.filter(~accepted(listed, of)) if of.accepted else listed
    sorted_rows = listed.order_by(
        ibis.desc("state"),
        ibis.desc("violated_at", nulls_first=False),
        ibis.asc("due_at", nulls_first=False),
        "number",
        "activated_at",
        "journey",
        "event_id",
    )
    return sorted_rows.select(
        "group",
        "state",
        "deviation",
        "violated_at",
        "journey",
        "customer_id",
        "event_id",
        "activated_at",
        "due_at",
        rule=named(listed.number, of.rules),
        n=ibis.literal(1, "int64"),
    ).select("rule", "group", "state", "deviation", "violated_at", "journey", "customer_id", "event_id", "activated_at", "due_at", "n")
