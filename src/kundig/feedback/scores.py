"""Scores: how satisfied customers are, where, and since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from kundig.feedback.metrics import SCALES, Metric, estimate
from kundig.journal import split
from kundig.statistics import z_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Period = Literal["day", "week", "month", "quarter", "year"]
_LENGTHS: dict[str, Callable[[Any], Any]] = {
    "day": lambda ibis: ibis.interval(days=1),
    "week": lambda ibis: ibis.interval(days=7),
    "month": lambda ibis: ibis.interval(months=1),
    "quarter": lambda ibis: ibis.interval(months=3),
    "year": lambda ibis: ibis.interval(months=12),
}
"""In units that every engine has."""
_TRUNCATED = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


def scores(  # noqa: PLR0913 -- what can be asked of a score
    journal: Journal,
    *,
    metric: Metric = "nps",
    by: str | None = None,
    every: Period | None = None,
    floor: int = 5,
    confidence: float = 0.95,
) -> ir.Table:
    """How satisfied are customers, where, and is it getting better or worse?

    NPS and eNPS are promoters (9 and 10) less detractors (0 to 6), from -100 to 100, with the adjusted Wald interval.
    CSAT is the share of answers 4 and 5 of 5, CES 2.0 the share of 5 to 7 of 7 (high is easy), in per cent, with
    Wilson's interval. Stars are the mean of 1 to 5, with Student's interval.

    With `every`, each row is compared with the same group's period just before it. It is called a change only if the
    interval of the difference leaves out 0; otherwise it may be chance. Every answer counts, also several of one
    customer.

    Args:
        metric: which question was answered.
        by: what to split by, such as touchpoint, channel, stage, department, segment, product or properties.NAME.
        every: the length of a period, on the company's clock; none for all time together.
        floor: with fewer answers than this there is no figure.
        confidence: of the intervals, and of calling something a change.

    Columns:
        group: the value of `by`; null where an event has none, or without `by`
        period: first day of the period; null without `every`
        metric: as asked
        state: `ok`, or `too few answers`
        n: answers
        customers: customers who answered; answers of unknown subjects are not counted here
        score: the figure; null if there are too few answers
        low: lower end of its interval
        high: upper end of its interval
        mean: mean of the answers as given; null if there are too few
        change: score less that of the period before; null if there is none to compare with
        change_low: lower end of the difference's interval
        change_high: upper end of the difference's interval
        z: the difference in standard errors
        verdict: `better`, `worse`, or `may be chance`; null if nothing was compared

    Order:
        by period, then by group, null last

    Example:
        >>> from kundig.journal import told
        >>> answers = [10, 9, 9, 8, 3]
        >>> journal = told([{"subject": "ada", "kind": "feedback", "occurred_at": "2026-03-01", "metric": "nps", "score": s} for s in answers])
        >>> scores(journal).select("n", "score", "low", "high").execute().round(1).to_dict("records")
        [{'n': 5, 'score': 40.0, 'low': -29.8, 'high': 79.8}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    z = z_value(confidence)
    scale = SCALES[metric]
    answers = journal.events.filter(lambda events: (events.metric == metric) & events.score.notnull())
    if by is None:
        group = ibis.null("string")
    else:
        answers, group = split(journal, answers, by)
    period = answers.local_at.truncate(_TRUNCATED[every]).date() if every else ibis.null("date")
    coded = answers.select("customer_id", "score", group=group, period=period)
    summed = coded.group_by(["group", "period"]).agg(
        n=coded.count(),
        customers=coded.customer_id.nunique(),
        top=(coded.score >= scale.top).cast("int64").sum(),
        bottom=(coded.score <= scale.bottom).cast("int64").sum(),
        total=coded.score.sum(),
        squares=(coded.score * coded.score).sum(),
    )
    of = estimate(metric, summed, z)
    enough = summed.n >= max(floor, 2)
    figures = summed.select(
        "group",
        "period",
        "n",
        "customers",
        enough=enough,
        mean=ibis.ifelse(enough, summed.total / summed.n, ibis.null("float64")),
        **{name: ibis.ifelse(enough, value, ibis.null("float64")) for name, value in vars(of).items()},
    )
    if every:
        before = figures.select(
            "group",
            follows=(figures.period.cast("timestamp") + _LENGTHS[every](ibis)).date(),
            before_score="score",
            before_centre="centre",
            before_variance="variance",
        )
        same = (figures.group == before.group) | (figures.group.isnull() & before.group.isnull())
        compared = figures.left_join(before, [figures.period == before.follows, same]).drop("group_right", "follows")
    else:
        compared = figures.mutate(before_score=ibis.null("float64"), before_centre=ibis.null("float64"), before_variance=ibis.null("float64"))
    difference = compared.centre - compared.before_centre
    error = (compared.variance + compared.before_variance).sqrt()
    tested = compared.mutate(
        change=compared.score - compared.before_score,
        change_low=difference - z * error,
        change_high=difference + z * error,
        z=difference / error.nullif(0.0),
    )
    verdict = ibis.cases(
        (tested.change_low > 0, "better"),
        (tested.change_high < 0, "worse"),
        (tested.change.notnull(), "may be chance"),
        else_=ibis.null("string"),
    )
    return tested.select(
        "group",
        "period",
        metric=ibis.literal(metric),
        state=ibis.ifelse(tested.enough, "ok", "too few answers"),
        n="n",
        customers="customers",
        score="score",
        low="low",
        high="high",
        mean="mean",
        change="change",
        change_low="change_low",
        change_high="change_high",
        z="z",
        verdict=verdict,
    ).order_by(ibis.asc("period", nulls_first=False), ibis.asc("group", nulls_first=False))
