"""Renewals: the book of contracts that fall due, with what their customers last showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.errors import ArgumentError
from kundig.value.contracts import periods
from kundig.value.terms import dues

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

_OWN = ("contract", "invoice", "payment", "message_out", "letter", "campaign")
"""What the company does by itself: no sign of life of a customer."""


def renewals(journal: Journal, *, days: int = 90, since: int = 90) -> ir.Table:
    """Which contracts fall due soon, and how do their customers stand?

    Running contracts whose term ends within the next days, counted from the last that the journal knows. The owner is the
    event's property `owner`, else the owner of the contract's touchpoint. Signals are facts and no forecast: when the customer
    was last heard of, the last answer, complaints and cases, and whether notice was given.

    Args:
        days: how far to look ahead.
        since: how many days back complaints and opened cases are counted.

    Columns:
        due: the day on which the term ends
        days_left: days until then
        contract: which
        customer_id: whose
        n: 1, the contract
        product: for what
        amount: per month, in the company's currency
        owner: who answers for it; null where nobody is named
        notice: whether notice was given since the contract began
        last_seen: when the customer last did anything; what the company did by itself does not count
        last_metric: what the last answer measured
        last_score: the last answer
        complaints: complaints of the last days
        cases_opened: cases opened in the last days

    Order:
        by due, then amount from high to low, then contract

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to,
        contracts.term, contracts.term_months

    Empty:
        No contract falls due within `days`. A term is the property that `contracts.term` names, or else `contracts.term_months` in
        kundig.yaml.

    Example:
        >>> from kundig.journal import told
        >>> events = [{"subject": "ada", "kind": "contract", "occurred_at": "2025-05-01", "outcome": "started", "amount": 20, "properties": {"term_months": "12"}}]
        >>> renewals(told([*events, ("ada", "visit", "2026-03-31")])).select("due", "days_left", "customer_id").execute().astype(str).to_dict("records")
        [{'due': '2026-05-01', 'days_left': '31', 'customer_id': 'ada'}]

    Raises:
        ArgumentError: `days` or `since` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    if min(days, since) < 1:
        raise ArgumentError(f"--days and --since expect 1 or more, found {min(days, since)}")
    due = dues(journal)
    left = due.due.delta(due.present.date(), unit="day")
    coming = due.mutate(days_left=left).filter((left > 0) & (left <= days))
    runs = periods(journal)
    runs = runs.filter(runs.until.isnull())
    owner = runs.properties.get("owner", None)
    current = runs.group_by(of=runs.contract).agg(amount=runs.amount.max(), first_at=runs.first_at.min(), owner=owner.max())
    rows = coming.inner_join(current, [("contract", "of")])
    events = journal.events.filter(journal.events.customer_id.notnull())
    home = events.filter(events.kind == "contract").left_join(journal.touchpoints.select("touchpoint", named="owner"), "touchpoint")
    owners = home.group_by(owner_of=home.customer_id).agg(named=home.named.max())
    answer = ibis.struct({"at": events.local_at, "metric": events.metric, "score": events.score})
    recent = events.cross_join(due.agg(latest=due.present.max()))
    last = recent.local_at > recent.latest - ibis.interval(days=since)
    answered = events.metric.notnull() & events.score.notnull()
    counted = recent.group_by(recent_of=recent.customer_id).agg(
        complaints=((recent.kind == "complaint") & last).cast("int64").sum(), cases=((recent.kind == "case_opened") & last).cast("int64").sum()
    )
    signals = events.group_by(seen_of=events.customer_id).agg(
        last_seen=events.local_at.max(where=events.kind.notin(list(_OWN))), answer=answer.max(where=answered), noticed=events.local_at.max(where=events.kind == "cancellation")
    )
    joined = rows.left_join(owners, [("customer_id", "owner_of")]).left_join(signals, [("customer_id", "seen_of")]).left_join(counted, [("customer_id", "recent_of")])
    return joined.select(
        "due", "days_left", "contract", "customer_id", n=ibis.literal(1, "int64"), product="product", amount="amount", owner=ibis.coalesce(joined.owner, joined.named),
        notice=(joined.noticed >= joined.first_at).fill_null(False),  # noqa: FBT003 -- Ibis' own
        last_seen="last_seen", last_metric=joined.answer["metric"], last_score=joined.answer["score"],
        complaints=joined.complaints.fill_null(0), cases_opened=joined.cases.fill_null(0),
    ).order_by("due", ibis.desc("amount"), "contract")  # fmt: skip
