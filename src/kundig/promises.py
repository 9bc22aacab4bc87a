"""Promises: what was to come by when, and whether it came. Silence is an event that did not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def promises(journal: Journal) -> ir.Table:
    """One row a promise: `promise`, `case_id`, `customer_id`, `made_at`, `due_at`, `came_at`, `called_off_at`; times in seconds on the
    company's clock.

    A promise is one of three:

    - An event with the properties `promise` (a touchpoint or a kind of events) and `promised` (a date or a time) says
      that the next such event of its case is to come by then. A date means its end.
    - An event with `promised` alone was itself promised for then.
    - The catalogue says that after the first event at a touchpoint another of some kind comes within a span of time.

    What belongs to no case belongs to its customer. `came_at` is null while it has not come, `called_off_at` while
    nothing in the case was cancelled.
    """
    events = _keyed(journal)
    open_ended = [_explicit(events), *_of_catalogue(journal, events)]
    made = open_ended[0] if len(open_ended) == 1 else open_ended[0].union(*open_ended[1:])
    return _kept(made, events).union(_self(events)).filter(lambda table: table.due_at.notnull())


def _keyed(journal: Journal) -> ir.Table:
    events = journal.events
    key = events.case_id.fill_null("")
    whole = events.mutate(
        key=(key != "").ifelse("case " + key, "customer " + events.customer_id),
        promised=_time(events.properties.get("promised", None)),
        promise=events.properties.get("promise", None),
    )
    known = whole.filter(whole.key.notnull())
    return known.select("event_id", "key", "case_id", "customer_id", "kind", "touchpoint", "outcome", "metric", "promise", "promised", at=known.local_at.epoch_seconds().cast("int64"))


def _time(text: ir.StringValue) -> Any:
    """A date as its last moment, a time as it stands, null if it is neither."""
    import ibis  # noqa: PLC0415 -- slow import

    stated = text.strip()
    moment = stated.try_cast("timestamp").epoch_seconds().cast("int64")
    return moment + ibis.ifelse(stated.length() <= len("2026-03-01"), 86_399, 0)


def _explicit(events: ir.Table) -> ir.Table:
    made = events.filter(events.promise.notnull() & events.promised.notnull())
    return made.select("key", "case_id", "customer_id", "promise", made_at="at", due_at="promised", by_id="event_id", awaited="promise", by_kind=False)


def _of_catalogue(journal: Journal, events: ir.Table) -> list[ir.Table]:
    """For each promise of the catalogue its beginnings: the first event there that is not what was promised, or else the first."""
    found = []
    for name, entry in sorted(journal.settings.touchpoints.items()):
        for promise in entry.promise:
            there = events.filter((events.touchpoint == name) & (events.kind != "feedback"))
            first = there.group_by("key").agg(other=there.at.min(where=there.kind != promise.kind), any_at=there.at.min(), case_id=there.case_id.max(), customer_id=there.customer_id.max())
            begun = first.mutate(made_at=first.other.coalesce(first.any_at))
            found.append(
                begun.select(
                    "key", "case_id", "customer_id", "made_at",
                    promise=_text(f"{name} → {promise.kind}"),
                    due_at=(begun.made_at + round(span(promise.within).total_seconds())).cast("int64"),
                    by_id=_text(""), awaited=_text(promise.kind), by_kind=_true(),
                ).select("key", "case_id", "customer_id", "promise", "made_at", "due_at", "by_id", "awaited", "by_kind")
            )  # fmt: skip
    return found


def _text(value: str) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.literal(value)


def _true() -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.literal(value=True)


_GIVEN = ("promise", "case_id", "customer_id", "made_at", "due_at")


def _kept(made: ir.Table, events: ir.Table) -> ir.Table:
    """What came after each promise: the first awaited event, and the first cancellation."""
    later = events.select(event_key="key", event_id="event_id", event_at="at", event_kind="kind", event_touchpoint="touchpoint")
    joined = made.left_join(later, (made.key == later.event_key) & (later.event_at >= made.made_at) & (later.event_id != made.by_id))
    # After a beginning that is told by the catalogue, the same moment is the beginning itself.
    came = (joined.event_kind == joined.awaited) & (joined.event_at > joined.made_at) | ~joined.by_kind & ((joined.event_touchpoint == joined.awaited) | (joined.event_kind == joined.awaited))
    off = (joined.event_kind == "cancellation") & (joined.awaited != "cancellation")
    grouped = joined.group_by(["key", "by_id", *_GIVEN]).agg(came_at=joined.event_at.min(where=came), called_off_at=joined.event_at.min(where=off))
    return grouped.select(*_GIVEN, "came_at", "called_off_at")


def _self(events: ir.Table) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    own = events.filter(events.promise.isnull() & events.promised.notnull())
    return own.select("case_id", "customer_id", promise=own.touchpoint, made_at=own.at, due_at=own.promised, came_at=own.at, called_off_at=ibis.null("int64")).select(*_GIVEN, "came_at", "called_off_at")
