"""Survival: how long customers stay, those included who are still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kundig.estimates import Estimate
from kundig.journal import split
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.contracts import first_day, number
from kundig.value.lives import MONTH, lives

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

Cohort = Literal["month", "quarter", "year"]
_TYPES = {"group": "string", "from_months": "int64", "months": "int64", "state": "string", "n": "int64", "lost": "int64", "survival": "float64", "low": "float64", "high": "float64"}


def survival(  # noqa: PLR0913 -- what can be asked of a curve
    journal: Journal, *, cohort: Cohort | None = None, by: str | None = None, step: int = 3, floor: int = 20, confidence: float = 0.95
) -> Estimate:
    """How long do customers stay?

    The product-limit estimate of Kaplan and Meier, in which customers who are still there count for as long as they have
    been. Time runs from a customer's first contract to the end of its last; a gap between two is no end. The interval is
    Greenwood's on the scale of log(-log); as long as nobody left, Wilson's of those at risk then.

    Customers who left before ends were recorded are not in the data. So that old customers do not look more loyal than they
    are, each counts as at risk only from the month of the first end that the journal knows, or from `contracts.ends_since`. Where a group has nobody young,
    its curve begins at the age `from_months` at which `floor` customers are at risk: survival of those who got there.

    Args:
        cohort: splits by the month, quarter or year in which customers began.
        by: splits by a dimension of the customer, such as segment or city; not together with `cohort`.
        step: the months between two rows.
        floor: with fewer customers at risk than this there is no figure.
        confidence: of the intervals.

    Columns:
        group: first day of the cohort, or the value of `by`; null without either
        from_months: the age at which the curve begins
        months: months since the customer's start
        state: `ok`, or `too few customers`; so also, in one row, a group in which nobody was ever at risk
        n: customers at risk then
        lost: customers lost up to then
        survival: share still there of those who were there at `from_months`
        low: lower end of its interval
        high: upper end of its interval

    Order:
        by group, null last, then by months

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to, contracts.ends_since

    Empty:
        There is nothing to answer from: no event of kind `contract` says who pays what.

    Example:
        >>> from kundig.journal import told
        >>> lives = [("ada", "2025-01-01", None), ("ben", "2025-01-01", "2025-05-01"), ("cyd", "2025-03-01", "2025-12-01"), ("dan", "2025-02-01", None), ("fay", "2024-11-01", "2024-12-15")]
        >>> events = [{"subject": s, "kind": "contract", "occurred_at": at, "outcome": o} for s, a, b in lives for at, o in ((a, "started"), (b, "ended")) if at]
        >>> survival(told([*events, ("eve", "visit", "2026-01-31")]), step=6, floor=2).execute()[["months", "n", "survival"]].round(2).to_dict("records")
        [{'months': 0, 'n': 4, 'survival': 1.0}, {'months': 6, 'n': 3, 'survival': 0.6}, {'months': 12, 'n': 1, 'survival': nan}]

    Raises:
        ArgumentError: both `cohort` and `by`, or `by` is no dimension.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(step=step, floor=floor)
    z = z_value(confidence)
    rows = _lived(journal, cohort, by)
    counted = rows.group_by(["group", "ended", "entry", "days"]).agg(n=rows.count())
    return Estimate({"lives": counted.order_by(ibis.asc("group", nulls_first=False), "days", "ended", "entry")}, _TYPES, lambda lives: _curves(lives, step, max(floor, 2), z))


def behind(journal: Journal, *, cohort: Cohort | None = None, by: str | None = None) -> ir.Table:
    """Who was at risk at each age.

    Keys: group, months
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = _lived(journal, cohort, by)
    ages = ibis.range(0, (rows.days / MONTH).ceil().cast("int64")).unnest()
    aged = rows.filter(rows.days > rows.entry).select("group", "customer_id", "entry", age=ages)
    there = aged.filter(aged.entry <= aged.age * MONTH)
    return there.select("group", "customer_id", months=there.age.cast("string"), n=ibis.literal(1, "int64"))


def _lived(journal: Journal, cohort: Cohort | None, by: str | None) -> ir.Table:
    """The lives of customers, each with its group."""
    import ibis  # noqa: PLC0415 -- slow import

    from kundig.errors import ArgumentError  # noqa: PLC0415 -- beside the slow one

    if cohort and by:
        raise ArgumentError(f"found both --cohort {cohort} and --by {by}; expected one of them")
    whole = lives(journal)
    if by:
        whole, group = split(journal, whole, by)
    else:
        group = first_day(number(whole.start, cohort), cohort).cast("string") if cohort else ibis.null("string")
    return whole.select("customer_id", "ended", "entry", "days", group=group)


def _curves(lives: pa.Table, step: int, floor: int, z: float) -> dict[str, list[Any]]:
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.statistics.shares import wilson_share  # noqa: PLC0415 -- needs it too
    from kundig.statistics.survival import kaplan_meier  # noqa: PLC0415 -- needs it too

    found: dict[str, list[Any]] = {name: [] for name in _TYPES}
    groups = np.asarray(lives["group"].to_pylist(), dtype=object)
    columns = {name: lives[name].to_numpy().astype(np.float64) for name in ("ended", "entry", "days", "n")}
    for group in dict.fromkeys(groups):
        # Whoever was gone before ends were recorded, or came with the last event, was never at risk.
        one = {name: column[(groups == group) & (columns["days"] > columns["entry"])] for name, column in columns.items()}
        if not len(one["days"]):
            for name, value in zip(_TYPES, (group, 0, 0, "too few customers", 0, 0, None, None, None), strict=True):
                found[name].append(value)
            continue
        ages = np.arange(0, one["days"].max() / MONTH, 1.0)
        risk = np.array([one["n"][(one["entry"] <= age * MONTH) & (one["days"] > age * MONTH)].sum() for age in ages])
        enough = np.flatnonzero(risk >= floor)
        begin = int(enough[0]) if len(enough) else 0
        later = one["days"] > begin * MONTH
        curve = kaplan_meier(one["days"][later], one["ended"][later], z, np.maximum(one["entry"][later], begin * MONTH - 0.5), one["n"][later])
        for age in range(begin, len(ages), step):
            figures = curve.at(age * MONTH)
            if age > begin and figures[0] == 1:
                # Greenwood's variance is none where nobody left; that nobody would, so few do not show.
                figures = (1.0, wilson_share(int(risk[age]), int(risk[age]), z)[0], 1.0)
            ok = risk[age] >= floor
            row = (group, begin, age, "ok" if ok else "too few customers", int(risk[age]), int(curve.ended[curve.times <= age * MONTH].sum()), *(figures if ok else (None,) * 3))
            for name, value in zip(_TYPES, row, strict=True):
                found[name].append(value)
    return found
