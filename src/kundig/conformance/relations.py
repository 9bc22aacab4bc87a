"""Rules that relate two steps: each event of the one asks for the other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from kundig.conformance.choosing import chosen_by
from kundig.conformance.deadlines import due_after, due_column, limited
from kundig.conformance.steps import surely

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
    halves = [
        Half(number, template, *((str(rule.other), rule.step) if template == "precedence" else (rule.step, str(rule.other))), rule)
        for number, rule in rules
        for template in (("response", "precedence") if rule.template == "succession" else (rule.template,))
    ]
    return _judged(_around(table, halves, quiet), halves)


def _around(table: ir.Table, halves: list[Half], quiet: timedelta) -> ir.Table:
    """Each activation of each `half`, with the nearest of the other step `before` and `after` it, those at its own instant included."""
    import ibis  # noqa: PLC0415 -- slow import

    at = table.occurred_at
    journey: dict[str, Any] = {"group_by": "journey", "order_by": "occurred_at"}
    last = at.max().over(ibis.window(**journey, range=(None, None)))
    ends = last + ibis.interval(seconds=round(quiet.total_seconds()))
    if "ends_now" in table.columns:
        ends = ibis.ifelse(table.ends_now.any().over(ibis.window(**journey, range=(None, None))), last, ends)
    columns = {"ends_at": ends}
    if any(half.template == "chain_response" for half in halves):
        columns["next_at"] = at.first().over(ibis.window(**journey, range=(ibis.interval(microseconds=1), None)))
    timed = table.mutate(**columns)
    # An event takes part in a half as what asks, or as what is asked for: odd codes and even ones.
    parts: dict[str, list[int]] = {}
    for place, half in enumerate(halves):
        parts.setdefault(half.activation, []).append(2 * place + 1)
        parts.setdefault(half.other, []).append(2 * place)
    taking = timed.filter(timed.step.isin(list(parts)))
    code = ibis.cases(*((taking.step == step, ibis.literal(of, "array<int64>")) for step, of in parts.items()), else_=ibis.literal([], "array<int64>")).unnest()
    parted = taking.mutate(code=code)
    told = parted.mutate(half=parted.code // 2, asks=parted.code % 2 == 1)
    # One order for all of them: the engine sorts once.
    ordered: dict[str, Any] = {"group_by": ["half", "journey"], "order_by": "occurred_at"}
    so_far, from_here, whole = (ibis.window(**ordered, range=bounds) for bounds in ((None, 0), (0, None), (None, None)))
    other = ~told.asks
    around = told.mutate(
        before=told.occurred_at.max(where=other).over(so_far),
        after=told.occurred_at.min(where=other).over(from_here),
        first_asking=told.occurred_at.min(where=told.asks).over(whole),
        # The later something happened, the later it is due: the latest deadline is that of the nearest.
        **{f"{name}_before": told[name].max(where=other).over(so_far) for half in halves if (name := due_column(half.rule))},
    )
    return around.filter(around.asks)


def _judged(rows: ir.Table, halves: list[Half]) -> ir.Table:
    """COLUMNS of the obligations, from events that are repeated for every `half` that they activate."""
    import ibis  # noqa: PLC0415 -- slow import

    at, never, no = rows.occurred_at, ibis.null("timestamp('UTC')"), ibis.literal(value=False)

    def due(place: int) -> Any:
        half = halves[place]
        return never if half.template == "precedence" else due_after(half.rule, at, lambda name: rows[name])

    def recent(place: int) -> Any:
        half = halves[place]
        if half.template not in {"precedence", "responded_existence"}:
            return no
        if not limited(half.rule):
            return rows.before.notnull()
        return surely(due_after(half.rule, rows.before, lambda name: rows[f"{name}_before"]) >= at)

    known = rows.mutate(
        due=chosen_by(rows.half, [half.rule.within if half.template != "precedence" else None for half in halves], due),
        recent=chosen_by(rows.half, [(half.rule.within, half.template in {"precedence", "responded_existence"}) for half in halves], recent),
        came_before=rows.before.notnull() & (rows.first_asking == at),
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
