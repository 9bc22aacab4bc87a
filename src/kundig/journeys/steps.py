"""A customer's events as steps of a journey, each with the one that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kundig.errors import ArgumentError
from kundig.journal import split
from kundig.journeys.sessions import sessions

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Unit = Literal["customer", "case"]
"""What one journey is: all that a customer lives through, or one order, ticket or application."""

Stretch = Literal["customer", "case", "session"]
"""A unit, or a stretch of a customer's life without a long pause."""

Level = Literal["touchpoint", "stage", "department", "kind"]
"""What one step is named by."""

CATALOGUED = ("stage", "department")
"""Levels that the catalogue knows, and not the event itself."""


def steps(journal: Journal, unit: Unit, level: Level, of: ir.Table | None = None) -> ir.Table:
    """One row an event: `journey`, `customer_id`, `event_id`, `occurred_at`, `local_at`, `step`; events without journey or step are left out; of all events, or of those given."""
    # The catalogue is joined only where a step is named by it.
    events = of if of is not None else journal.events if level in CATALOGUED else journal.known
    journey = events.customer_id if unit == "customer" else events.case_id
    named = events.select("customer_id", "event_id", "occurred_at", "local_at", journey=journey, step=events[level])
    kept = named.filter(named.journey.notnull() & named.step.notnull())
    return kept.filter(kept.customer_id.notnull()) if unit == "customer" else kept


def chosen(journal: Journal, unit: Stretch, level: Level, pause: str, where: str | None) -> ir.Table:
    """As `steps`, of the customers or events that `where` names; a session is a stretch of a customer's steps without a longer pause.

    Raises:
        ArgumentError: `pause` is no length of time, or `where` names what there is not.
    """
    of = None if where is None else _events_where(journal, where)
    if unit != "session":
        return steps(journal, unit, level, of)
    held = sessions(steps(journal, "customer", level, of), ["customer_id"], pause)
    return held.mutate(journey=held.customer_id + "#" + held.session.cast("string")).drop("session")


def _events_where(journal: Journal, where: str) -> ir.Table:
    """The events for which every `attribute=value` in `where` holds."""
    events = journal.events
    for part in where.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value):
            raise ArgumentError(f"--where expects attributes with their values and commas between them, such as 'segment=gold, channel=web', found {where!r}")
        events, found = split(journal, events, name)
        events = events.filter(found == value).select(journal.events.columns)
    return events


def surely(condition: ir.BooleanValue) -> ir.BooleanValue:
    """The condition, where what is unknown does not hold."""
    return condition.fill_null(False)  # noqa: FBT003 -- Ibis takes the value by position
