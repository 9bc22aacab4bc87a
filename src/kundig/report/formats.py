"""Numbers, money, dates and spans of time as a reader of German or English writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from kundig.report.phrases import Counted, Language, Phrase

_LOCALES = {"de": "de_DE", "en": "en_GB"}
_PER_CENT = Phrase("{number}%", "{number}\u00a0%")
_WEEK = Phrase("week {week}", "KW\u00a0{week}")
_WEEK_OF_YEAR = Phrase("week {week}, {days}", "KW\u00a0{week}, {days}")
_BETWEEN = Phrase("{low} to {high}", "{low} bis {high}")
_AT = Phrase("{day}, {time}", "{day}, {time}\u00a0Uhr")
_SCALES = (
    (1e9, Phrase("{number}bn", "{number}\u00a0Mrd.")),
    (1e6, Phrase("{number}m", "{number}\u00a0Mio.")),
    (1e3, Phrase("{number}k", "{number}\u00a0Tsd.")),
)
_SPANS = (
    (86400 * 365.25, Counted(Phrase("{n} year", "{n} Jahr"), Phrase("{n} years", "{n} Jahre"))),
    (86400.0, Counted(Phrase("{n} day", "{n} Tag"), Phrase("{n} days", "{n} Tage"))),
    (3600.0, Counted(Phrase("{n} hour", "{n} Stunde"), Phrase("{n} hours", "{n} Stunden"))),
    (60.0, Counted(Phrase("{n} minute", "{n} Minute"), Phrase("{n} minutes", "{n} Minuten"))),
    (1.0, Counted(Phrase("{n} second", "{n} Sekunde"), Phrase("{n} seconds", "{n} Sekunden"))),
)
_MINUS = "\u2212"
_NONE = "–"


@dataclass(frozen=True)
class Formats:
    """How values are written for one reader.

    Args:
        language: of the reader.
        currency: ISO 4217 code of the company.
        zone: the company's time zone, in which moments are told.
    """

    language: Language = "en"
    currency: str = "EUR"
    zone: str = "UTC"

    @property
    def locale(self) -> str:
        """Babel's name for the reader's habits."""
        return _LOCALES[self.language]

    def number(self, value: float | Decimal | None, digits: int = 0) -> str:
        """A number with that many decimals and a true minus sign.

        >>> Formats("de").number(1284.5, 1), Formats("en").number(-1284)
        ('1.284,5', '−1,284')
        """
        if value is None or value != value:  # noqa: PLR0124 -- what is not a number is not equal to itself
            return _NONE
        return _number(self.locale, str(value), digits)

    def change(self, value: float | Decimal | None, digits: int = 0) -> str:
        """A difference, always with its sign.

        >>> Formats("en").change(4), Formats("de").change(-0.44, 1), Formats("de").change(0.0)
        ('+4', '−0,4', '±0')
        """
        text = self.number(value, digits)
        if text == _NONE or text.startswith(_MINUS):
            return text
        return ("±" if not any(sign in text for sign in "123456789") else "+") + text

    def percent(self, share: float | None, digits: int = 1) -> str:
        r"""A share between 0 and 1 as per cent.

        >>> Formats("de").percent(1.057), Formats("en").percent(0.93, 0)
        ('105,7\xa0%', '93%')
        """
        return _NONE if share is None else _PER_CENT.said(self.language, number=self.number(share * 100, digits))

    def change_percent(self, share: float | None, digits: int = 0) -> str:
        """A relative change as per cent, always with its sign.

        >>> Formats("en").change_percent(0.04), Formats("en").change_percent(-0.125, 1)
        ('+4%', '−12.5%')
        """
        return _NONE if share is None else _PER_CENT.said(self.language, number=self.change(share * 100, digits))

    def money(self, amount: float | Decimal | None, digits: int = 2) -> str:
        r"""An amount in the company's currency, to the cent.

        >>> Formats("de").money(1234.5), Formats("en").money(-1234.5)
        ('1.234,50\xa0€', '−€1,234.50')
        """
        return _NONE if amount is None else self._with_currency(self.number(amount, digits))

    def short_money(self, amount: float | Decimal | None) -> str:
        r"""An amount in few digits, for headlines.

        >>> Formats("de").short_money(1_900_000), Formats("en").short_money(96_400), Formats("de", "CHF").short_money(412)
        ('1,9\xa0Mio.\xa0€', '€96k', '412\xa0CHF')
        """
        if amount is None:
            return _NONE
        return self._with_currency(self.short_number(amount))

    def short_number(self, value: float | Decimal) -> str:
        r"""A number in few digits.

        >>> Formats("de").short_number(845_293), Formats("en").short_number(999_999), Formats("en").short_number(12)
        ('845\xa0Tsd.', '1.0m', '12')
        """
        for scale, phrase in _SCALES:
            if abs(float(value)) >= scale * 0.9995:
                scaled = float(value) / scale
                return phrase.said(self.language, number=self.number(scaled, 0 if abs(scaled) >= 99.95 or scale == 1e3 else 1))
        return self.number(value)

    def _with_currency(self, number: str) -> str:
        from babel.numbers import get_currency_symbol  # noqa: PLC0415 -- slow import

        sign, bare = (_MINUS, number[1:]) if number.startswith(_MINUS) else ("", number)
        symbol = str(get_currency_symbol(self.currency, locale=self.locale))
        if self.language == "de":
            return f"{sign}{bare}\u00a0{symbol}"
        return f"{sign}{symbol}\u00a0{bare}" if symbol.isalpha() else f"{sign}{symbol}{bare}"

    def interval(self, low: float | None, high: float | None, digits: int = 0) -> str:
        """The ends of an interval; with a dash, or in words where a minus would meet it.

        >>> Formats("en").interval(38, 46), Formats("de").interval(-4, 3)
        ('38–46', '−4 bis 3')
        """
        if low is None or high is None:
            return _NONE
        ends = self.number(low, digits), self.number(high, digits)
        if any(end.startswith(_MINUS) for end in ends):
            return _BETWEEN.said(self.language, low=ends[0], high=ends[1])
        return "–".join(ends)

    def percent_interval(self, low: float | None, high: float | None, digits: int = 1) -> str:
        """The ends of a share's interval as per cent.

        >>> Formats("en").percent_interval(0.38, 0.461, 0)
        '38–46%'
        """
        if low is None or high is None:
            return _NONE
        return _PER_CENT.said(self.language, number=self.interval(low * 100, high * 100, digits))

    def day(self, day: date) -> str:
        """A date.

        >>> Formats("de").day(date(2026, 11, 2)), Formats("en").day(date(2026, 11, 2))
        ('2. Nov. 2026', '2 Nov 2026')
        """
        return self._date(day, "d. MMM y" if self.language == "de" else "d MMM y")

    def short_day(self, day: date) -> str:
        """A date of which the year is known.

        >>> Formats("de").short_day(date(2026, 11, 2))
        '2. Nov.'
        """
        return self._date(day, "d. MMM" if self.language == "de" else "d MMM")

    def month(self, day: date, *, year: bool = True) -> str:
        """A month.

        >>> Formats("de").month(date(2026, 3, 1)), Formats("en").month(date(2026, 3, 1), year=False)
        ('März 2026', 'Mar')
        """
        return self._date(day, "LLLL y" if year else "LLL")

    def quarter(self, day: date) -> str:
        """A quarter.

        >>> Formats("de").quarter(date(2026, 3, 1))
        'Q1 2026'
        """
        return f"Q{(day.month + 2) // 3} {day.year}"

    def days(self, first: date, last: date) -> str:
        """From a day to another.

        >>> Formats("de").days(date(2026, 11, 16), date(2026, 11, 22)), Formats("en").days(date(2026, 12, 28), date(2027, 1, 3))
        ('16.–22. Nov. 2026', '28 Dec 2026 – 3 Jan 2027')
        """
        if first.year != last.year:
            return f"{self.day(first)} – {self.day(last)}"
        if first.month != last.month:
            return f"{self.short_day(first)} – {self.day(last)}"
        if first == last:
            return self.day(last)
        return f"{first.day}.–{self.day(last)}" if self.language == "de" else f"{first.day}–{self.day(last)}"

    def week(self, day: date) -> str:
        r"""The ISO week that a day lies in.

        >>> Formats("de").week(date(2026, 11, 22)), Formats("en").week(date(2026, 11, 22))
        ('KW\xa047', 'week 47')
        """
        return _WEEK.said(self.language, week=day.isocalendar().week)

    def week_days(self, day: date) -> str:
        """The ISO week that a day lies in, with its days.

        >>> Formats("en").week_days(date(2026, 11, 18))
        'week 47, 16–22 Nov 2026'
        """
        monday = day - timedelta(days=day.weekday())
        return _WEEK_OF_YEAR.said(self.language, week=day.isocalendar().week, days=self.days(monday, monday + timedelta(days=6)))

    def moment(self, at: datetime) -> str:
        r"""A moment on the company's clock.

        >>> from datetime import timezone
        >>> Formats("de", zone="Europe/Berlin").moment(datetime(2026, 11, 22, 5, 10, tzinfo=timezone.utc))
        '22. Nov. 2026, 06:10\xa0Uhr'
        """
        local = at.astimezone(ZoneInfo(self.zone)) if at.tzinfo else at
        return _AT.said(self.language, day=self.day(local.date()), time=f"{local:%H:%M}")

    def span(self, seconds: float | None) -> str:
        """A length of time in its largest fitting unit.

        >>> Formats("de").span(535_680), Formats("en").span(3600), Formats("de").span(50_000), Formats("en").span(0)
        ('6,2 Tage', '1 hour', '14 Stunden', '0 seconds')
        """
        if seconds is None:
            return _NONE
        for length, phrase in _SPANS:
            value = seconds / length
            if abs(value) >= (2 if length > 86400 else 0.995) or length == 1.0:
                text = self.number(value, 1 if abs(value) < 9.95 and length > 60 else 0)
                whole = text.removesuffix(",0").removesuffix(".0")
                return phrase.said(self.language, 1 if whole == "1" else 2, n=whole)
        raise AssertionError("the last unit takes every length")

    def span_interval(self, low: float | None, high: float | None) -> str:
        """The ends of a length of time, in the unit of the longer one.

        >>> Formats("de").span_interval(8.9 * 86400, 10 * 86400), Formats("en").span_interval(None, 3)
        ('8,9–10 Tage', '–')
        """
        if low is None or high is None:
            return _NONE
        length, phrase = next((length, phrase) for length, phrase in _SPANS if abs(high) / length >= (2 if length > 86400 else 0.995) or length == 1.0)
        ends = [self.number(end / length, 1 if abs(end / length) < 9.95 and length > 60 else 0).removesuffix(",0").removesuffix(".0") for end in (low, high)]
        return phrase.said(self.language, 1 if ends == ["1", "1"] else 2, n="–".join(dict.fromkeys(ends)))

    def value(self, value: Any, digits: int = 1) -> str:
        """Any value of a table, by its type."""
        match value:
            case None:
                return _NONE
            case bool():
                return Phrase("yes", "ja").said(self.language) if value else Phrase("no", "nein").said(self.language)
            case int():
                return self.number(value)
            case float() | Decimal():
                return self.number(value, digits)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
        return str(value)

    def _date(self, day: date, pattern: str) -> str:
        return _date(self.locale, day.date() if isinstance(day, datetime) else day, pattern)


@lru_cache(maxsize=20_000)
def _date(locale: str, day: date, pattern: str) -> str:
    """As with numbers: a page says the same days again and again."""
    from babel.dates import format_date  # noqa: PLC0415 -- slow import

    return str(format_date(day, pattern, locale=locale))


@lru_cache(maxsize=20_000)
def _number(locale: str, value: str, digits: int) -> str:
    """A page says the same numbers again and again, and to write one takes long."""
    from babel.numbers import format_decimal  # noqa: PLC0415 -- slow import

    rounded = round(Decimal(value), digits)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    # Nothing is less than nothing: what rounds to zero has no sign.
    return str(format_decimal(rounded or abs(rounded), pattern, locale=locale)).replace("-", _MINUS)
