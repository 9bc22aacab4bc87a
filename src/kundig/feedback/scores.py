"""Scores: how satisfied customers are, where, and since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from kundig.feedback.against import annotated, benchmarked, targeted
from kundig.feedback.answers import KEYS, Occasion, Repeated, counting, occasion, summed
from kundig.feedback.metrics import Metric, estimate
from kundig.feedback.suppression import suppressed
from kundig.journal import split
from kundig.least import least
from kundig.statistics import z_value
from kundig.statistics.tails import discoveries, two_sided

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
    occasions: Occasion | None = None,
    repeated: Repeated = "clustered",
    floor: int = 5,
    confidence: float = 0.95,
) -> ir.Table:
    """How satisfied are customers, where, and is it getting better or worse?

    NPS and eNPS are promoters (9 and 10) less detractors (0 to 6), from -100 to 100, with the adjusted Wald interval.
    CSAT is the share of answers 4 and 5 of 5, CES 2.0 the share of 5 to 7 of 7 (high is easy), in per cent, with
    Wilson's interval. Stars are the mean of 1 to 5, with Student's interval.

    Relational answers (about the relationship as a whole) and transactional ones (about something that happened) are never
    mixed: each has its own rows. Several answers of one customer all count, and the interval is as wide as their likeness
    calls for (clustered by customer, Kish's design effect), or only the latest counts.

    With `every`, each row is compared with the same group's period just before it. It is called a change only if the
    interval of the difference leaves out 0, and still does after Benjamini and Hochberg's correction for all comparisons of
    the answer; otherwise it may be chance. Targets, benchmarks and dated annotations come from kundig.yaml, and are compared in
    the same way.

    eNPS is about the company's own people: groups of fewer than `people: smallest_group` are suppressed, and where the rest
    would give one away by subtraction, the next smallest too.

    Args:
        metric: which question was answered.
        by: what to split by, such as touchpoint, channel, stage, department, segment, product or properties.NAME.
        every: the length of a period, on the company's clock; none for all time together.
        occasions: only relational or only transactional answers; none for both, each in rows of its own.
        repeated: all answers of a customer, with an interval that is clustered by customer, or only the latest of each group and period.
        floor: with fewer answers than this there is no figure.
        confidence: of the intervals, and of calling something a change.

    Columns:
        group: the value of `by`; null where an event has none, or without `by`
        period: first day of the period; null without `every`
        metric: as asked
        state: `ok`, `too few answers`, or `suppressed`
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
        q: the least rate of false discoveries at which the change is one, among all of this answer
        occasion: `relational` or `transactional`
        target: what the configuration sets as target; null if nothing
        target_verdict: `met`, `missed`, or `may be chance`; null without a target
        benchmark: the score from outside; null if none is configured
        benchmark_source: where it comes from
        benchmark_verdict: `above`, `below`, or `may be chance`; null without a benchmark
        annotation: what the configuration says happened in the period; null without `every`, or if nothing

    Order:
        by period, then by group, null last, then by occasion

    Example:
        >>> from kundig.journal import told
        >>> answers = [10, 9, 9, 8, 3]
        >>> journal = told([{"subject": f"c{n}", "kind": "feedback", "occurred_at": "2026-03-01", "metric": "nps", "score": s} for n, s in enumerate(answers)])
        >>> scores(journal).select("n", "score", "low", "high").execute().round(1).to_dict("records")
        [{'n': 5, 'score': 40.0, 'low': -29.8, 'high': 79.8}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z, alpha = z_value(confidence), 1 - confidence
    sums = summed(_answers(journal, metric, by, every, occasions), metric, repeated)
    hidden = suppressed(sums, journal.settings.people.smallest_group) if metric == "enps" else sums.mutate(hidden=ibis.literal(False))  # noqa: FBT003 -- a column
    of = estimate(metric, hidden, z)
    enough = (hidden.n >= max(floor, 2)) & ~hidden.hidden
    figures = hidden.select(
        *KEYS,
        "n",
        "customers",
        enough=enough,
        hidden="hidden",
        mean=ibis.ifelse(enough, hidden.total / hidden.n, ibis.null("float64")),
        **{name: ibis.ifelse(enough, value, ibis.null("float64")) for name, value in vars(of).items()},
    )
    if every:
        before = figures.select(
            of_group="group",
            of_occasion="occasion",
            follows=(figures.period.cast("timestamp") + _LENGTHS[every](ibis)).date(),
            before_score="score",
            before_centre="centre",
            before_variance="variance",
        )
        same = (figures.group == before.of_group) | (figures.group.isnull() & before.of_group.isnull())
        compared = figures.left_join(before, [figures.period == before.follows, figures.occasion == before.of_occasion, same]).drop("of_group", "of_occasion", "follows")
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
    whole = discoveries(tested.mutate(p=two_sided(tested.z)), "p", "q", list(KEYS)) if every else tested.mutate(q=ibis.null("float64"))
    # A difference without any variance has no z; its interval is a point.
    sure = whole.q.isnull() | (whole.q <= alpha)
    verdict = ibis.cases(
        ((whole.change_low > 0) & sure, "better"),
        ((whole.change_high < 0) & sure, "worse"),
        (whole.change.notnull(), "may be chance"),
        else_=ibis.null("string"),
    )
    whole = benchmarked(targeted(whole.mutate(verdict=verdict), journal.settings.targets, metric, by, alpha), journal.settings.benchmarks, metric, by, alpha)
    following = (whole.period.cast("timestamp") + _LENGTHS[every](ibis)).date() if every else None
    return whole.select(
        "group",
        "period",
        metric=ibis.literal(metric),
        state=ibis.cases((whole.hidden, "suppressed"), (whole.enough, "ok"), else_="too few answers"),
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
        verdict="verdict",
        q="q",
        occasion="occasion",
        target="target",
        target_verdict="target_verdict",
        benchmark="benchmark",
        benchmark_source="benchmark_source",
        benchmark_verdict="benchmark_verdict",
        annotation=annotated(whole, journal.settings.annotations, by, following),
    ).order_by(ibis.asc("period", nulls_first=False), ibis.asc("group", nulls_first=False), "occasion")


def behind(journal: Journal, *, metric: Metric = "nps", by: str | None = None, every: Period | None = None, occasions: Occasion | None = None, repeated: Repeated = "clustered") -> ir.Table:  # noqa: PLR0913 -- as asked
    """Who answered.

    Keys: group, period, occasion
    Counts: n
    """
    answers = counting(_answers(journal, metric, by, every, occasions), repeated)
    return answers.select("group", "period", "occasion", "customer_id", n=answers.score.notnull().cast("int64"))


def _answers(journal: Journal, metric: Metric, by: str | None, every: Period | None, occasions: Occasion | None) -> ir.Table:
    """One row an answer with its group, period and occasion."""
    import ibis  # noqa: PLC0415 -- slow import

    answers = journal.events.filter(lambda events: (events.metric == metric) & events.score.notnull())
    answers = answers.mutate(occasion=occasion(journal, answers))
    if occasions is not None:
        answers = answers.filter(answers.occasion == occasions)
    if by is None:
        group = ibis.null("string")
    else:
        answers, group = split(journal, answers, by)
    period = answers.local_at.truncate(_TRUNCATED[every]).date() if every else ibis.null("date")
    return answers.select("event_id", "occurred_at", "customer_id", "score", "occasion", group=group, period=period)
