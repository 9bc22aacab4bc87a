"""The two and a half years that are simulated, on the company's clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
"""Days since START; negative before it."""

Moments = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

START = np.datetime64("2024-01-01", "D")
END = np.datetime64("2026-06-30", "D")
MONTHS = 30
DAYS = int((END - START).astype(np.int64)) + 1
MONTH_START: Days = ((np.datetime64("2024-01", "M") + np.arange(MONTHS + 1)).astype("datetime64[D]") - START).astype(np.int64)


def day(text: str) -> int:
    """The day of a date written as ISO text."""
    return int((np.datetime64(text, "D") - START).astype(np.int64))


def month(days: Days) -> Days:
    """The month in which a day lies, from 0; days outside the period count as its first or last month."""
    return np.clip(np.searchsorted(MONTH_START, days, side="right") - 1, 0, MONTHS - 1)


def date(days: Days) -> Moments:
    """Days as dates."""
    return START + days.astype("timedelta64[D]")


def weekday(days: Days) -> Days:
    """0 for Monday to 6 for Sunday."""
    return days % 7  # START is a Monday


def at(days: Days, rng: np.random.Generator, first: float = 8, last: float = 20) -> Moments:
    """A moment on each day between two hours of the clock.

    The night is left out of everything, so that no moment falls into the hour that clocks skip or repeat.
    """
    seconds = rng.integers(int(first * 3600), int(last * 3600), len(days))
    return np.asarray(date(days).astype("datetime64[s]") + seconds.astype("timedelta64[s]"))


def within_month(months: Days, rng: np.random.Generator) -> Days:
    """A day drawn from each month."""
    length = MONTH_START[months + 1] - MONTH_START[months]
    return MONTH_START[months] + (rng.random(len(months)) * length).astype(np.int64)
