"""Drivers: what overall loyalty hangs on, and how well the company does there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.events import METRICS
from kundig.feedback.facts import facts
from kundig.feedback.followed import leaving, payments
from kundig.feedback.importances import BETWEEN, CONSTANT, OUTCOME, SEPARATOR, arrays, importances
from kundig.least import least
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

Loyalty = Literal["nps", "stars", "csat", "ces", "enps", "leaving", "spend"]
MOST = 12
_TYPES = {
    "driver": "string", "state": "string", "n": "int64", "importance": "float64", "low": "float64", "high": "float64", "metric": "string",
    "performance_percent": "float64", "performance": "float64", "kind": "string", "coverage": "float64", "part_of_r2": "float64", "correlation": "float64",
    "q": "float64", "rows": "int64", "r2": "float64", "r2_low": "float64", "r2_high": "float64",
}  # fmt: skip


def drivers(  # noqa: PLR0913 -- what can be asked of drivers
    journal: Journal,
    *,
    metric: Loyalty = "nps",
    at: str | None = None,
    unit: Literal["customer", "case"] = "customer",
    within: str = "365 days",
    after: str = "180 days",
    floor: int = 30,
    most: int = 10,
    replicates: int = 200,
    confidence: float = 0.95,
) -> Estimate:
    """What does loyalty hang on, and how well do we do there?

    Each answer to `metric` is set beside what went before it: the mean of the customer's answers at each touchpoint, and
    facts: contacts, repeats within seven days, handovers, the wait of calls, days to resolve, and days by which promises
    were late. For `leaving` and `spend` each customer is looked at once, `after` before now: what went before against
    what came since.

    Importance is the share of R² that goes with a driver: what it adds, averaged over all orders in which drivers can be
    added (Lindeman, Merenda and Gold 1980; the Shapley value), so that drivers that say the same share it. It goes with
    loyalty, and need not cause it.

    Nobody answers everything. Means and correlations are estimated from all rows, each with what it has, by maximum
    likelihood (the EM algorithm of Dempster, Laird and Rubin 1977, with one row without correlation added, which makes
    the matrix positive definite), and not from the few rows without gaps, which are others than the rest. This is right if
    gaps hang on nothing that is not observed.

    Intervals are from the bootstrap over 256 groups of customers, formed by the customer's name: its standard errors, cut off at 0 and 1. A driver is significant
    if its correlation or its slope beside all others leaves out 0 (the smaller p, doubled), after Benjamini and
    Hochberg's correction; the importance of one that is not is 0. With `importance` against `performance_percent` the
    rows are the chart of what to mend first.

    Args:
        metric: what loyalty is measured by: an answer, leaving, or what is paid.
        at: only answers to `metric` given at this touchpoint; the others are then drivers.
        unit: whether what went before is that of the same customer or of the same case.
        within: how long before counts.
        after: for leaving and spend, how long ago customers are looked at.
        floor: a driver that fewer rows have is not compared.
        most: at most so many drivers are compared, those with the most rows; up to 12.
        replicates: of the bootstrap.
        confidence: of the intervals, and of significance.

    Columns:
        driver: the touchpoint, or the fact
        state: `ok`, `not significant`, `too few answers`, `no variation`, or `left out` beyond `most`
        n: rows that have this driver
        importance: share of R², together 1 before what is not significant is set to 0; null if it was not compared
        low: lower end of its interval; 0 if it is not significant
        high: upper end of its interval
        metric: which answers at the touchpoint; null for a fact
        performance_percent: of answers, the mean in per cent of the scale; null for a fact
        performance: mean of the answers or of the fact
        kind: `score` or `fact`
        coverage: as a share of all rows
        part_of_r2: how much of R² goes with it, whether significant or not
        correlation: with the outcome; a minus means that more of it goes with less
        q: the least rate of false discoveries at which it is significant
        rows: answers or customers that the outcome is known of
        r2: how much of the outcome's variance all compared drivers explain
        r2_low: lower end of its interval
        r2_high: upper end of its interval

    Order:
        by importance, largest first, then by part of R², then what was not compared by rows and name

    Example:
        >>> from kundig.journal import told
        >>> events = []
        >>> for number in range(300):
        ...     shop, advice = number % 5 + 1, number // 5 % 5 + 1
        ...     for touchpoint, metric, score in (("shop", "csat", shop), ("advice", "csat", advice), ("relationship", "nps", shop * 1.5 + number % 3)):
        ...         events.append({"subject": f"c{number}", "kind": "feedback", "occurred_at": "2026-03-01", "touchpoint": touchpoint, "metric": metric, "score": float(score)})
        >>> rows = drivers(told(events), replicates=50).to_pyarrow().to_pylist()
        >>> [(row["driver"], row["state"], row["importance"]) for row in rows][:2]
        [('shop', 'ok', 1.0), ('advice', 'not significant', 0.0)]

    Raises:
        ArgumentError: `most` or `replicates` cannot be meant.
    """
    if not 1 <= most <= MOST:
        raise ArgumentError(f"--most expects 1 to {MOST}, found {most}")
    # Fewer have no tails.
    least(20, replicates=replicates)
    least(floor=floor)
    if not 0 < confidence < 1:
        raise ArgumentError(f"expected a confidence between 0 and 1 such as 0.95, found {confidence}")
    base, told = _told(journal, metric, at, unit, within, after)
    listed = _listed(told, max(floor, 3), most)
    valued = base.select("row", metric="metric", name="name", value="y").union(_chosen(told, listed))
    tables = {"listed": listed, "products": _summed(base, valued)}
    return Estimate(tables, _TYPES, partial(_finished, replicates=replicates, alpha=1 - confidence, scale=METRICS))


def behind(journal: Journal, *, metric: Loyalty = "nps", at: str | None = None, unit: Literal["customer", "case"] = "customer", within: str = "365 days", after: str = "180 days") -> ir.Table:  # noqa: PLR0913 -- as asked
    """Of whom each driver is known.

    Keys: driver, metric
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    base, told = _told(journal, metric, at, unit, within, after)
    rows = told.inner_join(base.select(of_row="row", customer_id="customer_id"), [("row", "of_row")])
    return rows.select("customer_id", driver="name", metric=rows.metric.nullif(""), n=ibis.literal(1, "int64"))


def _told(journal: Journal, metric: Loyalty, at: str | None, unit: str, within: str, after: str) -> tuple[ir.Table, ir.Table]:  # noqa: PLR0913 -- as asked
    """The rows of the outcome, and all that is known of each: `row`, `metric`, `name`, `value`."""
    base = _behaving(journal, metric, round(span(after).total_seconds())) if metric in {"leaving", "spend"} else _answering(journal, metric, at, unit)
    before = round(span(within).total_seconds())
    return base, _scores(journal, base, metric, at, before).union(_named(facts(journal, base, before)))


def _who(table: ir.Table) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return table.customer_id.coalesce(ibis.literal("answer ") + table.event_id)


def _answering(journal: Journal, metric: str, at: str | None, unit: str) -> ir.Table:
    """A row an answer to the outcome: `row`, `who`, `key`, `at`, `y`, and `metric` and `name` as of every value."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    answers = events.filter((events.metric == metric) & events.score.notnull())
    if at is not None:
        answers = answers.filter(answers.touchpoint == at)
    key = ibis.literal("case ") + answers.case_id if unit == "case" else ibis.literal("customer ") + answers.customer_id
    return answers.select(row="event_id", customer_id="customer_id", who=_who(answers), key=key, at=answers.local_at.epoch_seconds().cast("int64"), y="score", metric=_nothing(), name=ibis.literal(OUTCOME))


def _nothing() -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.literal("")


def _behaving(journal: Journal, outcome: str, after: int) -> ir.Table:
    """A row a customer who was there some time ago: whether it has left since, or what it has paid."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events.filter(journal.events.customer_id.notnull())
    latest = events.agg(present=events.known_at.max())
    now = latest if journal.at is None else latest.select(present=ibis.literal(journal.at, type="timestamp('UTC')"))
    cut = now.select(cut=now.present - ibis.interval(seconds=after))
    dated = events.cross_join(cut)
    before = dated.occurred_at <= dated.cut
    there = dated.group_by("customer_id").agg(there=before.cast("int64").sum(), at=dated.local_at.max(where=before), cut=dated.cut.max())
    gone = leaving(events)
    joined = there.left_join(gone, there.customer_id == gone.gone_customer).filter(lambda t: (t.there > 0) & (t.gone_at.isnull() | (t.gone_at > t.cut)))
    if outcome == "leaving":
        value = joined.gone_at.notnull().cast("float64")
    else:
        paid = payments(journal.events).cross_join(cut)
        since = paid.filter(paid.occurred_at > paid.cut).group_by(paid_customer="customer_id").agg(paid=lambda t: t.amount.sum())
        joined = joined.left_join(since, joined.customer_id == since.paid_customer)
        value = joined.paid.fill_null(0.0)
    customer = ibis.literal("customer ") + joined.customer_id
    return joined.select(row=customer, customer_id="customer_id", who=joined.customer_id, key=customer, at=joined["at"].epoch_seconds().cast("int64"), y=value, metric=_nothing(), name=ibis.literal(OUTCOME))


def _scores(journal: Journal, base: ir.Table, metric: str, at: str | None, within: int) -> ir.Table:
    """The mean of the answers at each touchpoint before each row: `row`, `metric`, `name`, `value`."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    other = (events.metric != metric) if at is None else (events.metric != metric) | (events.touchpoint != at)
    # How the company's own people feel is not what its customers say.
    asked = events.filter(events.metric.isin([name for name in METRICS if name != "enps" or metric == "enps"]) & events.score.notnull() & events.touchpoint.notnull() & other)
    asked = asked.mutate(its_at=asked.local_at.epoch_seconds().cast("int64"))
    parts = [asked.filter(asked[column].notnull()).select("touchpoint", "score", "its_at", its_metric="metric", its_key=ibis.literal(word) + asked[column]) for word, column in (("customer ", "customer_id"), ("case ", "case_id"))]
    joined = base.select("row", "key", "at").inner_join(parts[0].union(parts[1]), [("key", "its_key")])
    recent = joined.filter((joined.its_at <= joined["at"]) & (joined.its_at >= joined["at"] - within))
    return recent.group_by(["row", "its_metric", "touchpoint"]).agg(value=recent.score.mean()).select("row", metric="its_metric", name="touchpoint", value="value")


def _named(told: ir.Table) -> ir.Table:
    return told.select("row", metric=_nothing(), name="name", value="value")


def _listed(told: ir.Table, floor: int, most: int) -> ir.Table:
    """Every driver that could be compared, with its place among those that can."""
    import ibis  # noqa: PLC0415 -- slow import

    each = told.group_by(["metric", "name"]).agg(n=told.count(), mean=told.value.mean(), spread=(told.value.max() - told.value.min()))
    state = each.mutate(state=ibis.cases((each.spread <= 0, "no variation"), (each.n < floor, "too few answers"), else_="ok"))
    placed = state.mutate(place=ibis.row_number().over(group_by="state", order_by=[ibis.desc("n"), "metric", "name"]))
    return placed.mutate(state=ibis.ifelse((placed.state == "ok") & (placed.place >= most), "left out", placed.state)).drop("place", "spread").order_by("metric", "name")


def _chosen(told: ir.Table, listed: ir.Table) -> ir.Table:
    taken = listed.filter(listed.state == "ok").select(of_metric="metric", of_name="name")
    return told.inner_join(taken, [told.metric == taken.of_metric, told.name == taken.of_name]).select("row", "metric", "name", "value")


def _summed(base: ir.Table, valued: ir.Table) -> ir.Table:
    """Sums of products by group of customers and by what is there of a row: all that means and covariances need.

    Values are taken in standard deviations first, which keeps the sums exact enough. With a constant among them the
    products hold the sums and the number of rows as well.
    """
    import ibis  # noqa: PLC0415 -- slow import

    keyed = valued.select("row", "value", name=valued.metric + SEPARATOR + valued.name)
    spread = keyed.group_by(of="name").agg(mean=keyed.value.mean(), deviation=keyed.value.std(how="pop"))
    scaled = keyed.inner_join(spread, keyed.name == spread.of)
    values = scaled.select("row", "name", value=((scaled.value - scaled.mean) / scaled.deviation.nullif(0.0)).fill_null(0.0))
    patterns = values.group_by("row").agg(pattern=values.name.collect())
    rows = base.select(of_row="row", block=base.who.hexdigest("md5").substr(0, 2))
    of = patterns.select(pattern_row="row", pattern=patterns.pattern.sort().join(BETWEEN)).inner_join(rows, [("pattern_row", "of_row")])
    constant = values.union(base.select("row", name=ibis.literal(CONSTANT), value=ibis.literal(1.0)))
    full = constant.inner_join(of, constant.row == of.pattern_row).select("row", "name", "value", "block", "pattern")
    other = constant.select(other_row="row", other_name="name", other_value="value")
    both = full.inner_join(other, [full.row == other.other_row, full.name <= other.other_name])
    return both.group_by(["block", "pattern", "name", "other_name"]).agg(total=(both.value * both.other_value).sum()).order_by("block", "pattern", "name", "other_name")


def _finished(listed: pa.Table, products: pa.Table, *, replicates: int, alpha: float, scale: Any) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import

    if not products.num_rows:
        return {name: [] for name in _TYPES}
    names, observed, n, total, product = arrays(products)
    rows = round(n.sum())
    found = importances(names, observed, n, total, product, replicates, alpha)
    answer: list[dict[str, Any]] = []
    for one in listed.to_pylist():
        of = found.get((one["metric"], one["name"]), {}) if one["state"] == "ok" else {}
        low, high = scale.get(one["metric"], (0, 0))
        answer.append({
            "driver": one["name"], "kind": "score" if one["metric"] else "fact", "metric": one["metric"] or None,
            "state": ("too few answers" if not of else "ok" if of["q"] <= alpha else "not significant") if one["state"] == "ok" else one["state"],
            "n": one["n"], "coverage": one["n"] / rows, "performance": one["mean"], "performance_percent": 100 * (one["mean"] - low) / (high - low) if high > low else None, "rows": rows,
            **{name: of.get(name) for name in ("importance", "low", "high", "part_of_r2", "correlation", "q", "r2", "r2_low", "r2_high")},
        })  # fmt: skip
    answer.sort(key=lambda row: (row["importance"] is None, -(row["importance"] or 0), -(row["part_of_r2"] or 0), -row["n"], row["driver"], row["metric"] or ""))
    # Sums of floating numbers differ in their last digits with the order of rows; the answer must not.
    return {name: [np.round(row[name], 6) if isinstance(row[name], float) else row[name] for row in answer] for name in _TYPES}
