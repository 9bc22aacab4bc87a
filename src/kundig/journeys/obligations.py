"""What the rules of a target journey ask of each journey, and what became of it.

One row an obligation: a rule, the journey, and the event that activated the rule. It is fulfilled or violated once no
later event can change that, and pending until then. Events at the same instant have no order: they get the benefit of
the doubt.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.errors import ArgumentError
from kundig.journeys.relations import related
from kundig.journeys.steps import Level, Unit, steps
from kundig.journeys.target import ONE_STEP, Rule, target
from kundig.journeys.wholes import whole
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

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


def obligations(journal: Journal, rules: tuple[Rule, ...], unit: Unit, level: Level, ended_after: str) -> ir.Table:
    """COLUMNS, one row an obligation; `number` is the rule's position.

    Raises:
        ArgumentError: `ended_after` is no length of time.
    """
    quiet = ended(ended_after)
    table = steps(journal, unit, level).cross_join(present(journal))
    numbered = list(enumerate(rules))
    parts = []
    single = [(number, rule) for number, rule in numbered if rule.template in (*ONE_STEP, "not_coexistence")]
    double = [(number, rule) for number, rule in numbered if (number, rule) not in single]
    if single:
        parts += whole(table, single, quiet)
    if double:
        parts += related(table, double, quiet)
    # Stores differ in how finely they type a moment.
    first, *rest = (part.cast(COLUMNS) for part in parts)
    return first.union(*rest) if rest else first


def present(journal: Journal) -> ir.Table:
    """One row with the moment that counts as now: the journal's own, or the latest at which anything became known."""
    import ibis  # noqa: PLC0415 -- slow import

    latest = journal.events.agg(present=journal.events.known_at.max())
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


def parsed(rules: str) -> tuple[Rule, ...]:
    """The rules of a target journey in words."""
    return target(rules).rules
