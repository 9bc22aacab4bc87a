"""Who was asked, who answered, and what is known of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.feedback.followed import leaving, payments

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

YEAR = 365 * 86_400
INVITATION = "invitation"


def asked(journal: Journal, metric: str, within: int, after: int) -> ir.Table:
    """A row an invitation, or a customer: `basis`, `answered`, `score`, `tenure`, `value`, `left`, `tenure_third`, `value_third`.

    Where events of the kind `invitation` with this metric are known, each is a row, once the seconds `within` are over or
    it was answered. A row for each customer who was there `after` before now stands beside them, answered if there was an answer
    in the year before that: it serves where no invitation is known.

    `tenure` is in days since the customer's first event or contract, `value` what was paid in the year before, `left` 1 or 0
    within `after`, or null while that is not over. Thirds are 0, 1 and 2; equal values lie in the same.
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events.filter(journal.events.customer_id.notnull())
    latest = events.agg(present=events.known_at.max())
    now = latest if journal.at is None else latest.select(present=ibis.literal(journal.at, type="timestamp('UTC')"))
    clock = now.select(now=now.present.epoch_seconds().cast("int64"))
    timed = events.mutate(at=events.occurred_at.epoch_seconds().cast("int64"))
    invited = timed.filter((timed.kind == INVITATION) & (timed.metric == metric)).select(row="event_id", customer_id="customer_id", at="at", basis=ibis.literal("invited"))
    first = timed.group_by("customer_id").agg(since=timed["at"].min())
    there = first.cross_join(clock)
    everybody = there.filter(there.since <= there.now - after).select(row=ibis.literal("customer ") + there.customer_id, customer_id="customer_id", at=(there.now - after).cast("int64"), basis=ibis.literal("all customers"))
    base = invited.union(everybody).cross_join(clock).left_join(first.select(first_customer="customer_id", since="since"), [("customer_id", "first_customer")])
    gone = leaving(journal.events)
    base = base.left_join(gone.select("gone_customer", gone_at=gone.gone_at.epoch_seconds().cast("int64")), [("customer_id", "gone_customer")])
    base = base.filter(base.gone_at.isnull() | (base.gone_at > base["at"]))
    answers = timed.filter((timed.metric == metric) & timed.score.notnull() & (timed.kind != INVITATION)).select(answer_customer="customer_id", answer_at="at", answer="score")
    said = base.inner_join(answers, [("customer_id", "answer_customer")])
    invited_then = (said.basis == "invited") & (said.answer_at >= said["at"]) & (said.answer_at <= said["at"] + within)
    in_the_year = (said.basis != "invited") & (said.answer_at <= said["at"]) & (said.answer_at > said["at"] - YEAR)
    taken = said.filter(invited_then | in_the_year)
    scored = taken.group_by(said_row="row").agg(score=taken.answer.mean())
    paid = payments(journal.events)
    paid = paid.select(paid_customer="customer_id", paid_at=paid.occurred_at.epoch_seconds().cast("int64"), amount="amount")
    spent = base.inner_join(paid, [("customer_id", "paid_customer")]).filter(lambda t: (t.paid_at <= t["at"]) & (t.paid_at > t["at"] - YEAR)).group_by(spent_row="row").agg(value=lambda t: t.amount.sum())
    whole = base.left_join(scored, [("row", "said_row")]).left_join(spent, [("row", "spent_row")])
    whole = whole.filter((whole.basis != "invited") | whole.score.notnull() | (whole["at"] + within <= whole.now))
    known = whole.select(
        "row",
        "customer_id",
        "basis",
        "score",
        answered=whole.score.notnull(),
        tenure=ibis.greatest(whole["at"] - whole.since, 0).cast("float64") / 86_400,
        value=whole.value.fill_null(0.0),
        left=ibis.ifelse(whole["at"] + after <= whole.now, (whole.gone_at <= whole["at"] + after).fill_null(False).cast("float64"), ibis.null("float64")),  # noqa: FBT003 -- the value of a column
    )
    return known.mutate(tenure_third=_third("tenure"), value_third=_third("value"))


def _third(column: str) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return (ibis.percent_rank().over(group_by="basis", order_by=column) * 3).floor().clip(upper=2.0).cast("int64")
