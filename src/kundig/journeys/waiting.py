"""Waiting: how long it takes, how sure its median is, and how much of it falls on working days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.settings import Calendar
from kundig.settings.business_time import worked
from kundig.statistics.ordered import in_order, quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.settings import Settings

_DAY = 86400
_FIRST_MONDAY = 4 * _DAY
"""1970-01-05, in seconds after the epoch."""


def working(local_at: ir.TimestampValue) -> ir.NumericValue:
    """Seconds of Mondays to Fridays since the first Monday of 1970, on the clock of `local_at`.

    The difference of two is the time between them without weekends.
    """
    import ibis  # noqa: PLC0415 -- slow import

    seconds = (local_at.epoch_seconds() - _FIRST_MONDAY).cast("float64")
    weeks = (seconds / (7 * _DAY)).floor()
    in_week = seconds - weeks * 7 * _DAY
    return weeks * 5.0 * _DAY + ibis.least(in_week, ibis.literal(5.0 * _DAY))


def in_working_time(table: ir.Table, settings: Settings) -> ir.Table:
    """`table` with `worked`: the company's working time so far, whose differences are the working time between.

    Monday to Friday alone is arithmetic; hours and holidays need the calendar.
    """
    if settings.calendar == Calendar():
        return table.mutate(worked=working(table.local_at))
    return worked(table, settings.calendar, settings.company.timezone)


def waits(table: ir.Table, seconds: str) -> dict[str, Any]:
    """All lengths of time in order, to aggregate with; `waited` makes columns of them."""
    return {"in_order": in_order(table[seconds])}


def waited(counted: ir.Table, z: float) -> ir.Table:
    """What `waits` gave as their median with its interval and the ninth decile.

    The interval is distribution-free, from order statistics: the places n/2 - z·√n/2 and 1 + n/2 + z·√n/2, rounded. It is
    null where the sample is too small to hold them. Source: Conover (1999), Practical Nonparametric Statistics, 3.2.
    """
    import ibis  # noqa: PLC0415 -- slow import

    n = counted.in_order.length().cast("float64")
    half = z * n.sqrt() / 2
    # Spark asks for places of 32 bits.
    placed = counted.mutate(lower=(n / 2 - half).round().cast("int32"), upper=(1 + n / 2 + half).round().cast("int32"))
    values = placed.in_order
    # Not every engine has null for what a list does not hold.
    return placed.mutate(
        median_seconds=quantile(values, 0.5),
        p90_seconds=quantile(values, 0.9),
        median_low_seconds=ibis.ifelse(placed.lower >= 1, values[placed.lower - 1], ibis.null("float64")),
        median_high_seconds=ibis.ifelse(placed.upper <= values.length(), values[placed.upper - 1], ibis.null("float64")),
    ).drop("in_order", "lower", "upper")
