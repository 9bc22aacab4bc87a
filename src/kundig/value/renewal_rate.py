"""The renewal rate: what became of contracts that fell due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.journal import split
from kundig.least import least
from kundig.statistics import wilson, z_value
from kundig.statistics.ratios import effective
from kundig.value.contracts import first_day, number, periods, watched
from kundig.value.money import MONEY
from kundig.value.movements import Every
from kundig.value.terms import dues

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def renewal_rate(journal: Journal, *, every: Every = "quarter", by: str | None = None, floor: int = 10, confidence: float = 0.95) -> ir.Table:
    """Of the contracts that fell due, how many were renewed?

    Another figure than retention: its base are contracts whose term ended in the period, not all customers. A contract that
    runs `contracts.grace_days` before its due day counts as due, and as renewed if it still runs so many days after it. Due
    days whose grace is not over are left out. Periods before that of the first end on record, or before `contracts.ends_since`, have no figure: whoever left
    before is not in the data, so that all seem to have renewed. Without a term (`contracts.term`, `contracts.term_months`) nothing falls due.
    The interval of the share of contracts is Wilson's, that of the amount Wilson's for as many equal contracts as tell as much.

    Args:
        every: the length of a period, on the company's clock, by the due day.
        by: product, or a dimension of the customer such as segment or city.
        floor: with fewer contracts due than this there is no figure.
        confidence: of the intervals.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        period: its first day
        state: `ok`, `too few contracts`, or `before ends were recorded`
        n: contracts that fell due
        renewed: of these, running after it
        rate: `renewed` as a share of `n`
        low: lower end of its interval
        high: upper end of its interval
        amount: per month of the contracts that fell due
        amount_renewed: per month afterwards of those renewed, each counted up to what it was
        amount_rate: as a share of `amount`
        amount_low: lower end of its interval
        amount_high: upper end of its interval

    Order:
        by period, then by group, null last

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to,
        contracts.ends_since, contracts.term, contracts.term_months, contracts.grace_days

    Empty:
        No contract fell due. A term is the property that `contracts.term` names, or else `contracts.term_months` in kundig.yaml.

    Example:
        >>> from kundig.journal import told
        >>> lives = [("ada", "2025-01-01", None), ("ben", "2025-01-15", "2026-01-15")]
        >>> events = [{"subject": s, "kind": "contract", "occurred_at": at, "outcome": o, "amount": 20, "properties": {"term_months": "12"}} for s, a, b in lives for at, o in ((a, "started"), (b, "ended")) if at]
        >>> renewal_rate(told([*events, ("eve", "visit", "2026-03-31")]), floor=2).select("n", "renewed", "rate").execute().to_dict("records")
        [{'n': 2, 'renewed': 1, 'rate': 0.5}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    rows = _fell(journal, every, by)
    summed = rows.group_by(["group", "period"]).agg(
        n=rows.count(), renewed=rows.renewed.sum(), amount=rows.was.sum().cast(MONEY), amount_renewed=rows.kept.sum().cast(MONEY), alike=effective(rows.was)
    )
    summed = summed.cross_join(watched(journal, every))
    early = (summed.period < summed.watched).fill_null(False)  # noqa: FBT003 -- Ibis' own
    enough = (summed.n >= max(floor, 2)) & ~early
    n, none = summed.n.cast("float64"), ibis.null("float64")
    money = summed.amount_renewed.cast("float64") / summed.amount.cast("float64").nullif(0.0)
    low, high = wilson(summed.renewed, n, z)
    money_low, money_high = wilson(money * summed.alike, summed.alike, z)
    return summed.select(
        "group", "period", state=ibis.cases((early, "before ends were recorded"), (~enough, "too few contracts"), else_="ok"), n="n", renewed="renewed",
        rate=ibis.ifelse(enough, summed.renewed / n, none), low=ibis.ifelse(enough, low, none), high=ibis.ifelse(enough, high, none),
        amount="amount", amount_renewed="amount_renewed",
        amount_rate=ibis.ifelse(enough, money, none), amount_low=ibis.ifelse(enough, money_low, none), amount_high=ibis.ifelse(enough, money_high, none),
    ).order_by(ibis.asc("period"), ibis.asc("group", nulls_first=False))  # fmt: skip


def behind(journal: Journal, *, every: Every = "quarter", by: str | None = None) -> ir.Table:
    """Whose contracts fell due, and whose were renewed.

    Keys: group, period
    Counts: n, renewed
    """
    rows = _fell(journal, every, by)
    return rows.select("group", "period", "customer_id", "renewed", n=rows.renewed.notnull().cast("int64"))


def _fell(journal: Journal, every: Every, by: str | None) -> ir.Table:
    """One row a contract and due day: what it was per month, what was kept of it, and whether it was renewed."""
    import ibis  # noqa: PLC0415 -- slow import

    grace = ibis.interval(days=journal.settings.contracts.grace_days)
    due = dues(journal)
    due = due.mutate(before=due.due.cast("timestamp") - grace, after=due.due.cast("timestamp") + grace)
    due = due.filter(due.after <= due.present)
    runs = periods(journal).select("contract", "amount", "since", "until").rename(of="contract")
    pairs = due.inner_join(runs, due.contract == runs.of)
    here = (pairs.since <= pairs.before) & (pairs.until.isnull() | (pairs.until > pairs.before))
    there = (pairs.since <= pairs.after) & (pairs.until.isnull() | (pairs.until > pairs.after))
    fell = pairs.group_by(["contract", "customer_id", "product", "due"]).agg(was=pairs.amount.max(where=here), now=pairs.amount.max(where=there))
    fell = fell.filter(fell.was.notnull())
    if by is None:
        group = ibis.null("string")
    elif by == "product":
        group = fell["product"]
    else:
        fell, group = split(journal, fell, by)
    zero = ibis.literal(0).cast(MONEY)
    kept = ibis.ifelse(fell.now.isnull(), zero, ibis.least(fell.was, fell.now))
    return fell.select("customer_id", "was", group=group, period=first_day(number(fell.due.cast("timestamp"), every), every), renewed=fell.now.notnull().cast("int64"), kept=kept.cast(MONEY))
