"""Rules about a journey as a whole: what it holds, how often, how it begins and ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundig.journeys.deadlines import due_after, due_column, limited
from kundig.journeys.steps import surely

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.settings.journeys import Rule


def whole(table: ir.Table, rules: list[tuple[int, Rule]], quiet: timedelta) -> list[ir.Table]:
    """The obligations of existence, absence, exactly, init, end and not_coexistence: one per rule and journey.

    Args:
        table: steps with `present`, and `finished` where a step ends the journey.
        rules: with their position.
        quiet: after how long without an event a journey has ended.
    """
    import ibis  # noqa: PLC0415 -- slow import

    if any(rule.times > 1 or rule.template == "exactly" for _, rule in rules):
        table = table.mutate(nth=ibis.row_number().over(group_by=["journey", "step"], order_by=["occurred_at", "event_id"]) + 1)
    dues = sorted({name for _, rule in rules if (name := due_column(rule))})
    event = ibis.struct({"at": table.occurred_at, "event_id": table.event_id, "customer_id": table.customer_id, **{name: table[name] for name in dues}})
    marks: dict[str, Any] = {"first": event.min(), "last": event.max(), "present": table.present.max()}
    if "finished" in table.columns:
        marks["finished"] = table.finished.any()
    for number, rule in rules:
        of_step = table.step == rule.step
        if rule.template == "end":
            marks[f"one_{number}"] = event.max(where=of_step)
        else:
            marks[f"one_{number}"] = event.min(where=of_step & (table.nth == rule.times) if rule.times > 1 else of_step)
        if rule.template == "exactly":
            marks[f"two_{number}"] = event.min(where=of_step & (table.nth == rule.times + 1))
        if rule.template == "not_coexistence":
            marks[f"two_{number}"] = event.min(where=table.step == rule.other)
    journeys = table.group_by("journey").agg(**marks)
    last = journeys["last"]["at"]
    quiet_end = last + ibis.interval(seconds=round(quiet.total_seconds()))
    ends = journeys.mutate(ends_at=ibis.ifelse(journeys.finished, last, quiet_end) if "finished" in table.columns else quiet_end)
    return [_obligation(ends, number, rule) for number, rule in rules]


def _obligation(journeys: ir.Table, number: int, rule: Rule) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    first, last, one = journeys["first"], journeys["last"], journeys[f"one_{number}"]
    came, never, ends = one["at"].notnull(), ibis.null("timestamp('UTC')"), journeys.ends_at
    over = ends <= journeys.present
    due: Any = never
    event: Any = one["event_id"].fill_null(first["event_id"])
    in_time: Any = came
    limit: Any = ends
    if limited(rule):
        due = limit = due_after(rule, first["at"], lambda name: first[name])
        in_time = surely(one["at"] <= due)
    missed = ~in_time & (limit <= journeys.present)
    missed_how = ibis.ifelse(came, "late", "missing")
    match rule.template:
        case "existence":
            fulfilled, violated, deviation, when = in_time, missed, missed_how, limit
        case "absence":
            fulfilled, violated, deviation, when = ~came & over, came, _repeated(rule), one["at"]
        case "exactly":
            two = journeys[f"two_{number}"]
            more = two["at"].notnull()
            fulfilled, violated = in_time & ~more & over, more | missed
            deviation, when = ibis.ifelse(more, "repeated", missed_how), ibis.ifelse(more, two["at"], limit)
            event = two["event_id"].fill_null(event)
        case "init":
            fulfilled, event, when = surely(one["at"] == first["at"]), first["event_id"], first["at"]
            violated, deviation = ~fulfilled, ibis.ifelse(came, "out of order", "missing")
        case "end":
            at_end = surely(one["at"] == last["at"])
            fulfilled, violated, event, when = at_end & over, ~at_end & over, last["event_id"], ends
            deviation = ibis.ifelse(came, "out of order", "missing")
        case _:
            two = journeys[f"two_{number}"]
            both, second = came & two["at"].notnull(), surely(two["at"] >= one["at"])
            fulfilled, violated, deviation = ~both & over, both, ibis.literal("forbidden")
            when = ibis.ifelse(second, two["at"], one["at"])
            event = ibis.ifelse(second, two["event_id"], one["event_id"].fill_null(two["event_id"]))
    rows = journeys if rule.template != "not_coexistence" else journeys.filter(came | journeys[f"two_{number}"]["at"].notnull())
    state = ibis.cases((violated, "violated"), (fulfilled, "fulfilled"), else_="pending")
    return rows.select(
        number=ibis.literal(number, "int64"),
        journey="journey",
        customer_id=first["customer_id"],
        event_id=event,
        activated_at=first["at"],
        due_at=due,
        state=state,
        deviation=ibis.ifelse(violated, deviation, ibis.null("string")),
        violated_at=ibis.ifelse(violated, when, never),
    )


def _repeated(rule: Rule) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.literal("forbidden" if rule.times == 1 else "repeated")
