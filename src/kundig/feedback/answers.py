"""Answers as sums: by group, period and occasion, with what several answers of one customer are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kundig.feedback.metrics import SCALES, Metric

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Occasion = Literal["relational", "transactional"]
Repeated = Literal["clustered", "latest"]
KEYS = ("group", "occasion", "period")


def occasion(journal: Journal, answers: ir.Table) -> Any:
    """Whether an answer is about the relationship or about something that happened; see `settings.Surveys`."""
    import ibis  # noqa: PLC0415 -- slow import

    named = journal.settings.surveys.relational
    general = answers.metric.isin(["nps", "enps"]) & answers.case_id.isnull()
    relational = answers.touchpoint.isin(named).fill_null(False) if named else general  # noqa: FBT003 -- the value of a column
    told = answers.properties.get("survey", None)
    return ibis.ifelse(told.isin(["relational", "transactional"]).fill_null(False), told, ibis.ifelse(relational, "relational", "transactional"))  # noqa: FBT003 -- the value of a column


def counting(coded: ir.Table, repeated: Repeated) -> ir.Table:
    """The answers that count, each with `who` gave it; whoever is not known is one of their own."""
    import ibis  # noqa: PLC0415 -- slow import

    known = coded.mutate(who=coded.customer_id.coalesce(ibis.literal("answer ") + coded.event_id))
    if repeated == "latest":
        placed = known.mutate(place=ibis.row_number().over(group_by=[*KEYS, "who"], order_by=[ibis.desc("occurred_at"), ibis.desc("event_id")]))
        return placed.filter(placed.place == 0)
    return known


def summed(coded: ir.Table, metric: Metric, repeated: Repeated) -> ir.Table:
    """A row for each group, occasion and period: n, customers, people, and the sums that a figure is formed from.

    `coded` has KEYS, `event_id`, `occurred_at`, `customer_id` and `score`. Several answers of one customer are alike, and
    tell less than as many of several: `effective` is the number of answers of different customers that would be as sure.
    It is n over the design effect of clusters (Kish 1965), which is 1 where everybody answers once.
    """
    import ibis  # noqa: PLC0415 -- slow import

    scale = SCALES[metric]
    known = counting(coded, repeated)
    each = known.group_by([*KEYS, "who"]).agg(
        n=known.count(),
        known=known.customer_id.notnull().max().cast("int64"),
        top=(known.score >= scale.top).cast("int64").sum(),
        bottom=(known.score <= scale.bottom).cast("int64").sum(),
        total=known.score.sum(),
        squares=(known.score * known.score).sum(),
    )
    value, square = {"net": (each.top - each.bottom, each.top + each.bottom), "share": (each.top, each.top), "mean": (each.total, each.squares)}[scale.kind]
    coded_each = each.mutate(value=value.cast("float64"), square=square.cast("float64"))
    sums = coded_each.group_by(list(KEYS)).agg(
        n=coded_each.n.sum(),
        customers=coded_each.known.sum(),
        people=coded_each.count(),
        **{name: coded_each[name].sum() for name in ("top", "bottom", "total", "squares", "value", "square")},
        value_value=(coded_each.value * coded_each.value).sum(),
        value_n=(coded_each.value * coded_each.n).sum(),
        n_n=(coded_each.n * coded_each.n).sum(),
    )
    mean = sums.value / sums.n
    between = sums.value_value - 2 * mean * sums.value_n + mean * mean * sums.n_n
    among = sums.square - sums.n * mean * mean
    effect = ibis.ifelse(among > 1e-9, between / among.nullif(0.0), 1.0)  # noqa: PLR2004 -- rounding
    # Answers never tell more than their number, nor less than two of them.
    effective = (sums.n / effect.clip(lower=1.0)).clip(lower=2.0)
    return sums.mutate(effective=ibis.ifelse(sums.people == sums.n, sums.n.cast("float64"), effective))
