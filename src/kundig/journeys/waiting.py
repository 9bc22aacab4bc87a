"""Waiting: how long it takes, how sure its median is, and how much of it falls on working days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.settings import Calendar
from kundig.settings.business_time import worked

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


def ranked(table: ir.Table, keys: list[str], seconds: str) -> ir.Table:
    """`table` with `place` and `of`: the place of each length of time among those of its group, and how many there are."""
    import ibis  # noqa: PLC0415 -- slow import

    return table.mutate(
        place=ibis.row_number().over(group_by=keys, order_by=ibis.asc(seconds, nulls_first=False)) + 1,
        of=table[seconds].count().over(group_by=keys).cast("float64"),
    )


def waits(table: ir.Table, seconds: str, z: float) -> dict[str, Any]:
    """Median, its interval, and the ninth decile of a `ranked` table, to aggregate with.

    The interval is distribution-free, from order statistics: the places n/2 - z·√n/2 and 1 + n/2 + z·√n/2, rounded. It is
    null where the sample is too small to hold them. Source: Conover (1999), Practical Nonparametric Statistics, 3.2.
    """
    length = table[seconds]
    half = z * table.of.sqrt() / 2
    return {
        "median_seconds": length.median(),
        "median_low_seconds": length.max(where=table.place == (table.of / 2 - half).round()),
        "median_high_seconds": length.max(where=table.place == (1 + table.of / 2 + half).round()),
        "p90_seconds": length.quantile(0.9),
    }
