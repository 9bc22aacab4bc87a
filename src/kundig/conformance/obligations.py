"""What the rules of a target journey ask of each journey, and what became of it.

One row an obligation: a rule, the journey, and the event that activated the rule. It is fulfilled or violated once no
later event can change that, and pending until then. Events at the same instant have no order: they get the benefit of
the doubt.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundig.conformance.deadlines import due_column
from kundig.conformance.parts import Part, of_part
from kundig.conformance.relations import related
from kundig.conformance.steps import PAUSE, Level, Stretch, steps
from kundig.conformance.wholes import whole
from kundig.errors import ArgumentError, nearest
from kundig.settings.business_time import day_length, due, worked
from kundig.settings.journeys import ONE_STEP, Rule, Target, target
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal
    from kundig.settings import Settings

RULES = "response(case_opened, case_resolved); response(order, delivery); existence(feedback)"
"""What most companies owe, in the kinds of events that kundig knows."""

COLUMNS = {
    "number": "int64",
    "journey": "string",
    "customer_id": "string",
    "event_id": "string",
    "activated_at": "timestamp('UTC')",
    "due_at": "timestamp('UTC')",
    "state": "string",
    "deviation": "string",
    "violated_at": "timestamp('UTC')",
}


def asked(journal: Journal, journey: str | None, rules: str, unit: Stretch, level: Level, ended_after: str, pause: str = PAUSE) -> Target:  # noqa: PLR0913 -- the arguments of those who ask
    """The target journey that is named, or else the one that the rules state.

    Raises:
        ArgumentError: there is no such target journey, a rule cannot be read, or `ended_after` is no length of time.
    """
    if journey is not None:
        known = journal.settings.journeys
        if journey not in known:
            raise ArgumentError(f"--journey does not know {journey!r}; " + (nearest(journey, known) if known else "write target journeys under `journeys:` in kundig.yaml"))
        return known[journey]
    ended(ended_after)
    return target(rules).model_copy(update={"unit": unit, "level": level, "ended_after": ended_after, "pause": pause})


def members(journal: Journal, of: Target, where: str | None = None, by: str | None = None, part: Part | None = None) -> ir.Table:
    """The steps of the journeys that a target journey means, of all of them or of a part; see `steps`."""
    table = steps(journal, of.unit, of.level, where=where, by=by, pause=of.pause)
    if part is not None:
        table = of_part(table, part)
    if of.starts is None:
        return table
    return table.semi_join(table.filter(table.step == of.starts).select("journey"), "journey")


def obligations(journal: Journal, of: Target, where: str | None = None, part: Part | None = None) -> ir.Table:
    """COLUMNS, one row an obligation of the journeys that `where` names, of all of them or of a part; `number` is the rule's position."""
    return judged(members(journal, of, where, part=part).cross_join(present(journal)), of, journal.settings)


def judged(table: ir.Table, of: Target, settings: Settings) -> ir.Table:
    """COLUMNS, one row an obligation of the journeys that steps make.

    Args:
        table: the columns of `steps`, with `present`, the moment that counts as now for a journey.
        of: the target journey; which journeys it means is settled before.
        settings: the calendar of deadlines in business time.
    """
    quiet = ended(of.ended_after)
    if of.ends is not None:
        table = table.mutate(ends_now=table.step == of.ends)
    table = in_business_time(table, of.rules, settings)
    numbered = list(enumerate(of.rules))
    single = [(number, rule) for number, rule in numbered if rule.template in (*ONE_STEP, "not_coexistence")]
    double = [(number, rule) for number, rule in numbered if (number, rule) not in single]
    parts = [whole(table, single, quiet)] if single else []
    parts += [related(table, double, quiet)] if double else []
    # Stores differ in how finely they type a moment.
    first, *rest = (part.select(**{name: part[name].cast(type_) for name, type_ in COLUMNS.items()}) for part in parts)
    return first.union(*rest) if rest else first


def in_business_time(table: ir.Table, rules: tuple[Rule, ...], settings: Settings) -> ir.Table:
    """The steps with a column for each deadline in business time: when it would be, counted from the step."""
    lengths = {due_column(rule): rule.business for rule in rules if rule.business}
    if not lengths:
        return table
    calendar, zone = settings.calendar, settings.company.timezone
    found = worked(table, calendar, zone)
    for name, (number, in_days) in lengths.items():
        found = due(found, number * day_length(calendar) if in_days else number, str(name), calendar, zone)
    return found


def present(journal: Journal) -> ir.Table:
    """One row with the moment that counts as now: the journal's own, or the latest at which anything became known."""
    import ibis  # noqa: PLC0415 -- slow import

    # Whose an event is plays no part in when it became known.
    latest = journal.known.agg(present=journal.known.known_at.max())
    if journal.at is None:
        return latest
    return latest.select(present=ibis.literal(journal.at).cast("timestamp('UTC')"))


def ended(after: str) -> timedelta:
    """After how long without an event a journey has ended.

    Raises:
        ArgumentError: not a length of time.
    """
    try:
        return span(after)
    except ValueError as error:
        raise ArgumentError(f"--ended-after: {error}") from None


def accepted(found: ir.Table, of: Target) -> Any:
    """Whether a violation is on the target journey's list of accepted ones."""
    import ibis  # noqa: PLC0415 -- slow import

    listed: Any = ibis.literal(value=False)
    for one in of.accepted:
        number = next(number for number, rule in enumerate(of.rules) if str(rule) == str(one.rule))
        meant = (found.number == number) & (found.state == "violated")
        if one.deviation is not None:
            meant &= found.deviation == one.deviation
        if one.journeys:
            meant &= found.journey.isin(one.journeys)
        listed |= meant
    return listed


def named(number: Any, rules: tuple[Rule, ...]) -> Any:
    """The rule as it is written, from its position."""
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.cases(*((number == position, str(rule)) for position, rule in enumerate(rules)))
