"""How a text column writes its times and numbers: settled for the whole column, never row by row.

A column is looked at through its shapes (every digit as 9) and, for dates, through its values. What fits only
one reading is settled. What fits two, such as `03/04/2025` or `1.234`, is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kundig.sources.expression import literal

_CLOCK = (" %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")


@dataclass(frozen=True)
class TimeFormat:
    """One way to write a time: the strptime patterns it takes, and the shape by which it is recognised."""

    name: str
    shape: str
    patterns: tuple[str, ...]
    """Of a month in words: the patterns of what is left when its words are English and short."""
    fits: Callable[[str], bool] = lambda _: True


def _first_at_most_12(value: str) -> bool:
    return int(re.split(r"\D", value, maxsplit=1)[0]) <= 12


def _second_at_most_12(value: str) -> bool:
    return int(re.split(r"\D", value)[1]) <= 12


def _clocked(date: str, separators: tuple[str, ...] = (" ",)) -> tuple[str, ...]:
    return (*(date + clock.replace(" ", separator, 1) for separator in separators for clock in _CLOCK), date)


_TAIL = r"(,? 99?:99(:99(\.9+)?)?( ?[AaPp][Mm])?)?"
_MONTH = r"(?i:jan|j(ä|ae)n|feb|m(ä|ae|a)r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]*\.?"
_WEEKDAY = r"((?i:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]*[.,]? )?"
_ZONE = r" ?(Z|UTC|GMT|[+-]99:?99)"
TIMES = (
    TimeFormat("iso", r"9999-99-99([ T]99:99(:99([.,]9+)?)?)?", _clocked("%Y-%m-%d", (" ", "T"))),
    TimeFormat("iso with zone", r"9999-99-99[ T]99:99(:99(\.9+)?)? ?(Z|UTC|[+-]99(:?99)?)", ()),
    TimeFormat("dd.mm.yyyy", rf"99?\.99?\.9999{_TAIL}", _clocked("%d.%m.%Y", (" ", ", ")), _second_at_most_12),
    TimeFormat("dd.mm.yy", rf"99?\.99?\.99{_TAIL}", _clocked("%d.%m.%y", (" ", ", ")), _second_at_most_12),
    TimeFormat("dd/mm/yyyy", rf"99?/99?/9999{_TAIL}", _clocked("%d/%m/%Y"), _second_at_most_12),
    TimeFormat("mm/dd/yyyy", rf"99?/99?/9999{_TAIL}", _clocked("%m/%d/%Y"), _first_at_most_12),
    TimeFormat("dd-mm-yyyy", rf"99?-99?-9999{_TAIL}", _clocked("%d-%m-%Y"), _second_at_most_12),
    TimeFormat("yyyy/mm/dd", rf"9999/99?/99?{_TAIL}", _clocked("%Y/%m/%d")),
    TimeFormat("yyyymmdd", r"99999999", ("%Y%m%d",), lambda value: 1900 <= int(value[:4]) <= 2100 and value[4:6] <= "12"),
    TimeFormat("yyyymmddThhmmss", r"99999999T999999", ("%Y%m%dT%H%M%S",)),
    TimeFormat("yyyymmddThhmmssZ", r"99999999T999999Z", ("%Y%m%dT%H%M%SZ",)),
    TimeFormat("month in words", rf"{_WEEKDAY}(99?(\.|st|nd|rd|th)? {_MONTH},? 9999|{_MONTH} 99?(st|nd|rd|th)?,? 9999){_TAIL}", _clocked("%d %b %Y") + _clocked("%b %d %Y")),
    TimeFormat("month in words with zone", rf"{_WEEKDAY}({_MONTH} 99? 99:99:99{_ZONE} 9999|99? {_MONTH} 9999 99:99(:99)?{_ZONE})", ("%b %d %H:%M:%S %z %Y", "%d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M %z")),
    TimeFormat("epoch seconds", r"9{9,10}(\.9+)?", ()),
    TimeFormat("epoch milliseconds", r"9{12,13}", ()),
)
TIME_NAMES = tuple(form.name for form in TIMES)

_BY_NAME = {form.name: form for form in TIMES}


def shape(value: str) -> str:
    """The value with every digit as 9.

    >>> shape("1.234,56 €")
    '9.999,99 €'
    """
    return re.sub(r"\d", "9", value)


def time_formats(values: Iterable[str]) -> list[str]:
    """The names of the time formats that read most of the values; more than one means that it is open.

    >>> time_formats(["03/04/2025", "28/04/2025"])
    ['dd/mm/yyyy']
    >>> time_formats(["03/04/2025"])
    ['dd/mm/yyyy', 'mm/dd/yyyy']
    """
    distinct = list(values)
    counts = {
        form.name: sum(bool(re.fullmatch(form.shape, shape(value.strip()))) and form.fits(value.strip()) for value in distinct)
        for form in TIMES
    }
    best = max(counts.values(), default=0)
    return [name for name, count in counts.items() if best and count == best]


def number_formats(shapes: Iterable[str]) -> list[str]:
    """The decimal signs under which the shapes are numbers: `.`, `,`, or both when it is open.

    Whole numbers speak for neither; a list of whole numbers alone gives an empty list.

    >>> number_formats(["9.999,99", "9"])
    [',']
    >>> number_formats(["9.999"])
    [',', '.']
    >>> number_formats(["999"])
    []
    """
    votes: dict[str, int] = {",": 0, ".": 0}
    open_ = False
    for raw in shapes:
        text = _bare(raw)
        if re.fullmatch(r"[9]+", text) or not re.fullmatch(r"[9.,]+", text):
            continue
        if re.fullmatch(r"9{1,3}[.,]999", text):
            open_ = True
        elif re.fullmatch(r"9{1,3}(\.999)+(,9+)?|9+,9+", text):
            votes[","] += 1
        elif re.fullmatch(r"9{1,3}(,999)+(\.9+)?|9*\.9+", text):
            votes["."] += 1
    decided = [sign for sign, count in votes.items() if count]
    if len(decided) == 2:
        return decided
    return decided or ([",", "."] if open_ else [])


def _bare(text: str) -> str:
    """Without what may stand around a number: signs, currency, per cent, spaces and apostrophes."""
    return re.sub(r"[\s\u00a0\u202f'’€$£%+\-\u2212]|EUR|USD|CHF|GBP", "", text)


_AROUND = "[\\s\\x{00a0}\\x{202f}'’€$£%]|EUR|USD|CHF|GBP"


@dataclass(frozen=True)
class TimeReading:
    """How a column becomes a point in time, in two steps, so that the engine parses each value once."""

    parsed: str
    """SQL over the column: a time without zone, or already a point in time."""
    zone: str | None
    """The zone in which the parsed time is meant; None where it is a point in time."""

    def instant(self, parsed: str) -> str:
        """The point in time from the name of the parsed column; null where there is none.

        An hour that clocks skip in spring is read as the hour after it; of an hour that comes twice in autumn, the
        second is taken.
        """
        return parsed if self.zone is None else f"{parsed} AT TIME ZONE {literal(self.zone)}"


def time_reading(column: str, type_: str, form: str | None, zone: str, sample: str | None = None) -> TimeReading:
    """How a column of the engine's type `type_` is read as times.

    Args:
        form: a name of TIME_NAMES, a strptime pattern, or None for ISO 8601.
        zone: the IANA zone of times that name none.
        sample: a value of the column; its pattern is tried first.
    """
    if type_.startswith("TIMESTAMP WITH"):
        return TimeReading(column, None)
    if type_.startswith(("TIMESTAMP", "DATE")):
        return TimeReading(f"CAST({column} AS TIMESTAMP)", zone)
    text = column if type_ == "VARCHAR" else f"CAST({column} AS VARCHAR)"
    form = form or "iso"
    if form == "iso with zone":
        guard = f"regexp_full_match(trim({text}), '.*[T ]\\d\\d:\\d\\d.*(Z|UTC|[+-]\\d\\d(:?\\d\\d)?)')"
        joined = f"regexp_replace(trim({text}), ' ([+-])', '\\1')"
        return TimeReading(f"CASE WHEN {guard} THEN try_cast({joined} AS TIMESTAMPTZ) END", None)
    if form == "epoch seconds":
        return TimeReading(f"make_timestamptz(try_cast(round(try_cast({text} AS DOUBLE) * 1e6) AS BIGINT))", None)
    if form == "epoch milliseconds":
        return TimeReading(f"make_timestamptz(try_cast({text} AS BIGINT) * 1000)", None)
    known = _BY_NAME.get(form)
    if known is not None and form.startswith("month in words"):
        return TimeReading(f"try_strptime({_month_short(text)}, [{', '.join(literal(pattern) for pattern in known.patterns)}])", None if form.endswith("zone") else zone)
    patterns = sorted(known.patterns if known else (form,), key=lambda pattern: not _reads(sample, pattern))
    if form == "yyyymmddThhmmssZ":
        return TimeReading(f"try_strptime(trim({text}), '%Y%m%dT%H%M%SZ')", "UTC")
    listed = f"try_strptime(trim({text}), [{', '.join(literal(pattern) for pattern in patterns)}])"
    # Most values are written as the first one: a single pattern reads them at a third of the price.
    return TimeReading(f"coalesce(try_strptime({text}, {literal(patterns[0])}), {listed})", zone)


_WORDS = (
    (r"^(mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]*[.,]? ", ""),
    (r"(\d)(st|nd|rd|th)\b", r"\1"),
    (r"[.,]( |$)", r"\1"),
    (r" (Z|UTC|GMT)\b", " +0000"),
    (r"\bm(ä|ae|a)r[a-zä]*", "Mar"),
    (r"\bmai\b", "May"),
    (r"\bokt[a-z]*", "Oct"),
    (r"\bdez[a-z]*", "Dec"),
    (r"\bj(ä|ae)n[a-z]*", "Jan"),
    (r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", r"\1"),
    (r" +", " "),
)
"""From a date in words, English or German, to day, month in three English letters, and year."""


def _month_short(text: str) -> str:
    for pattern, by in _WORDS:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(by)}, 'gi')"
    return f"trim({text})"


def _reads(sample: str | None, pattern: str) -> bool:
    try:
        return sample is not None and bool(datetime.strptime(sample.strip(), pattern))  # noqa: DTZ007 -- only whether it fits
    except ValueError:
        return False


def number_sql(column: str, type_: str, decimal: str | None, to: str) -> str:
    """The column as a number of the engine's type `to` (null where it is none).

    Currency and per cent signs, blanks, and a minus behind the number are understood. Without a decimal sign
    only whole numbers are numbers, so that a column whose sample had none is never misread.
    """
    if not type_.startswith(("VARCHAR", "JSON")):
        return f"try_cast({column} AS {to})" if not type_.startswith(("FLOAT", "DOUBLE")) or to == "DOUBLE" else _from_float(column, to)
    plain = {None: r"[+-]?\d+", ".": r"[+-]?(\d+(\.\d*)?|\.\d+)", ",": r"[+-]?\d+(,\d*)?"}[decimal]
    grouped = {None: r"[+-]?\d+", ".": r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", ",": r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?"}[decimal]
    bare = f"replace(regexp_replace({column}, {literal(_AROUND)}, '', 'g'), '\u2212', '-')"
    turned = f"(CASE WHEN {bare} LIKE '%-' THEN '-' || rtrim({bare}, '-') ELSE {bare} END)"
    point = {None: turned, ".": f"replace({turned}, ',', '')", ",": f"replace(replace({turned}, '.', ''), ',', '.')"}[decimal]
    careful = f"CASE WHEN regexp_full_match({turned}, {literal(f'{plain}|{grouped}')}) THEN try_cast({point} AS {to}) END"
    if decimal == ",":
        return careful
    # Most values are plain.
    return f"CASE WHEN regexp_full_match({column}, {literal(plain)}) THEN try_cast({column} AS {to}) ELSE {careful} END"


def _from_float(column: str, to: str) -> str:
    """Money out of a binary float goes through its shortest decimal text, so that 0.1 is 0.1."""
    return f"try_cast(CAST({column} AS VARCHAR) AS {to})"


def question(kind: str, column: str, example: str, options: list[str]) -> str:
    """What to ask when a column can be read in two ways."""
    key, readings = ("decimal", "decimal sign") if kind == "number" else ("dates", "date format")
    listed = " or ".join(repr(option) for option in options)
    return (
        f"the column {column!r} can be read in two ways: {example!r} fits the {readings} {listed}, and no row decides it; "
        f"write `{key}: {options[0]!r}` (or the other) under `read:`, or under `formats:` for this column alone"
    )


Formats = Mapping[str, str | None]
"""Per column the settled time format or decimal sign; None where whole numbers are all that was seen."""
