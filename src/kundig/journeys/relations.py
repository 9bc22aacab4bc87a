"""Rules that relate two steps: each event of the one asks for the other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundig.journeys.deadlines import due_after, due_column, limited
from kundig.journeys.steps import surely

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.settings.journeys import Rule

Numbered = list[tuple[int, "Rule"]]


def related(table: ir.Table, rules: Numbered, quiet: timedelta) -> list[ir.Table]:
    """The obligations of response, precedence, succession, chain_response and responded_existence.

    Args:
        table: steps with `present`, and `finished` where a step ends the journey.
        rules: with their position.
        quiet: after how long without an event a journey has ended.
    """
    asked = [
        (number, rule.template if rule.template != "succession" else half, activation, other, rule)
        for number, rule in rules
        for half in (("response", "precedence") if rule.template == "succession" else (rule.template,))
        for activation, other in [(rule.other, rule.step) if half == "precedence" else (rule.step, rule.other)]
    ]
    chained = any(template == "chain_response" for _, template, *_ in asked)
    others = sorted({str(other) for *_, other, _ in asked})
    dues = sorted({name for _, rule in rules if (name := due_column(rule))})
    around = _around(table, others, dues, quiet, chained=chained)
    return [_obligation(around.filter(around.step == activation), others.index(str(other)), number, str(template), rule) for number, template, activation, other, rule in asked]


def _around(table: ir.Table, others: list[str], dues: list[str], quiet: timedelta, *, chained: bool) -> ir.Table:
    """Each event with the nearest of every asked step before and after it, those at its own instant included."""
    import ibis  # noqa: PLC0415 -- slow import

    at = table.occurred_at
    so_far = ibis.window(group_by="journey", order_by="occurred_at", range=(None, 0))
    from_here = ibis.window(group_by="journey", order_by="occurred_at", range=(0, None))
    journey, same = ibis.window(group_by="journey"), ibis.window(group_by=["journey", "step"])
    nearest: dict[str, Any] = {}
    for number, other in enumerate(others):
        nearest[f"before_{number}"] = at.max(where=table.step == other).over(so_far)
        nearest[f"after_{number}"] = at.min(where=table.step == other).over(from_here)
        # The later something happened, the later it is due: the latest deadline is that of the nearest.
        nearest |= {f"{due}_{number}": table[due].max(where=table.step == other).over(so_far) for due in dues}
    if chained:
        nearest["following"] = at.lead().over(ibis.window(group_by="journey", order_by="occurred_at"))
    last = at.max().over(journey)
    quiet_end = last + ibis.interval(seconds=_seconds(quiet))
    ends_at = ibis.ifelse(table.finished, last, quiet_end) if "finished" in table.columns else quiet_end
    found = table.mutate(ends_at=ends_at, first_of_step=at.min().over(same), **nearest)
    if chained:
        # Of events at one instant only the last one has the next instant as its lead.
        last = found.following.max().over(ibis.window(group_by=["journey", "occurred_at"]))
        found = found.mutate(next_at=ibis.ifelse(last > found.occurred_at, last, ibis.null("timestamp('UTC')")))
    return found


def _obligation(rows: ir.Table, other: int, number: int, template: str, rule: Rule) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    at, before, after, never = rows.occurred_at, rows[f"before_{other}"], rows[f"after_{other}"], ibis.null("timestamp('UTC')")
    came_before = before.notnull() & (rows.first_of_step == at)
    if not limited(rule):
        due, limit, in_time, recent = never, rows.ends_at, after.notnull(), before.notnull()
    else:
        due = limit = due_after(rule, at, lambda name: rows[name])
        in_time, recent = surely(after <= due), surely(due_after(rule, before, lambda name: rows[f"{name}_{other}"]) >= at)
    match template:
        case "response":
            kept, deviation = in_time, ibis.cases((after.notnull(), "late"), (came_before, "out of order"), else_="missing")
        case "precedence":
            kept, deviation = recent, ibis.cases((before.notnull(), "late"), (after.notnull(), "too early"), else_="missing")
            due, limit = never, at
        case "responded_existence":
            kept, deviation = in_time | recent, ibis.cases((after.notnull(), "late"), (before.notnull(), "too early"), else_="missing")
        case _:
            at_once = surely(after <= rows.next_at.fill_null(at))
            kept = at_once & in_time
            deviation = ibis.cases((at_once, "late"), (after.notnull() | came_before, "out of order"), else_="missing")
            limit = ibis.least(limit, rows.next_at.fill_null(limit))
    return _row(rows, number, rows.event_id, at, due, limit, kept, deviation)


def _row(rows: ir.Table, number: int, event: Any, at: Any, due: Any, limit: Any, kept: Any, deviation: Any) -> ir.Table:  # noqa: PLR0913 -- the columns of an obligation
    """An obligation that is kept, or violated from its limit on."""
    import ibis  # noqa: PLC0415 -- slow import

    state = ibis.cases((kept, "fulfilled"), (limit <= rows.present, "violated"), else_="pending")
    violated = state == "violated"
    return rows.select(
        number=ibis.literal(number, "int64"),
        journey="journey",
        customer_id="customer_id",
        event_id=event,
        activated_at=at,
        due_at=due,
        state=state,
        deviation=ibis.ifelse(violated, deviation, ibis.null("string")),
        violated_at=ibis.ifelse(violated, limit, ibis.null("timestamp('UTC')")),
    )


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())
