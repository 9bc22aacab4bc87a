"""Rules that relate two steps: each event of the one asks for the other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from kundig.journeys.choosing import chosen_by
from kundig.journeys.deadlines import due_after, due_column, limited
from kundig.journeys.steps import surely

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.settings.journeys import Rule

Numbered = list[tuple[int, "Rule"]]


class Half(NamedTuple):
    """A rule as its activations see it; succession is two of them.

    Attributes:
        number: the rule's position.
        activation: the step whose events ask for the other.
    """

    number: int
    template: str
    activation: str
    other: str
    rule: Rule


def related(table: ir.Table, rules: Numbered, quiet: timedelta) -> ir.Table:
    """The obligations of response, precedence, succession, chain_response and responded_existence.

    An event is repeated for every rule that it activates, and what differs from rule to rule is chosen in its row: a query for
    each rule would cost a small log more than its events do.

    Args:
        table: steps with `present`.
        rules: with their position.
        quiet: after how long without an event a journey has ended; with `ends_now` in the table, at once.
    """
    import ibis  # noqa: PLC0415 -- slow import

    halves = [
        Half(number, template, *((str(rule.other), rule.step) if template == "precedence" else (rule.step, str(rule.other))), rule)
        for number, rule in rules
        for template in (("response", "precedence") if rule.template == "succession" else (rule.template,))
    ]
    asking = {step: [place for place, half in enumerate(halves) if half.activation == step] for step in dict.fromkeys(half.activation for half in halves)}
    around = _around(table, halves, quiet)
    activated = around.filter(around.step.isin(list(asking)))
    places = ibis.cases(*((activated.step == step, ibis.literal(of, "array<int64>")) for step, of in asking.items()), else_=ibis.literal([], "array<int64>"))
    return _judged(activated.mutate(half=places.unnest()), halves)


def _around(table: ir.Table, halves: list[Half], quiet: timedelta) -> ir.Table:
    """Each event with the nearest of every asked step before and after it, those at its own instant included."""
    import ibis  # noqa: PLC0415 -- slow import

    at = table.occurred_at
    # One order for all of them: the engine sorts once.
    ordered: dict[str, Any] = {"group_by": "journey", "order_by": "occurred_at"}
    so_far, from_here, whole = (ibis.window(**ordered, range=bounds) for bounds in ((None, 0), (0, None), (None, None)))
    columns: dict[str, Any] = {}
    for number, other in enumerate(_others(halves)):
        of_other = table.step == other
        columns[f"before_{number}"] = at.max(where=of_other).over(so_far)
        columns[f"after_{number}"] = at.min(where=of_other).over(from_here)
        # The later something happened, the later it is due: the latest deadline is that of the nearest.
        columns |= {f"{name}_{number}": table[name].max(where=of_other).over(so_far) for half in halves if half.other == other and (name := due_column(half.rule))}
    for number, step in enumerate(_late(halves)):
        columns[f"first_{number}"] = at.min(where=table.step == step).over(whole)
    if any(half.template == "chain_response" for half in halves):
        columns["next_at"] = at.min().over(ibis.window(**ordered, range=(ibis.interval(microseconds=1), None)))
    last = at.max().over(whole)
    quiet_end = last + ibis.interval(seconds=round(quiet.total_seconds()))
    if "ends_now" in table.columns:
        quiet_end = ibis.ifelse(table.ends_now.any().over(whole), last, quiet_end)
    return table.mutate(ends_at=quiet_end, **columns)


def _others(halves: list[Half]) -> list[str]:
    return sorted({half.other for half in halves})


def _late(halves: list[Half]) -> list[str]:
    """Steps that may have come after what they ask for."""
    return sorted({half.activation for half in halves if half.template in {"response", "chain_response"}})


def _judged(rows: ir.Table, halves: list[Half]) -> ir.Table:
    """COLUMNS of the obligations, from events that are repeated for every `half` that they activate."""
    import ibis  # noqa: PLC0415 -- slow import

    at, never, no, others, late = rows.occurred_at, ibis.null("timestamp('UTC')"), ibis.literal(value=False), _others(halves), _late(halves)

    def before(place: int) -> Any:
        return rows[f"before_{others.index(halves[place].other)}"]

    def due(place: int) -> Any:
        half = halves[place]
        return never if half.template == "precedence" else due_after(half.rule, at, lambda name: rows[name])

    def recent(place: int) -> Any:
        half = halves[place]
        if half.template not in {"precedence", "responded_existence"}:
            return no
        if not limited(half.rule):
            return before(place).notnull()
        return surely(due_after(half.rule, before(place), lambda name: rows[f"{name}_{others.index(half.other)}"]) >= at)

    def came_before(place: int) -> Any:
        half = halves[place]
        return before(place).notnull() & (rows[f"first_{late.index(half.activation)}"] == at) if half.activation in late else no

    by_other = [half.other for half in halves]
    known = rows.mutate(
        before=chosen_by(rows.half, by_other, before),
        after=chosen_by(rows.half, by_other, lambda place: rows[f"after_{others.index(halves[place].other)}"]),
        due=chosen_by(rows.half, [(half.rule.within, half.template == "precedence") for half in halves], due),
        recent=chosen_by(rows.half, [(half.rule.within, half.other, half.template in {"precedence", "responded_existence"}) for half in halves], recent),
        came_before=chosen_by(rows.half, [(half.other, half.activation) for half in halves], came_before),
    )
    return _stated(known, halves)


def _stated(rows: ir.Table, halves: list[Half]) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    at, after = rows.occurred_at, rows.after
    open_end = surely(after <= rows.due.fill_null(after))
    at_once = surely(after <= rows.next_at.fill_null(at)) if "next_at" in rows.columns else ibis.literal(value=False)
    limit = rows.due.fill_null(rows.ends_at)
    later = after.notnull()
    of: dict[str, tuple[Any, Any, Any]] = {
        "response": (open_end, ibis.cases((later, "late"), (rows.came_before, "out of order"), else_="missing"), limit),
        "precedence": (rows.recent, ibis.cases((rows.before.notnull(), "late"), (later, "too early"), else_="missing"), at),
        "responded_existence": (open_end | rows.recent, ibis.cases((later, "late"), (rows.before.notnull(), "too early"), else_="missing"), limit),
    }
    if "next_at" in rows.columns:
        wrong = ibis.cases((at_once, "late"), (later | rows.came_before, "out of order"), else_="missing")
        of["chain_response"] = (at_once & open_end, wrong, ibis.least(limit, rows.next_at.fill_null(limit)))
    templates = [half.template for half in halves]

    def chosen(part: int) -> Any:
        return chosen_by(rows.half, templates, lambda place: of[templates[place]][part])

    kept, deviation, until = (chosen(part) for part in range(3))
    judged = rows.mutate(kept=kept, wrong=deviation, until=until)
    state = ibis.cases((judged.kept, "fulfilled"), (judged.until <= judged.present, "violated"), else_="pending")
    stated = judged.mutate(state=state)
    broken = stated.state == "violated"
    return stated.select(
        "journey",
        "customer_id",
        "event_id",
        "state",
        number=chosen_by(stated.half, [half.number for half in halves], lambda place: ibis.literal(halves[place].number, "int64")),
        activated_at="occurred_at",
        due_at="due",
        deviation=ibis.ifelse(broken, stated.wrong, ibis.null("string")),
        violated_at=ibis.ifelse(broken, stated.until, ibis.null("timestamp('UTC')")),
    )
