"""A customer's events as steps of a journey, each with the one that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Unit = Literal["customer", "case"]
"""What one journey is: all that a customer lives through, or one order, ticket or application."""

Level = Literal["touchpoint", "stage", "department", "kind"]
"""What one step is named by."""

CATALOGUED = ("stage", "department")
"""Levels that the catalogue knows, and not the event itself."""


def steps(journal: Journal, unit: Unit, level: Level) -> ir.Table:
    """One row an event: `journey`, `customer_id`, `event_id`, `occurred_at`, `local_at`, `step`; events without journey or step are left out."""
    # The catalogue is joined only where a step is named by it.
    events = journal.events if level in CATALOGUED else journal.known
    journey = events.customer_id if unit == "customer" else events.case_id
    named = events.select("customer_id", "event_id", "occurred_at", "local_at", journey=journey, step=events[level])
    kept = named.filter(named.journey.notnull() & named.step.notnull())
    return kept.filter(kept.customer_id.notnull()) if unit == "customer" else kept


def surely(condition: ir.BooleanValue) -> ir.BooleanValue:
    """The condition, where what is unknown does not hold."""
    return condition.fill_null(False)  # noqa: FBT003 -- Ibis takes the value by position
