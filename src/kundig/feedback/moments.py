"""Moments that matter: where customers answer otherwise than they usually do, and what comes after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.events import METRICS
from kundig.feedback.followed import followed
from kundig.feedback.metrics import Metric
from kundig.least import least
from kundig.promises import promises
from kundig.statistics import z_value
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

TOUCHPOINT = "touchpoint"
AFTER = ("later_score", "left", "spend")
_TYPES = {
    "moment": "string", "outcome": "string", "label": "string", "n": "int64", "difference": "float64", "low": "float64", "high": "float64", "state": "string",
    "customers": "int64", "share": "float64", "mean": "float64", "raw_difference": "float64", "q": "float64", "goes_with": "string", "later_n": "int64",
    "later_score": "float64", "later_score_low": "float64", "later_score_high": "float64", "followed_n": "int64", "left": "float64", "left_low": "float64",
    "left_high": "float64", "spend": "float64", "spend_low": "float64", "spend_high": "float64",
}  # fmt: skip


def moments(  # noqa: PLR0913 -- what can be asked of moments
    journal: Journal,
    *,
    metric: Metric = "csat",
    margin: float = 5.0,
    floor: int = 25,
    within: str = "90 days",
    after: str = "180 days",
    later: Metric = "nps",
    confidence: float = 0.95,
) -> Estimate:
    """Which moments matter: where do customers answer otherwise than they usually do, and what comes after?

    A moment is a touchpoint at which an answer was given, or what had become of a promise when the customer answered:
    kept, late, missing (overdue, and not there yet), called off, or still open. Promises are dates that events carry in
    the properties `promised` (by when) and `promise` (what is to come: a touchpoint or a kind of events of the same
    case), and those of the touchpoint catalogue. An answer that belongs to a case is about the promises of this case,
    any other about those its customer was given `within` the time before.

    `difference` is how far answers at the moment lie from the customer's own level: the mean of all answers, and what
    the customer's other answers lie above or below those of their touchpoints, shrunk by the share of variance between
    customers, so that one answer more tells little and ten tell much. A promise that was not kept is measured against
    those that were, which have the state `the measure`. Differences are shrunk towards none by empirical Bayes: the less
    certain one is, the more (the spread of true differences after DerSimonian and Laird 1986). The interval is that of the
    shrunken difference, from standard errors clustered by customer.

    A moment is called `pain` or `delight` only if this interval lies beyond `margin`, and a test against the margin holds
    after Benjamini and Hochberg's correction for the number of moments; otherwise it is `within margin` or `not sure`.

    What comes after goes with the moment, and need not come from it: the customer's next answers to `later`, having left
    (cancelled, or the contract ended), and what was paid, each within `after` and less that of the same measure. Those
    for whom this time is not over are left out. `goes_with` names what is beyond chance, after correction.

    Args:
        metric: which answers are compared.
        margin: the least difference that matters, in per cent of the scale: 5 is 0.2 of 1 to 5, and half a point of 0 to 10.
        floor: with fewer answers than this there is no figure.
        within: how long before an answer without a case a promise may have been given.
        after: how long after the answer what comes is counted.
        later: which answers count as the customer's later score.
        confidence: of the intervals, of labels, and of what goes with a moment.

    Columns:
        moment: the touchpoint, or what was promised
        outcome: `met` for a touchpoint; for a promise `kept`, `late`, `missing`, `called off` or `open`
        label: `pain`, `delight`, `within margin`, or `not sure`; null where there is no figure
        n: answers
        difference: from the customer's own level, or from promises kept, shrunk; in points of the scale
        low: lower end of its interval
        high: upper end of its interval
        state: `ok`, `the measure` for promises kept, `not decided` for promises still open, `too few answers`, or `nothing to measure against`
        customers: customers who answered; an answer of somebody unknown counts as one of its own
        share: of all answers to the metric
        mean: mean of the answers as given; null if there are too few
        raw_difference: before it was shrunk
        q: the least rate of false discoveries at which the difference is beyond the margin
        goes_with: which of later score, leaving and spend is beyond chance, and in which direction; null if none is
        later_n: answers that were followed by a later score
        later_score: difference of the later score from that of the measure
        later_score_low: lower end of its interval
        later_score_high: upper end of its interval
        followed_n: answers whose time after is over, of customers who had not left before
        left: difference of the share who left from that of the measure
        left_low: lower end of its interval
        left_high: upper end of its interval
        spend: difference of what was paid from that of the measure, per answer
        spend_low: lower end of its interval
        spend_high: upper end of its interval

    Order:
        what is labelled first, then by difference from the worst to the best, then what has no figure, by moment and outcome

    Example:
        >>> from kundig.journal import told
        >>> answers = [("shop", 5.0), ("shop", 4.0), ("hotline", 1.0), ("hotline", 2.0)] * 20
        >>> journal = told([
        ...     {"subject": f"c{number}", "kind": "feedback", "occurred_at": "2026-03-01", "touchpoint": touchpoint, "metric": "csat", "score": score}
        ...     for number, (touchpoint, score) in enumerate(answers)
        ... ])
        >>> [(row["moment"], row["label"], round(row["difference"], 2)) for row in moments(journal).to_pyarrow().to_pylist()]
        [('hotline', 'pain', -1.48), ('shop', 'delight', 1.48)]

    Raises:
        ArgumentError: the margin is negative.
    """
    least(floor=floor)
    if margin < 0:
        raise ArgumentError(f"--margin expects no less than 0, found {margin}")
    z = z_value(confidence)
    answered = followed(journal, metric, later, round(span(after).total_seconds()))
    told = _attached(answered, promises(journal), round(span(within).total_seconds()))
    lowest, highest = METRICS[metric]
    finish = partial(_finished, margin=margin / 100 * (highest - lowest), floor=max(floor, 2), z=z, alpha=1 - confidence)
    return Estimate({"cells": _summed(_levelled(answered, told))}, _TYPES, finish)


def behind(journal: Journal, *, metric: Metric = "csat", within: str = "90 days") -> ir.Table:
    """Who answered at each moment.

    Keys: moment, outcome
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    answers = events.filter((events.metric == metric) & events.score.notnull())
    answered = answers.select("event_id", "customer_id", "case_id", "touchpoint", at=answers.local_at.epoch_seconds().cast("int64"))
    told = _attached(answered, promises(journal), round(span(within).total_seconds()))
    rows = told.inner_join(answered.select("event_id", "customer_id"), "event_id")
    return rows.select("moment", "outcome", "customer_id", n=ibis.literal(1, "int64"))


def _attached(answered: ir.Table, promised: ir.Table, within: int) -> ir.Table:
    """Answer by moment: its touchpoint, and of each promise the latest that it is about."""
    import ibis  # noqa: PLC0415 -- slow import

    met = answered.select("event_id", moment=answered.touchpoint.fill_null("(no touchpoint)"), outcome=ibis.literal("met"))
    of_case = promised.filter(promised.case_id.notnull()).select(promise_key=ibis.literal("case ") + promised.case_id, **{name: promised[name] for name in _TIMES})
    of_customer = promised.filter(promised.customer_id.notnull()).select(promise_key=ibis.literal("customer ") + promised.customer_id, **{name: promised[name] for name in _TIMES})
    asked = answered.mutate(key=ibis.ifelse(answered.case_id.notnull(), ibis.literal("case ") + answered.case_id, ibis.literal("customer ") + answered.customer_id))
    asked = asked.select("event_id", "key", "at", has_case=asked.case_id.notnull())
    both = asked.join(of_case.union(of_customer), [("key", "promise_key")])
    recent = both.has_case | (both.made_at >= both.at - within)
    about = both.filter((both.made_at <= both.at) & recent)
    latest = about.mutate(place=ibis.row_number().over(group_by=["event_id", "promise"], order_by=[ibis.desc("made_at"), ibis.desc("due_at"), ibis.desc("came_at")])).filter(lambda table: table.place == 0)
    here = latest.came_at.notnull() & (latest.came_at <= latest.at)
    outcome = ibis.cases(
        (here & (latest.came_at <= latest.due_at), "kept"),
        (here, "late"),
        (latest.called_off_at.notnull() & (latest.called_off_at <= latest.at), "called off"),
        (latest.due_at < latest.at, "missing"),
        else_="open",
    )
    return met.union(latest.select("event_id", moment="promise", outcome=outcome))


_TIMES = ("promise", "made_at", "due_at", "came_at", "called_off_at")


def _levelled(answered: ir.Table, told: ir.Table) -> ir.Table:
    """A row for each customer and moment: sums of the answers, less what this customer usually answers above others.

    How much of a customer's other answers is its level and how much is chance comes from the variance between and
    within customers (analysis of variance of a random effect).
    """
    import ibis  # noqa: PLC0415 -- slow import

    rest = answered.mutate(rest=answered.score - answered.score.mean().over(group_by="touchpoint"))
    customers = rest.group_by("who").agg(n=rest.count().cast("float64"), total=rest.rest.sum(), squares=(rest.rest * rest.rest).sum())
    sums = customers.agg(
        n=customers.n.sum(), people=customers.count().cast("float64"), squares=customers.squares.sum(), between=(customers.total * customers.total / customers.n).sum(), sizes=(customers.n * customers.n).sum(),
    )  # fmt: skip
    noise = (sums.squares - sums.between).clip(lower=0.0) / (sums.n - sums.people).nullif(0.0)
    usual = (sums.n - sums.sizes / sums.n) / (sums.people - 1).nullif(0.0)
    spread = ((sums.between / (sums.people - 1).nullif(0.0) - noise) / usual.nullif(0.0)).clip(lower=0.0)
    variances = sums.select(noise=noise.fill_null(1.0), spread=spread.fill_null(0.0))
    joined = told.inner_join(rest, "event_id")
    cells = joined.group_by(["moment", "outcome", "who"]).agg(
        n=joined.count().cast("float64"), score=joined.score.sum(), rest=joined.rest.sum(), promise=(joined.outcome != "met").max(),
        **{f"{name}_n": joined[name].count().cast("float64") for name in AFTER}, **{name: joined[name].sum().fill_null(0.0) for name in AFTER},
    )  # fmt: skip
    whole = cells.inner_join(customers.select(of_who="who", of_n="n", of_total="total"), cells.who == customers.who).cross_join(variances)
    weight = whole.spread / ((whole.of_n - whole.n) * whole.spread + whole.noise).nullif(0.0)
    own = (weight * (whole.of_total - whole.rest)).fill_null(0.0)
    everybody = answered.group_by("who").agg(
        n=answered.count().cast("float64"), score=answered.score.sum(),
        **{f"{name}_n": answered[name].count().cast("float64") for name in AFTER}, **{name: answered[name].sum().fill_null(0.0) for name in AFTER},
    )  # fmt: skip
    names = ["n", "score", *(f"{name}_n" for name in AFTER), *AFTER]
    moments_ = whole.mutate(adjusted=ibis.ifelse(whole.promise, whole.rest, whole.score) - whole.n * own).select("moment", "outcome", "adjusted", *names)
    return moments_.union(everybody.mutate(moment=_text(""), outcome=_text(""), adjusted=everybody.score).select("moment", "outcome", "adjusted", *names))


def _text(value: str) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.literal(value)


_SUMMED = {"score": "n", "adjusted": "n", **{name: f"{name}_n" for name in AFTER}}


def _summed(cells: ir.Table) -> ir.Table:
    """A row for each moment: the sums from which means and their clustered errors are formed."""
    sums = {"customers": cells.count()}
    for name, n in _SUMMED.items():
        y, m = cells[name], cells[n]
        sums |= {f"{name}_sum": y.sum(), f"{name}_of": m.sum(), f"{name}_yy": (y * y).sum(), f"{name}_ym": (y * m).sum(), f"{name}_mm": (m * m).sum(), f"{name}_who": (m > 0).cast("int64").sum()}
    return cells.group_by(["moment", "outcome"]).agg(**sums).order_by("moment", "outcome")


def _finished(cells: pa.Table, *, margin: float, floor: int, z: float, alpha: float) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy import stats  # noqa: PLC0415 -- slow import

    from kundig.statistics.shrinkage import shrunken  # noqa: PLC0415 -- with it comes NumPy

    rows = {name: np.array(cells[name].to_pylist()) for name in cells.column_names}
    moment, outcome = cells["moment"].to_pylist(), cells["outcome"].to_pylist()
    here = np.flatnonzero([name != "" for name in outcome])
    if not len(here):
        return {name: [] for name in _TYPES}
    place = {pair: index for index, pair in enumerate(zip(moment, outcome, strict=True))}
    # A touchpoint is measured against all answers, a promise against those that were kept.
    measure = np.array([place["", ""] if outcome[i] == "met" else place.get((moment[i], "kept"), -1) for i in here])
    found = {name: _differences(rows, name, here, measure, floor) for name in ("adjusted", *AFTER)}
    n = rows["score_of"][here].astype(int)
    enough = n >= floor
    kept = np.array([outcome[i] == "kept" for i in here])
    undecided = np.array([outcome[i] == "open" for i in here])
    everything = n == rows["score_of"][place["", ""]]
    measured = np.array([m >= 0 and rows["score_of"][m] >= floor for m in measure]) & ~(everything & ~kept)
    compared = enough & ~kept & ~undecided & measured & np.isfinite(found["adjusted"][1])
    difference, low, high = (np.full(len(here), np.nan) for _ in range(3))
    q = np.full(len(here), np.nan)
    raw, error = found["adjusted"]
    if compared.any():
        centre, spread = shrunken(raw[compared], error[compared])
        difference[compared], low[compared], high[compared] = centre, centre - z * spread, centre + z * spread
        beyond = stats.norm.sf((np.abs(centre) - margin) / np.maximum(spread, 1e-12))
        q[compared] = stats.false_discovery_control(beyond)
    label = np.full(len(here), None, dtype=object)
    label[compared] = "not sure"
    label[compared & (low >= -margin) & (high <= margin)] = "within margin"
    label[compared & (high < -margin) & (q <= alpha)] = "pain"
    label[compared & (low > margin) & (q <= alpha)] = "delight"
    state = np.select([~enough, undecided, kept, measured], ["too few answers", "not decided", "the measure", "ok"], "nothing to measure against")
    after: dict[str, Any] = {name: tuple(np.where(compared, part, np.nan) for part in found[name]) for name in AFTER}
    answer: dict[str, Any] = {
        "moment": np.array([moment[i] for i in here], dtype=object), "outcome": np.array([outcome[i] for i in here], dtype=object), "state": state.astype(object), "label": label,
        "n": n, "customers": rows["customers"][here], "share": n / rows["score_of"][place["", ""]], "mean": np.where(enough, rows["score_sum"][here] / n, np.nan),
        "difference": difference, "low": low, "high": high, "raw_difference": np.where(compared, raw, np.nan), "q": q,
        "later_n": rows["later_score_of"][here].astype(int), "followed_n": rows["left_of"][here].astype(int), "goes_with": _going_with(after, alpha),
    }  # fmt: skip
    for name in AFTER:
        value, wide = after[name]
        answer |= {name: value, f"{name}_low": value - z * wide, f"{name}_high": value + z * wide}
    first = np.array([0 if one in {"pain", "delight"} else 1 if one else 2 for one in label])
    order = np.lexsort((answer["outcome"].astype(str), answer["moment"].astype(str), np.nan_to_num(difference, nan=np.inf), first))
    # Sums of floating numbers differ in their last digits with the order of rows; the answer must not.
    return {name: (values.round(6) if values.dtype.kind == "f" else values)[order].tolist() for name, values in answer.items()}


def _differences(rows: dict[str, Any], name: str, here: Any, measure: Any, floor: int) -> tuple[Any, Any]:
    """The difference of each moment's mean from that of its measure, and its standard error."""
    import numpy as np  # noqa: PLC0415 -- slow import

    total, n, yy, ym, mm, who = (rows[f"{name}_{part}"].astype(float) for part in ("sum", "of", "yy", "ym", "mm", "who"))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        # Between customers, since several answers of one say less than as many of several.
        variance = np.maximum(yy - 2 * mean * ym + mean**2 * mm, 0) / n**2 * who / (who - 1)
        # Where everybody answers alike the spread is not known to be none: half a step of the scale at least, once.
        variance = np.maximum(variance, 0.25 / n**2)
    mean[n < floor], variance[n < floor] = np.nan, np.nan
    own, against = variance[here], np.where(measure >= 0, variance[measure], np.nan)
    # The mean of all answers holds those of the moment, which makes the difference surer.
    within = np.array([rows["outcome"][m] == "" if m >= 0 else False for m in measure])
    share = np.where(within, n[here] / np.maximum(n[measure], 1), 0.0)
    error = np.sqrt(np.maximum(own * (1 - 2 * share) + against, own * (1 - share) ** 2))
    return mean[here] - np.where(measure >= 0, mean[measure], np.nan), error


def _going_with(after: dict[str, Any], alpha: float) -> Any:
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy import stats  # noqa: PLC0415 -- slow import

    words = {"later_score": "score", "left": "leaving", "spend": "spend"}
    values, errors = (np.concatenate([after[name][part] for name in AFTER]) for part in (0, 1))
    tested = np.isfinite(values) & np.isfinite(errors) & (errors > 0)
    said = np.full(len(values), "", dtype=object)
    if tested.any():
        q = stats.false_discovery_control(2 * stats.norm.sf(np.abs(values[tested]) / errors[tested]))
        names = np.repeat([words[name] for name in AFTER], len(after["left"][0]))
        said[tested] = [f"{'higher' if value > 0 else 'lower'} {name}" if one <= alpha else "" for value, name, one in zip(values[tested], names[tested], q, strict=True)]
    return np.array(["; ".join(word for word in row if word) or None for row in said.reshape(len(AFTER), -1).T], dtype=object)
