"""The company's calendar: when it is open, and on which days it is not."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kundig.definition import Definition
from kundig.errors import nearest

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")


def seconds(text: str) -> tuple[int, int]:
    """Opening and closing in seconds after midnight.

    >>> seconds("09:00-17:30")
    (32400, 63000)

    Raises:
        ValueError: not two times of a day, the first before the second.
    """
    match = _HOURS.fullmatch(text)
    times = tuple(int(match[n]) * 3600 + int(match[n + 1]) * 60 for n in (1, 3)) if match and all(int(match[n]) < 60 for n in (2, 4)) else (0, 0)  # noqa: PLR2004 -- minutes
    if not times[0] < times[1] <= 86400:  # noqa: PLR2004 -- a day
        raise ValueError(f"expected opening hours such as 09:00-17:00, found {text!r}")
    return times[0], times[1]


def _opened(text: str) -> str:
    seconds(text)
    return text


def _date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"expected a date such as 2026-12-24, found {value!r}") from None
    return value


Hours = Annotated[str, AfterValidator(_opened)]
Day = Annotated[date, BeforeValidator(_date)]


class Calendar(Definition):
    """When the company works: opening hours on its own clock by weekday, public holidays, and further days on which it is closed.

    Attributes:
        hours: opening hours by weekday such as `09:00-17:00`; days that are left out are closed. By default Monday to Friday, the whole day.
        country: whose public holidays are kept, as ISO 3166 code such as DE; none if it is left out.
        subdivision: the part of the country, such as BY.
        closed: further days on which nobody works.
        open: days on which work is done although they are public holidays.
    """

    hours: dict[str, Hours] = Field(default_factory=lambda: dict.fromkeys(WEEKDAYS[:5], "00:00-24:00"))
    country: str | None = None
    subdivision: str | None = None
    closed: tuple[Day, ...] = ()
    open: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Calendar:
        for day in self.hours:
            if day not in WEEKDAYS:
                raise ValueError(f"hours: found the unknown day {day!r}; {nearest(day, WEEKDAYS)}")
        if not self.hours:
            raise ValueError("hours: expected at least one weekday with opening hours")
        if self.subdivision is not None and self.country is None:
            raise ValueError(f"subdivision: found {self.subdivision!r} without a country; write `country:` as well")
        if self.country is not None:
            from holidays import list_supported_countries  # noqa: PLC0415 -- slow import

            known = list_supported_countries()
            if self.country not in known:
                raise ValueError(f"country: found {self.country!r}; {nearest(self.country, known)}")
            if self.subdivision is not None and self.subdivision not in known[self.country]:
                raise ValueError(f"subdivision: found {self.subdivision!r}; {nearest(self.subdivision, known[self.country])}")
        return self

    def days_off(self, first: int, last: int) -> list[date]:
        """Public holidays and closed days of these years, both included, in order; weekdays without opening hours apart.

        >>> [day.isoformat() for day in Calendar(country="DE", closed=("2026-12-24",)).days_off(2026, 2026)][-4:]
        ['2026-10-03', '2026-12-24', '2026-12-25', '2026-12-26']
        """
        days = {day for day in self.closed if first <= day.year <= last}
        if self.country is not None:
            from holidays import country_holidays  # noqa: PLC0415 -- slow import

            days |= set(country_holidays(self.country, subdiv=self.subdivision, years=range(first, last + 1)))
        return sorted(days - set(self.open))
