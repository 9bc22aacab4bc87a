"""Periods: the first day of each, and of the one that follows, in units that every engine has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

Period = Literal["day", "week", "month", "quarter", "year"]
_TRUNCATED = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


def period_of(local_at: ir.TimestampValue, every: Period) -> ir.DateValue:
    """The first day of the period in which a moment lies."""
    return local_at.truncate(_TRUNCATED[every]).date()


def following(period: ir.DateValue, every: Period) -> ir.DateValue:
    """The first day of the next period."""
    import ibis  # noqa: PLC0415 -- slow import

    lengths = {"day": ibis.interval(days=1), "week": ibis.interval(days=7), "month": ibis.interval(months=1), "quarter": ibis.interval(months=3), "year": ibis.interval(months=12)}
    return (period.cast("timestamp") + lengths[every]).date()
