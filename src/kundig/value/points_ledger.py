"""The points ledger, entry by entry, with what looks wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.money import MONEY
from kundig.value.points import ledger

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def points_ledger(journal: Journal) -> ir.Table:
    """Which loyalty points were earned, redeemed, reversed and expired, and what looks wrong?

    Every entry takes points from one account and gives them to another (`debit`, `credit`), so that all accounts together are always 0: the
    programme grants, the customer holds, and what is redeemed, reversed or expired goes back. Points are events of kind
    `points` with a `quantity`, and what the kinds under `points.earn` earn. The oldest are used first; those not used
    within `points.expire_months` expire. Faults: `overdrawn` where more went than was there, `twice for one case` where one case
    earned the same again, `too many in a day` beyond `points.most_a_day`.

    Columns:
        at: when, on the company's clock
        customer_id: whose
        n: 1, the entry
        entry: `earned`, `redeemed`, `reversed`, or `expired`
        points: with sign, as the customer sees it
        debit: the account that gives: `programme`, or `customer`
        credit: the account that gets
        balance: of the customer afterwards
        fault: what looks wrong; null where nothing does
        event_id: the event; for an expiry, that which earned the points
        case_id: its case

    Order:
        by customer, then by time, expiries first, then event_id

    Settings:
        company.currency, rates, points

    Empty:
        There is nothing to answer from: no event of kind `points` has a `quantity`, and `points.earn` in kundig.yaml settles nothing.

    Example:
        >>> from kundig.journal import told
        >>> moves = [("2026-01-05", 100.0), ("2026-02-05", -30.0)]
        >>> journal = told([{"subject": "ada", "kind": "points", "occurred_at": at, "quantity": points} for at, points in moves])
        >>> points_ledger(journal).select("entry", "debit", "credit", "balance").execute().astype(str).to_dict("records")
        [{'entry': 'earned', 'debit': 'programme', 'credit': 'customer', 'balance': '100.0000'}, {'entry': 'redeemed', 'debit': 'customer', 'credit': 'programme', 'balance': '70.0000'}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    rules = journal.settings.points
    rows = ledger(journal)
    gains = rows.points > 0
    again = ibis.row_number().over(ibis.window(group_by=[rows.customer_id, rows.case_id, rows.points, rows.entry], order_by=[rows.local_at, rows.event_id])) > 0
    zero = ibis.literal(0).cast(MONEY)
    a_day = ibis.ifelse(gains, rows.points, zero).sum().over(group_by=[rows.customer_id, rows.local_at.date()]).cast("float64")
    much = gains & (a_day > rules.most_a_day) if rules.most_a_day else ibis.literal(False)  # noqa: FBT003 -- Ibis' own
    fault = ibis.cases(((rows.balance < 0) & ~gains, "overdrawn"), (gains & rows.case_id.notnull() & again, "twice for one case"), (much, "too many in a day"), else_=ibis.null("string"))
    found = rows.mutate(
        at=rows.local_at, n=ibis.literal(1, "int64"), fault=fault, debit=ibis.ifelse(gains, "programme", "customer"), credit=ibis.ifelse(gains, "customer", "programme")
    )
    return found.order_by("customer_id", "at", "rank", "event_id").select("at", "customer_id", "n", "entry", "points", "debit", "credit", "balance", "fault", "event_id", "case_id")
