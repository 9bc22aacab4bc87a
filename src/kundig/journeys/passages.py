"""Passages: where a journey goes from one department to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.steps import PAUSE, Stretch, steps
from kundig.journeys.waiting import in_working_time

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

UNKNOWN = ""
"""The department of a touchpoint for which the catalogue names none."""


def passages(journal: Journal, unit: Stretch, where: str | None = None, by: str | None = None, pause: str = PAUSE) -> ir.Table:
    """One row a passage: `source`, `target`, `journey`, `customer_id`, `occurred_at` when the target took over, `seconds` and `working` waited, `then`.

    A passage to or from an unknown department is one as well. `then` is the department to which the journey went on next, null
    so far; `then_seconds` how long after the source had left off. `group` is the value of `by`, null without it.
    """
    import ibis  # noqa: PLC0415 -- slow import

    named = in_working_time(steps(journal, unit, "department", where=where, by=by, unnamed=UNKNOWN, pause=pause).rename(target="step"), journal.settings)
    in_order = ibis.window(group_by="journey", order_by=["occurred_at", "target", "event_id"])
    second = named.occurred_at.epoch_seconds()
    paired = named.mutate(
        source=named.target.lag().over(in_order),
        left=second.lag().over(in_order),
        came=second,
        working=named.worked - named.worked.lag().over(in_order),
    )
    passed = paired.filter(paired.source.notnull() & ((paired.source != paired.target) | (paired.target == UNKNOWN)))
    onward = passed.mutate(then=passed.target.lead().over(in_order), then_came=passed.came.lead().over(in_order))
    if by is None:
        onward = onward.mutate(group=ibis.null("string"))
    return onward.mutate(seconds=(onward.came - onward.left).cast("float64"), then_seconds=(onward.then_came - onward.left).cast("float64"))
