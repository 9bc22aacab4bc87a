"""The file of one customer: everything that happened, across all silos, and what each says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.identity import identified

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

SHOWN = ("event_id", "occurred_at", "known_at", "source", "subject", "kind", "touchpoint", "stage", "department", "channel", "case_id", "outcome", "metric", "score", "text", "language", "amount", "currency", "quantity", "product")


def timeline(journal: Journal, customer_id: str) -> ir.Table:
    """All events of a customer, the newest first.

    >>> from kundig.journal import told
    >>> journal = told([("ada", "shop", "2026-03-01"), ("ben", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02")])
    >>> timeline(journal, "ada").select("touchpoint").to_pyarrow().to_pylist()
    [{'touchpoint': 'pay'}, {'touchpoint': 'shop'}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    return events.filter(events.customer_id == customer_id).select(*SHOWN).order_by(ibis.desc("occurred_at"), "event_id")


def said_of(journal: Journal, customer_id: str) -> ir.Table:
    """What is held to be true of a customer: one row, or none if nothing is said."""
    who = journal.customers
    return who.filter(who.customer_id == customer_id)


def traits_of(journal: Journal, customer_id: str) -> ir.Table:
    """What each source says of a customer, the newest first."""
    import ibis  # noqa: PLC0415 -- slow import

    known = journal.traits if journal.at is None else journal.traits.filter(journal.traits.known_at <= journal.at)
    said = identified(known, journal.identities, journal.at)
    return said.filter(said.customer_id == customer_id).order_by(ibis.desc("known_at"), "source", "subject")
