"""Rules about a journey as a whole: what it holds, how often, how it begins and ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundig.conformance.choosing import chosen_by
from kundig.conformance.deadlines import due_after, due_column, limited
from kundig.conformance.steps import surely

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.settings.journeys import Rule

Mark = tuple[str, int]
"""A step, and its which occurrence; 0 for the last."""


def whole(table: ir.Table, rules: list[tuple[int, Rule]], quiet: timedelta) -> ir.Table:
    """The obligations of existence, absence, exactly, init, end and not_coexistence: one per rule and journey.

    Args:
        table: steps with `present`.
        rules: with their position.
        quiet: after how long without an event a journey has ended; with `ends_now` in the table, at once.
    """
    import ibis  # noqa: PLC0415 -- slow import

    marks = sorted({mark for _, rule in rules for mark in _marks(rule) if mark is not None})
    dues = sorted({name for _, rule in rules if (name := due_column(rule))})
    # Moments by themselves, for they are quick to compare; which event it was is left out by the engine where nobody asks.
    at = table.occurred_at
    event = ibis.struct({"at": at, "event_id": table.event_id})
    first = ibis.struct({"at": at, "event_id": table.event_id, "customer_id": table.customer_id})
    columns: dict[str, Any] = {"first_at": at.min(), "last_at": at.max(), "first": first.min(), "last": event.max(), "present": table.present.max()}
    columns |= {name: table[name].min() for name in dues}
    for number, (step, times) in enumerate(marks):
        of_step = table.step == step
        if times > 1:
            columns |= {f"at_{number}": at.collect(where=of_step).sort(), f"event_{number}": event.collect(where=of_step).sort()}
        else:
            columns |= {f"at_{number}": (at.min if times else at.max)(where=of_step), f"event_{number}": (event.min if times else event.max)(where=of_step)}
    if "ends_now" in table.columns:
        columns["ends_now"] = table.ends_now.any()
    journeys = table.group_by("journey").agg(**columns)
    # Not every engine has null for what a list does not hold.
    later = [(f"{what}_{number}", times) for number, (_, times) in enumerate(marks) if times > 1 for what in ("at", "event")]
    journeys = journeys.mutate(**{name: ibis.ifelse(journeys[name].length() >= times, journeys[name][times - 1], ibis.null(journeys[name].type().value_type)) for name, times in later}) if later else journeys
    quiet_end = journeys.last_at + ibis.interval(seconds=round(quiet.total_seconds()))
    ends = journeys.mutate(ends_at=ibis.ifelse(journeys.ends_now, journeys.last_at, quiet_end) if "ends_now" in journeys.columns else quiet_end)
    asked = ends.mutate(place=ibis.literal(list(range(len(rules))), "array<int64>").unnest())
    return _judged(asked, rules, marks)


def _marks(rule: Rule) -> tuple[Mark, Mark | None]:
    """The occurrences that decide a rule."""
    match rule.template:
        case "end":
            return (rule.step, 0), None
        case "exactly":
            return (rule.step, rule.times), (rule.step, rule.times + 1)
        case "not_coexistence":
            return (rule.step, 1), (str(rule.other), 1)
        case _:
            return (rule.step, rule.times), None


def _judged(journeys: ir.Table, rules: list[tuple[int, Rule]], marks: list[Mark]) -> ir.Table:
    """COLUMNS of the obligations, from journeys that are repeated for the `place` of every rule."""
    import ibis  # noqa: PLC0415 -- slow import

    never, nothing = ibis.null("timestamp('UTC')"), ibis.null("string")
    asked = [(rule, *(marks.index(mark) if mark else None for mark in _marks(rule))) for _, rule in rules]

    def of_mark(part: int, column: str, absent: Any) -> Any:
        def of(place: int) -> Any:
            mark = asked[place][part + 1]
            return absent if mark is None else journeys[f"{column}_{mark}"] if column == "at" else journeys[f"{column}_{mark}"]["event_id"]

        return chosen_by(journeys.place, [row[part + 1] for row in asked], of)

    def due(place: int) -> Any:
        rule = rules[place][1]
        return due_after(rule, journeys.first_at, lambda name: journeys[name]) if limited(rule) else never

    known = journeys.mutate(
        one=of_mark(0, "at", never),
        two=of_mark(1, "at", never),
        one_event=of_mark(0, "event", nothing),
        two_event=of_mark(1, "event", nothing),
        due=chosen_by(journeys.place, [rule.within for _, rule in rules], due),
    )
    return _stated(known, rules)


def _stated(rows: ir.Table, rules: list[tuple[int, Rule]]) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    one, two, first, last = rows.one, rows.two, rows["first"], rows["last"]
    came, more, over = one.notnull(), two.notnull(), rows.ends_at <= rows.present
    limit = rows.due.fill_null(rows.ends_at)
    in_time = surely(one <= rows.due.fill_null(one))
    missed, how = ~in_time & (limit <= rows.present), ibis.ifelse(came, "late", "missing")
    at_begin, at_end, second = surely(one == rows.first_at), surely(one == rows.last_at), surely(two >= one)
    misplaced = ibis.ifelse(came, "out of order", "missing")
    the_one = rows.one_event.fill_null(first["event_id"])

    def judged(rule: Rule) -> tuple[Any, ...]:
        """Fulfilled, violated, the kind of deviation, when it was violated, at which event."""
        match rule.template:
            case "existence":
                return in_time, missed, how, limit, the_one
            case "absence":
                return ~came & over, came, ibis.literal("forbidden" if rule.times == 1 else "repeated"), one, the_one
            case "exactly":
                return in_time & ~more & over, more | missed, ibis.ifelse(more, "repeated", how), ibis.ifelse(more, two, limit), rows.two_event.fill_null(the_one)
            case "init":
                return at_begin, ~at_begin, misplaced, rows.first_at, first["event_id"]
            case "end":
                return at_end & over, ~at_end & over, misplaced, rows.ends_at, last["event_id"]
            case _:
                event = ibis.ifelse(second, rows.two_event, rows.one_event.fill_null(rows.two_event))
                return ~(came & more) & over, came & more, ibis.literal("forbidden"), ibis.ifelse(second, two, one), event

    keys = [(rule.template, rule.template == "absence" and rule.times == 1) for _, rule in rules]
    parts = {key: judged(rule) for key, (_, rule) in zip(keys, rules, strict=True)}

    def chosen(part: int) -> Any:
        return chosen_by(rows.place, keys, lambda place: parts[keys[place]][part])

    fulfilled, violated, deviation, when, event = (chosen(part) for part in range(5))
    pairs = [place for place, (_, rule) in enumerate(rules) if rule.template == "not_coexistence"]
    asked = rows.filter(~rows.place.isin(pairs) | came | more) if pairs else rows
    stated = asked.mutate(state=ibis.cases((violated, "violated"), (fulfilled, "fulfilled"), else_="pending"), wrong=deviation, when=when, event_id=event)
    broken = stated.state == "violated"
    return stated.select(
        "journey",
        "event_id",
        "state",
        number=chosen_by(stated.place, [number for number, _ in rules], lambda place: ibis.literal(rules[place][0], "int64")),
        customer_id=stated["first"]["customer_id"],
        activated_at="first_at",
        due_at="due",
        deviation=ibis.ifelse(broken, stated.wrong, ibis.null("string")),
        violated_at=ibis.ifelse(broken, stated.when, ibis.null("timestamp('UTC')")),
    )
