"""The journal of a few customers alone, held in memory: what hangs on their own events is asked of it many times quicker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from kundig.conformance.obligations import present
from kundig.playbooks.found import found

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def narrowed(journal: Journal, customers: Collection[str], *, tabled: bool = False) -> Journal:
    """All versions of the events of these customers and of their cases, and what is said of them; of others it holds pieces, which mean nothing.

    >>> from kundig.journal import told
    >>> journal = told([("ada", "shop", "2026-03-01"), ("ben", "shop", "2026-03-01")])
    >>> narrowed(journal, ["ada"]).known.customer_id.to_pyarrow().to_pylist()
    ['ada']

    Args:
        journal: the whole.
        customers: by id.
        tabled: put what is held into tables of the engine, under names that stay; of several such journals the last one holds.
    """
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    if journal.at is None:
        # Now is now for all: a part of the journal has an earlier newest event.
        [now] = found(present(journal), journal)["present"].to_pylist()
        journal = journal if now is None else journal.as_of(now)
    names = set(customers)
    if journal.identities is not None:
        # Whose a record was at any time: at which moment it counts is for the journal to say.
        linked = journal.identities
        names |= set(found(linked.semi_join(_column("customer_id", customers), "customer_id").select("subject"), journal)["subject"].to_pylist())
    theirs = _column("subject", names)
    history = found(journal.history.semi_join(theirs, "subject"), journal)
    cases = {case for case in history["case_id"].unique().to_pylist() if case is not None}
    if cases:
        of_cases = journal.history.semi_join(_column("case_id", cases), "case_id").anti_join(theirs, "subject")
        history = pa.concat_tables([history, found(of_cases, journal)])
    traits = found(journal.traits.semi_join(theirs, "subject"), journal)
    engine = journal.touchpoints.get_backend()
    if tabled and engine.name == "duckdb":
        for name, rows in (("history", history), ("traits", traits)):
            engine.con.register(f"{NEAR}{name}", rows)
        held = [engine.table(f"{NEAR}{name}") for name in ("history", "traits")]
        if journal.identities is not None:
            # Who is who at the journal's moment, so that the words need not name it.
            at, linked = journal.at, journal.identities.semi_join(theirs, "subject")
            holds = linked.filter((linked.since.isnull() | (linked.since <= at)) & (linked.until.isnull() | (linked.until > at))) if at is not None else linked.filter(linked.until.isnull())
            never = ibis.null("timestamp('UTC')")
            engine.con.register(f"{NEAR}identities", found(holds.mutate(since=never, until=never), journal))
            journal = replace(journal, identities=engine.table(f"{NEAR}identities"))
    else:
        held = [ibis.memtable(rows, schema=table.schema()) for rows, table in ((history, journal.history), (traits, journal.traits))]
    near_history, near_traits = held
    return replace(journal, history=near_history, traits=near_traits, entire=None)


NEAR = "near_"
"""How the names of such tables begin."""
PLAIN = f"{NEAR}plain_"
"""And where no event in them was ever corrected."""


def near(journal: Journal) -> bool:
    """Whether a journal is one of a few customers, in tables of the engine."""
    return str(getattr(journal.history.op(), "name", "")).startswith(NEAR)


def uncorrected(journal: Journal) -> bool:
    """Whether a journal is one of a few customers of whom nothing was ever corrected: most are, and much need not be asked of them."""
    return str(getattr(journal.history.op(), "name", "")).startswith(PLAIN)


def _column(name: str, values: Collection[str]) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return ibis.memtable(pa.table({name: pa.array(sorted(values), pa.string())}), schema=ibis.schema({name: "string"}))


def of(rows: ir.Table, customers: Collection[str]) -> ir.Table:
    """The rows of these customers."""
    return rows.semi_join(_column("customer_id", customers), "customer_id")
