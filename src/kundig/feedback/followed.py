"""Answers with what came after them: the customer's later score, leaving, and what was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def followed(journal: Journal, metric: str, later: str, after: int) -> ir.Table:
    """A row an answer: `event_id`, `who`, `customer_id`, `case_id`, `touchpoint`, `score`, `at` in seconds
    on the company's clock, `later_score`, `left`, `spend`.

    `left` is 1 or 0, `spend` what was paid within `after` seconds; both are null while that time is not over, for customers
    who had left before, and for nobody known. `later_score` is the mean of the customer's answers to `later` in that time.
    """
    import ibis  # noqa: PLC0415 -- slow import

    events, length = journal.events, ibis.interval(seconds=after)
    answers = events.filter((events.metric == metric) & events.score.notnull())
    base = answers.select("event_id", "customer_id", "case_id", "touchpoint", "score", "occurred_at", at=answers.local_at.epoch_seconds().cast("int64"), who=answers.customer_id.coalesce(ibis.literal("answer ") + answers.event_id))
    gone = leaving(events)
    scored = events.filter((events.metric == later) & events.score.notnull()).select(later_customer="customer_id", later_at="occurred_at", later_score="score")
    paid = payments(events).select(paid_customer="customer_id", paid_at="occurred_at", paid="amount")
    said = base.inner_join(scored, [base.customer_id == scored.later_customer, scored.later_at > base.occurred_at, scored.later_at <= base.occurred_at + length])
    spent = base.inner_join(paid, [base.customer_id == paid.paid_customer, paid.paid_at > base.occurred_at, paid.paid_at <= base.occurred_at + length])
    whole = (
        base.left_join(gone, base.customer_id == gone.gone_customer)
        .left_join(said.group_by(said_id="event_id").agg(later_score=said.later_score.mean()), [("event_id", "said_id")])
        .left_join(spent.group_by(spent_id="event_id").agg(spend=spent.paid.sum()), [("event_id", "spent_id")])
        .cross_join(_present(journal))
        .cross_join(paid.agg(any_paid=paid.count()))
    )
    over = whole.customer_id.notnull() & (whole.occurred_at + length <= whole.present) & (whole.gone_at.isnull() | (whole.gone_at > whole.occurred_at))
    nothing = ibis.null("float64")
    return whole.select(
        "event_id", "who", "customer_id", "case_id", "touchpoint", "score", "at", "later_score",
        left=ibis.ifelse(over, (whole.gone_at <= whole.occurred_at + length).fill_null(False).cast("float64"), nothing),  # noqa: FBT003 -- the value of a column
        spend=ibis.ifelse(over & (whole.any_paid > 0), whole.spend.fill_null(0.0), nothing),
    ).select("event_id", "who", "customer_id", "case_id", "touchpoint", "score", "at", "later_score", "left", "spend")  # fmt: skip


def leaving(events: ir.Table) -> ir.Table:
    """When each customer left first: gave notice, or a contract ended."""
    ends = events.filter((events.kind == "cancellation") | ((events.kind == "contract") & (events.outcome == "ended")))
    return ends.filter(ends.customer_id.notnull()).group_by(gone_customer="customer_id").agg(gone_at=ends.occurred_at.min())


def payments(events: ir.Table) -> ir.Table:
    """What was paid and did not fail, as a number that statistics go on with."""
    paid = events.filter((events.kind == "payment") & events.amount.notnull() & ((events.outcome != "failed") | events.outcome.isnull()))
    return paid.select("customer_id", "case_id", "occurred_at", amount=paid.amount.cast("float64"))


def _present(journal: Journal) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    latest = journal.events.agg(present=journal.events.known_at.max())
    return latest if journal.at is None else latest.select(present=ibis.literal(journal.at, type="timestamp('UTC')"))
