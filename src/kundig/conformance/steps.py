"""A customer's events as steps of a journey, each with the one that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kundig.conformance.sessions import sessions
from kundig.errors import ArgumentError
from kundig.journal import split

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Unit = Literal["customer", "case"]
"""What one journey is: all that a customer lives through, or one order, ticket or application."""

Stretch = Literal["customer", "case", "session"]
"""A unit, or a stretch of a customer's life without a long pause."""

Level = Literal["touchpoint", "stage", "department", "kind"]
"""What one step is named by."""

PAUSE = "1 day"

CATALOGUED = ("stage", "department")
"""Levels that the catalogue knows, and not the event itself."""


def steps(  # noqa: PLR0913 -- what can be asked of journeys
    journal: Journal,
    unit: Stretch,
    level: Level,
    *,
    where: str | None = None,
    by: str | None = None,
    unnamed: str | None = None,
    pause: str = PAUSE,
    beside: tuple[str, ...] = (),
) -> ir.Table:
    """One row an event: `journey`, `customer_id`, `event_id`, `occurred_at`, `local_at`, `step`; events without journey or step are left out.

    A journey has the attributes of its first event that has any.

    Args:
        where: only journeys with these attributes, whole.
        by: an attribute; adds it as `group`.
        unnamed: the step of events without one, which are then not left out.
        pause: how long a pause a session may have.
        beside: the event's own attributes that are to stand beside it.

    Raises:
        ArgumentError: `where` or `by` names what there is not, or `pause` is no length of time.
    """
    wanted = _wanted(where)
    attributes = {f"part_{number}": name for number, (name, _) in enumerate(wanted)} | ({"group": by} if by is not None else {}) | {name: name for name in beside}
    found = _valued(journal, "case" if unit == "case" else "customer", level, None, attributes, unnamed)
    if unit == "session":
        found = _cut(found, pause)
    for number, (_, value) in enumerate(wanted):
        name = f"part_{number}"
        found = of_first(found, name).filter(lambda table, name=name, value=value: table[name] == value).drop(name)
    return of_first(found, "group") if by is not None else found


def chosen(journal: Journal, unit: Stretch, level: Level, pause: str, where: str | None, by: str | None = None) -> ir.Table:  # noqa: PLR0913 -- what can be asked of journeys
    """As `steps`, but of the events that `where` names; a session is a stretch of a customer's steps without a longer pause.

    Raises:
        ArgumentError: `pause` is no length of time, or `where` or `by` names what there is not.
    """
    found = _valued(journal, "case" if unit == "case" else "customer", level, where, {} if by is None else {"group": by})
    if unit == "session":
        found = _cut(found, pause)
    return found if by is None else of_first(found, "group")


def _cut(found: ir.Table, pause: str) -> ir.Table:
    """The steps of customers, with each session as a journey."""
    held = sessions(found, ["customer_id"], pause)
    return held.mutate(journey=held.customer_id + "#" + held.session.cast("string")).drop("session")


def only(journal: Journal, events: ir.Table, where: str | None) -> ir.Table:
    """The events that have the attributes that `where` names; all without it.

    Raises:
        ArgumentError: `where` names what there is not.
    """
    for name, value in _wanted(where):
        events = _with(journal, events, {"wanted": name}).filter(lambda table, value=value: table.wanted == value).drop("wanted")
    return events


def _valued(journal: Journal, unit: Unit, level: Level, where: str | None, attributes: dict[str, str], unnamed: str | None = None) -> ir.Table:  # noqa: PLR0913 -- what can be asked of journeys
    """The columns of `steps`, and each event's own attributes by the names they are to have."""
    # The catalogue is joined only where something is named by it.
    events = journal.events if level in CATALOGUED or where is not None or attributes else journal.known
    events = _with(journal, only(journal, events, where), attributes)
    journey = events.customer_id if unit == "customer" else events.case_id
    named = events.select("customer_id", "event_id", "occurred_at", "local_at", *attributes, journey=journey, step=events[level] if unnamed is None else events[level].fill_null(unnamed))
    kept = named.filter(named.journey.notnull() & named.step.notnull())
    return kept.filter(kept.customer_id.notnull()) if unit == "customer" else kept


def _with(journal: Journal, events: ir.Table, attributes: dict[str, str]) -> ir.Table:
    for column, name in attributes.items():
        columns = events.columns
        parted, value = split(journal, events, name)
        events = parted.mutate(**{column: value}).select(*(name for name in columns if name != column), column)
    return events


def of_first(valued: ir.Table, name: str) -> ir.Table:
    """The steps with the attribute `name` of the first event of the journey that has one; null where none has."""
    import ibis  # noqa: PLC0415 -- slow import

    known = ibis.struct({"at": valued.occurred_at, "event_id": valued.event_id, "value": valued[name]}).min(where=valued[name].notnull())
    return valued.mutate(**{name: known.over(ibis.window(group_by="journey"))["value"]})


def _wanted(where: str | None) -> list[tuple[str, str]]:
    """The attributes that a text names, each with its value."""
    found = []
    for part in where.split(",") if where is not None else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value):
            raise ArgumentError(f"--where expects attributes with their values and commas between them, such as 'segment=gold, channel=web', found {where!r}")
        found.append((name, value))
    return found


def surely(condition: ir.BooleanValue) -> ir.BooleanValue:
    """The condition, where what is unknown does not hold."""
    return condition.fill_null(False)  # noqa: FBT003 -- Ibis takes the value by position
