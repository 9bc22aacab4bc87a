"""Broken rules of the target journeys, as each snapshot knew of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.conformance.obligations import accepted, judged
from kundig.conformance.steps import CATALOGUED
from kundig.foresight.snapshots import DAY, moment, own, present, seen

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.foresight.snapshots import Which
    from kundig.journal import Journal
    from kundig.settings.journeys import Target

_PARTED = "|"


def violations(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table | None:
    """One row for each customer and snapshot with any: how many rules were broken in cases by then; None where no target journey is one of cases.

    Each snapshot is a world of its own: what came late has not come there yet.
    """
    named = [of for of in journal.settings.journeys.values() if of.unit == "case"]
    if not named:
        return None
    everybody = snapshots if isinstance(snapshots, int) else snapshots.everybody
    events = seen(journal, everybody, every, lambda versions: versions.filter(versions.case_id.notnull()), anybody=True)
    if everybody != snapshots:
        # A case is judged whole, whoever of its customers is looked at.
        events = events.semi_join(own(events, snapshots).select("snapshot", "case_id").distinct(), ["snapshot", "case_id"])
    events = events.mutate(journey=events.snapshot.cast("string") + _PARTED + events.case_id, present=moment(events, snapshots, every))
    first, *rest = (_broken(journal, events, of) for of in named)
    broken = (first.union(*rest) if rest else first).cross_join(present(journal))
    age = moment(broken, snapshots, every).epoch_seconds() - broken.violated_at.epoch_seconds()
    recent = own(broken.mutate(age=age).filter(age < 365 * DAY), snapshots)
    return recent.group_by(["customer_id", "snapshot"]).agg(violations_90d=recent.count(where=recent.age < 90 * DAY), violations_365d=recent.count())


def _broken(journal: Journal, events: ir.Table, of: Target) -> ir.Table:
    """Violations that nobody lets be: `customer_id`, `snapshot`, `violated_at`."""
    events = events.left_join(journal.touchpoints.select("touchpoint", step=of.level), "touchpoint") if of.level in CATALOGUED else events.mutate(step=events[of.level])
    steps = events.filter(events.step.notnull()).select("journey", "customer_id", "event_id", "occurred_at", "local_at", "step", "present")
    if of.starts is not None:
        steps = steps.semi_join(steps.filter(steps.step == of.starts).select("journey"), "journey")
    found = judged(steps, of, journal.settings)
    first = found.journey.find(_PARTED)
    told = found.mutate(snapshot=found.journey.substr(0, first).cast("int64"), journey=found.journey.substr(first + 1))
    return told.filter((told.state == "violated") & told.customer_id.notnull() & ~accepted(told, of)).select("customer_id", "snapshot", "violated_at")
