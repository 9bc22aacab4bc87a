"""The moment up to which something is known, on the company's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def present(journal: Journal) -> ir.Table:
    """One row with `present`: when the last event became known; null where there is no event.

    Not the moment that is asked for: where the sources end before it, what comes after their end is not known to be silence.
    The clock's distance from UTC is that of the event that became known last.
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    ahead = events.local_at.epoch_seconds() - events.occurred_at.epoch_seconds()
    last = ibis.struct({"known": events.known_at.epoch_seconds(), "ahead": ahead})
    newest = events.agg(last=last.max())
    return newest.select(present=(newest.last["known"] + newest.last["ahead"]).as_timestamp("s").cast("timestamp"))
