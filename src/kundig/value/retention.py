"""Retention: what stays of those who were there, in customers and in money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.least import least
from kundig.statistics import z_value
from kundig.statistics.intervals import wilson
from kundig.statistics.ratios import effective, ratio
from kundig.value.contracts import watched
from kundig.value.money import MONEY
from kundig.value.movements import Every, movements

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

_FIGURES = (
    "logo_churn", "logo_churn_low", "logo_churn_high", "grr", "grr_low", "grr_high", "nrr", "nrr_low", "nrr_high",
    "revenue_churn", "revenue_churn_low", "revenue_churn_high",
)  # fmt: skip


def retention(journal: Journal, *, every: Every = "month", by: str | None = None, floor: int = 10, confidence: float = 0.95) -> ir.Table:
    """How many customers stay, and how much of what they paid?

    A closed cohort: customers with a running contract as the period begins. Logo churn is the share of them without one as
    the next period begins, with Wilson's interval. Gross revenue retention (GRR) is what they pay then, each counted up to
    what they paid at the beginning; net revenue retention (NRR) the same without that cap; revenue churn is what the lost paid.
    New customers and those who came back are in none of them. Amounts are per month, in the company's currency. The interval of
    GRR and of revenue churn is Wilson's for as many equal customers as tell as much (Kish); that of NRR the ratio's of
    customers drawn by chance, with Student's quantile (Cochran).

    Read GRR and NRR together: NRR that rises while GRR falls is loss hidden by what the others buy. What counts as an end, a
    pause, a price rise, a come-back and a merger is settled under `contracts` in kundig.yaml. As it stands without a word
    there: lost with the end of service, kept in a pause, price rises are expansion, who comes back has been lost. Rows that
    cannot be counted are named by `contract_faults`. Periods before that of the first end on record, or before `contracts.ends_since`, have no
    figure: whoever left before is not in the data, so that all seem to have stayed. The rate on contracts that fell due is another figure: `renewal_rate`.

    Args:
        every: the length of a period, on the company's clock; only periods that are over are answered.
        by: cohort (the period in which they began), product, segment, account, company, city, postcode or country; by product a change of product is a loss here and a gain there.
        floor: with fewer customers than this there is no figure.
        confidence: of the intervals.

    Columns:
        group: the value of `by`; null where a customer has none, or without `by`
        period: its first day
        state: `ok`, `too few customers`, `no amounts`, or `before ends were recorded`
        n: customers as the period begins
        lost: of these, without a contract as the next begins
        logo_churn: `lost` as a share of `n`
        logo_churn_low: lower end of its interval
        logo_churn_high: upper end of its interval
        grr: opening less churned less contraction, as a share of opening
        grr_low: lower end of its interval
        grr_high: upper end of its interval
        nrr: the same with expansion
        nrr_low: lower end of its interval
        nrr_high: upper end of its interval
        revenue_churn: `churned` as a share of `opening`
        revenue_churn_low: lower end of its interval
        revenue_churn_high: upper end of its interval
        opening: what they pay per month as the period begins
        churned: of that, what the lost paid
        contraction: what those who stay pay less
        expansion: what those who stay pay more, without price rises if these are apart
        price_rises: what price rises added for those who stay, if these are apart; else 0 and part of expansion
        closing: what they pay per month as the next period begins

    Order:
        by period, then by group, null last

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to,
        contracts.ends_since, contracts.price_rises, contracts.reason, contracts.price_rise

    Empty:
        There is nothing to answer from: no event of kind `contract` says who pays what.

    Example:
        >>> from kundig.journal import told
        >>> rows = [("ada", "2025-12-01", "started", 30), ("ben", "2025-12-01", "started", 20), ("ada", "2026-01-10", "expanded", 36), ("ben", "2026-01-20", "ended", None)]
        >>> journal = told([{"subject": s, "kind": "contract", "occurred_at": at, "outcome": o, "amount": a} for s, at, o, a in rows] + [("cyd", "visit", "2026-02-03")])
        >>> retention(journal, floor=2).select("n", "lost", "logo_churn", "grr", "nrr").execute().to_dict("records")
        [{'n': 2, 'lost': 1, 'logo_churn': 0.5, 'grr': 0.6, 'nrr': 0.72}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    rows = _cohort(journal, every, by)
    zero = ibis.literal(0).cast(MONEY)
    apart = journal.settings.contracts.price_rises == "apart"
    stays = rows.closing.notnull()
    closing = rows.closing.fill_null(zero)
    # A price rise is at most what a customer pays more.
    price = ibis.ifelse(stays, ibis.least(rows.price, (closing - rows.opening).clip(lower=zero).cast(MONEY)), zero) if apart else zero
    rows = rows.mutate(
        closing=closing, price=price,
        churned=ibis.ifelse(stays, zero, rows.opening),
        less=ibis.ifelse(stays & (closing < rows.opening), rows.opening - closing, zero),
        more=ibis.ifelse(stays & (closing > rows.opening), closing - rows.opening - price, zero),
    )  # fmt: skip
    count = rows.count()
    nrr = ratio(rows.opening - rows.churned - rows.less + rows.more, rows.opening, count, z)
    summed = rows.group_by(["group", "period"]).agg(
        n=count, lost=rows.gone.sum(), opening=rows.opening.sum().cast(MONEY), churned=rows.churned.sum().cast(MONEY), contraction=rows.less.sum().cast(MONEY),
        expansion=rows.more.sum().cast(MONEY), price_rises=rows.price.sum().cast(MONEY), closing=rows.closing.sum().cast(MONEY),
        alike=effective(rows.opening), nrr=nrr[0], nrr_low=nrr[1].clip(lower=0.0), nrr_high=nrr[2],
    )  # fmt: skip
    n, base = summed.n.cast("float64"), summed.opening.cast("float64").nullif(0.0)
    churned = summed.churned.cast("float64") / base
    kept = 1.0 - churned - summed.contraction.cast("float64") / base
    logo, money, gross = wilson(summed.lost, n, z), wilson(churned * summed.alike, summed.alike, z), wilson(kept * summed.alike, summed.alike, z)
    figures = summed.mutate(
        logo_churn=summed.lost / n, logo_churn_low=logo[0], logo_churn_high=logo[1],
        revenue_churn=churned, revenue_churn_low=money[0], revenue_churn_high=money[1], grr=kept, grr_low=gross[0], grr_high=gross[1],
    )  # fmt: skip
    figures = figures.cross_join(watched(journal, every))
    early = (figures.period < figures.watched).fill_null(False)  # noqa: FBT003 -- Ibis' own
    enough = (figures.n >= max(floor, 2)) & ~early
    shown = {name: ibis.ifelse(enough, figures[name], ibis.null("float64")) for name in _FIGURES}
    state = ibis.cases((early, "before ends were recorded"), (~enough, "too few customers"), (figures.opening == 0, "no amounts"), else_="ok")
    return figures.select(
        "group", "period", state=state, n="n", lost="lost", **shown,
        opening="opening", churned="churned", contraction="contraction", expansion="expansion", price_rises="price_rises", closing="closing",
    ).order_by(ibis.asc("period"), ibis.asc("group", nulls_first=False))  # fmt: skip


def behind(journal: Journal, *, every: Every = "month", by: str | None = None) -> ir.Table:
    """The customers of each closed cohort, and who of them was lost.

    Keys: group, period
    Counts: n, lost
    """
    rows = _cohort(journal, every, by)
    return rows.select("group", "period", "customer_id", n=rows.gone.notnull().cast("int64"), lost="gone")


def _cohort(journal: Journal, every: Every, by: str | None) -> ir.Table:
    """Of the movements those who were there as the period began, and whether they are gone as it ends."""
    rows = movements(journal, every, by)
    return rows.filter(rows.opening.notnull()).mutate(gone=rows.closing.isnull().cast("int64"))
