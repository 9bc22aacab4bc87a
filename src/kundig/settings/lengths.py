"""Lengths of time in words, by the clock or in the company's business time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from kundig.settings.business_time import day_length
from kundig.touchpoints import span

if TYPE_CHECKING:
    from kundig.settings.calendar import Calendar

_BUSINESS = re.compile(r"\bbusiness\s+(?=minute|hour|day)")
DAY = 86400


@dataclass(frozen=True)
class Length:
    """A length of time: seconds by the clock, or opening hours; a business day is what the calendar makes of it."""

    clock: timedelta
    business: bool
    in_days: bool

    def opening_seconds(self, calendar: Calendar) -> float:
        """How many seconds of opening hours a length in business time is."""
        seconds = self.clock.total_seconds()
        return seconds / DAY * day_length(calendar) if self.in_days else seconds


def length(text: str) -> Length:
    """The length of time that words state.

    >>> length("36 hours")
    Length(clock=datetime.timedelta(days=1, seconds=43200), business=False, in_days=False)
    >>> length("2 business days").business
    True

    Raises:
        ValueError: neither a length by the clock nor one in business time.
    """
    try:
        clock = span(_BUSINESS.sub("", text))
    except ValueError:
        raise ValueError(f"expected a length of time such as '2 days', '36 hours' or '2 business days', found {text!r}") from None
    business = bool(_BUSINESS.search(text))
    return Length(clock, business, business and "day" in text)


def _meant(text: str) -> str:
    length(text)
    return text


def _by_the_clock(text: str) -> str:
    span(text)
    return text


Within = Annotated[str, AfterValidator(_meant)]
"""A length of time as text, by the clock or in business time."""

Clock = Annotated[str, AfterValidator(_by_the_clock)]
"""A length of time as text, by the clock."""
