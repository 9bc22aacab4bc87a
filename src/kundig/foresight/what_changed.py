"""What changed: the week's movements beyond noise, each in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.foresight.snapshots import DAY, present
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

TYPES = {
    "rank": "int64", "sentence": "string", "verdict": "string", "figure": "string", "of": "string", "value": "float64", "usual": "float64", "low": "float64", "high": "float64",
    "state": "string", "n": "int64", "customers": "int64", "money": "float64", "q": "float64",
}  # fmt: skip


By = Literal["customers", "money"]


def what_changed(journal: Journal, *, by: By = "customers", days: int = 7, before: int = 12, confidence: float = 0.95) -> Estimate:
    """What has changed this week, beyond noise?

    The last seven days against the same spans before them: how often each kind of event happened, with and without
    failure; mean scores by metric; notices, and contracts that began and ended; amounts of orders, payments, credits and of
    the recurring amount that began, ended or changed, each currency by itself. A count is compared on its square
    root's scale, a score or an amount by its weekly figures; the interval holds where a week like those before would lie (Student's
    prediction interval). False discoveries are controlled over all figures after Benjamini and Hochberg. A source of
    which nothing came at all is told as such, not as customers who fell silent.

    Each movement is one sentence, from a rule, in the company's language.

    Args:
        by: rank by customers concerned, or by money.
        days: length of a span.
        before: spans to compare with.
        confidence: of the intervals.

    Columns:
        rank: place by customers or money concerned, among movements beyond noise; null for the others
        sentence: the movement in words; null where it may be chance
        verdict: `more`, `less`, `silent`, or `may be chance`
        figure: `count`, `score`, `amount`, or `source`
        of: the kind, metric or source; of an amount with its currency
        value: the figure of the span
        usual: the mean of those before
        low: where a usual span would lie at least
        high: where it would lie at most
        state: `ok`, `too few spans` where there are fewer than four to compare with
        n: events or answers in the span
        customers: customers concerned
        money: of an amount, how far it lies from usual, in its currency
        q: smallest rate of false discoveries at which it is found

    Order:
        by rank, then by figure and of

    Example:
        >>> from kundig.journal import told
        >>> days = ["2026-03-01", "2026-03-08", "2026-03-15", "2026-03-22", "2026-03-29", "2026-04-05"]
        >>> journal = told([("ada", "call", day) for day in days] + [("ada", "call", "2026-04-05T00:00")] * 8)
        >>> what_changed(journal).to_pyarrow().select(["of", "verdict", "sentence"]).to_pylist()
        [{'of': 'call', 'verdict': 'more', 'sentence': 'call: 9 in 7 days, usually 1 (1 customer).'}]

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z_value(confidence)
    if days < 1 or before < 1:
        raise ArgumentError(f"--days and --before expect at least 1, found {days} and {before}")
    language = journal.settings.company.language

    def finish(spans: pa.Table) -> Mapping[str, Any]:
        from kundig.foresight.moved import moved  # noqa: PLC0415 -- slow import

        found = moved(spans.to_pylist(), days, before, confidence, language, by)
        return {name: [row.get(name) for row in found] for name in TYPES}

    return Estimate({"spans": _spans(journal, days, before)}, TYPES, finish)


def retold(rows: pa.Table, arguments: Mapping[str, Any], language: str) -> pa.Table:
    """The rows with their sentences in that language: said anew, from the figures beside them."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    from kundig.foresight.moved import sentence  # noqa: PLC0415 -- slow import

    if "sentence" not in rows.column_names:
        return rows
    said = [None if row["sentence"] is None else sentence(row, arguments["days"], language) for row in rows.to_pylist()]
    return rows.set_column(rows.column_names.index("sentence"), "sentence", pa.array(said, pa.string()))


def behind(journal: Journal, *, days: int = 7) -> ir.Table:
    """Who is concerned in the last span.

    Keys: figure, of
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = _counted(journal, days, 0)
    return rows.select("figure", "of", "customer_id", n=ibis.literal(1, "int64"))


def _spans(journal: Journal, days: int, before: int) -> ir.Table:
    """Figures of each span: `figure`, `of`, `span` (0 the last), `n`, `customers`, `total`; a few hundred rows."""
    rows = _counted(journal, days, before)
    return rows.group_by(["figure", "of", "span"]).agg(n=rows.count(), customers=rows.customer_id.nunique(), total=rows.value.sum()).order_by("figure", "of", "span")


def _counted(journal: Journal, days: int, before: int) -> ir.Table:
    """What each figure counts or adds up, of the last span and so many before."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events.cross_join(present(journal))
    age = events.present.epoch_seconds() - events.occurred_at.epoch_seconds()
    events = events.mutate(span=(age / (days * DAY)).floor().cast("int64")).filter((age >= 0) & (age < (before + 1) * days * DAY))
    named = ibis.ifelse(events.outcome.isin(("failed", "lost", "started", "ended", "renewed", "expanded", "reduced")).fill_null(False), events.kind + " " + events.outcome, events.kind)  # noqa: FBT003 -- Ibis takes the value by position
    scored = events.filter(events.metric.notnull() & events.score.notnull())
    parts = [
        events.select("span", "customer_id", figure=ibis.literal("count"), of=named, value=ibis.literal(1.0)),
        scored.select("span", "customer_id", figure=ibis.literal("score"), of=scored.metric, value=scored.score.cast("float64")),
        events.select("span", "customer_id", figure=ibis.literal("source"), of=events.source, value=ibis.literal(1.0)),
    ]
    paid = events.filter(events.amount.notnull() & (events.kind != "forecast"))
    what = ibis.ifelse((paid.kind != "contract") & (paid.amount < 0), paid.kind + " below zero", ibis.coalesce(paid.kind + " " + paid.outcome, paid.kind))
    parts.append(paid.select("span", "customer_id", figure=ibis.literal("amount"), of=what + ibis.coalesce(ibis.literal(", ") + paid.currency, ""), value=paid.amount.cast("float64")))
    return ibis.union(*parts)
