"""Response: how many answer, and whether they are like those who do not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.feedback.asked import asked
from kundig.feedback.metrics import Metric
from kundig.least import least
from kundig.statistics import z_value
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

_TYPES = {
    "measure": "string", "basis": "string", "verdict": "string", "difference": "float64", "low": "float64", "high": "float64", "n": "int64", "answered": "int64",
    "answered_mean": "float64", "rest_mean": "float64", "state": "string", "q": "float64",
}  # fmt: skip


def response(  # noqa: PLR0913 -- what can be asked of a survey
    journal: Journal,
    *,
    metric: Metric = "nps",
    within: str = "30 days",
    after: str = "180 days",
    floor: int = 30,
    confidence: float = 0.95,
) -> Estimate:
    """How many of those who were asked answer, and are they like the rest?

    The response rate is AAPOR's RR1: answers over all who were asked, those included of whom nothing is known. Asked is who
    has an event of the kind `invitation` with this metric; answered, who gave a score `within` the time after. Invitations that
    may still be answered are left out, and so is whoever was not asked (suppression is not non-response). Where no
    invitation is known, all customers stand in for the asked, and the share of those who answered in a year is called coverage: it
    is no response rate.

    Those who answered are then compared with the rest: how long they have been customers, what they paid in the year
    before, and how many left in the time `after`. If they differ beyond chance (Welch's interval, Benjamini and Hochberg's
    correction), the scores are those of some customers and not of all; `feedback.response_weights` weights them.

    Args:
        metric: the question that was asked.
        within: how long after the invitation an answer counts.
        after: how long after it leaving counts.
        floor: with fewer than this on either side nothing is compared.
        confidence: of the intervals and the verdicts.

    Columns:
        measure: `response rate` or `coverage`, then `tenure` in days, `value` paid in a year, `left` as a share
        basis: `invited`, or `all customers` where no invitation is known
        verdict: `differ`, or `may be chance`; null where nothing was compared
        difference: of the two means; for the rate, the rate itself
        low: lower end of its interval (of a rate after Wilson)
        high: upper end of its interval
        n: of how many the measure is known
        answered: how many of them answered
        answered_mean: mean of those who answered; for the rate, the rate itself
        rest_mean: mean of those who did not; null for the rate
        state: `ok`, or `too few`
        q: the least rate of false discoveries at which the two differ; null for the rate

    Order:
        the rate, then tenure, value and left

    Example:
        >>> from kundig.journal import told
        >>> asked = [{"subject": f"c{n}", "kind": "invitation", "metric": "nps", "occurred_at": "2026-01-01"} for n in range(100)]
        >>> answers = [{"subject": f"c{n}", "kind": "feedback", "metric": "nps", "score": 9.0, "occurred_at": "2026-01-05"} for n in range(25)]
        >>> journal = told([*asked, *answers, ("c0", "shop", "2026-03-01")])
        >>> row = response(journal).to_pyarrow().to_pylist()[0]
        >>> (row["measure"], row["n"], row["answered"], row["difference"], round(row["low"], 3), round(row["high"], 3))
        ('response rate', 100, 25, 0.25, 0.175, 0.343)

    Raises:
        ArgumentError: `floor` is below 1.
    """
    least(floor=floor)
    z = z_value(confidence)
    rows = _asked(journal, metric, within, after)
    sums: dict[str, Any] = {}
    for name in ("tenure", "value", "left"):
        sums |= {f"{name}_n": rows[name].count(), f"{name}_sum": rows[name].sum(), f"{name}_squares": (rows[name] * rows[name]).sum()}
    summed = rows.group_by(["basis", "answered"]).agg(n=rows.count(), **sums).order_by("basis", "answered")
    return Estimate({"summed": summed, "known": journal.events.agg(n=journal.events.count())}, _TYPES, partial(_finished, floor=max(floor, 2), z=z, alpha=1 - confidence))


def behind(journal: Journal, *, metric: Metric = "nps", within: str = "30 days", after: str = "180 days") -> ir.Table:
    """Of whom each measure is known, and who of them answered.

    Keys: measure, basis
    Counts: n, answered
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = _asked(journal, metric, within, after)
    whole = ibis.ifelse(rows.basis == "invited", "response rate", "coverage")
    measures = [whole, *(ibis.ifelse(rows[name].notnull(), name, ibis.null("string")) for name in ("tenure", "value", "left"))]
    each = rows.select("basis", "customer_id", answered=rows.answered.cast("int64"), measure=ibis.array(measures).unnest())
    return each.filter(each.measure.notnull()).mutate(n=ibis.literal(1, "int64"))


def _asked(journal: Journal, metric: Metric, within: str, after: str) -> ir.Table:
    return asked(journal, metric, round(span(within).total_seconds()), round(span(after).total_seconds()))


def _finished(summed: pa.Table, known: pa.Table, *, floor: int, z: float, alpha: float) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy import stats  # noqa: PLC0415 -- slow import

    from kundig.statistics.shares import wilson_share  # noqa: PLC0415 -- with it comes NumPy

    groups = {(row["basis"], row["answered"]): row for row in summed.to_pylist()}
    if not known["n"][0].as_py():
        return {name: [] for name in _TYPES}
    basis = "invited" if any(name == "invited" for name, _ in groups) else "all customers"
    yes, no = (groups.get((basis, answered), {}) for answered in (True, False))
    n, answered = yes.get("n", 0) + no.get("n", 0), yes.get("n", 0)
    low, high = wilson_share(answered, n, z)
    enough = n >= floor
    rows: list[dict[str, Any]] = [{
        "measure": "response rate" if basis == "invited" else "coverage", "n": n, "answered": answered, "state": "ok" if enough else "too few",
        **({"answered_mean": answered / n, "difference": answered / n, "low": low, "high": high} if enough else {}),
    }]  # fmt: skip
    for name in ("tenure", "value", "left"):
        counts = [part.get(f"{name}_n") or 0 for part in (yes, no)]
        row: dict[str, Any] = {"measure": name, "n": sum(counts), "answered": counts[0], "state": "ok" if min(counts) >= floor else "too few"}
        if row["state"] == "ok":
            means = [float(part[f"{name}_sum"]) / count for part, count in zip((yes, no), counts, strict=True)]
            errors = [max(float(part[f"{name}_squares"]) - count * mean**2, 0) / (count - 1) / count for part, count, mean in zip((yes, no), counts, means, strict=True)]
            difference, variance = means[0] - means[1], sum(errors)
            degrees = variance**2 / max(sum(error**2 / (count - 1) for error, count in zip(errors, counts, strict=True)), 1e-300)
            half = float(stats.t.isf(alpha / 2, max(degrees, 1))) * np.sqrt(variance)
            p = 1.0 if difference == 0 else float(2 * stats.t.sf(abs(difference) / max(np.sqrt(variance), 1e-300), max(degrees, 1)))
            row |= {"answered_mean": means[0], "rest_mean": means[1], "difference": difference, "low": difference - half, "high": difference + half, "p": p}
        rows.append(row)
    tested = [row for row in rows if "p" in row]
    if tested:
        for row, q in zip(tested, stats.false_discovery_control([row["p"] for row in tested]), strict=True):
            row |= {"q": float(q), "verdict": "differ" if q <= alpha else "may be chance"}
    return {name: [basis if name == "basis" else np.round(value, 6) if isinstance(value := row.get(name), float) else value for row in rows] for name in _TYPES}
