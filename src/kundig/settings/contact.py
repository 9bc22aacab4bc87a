"""What the company may write to its customers, when, and how often: the key `contact:`."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from kundig.definition import Definition
from kundig.errors import nearest
from kundig.settings.calendar import Calendar, Hours, seconds
from kundig.settings.lengths import Clock

SERVICE, ADVERTISING, SURVEY = "service", "advertising", "survey"


class Purpose(Definition):
    """What is written for, and which consent that takes.

    Attributes:
        consent: names of consents, as sources state them, of which one must be given; none takes no consent.
    """

    consent: tuple[str, ...] = ()


class Cap(Definition):
    """So often at most, over all playbooks and surveys.

    Attributes:
        most: how many letters.
        within: in which time.
        purpose: of this purpose alone; of all, if it is left out.
    """

    most: Annotated[int, Field(ge=0)]
    within: Clock
    purpose: str | None = None


def _purposes() -> dict[str, Purpose]:
    return {SERVICE: Purpose(), ADVERTISING: Purpose(consent=(ADVERTISING,)), SURVEY: Purpose(consent=(SURVEY, ADVERTISING))}


class Contact(Definition):
    """Consent, hours and limits of what goes to customers.

    Attributes:
        purposes: by name. `service` is about what the customer has bought and takes no consent; `advertising` and `survey` take one.
        given: words by which sources say that a consent is given; every other word is a refusal.
        hours: when letters go out, on the company's clock; what comes due at another time waits.
        days_off: whether letters go out on Sundays, public holidays and other days on which the company is closed.
        caps: how often at most.
        keeps: how long what has to wait for its hour may wait before it is dropped.
        public: whether what was changed because customers said so stands on a page that everybody can read, `/heard/`; each change is put there by a person.
    """

    purposes: dict[str, Purpose] = Field(default_factory=_purposes)
    given: Annotated[tuple[str, ...], Field(min_length=1)] = ("yes", "true", "1", "ja", "j", "y", "x", "given", "granted", "opt-in", "erteilt")
    hours: Hours = "08:00-20:00"
    days_off: bool = False
    caps: tuple[Cap, ...] = (Cap(most=2, within="7 days"), Cap(most=1, within="30 days", purpose=SURVEY))
    keeps: Clock = "4 days"
    public: bool = False

    @field_validator("purposes")
    @classmethod
    def _whole(cls, given: dict[str, Purpose]) -> dict[str, Purpose]:
        return _purposes() | given

    @model_validator(mode="after")
    def _meant(self) -> Contact:
        for cap in self.caps:
            if cap.purpose is not None and cap.purpose not in self.purposes:
                raise ValueError(f"caps: found the purpose {cap.purpose!r}; {nearest(cap.purpose, self.purposes)}")
        return self

    def purpose(self, name: str) -> Purpose:
        """The purpose of a name.

        Raises:
            ValueError: there is none; names the nearest.
        """
        if name not in self.purposes:
            raise ValueError(f"found the purpose {name!r}; {nearest(name, self.purposes)}")
        return self.purposes[name]

    def consented(self, purpose: str, consents: dict[str, str]) -> bool:
        """Whether what is said of a customer's consents allows the purpose; a refusal of the purpose itself counts more than any consent.

        >>> [Contact().consented("survey", consents) for consents in ({"advertising": "Ja"}, {"advertising": "Ja", "survey": "nein"}, {})]
        [True, False, False]
        """
        needed, said = self.purpose(purpose).consent, {name: word.strip().casefold() for name, word in consents.items()}
        if not needed:
            return True
        return said.get(purpose, self.given[0]) in self.given and any(said.get(name) in self.given for name in needed)

    def open_at(self, at: datetime, calendar: Calendar, zone: str) -> datetime:
        """The first moment from `at` on at which letters go out; `at` itself, if they do then.

        >>> late = datetime(2026, 3, 6, 22, tzinfo=timezone.utc)
        >>> Contact().open_at(late, Calendar(), "UTC").isoformat()
        '2026-03-07T08:00:00+00:00'
        """
        opens, closes = seconds(self.hours)
        home = ZoneInfo(zone)
        local = at.astimezone(home)
        closed = set() if self.days_off else set(calendar.days_off(local.year, local.year + 1))
        for day in (local.date() + timedelta(days=number) for number in range(366)):
            if not self.days_off and (day in closed or day.weekday() == 6):  # noqa: PLR2004 -- Sunday
                continue
            midnight = datetime.combine(day, time(), home)
            start, end = (_later(midnight, amount) for amount in (opens, closes))
            if at < end:
                return max(at, start)
        raise ValueError("within a year there is no hour at which letters go out; look at `contact:` and `calendar:` in kundig.yaml")


def _later(midnight: datetime, amount: int) -> datetime:
    """So many seconds on the clock after midnight, in UTC; a time that the clock leaves out is that after it."""
    return (midnight + timedelta(seconds=amount)).astimezone(timezone.utc)
