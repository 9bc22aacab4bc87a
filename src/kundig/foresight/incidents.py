"""Incidents: what happened to customers, of any kind, for the question of what goes before leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.foresight.contracts import KINDS as CONTRACT_KINDS
from kundig.foresight.snapshots import DAY, present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

SLOW_DAYS = 10
FIRST_DAYS = 14
REPEATED_DAYS = 180


def incidents(journal: Journal) -> ir.Table:
    """One row for each thing that happened to a customer: `customer_id`, `incident`, `happened_at`.

    Each kind of event is an incident, `failed` and the like by their outcome, price changes by `properties.change`
    of the contract or its outcome. Besides: `case handed around` (the second handover of a case), `repeated KIND` (the
    second credit or complaint within 180 days), `slow milestone` (more than 10 days from the first step to the last),
    `no use in the first 14 days`, at the day it became so, and `low score`.
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    events = events.filter(events.customer_id.notnull())
    plain = events.filter(~events.kind.isin((*CONTRACT_KINDS, "exit_interview", "entry_interview", "usage")))
    failed = plain.outcome.isin(("failed", "lost"))
    named = plain.select("customer_id", "event_id", incident=ibis.ifelse(failed.fill_null(False), plain.kind + " " + plain.outcome, plain.kind), happened_at="occurred_at", amount="amount")  # noqa: FBT003 -- Ibis takes the value by position
    parts = [named.select("customer_id", "incident", "happened_at")]
    terms = events.filter((events.kind == "contract") & ~events.outcome.isin(("started", "ended")))
    parts.append(terms.select("customer_id", incident=ibis.literal("contract: ") + ibis.coalesce(terms.properties.get("change", None), terms.outcome, "changed"), happened_at="occurred_at"))
    in_order = ibis.window(group_by=["customer_id", "case_id"], order_by=["occurred_at", "event_id"])
    handed = events.filter((events.kind == "case_handover") & events.case_id.notnull())
    handed = handed.select("customer_id", happened_at="occurred_at", place=ibis.row_number().over(in_order))
    parts.append(handed.filter(handed.place == 1).select("customer_id", incident=ibis.literal("case handed around"), happened_at="happened_at"))
    credits_ = named.filter((named.amount < 0) | (named.incident == "complaint"))
    again = ibis.window(group_by=["customer_id", "incident"], order_by=["happened_at", "event_id"])
    second = credits_.select("customer_id", "incident", "happened_at", before=credits_.happened_at.lag().over(again))
    close = second.happened_at.epoch_seconds() - second.before.epoch_seconds() <= REPEATED_DAYS * DAY
    parts.append(second.filter(close).select("customer_id", incident=ibis.literal("repeated ") + second.incident, happened_at="happened_at"))
    steps = events.filter((events.kind == "milestone") & events.case_id.notnull())
    whole = steps.group_by(["customer_id", "case_id", "touchpoint"]).agg(first=steps.occurred_at.min(), happened_at=steps.occurred_at.max())
    slow = whole.happened_at.epoch_seconds() - whole["first"].epoch_seconds() > SLOW_DAYS * DAY
    parts.append(whole.filter(slow).select("customer_id", incident=ibis.literal("slow ") + whole.touchpoint.fill_null("milestone"), happened_at="happened_at"))
    parts.append(_unused(journal, events))
    scored = events.filter(((events.metric == "nps") & (events.score <= 6)) | (events.metric.isin(("csat", "stars")) & (events.score <= 2)) | ((events.metric == "ces") & (events.score <= 3)))  # noqa: PLR2004 -- detractors, and the lower part of the other scales
    parts.append(scored.select("customer_id", incident=ibis.literal("low ") + scored.metric, happened_at="occurred_at"))
    return ibis.union(*(part.cast({"happened_at": "timestamp('UTC')"}) for part in parts))


def contacts(journal: Journal) -> ir.Table:
    """What happened to people before they came: each kind of event, and each kind at each touchpoint where it has one.

    What they are known by does not count, since all have it: nothing at the moment at which somebody was first known.
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events.filter(journal.events.customer_id.notnull())
    events = events.mutate(first_known=events.occurred_at.min().over(ibis.window(group_by="customer_id")))
    plain = events.filter((events.occurred_at > events.first_known) & ~events.kind.isin((*CONTRACT_KINDS, "order", "payment", "invoice", "delivery", "usage", "milestone", "feedback", "exit_interview", "entry_interview")))
    failed = plain.outcome.isin(("failed", "lost")).fill_null(False)  # noqa: FBT003 -- Ibis takes the value by position
    what = ibis.ifelse(failed, plain.kind + " " + plain.outcome, plain.kind)
    there = plain.select("customer_id", incident=ibis.ifelse(plain.touchpoint.notnull(), what + " at " + plain.touchpoint, what), happened_at="occurred_at")
    return there.cast({"happened_at": "timestamp('UTC')"})


def _unused(journal: Journal, events: ir.Table) -> ir.Table:
    """Who began a contract while use was recorded, and used nothing in the first fourteen days after the day on which it could."""
    import ibis  # noqa: PLC0415 -- slow import

    uses = events.filter(events.kind == "usage").select("customer_id", used_at="occurred_at")
    records = uses.agg(since=uses.used_at.min())
    starts = events.filter((events.kind == "contract") & (events.outcome == "started"))
    begun = starts.group_by("customer_id").agg(started=starts.occurred_at.min()).cross_join(records).cross_join(present(journal))
    due = begun.mutate(happened_at=begun.started + ibis.interval(days=FIRST_DAYS))
    due = due.filter((due.started >= due.since) & (due.happened_at <= due.present))
    used = due.inner_join(uses, "customer_id")
    used = used.filter((used.used_at >= used.started) & (used.used_at <= used.happened_at)).select("customer_id").distinct()
    silent = due.anti_join(used, "customer_id")
    return silent.select("customer_id", incident=ibis.literal("no use in the first 14 days"), happened_at="happened_at")
