"""Promises beside passages: what had been promised when a journey changed hands, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.obligations import present
from kundig.conformance.steps import Stretch, surely
from kundig.promises import promises

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

KEYS = ("group", "source", "target")


def promises_beside(journal: Journal, passed: ir.Table, unit: Stretch) -> ir.Table:
    """One row a `group`, `source` and `target`: `promised`, passages with a promise that was open then and is settled by now, and `missed`, those of them with one that was not kept.

    A promise is open at a passage if it had been made by then, and what was promised had not come. It is settled when that comes or
    when its time is over; one that was called off is none.
    """
    import ibis  # noqa: PLC0415 -- slow import

    made = promises(journal).filter(lambda table: table.called_off_at.isnull()).cross_join(present(journal))
    # Promises keep the company's clock; what is to come until now is asked by the same.
    now = made.present.epoch_seconds().cast("int64")
    missed = surely(made.came_at > made.due_at) | (made.came_at.isnull() & (made.due_at < now))
    settled = made.mutate(missed=missed.cast("int64"), settled=(made.came_at.notnull() | missed))
    key = "case_id" if unit == "case" else "customer_id"
    due = settled.filter(settled.settled & settled[key].notnull()).select("made_at", "came_at", "missed", of=key)
    here = passed.select(*KEYS, "journey", "event_id", whose=passed.journey if unit == "case" else passed.customer_id, second=passed.local_at.epoch_seconds().cast("int64"))
    open_then = here.join(due, [here.whose == due.of, due.made_at <= here.second, due.came_at.isnull() | (due.came_at >= here.second)])
    each = open_then.group_by([*KEYS, "journey", "event_id"]).agg(missed=open_then.missed.max())
    return each.group_by(list(KEYS)).agg(promised=ibis._.count(), missed=each.missed.sum())
