"""Who was in which programme, since when; and what became of them within a time after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.money import at_home
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

PAID = ("invoice", "order")
"""Kinds whose amounts are what customers spend; invoices correct themselves by negative amounts."""
CORRECTED = "invoice_correction"
SETTLED = "payment"
"""Kind that says what was spent where no invoice and no order has an amount; beside those it would count the same money twice."""


def entries(journal: Journal) -> ir.Table:
    """One row a customer and campaign: the first event whose property `campaign` names it, and the `group` it says.

    Columns:
        programme, customer_id, group, entered
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    said = events.mutate(programme=events.properties.get("campaign", None), group=events.properties.get("group", None))
    said = said.filter(said.programme.notnull() & said.customer_id.notnull())
    first = ibis.struct({"at": said.local_at, "group": said.group.fill_null("")})
    found = said.group_by(["programme", "customer_id"]).agg(first=first.min())
    return found.select("programme", "customer_id", entered=found.first["at"], group=found.first["group"].nullif(""))


def losses(journal: Journal) -> ir.Table:
    """When each customer was lost, each time: by notice, or by the end of a contract.

    Columns:
        lost_id, lost_at
    """
    events = journal.events
    gone = events.filter(((events.kind == "cancellation") | ((events.kind == "contract") & (events.outcome == "ended"))) & events.customer_id.notnull())
    return gone.select(lost_id="customer_id", lost_at="local_at")


def spent(journal: Journal) -> ir.Table:
    """What customers spent, each time.

    Columns:
        spent_id, spent_at, spent
    """
    events = journal.known
    rows = events.select("kind", spent_id="customer_id", spent_at="local_at", spent=at_home(journal, events))
    rows = rows.filter(rows.kind.isin([*PAID, CORRECTED, SETTLED]) & rows.spent_id.notnull() & rows.spent.notnull())
    billed = rows.agg(billed=(rows.kind != SETTLED).cast("int64").sum())
    either = rows.cross_join(billed)
    return either.filter((either.kind != SETTLED) | (either.billed.fill_null(0) == 0)).select("spent_id", "spent_at", "spent")


def followed(journal: Journal, entered: ir.Table, days: int) -> ir.Table:
    """The entries with what came of them.

    Columns:
        those of `entered`
        over: whether the time after the entry is over
        before: whether the customer was lost before; such a one is not in the trial
        kept: 1.0 if not lost within the time, else 0.0
        earned, earlier: what it spent in the time after and before the entry
    """
    import ibis  # noqa: PLC0415 -- slow import

    span = ibis.interval(days=days)
    rows = entered.mutate(until=entered.entered + span, since=entered.entered - span)
    gone = losses(journal)
    lost = rows.inner_join(gone, rows.customer_id == gone.lost_id)
    lost = lost.group_by(["programme", "customer_id"]).agg(
        early=(lost.lost_at < lost.entered).any(), late=((lost.lost_at >= lost.entered) & (lost.lost_at < lost.until)).any()
    )
    paid = spent(journal)
    sums = rows.inner_join(paid, rows.customer_id == paid.spent_id)
    sums = sums.group_by(["programme", "customer_id"]).agg(
        earned=sums.spent.sum(where=(sums.spent_at >= sums.entered) & (sums.spent_at < sums.until)),
        earlier=sums.spent.sum(where=(sums.spent_at < sums.entered) & (sums.spent_at >= sums.since)),
    )  # fmt: skip
    whole = rows.left_join(lost, ["programme", "customer_id"]).drop("programme_right", "customer_id_right")
    whole = whole.left_join(sums, ["programme", "customer_id"]).drop("programme_right", "customer_id_right").cross_join(present(journal))
    return whole.select(
        *entered.columns, over=whole.until <= whole.present, before=whole.early.fill_null(False),  # noqa: FBT003 -- Ibis' own
        kept=1.0 - whole.late.fill_null(False).cast("float64"),  # noqa: FBT003 -- Ibis takes the value by position
        earned=whole.earned.cast("float64").fill_null(0.0), earlier=whole.earlier.cast("float64").fill_null(0.0),
    )  # fmt: skip


def summed(rows: ir.Table, keys: list[str], y: str, x: str) -> ir.Table:
    """The sums that a difference of means is computed from, with those of `earned` beside."""
    a, b = rows[y], rows[x]
    return rows.group_by(keys).agg(
        n=rows.count(), y=a.sum(), yy=(a * a).sum(), x=b.sum(), xx=(b * b).sum(), xy=(a * b).sum(),
        e=rows.earned.sum(), ee=(rows.earned * rows.earned).sum(), ex=(rows.earned * b).sum(),
    )  # fmt: skip
