"""What the columns of an unknown file seem to hold: a guess from their names and from what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kundig.sources.expression import quoted
from kundig.sources.formats import shape, time_formats

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOOKED_AT = 200_000
"""Rows that a guess goes by."""
_SHOWN = 500
_NUMBER = r"_?(id|no|nr|num|nummer|number|key|ref)"
_CASE = rf"(ticket|order|case|bestell(ung)?s?|auftrags?|vorgangs?|contract|vertrags?|invoice|rechnungs?|application|antrags?|claim|trace|deal|lead|mql|project|projekt){_NUMBER}|case_concept_name"
_WHO = r"(customer|kunden?|client|user|person|contact|member|mitglieds?|account|konto|author|patient|buyer|subscriber|visitor|anonymous|guest|gast)"
_SUBJECTS = (rf"{_WHO}_unique{_NUMBER}", rf"{_WHO}{_NUMBER}", rf".*_{_WHO}{_NUMBER}", _WHO)
_RECORD = r"id|(rec|record|unique|row)_id"
_ACTIVITY = r"concept_name|activity(_(name|label))?|aktivit(ae|ä)t|event(_(name|type))?|action|touchpoint|ereignis|t(ae|ä)tigkeit|(arbeits|prozess)?schritt|(process_)?step|task(_name)?"
_NOT_WHEN = r".*(birth|geburt|dob|updated|modified|ge(ä|ae)ndert|closed|resolved|geschlossen|deadline|planned|estimated|limit|until|valid|due|f(ä|ae)llig|enddate|end_date|_bis).*"
_WHEN = r"(time_)?timestamp|zeitstempel|(.*_)?(occurred|created|opened|started|angelegt|erstellt|eingang)(_(at|on|am))?|date|datum|time|zeit|zeitpunkt|(order|purchase|invoice|event|visit|review|ticket)_(date|time|timestamp)"
_TRAITS: tuple[tuple[str, str], ...] = (
    ("email", r"(.*_)?e?_?mail(_?ad(d)?ress(e)?)?"),
    ("phone", r"(.*_)?(phone|telefon|tel|mobile?|handy)(_?(no|nr|nummer|number))?"),
    ("given_name", r"(given|first)_?name|vorname|forename"),
    ("family_name", r"(family|last)_?name|surname|nachname"),
    ("name", r"((customer|client|full|kunden)_?)?name"),
    ("birth_date", r"(.*_)?(birth.*|geburt.*|dob)"),
    ("street", r"stra(ss|ß)e|street|address(_1)?|adresse"),
    ("postcode", r"plz|post_?(code|leitzahl)|zip.*|.*_zip.*"),
    ("city", r"ort|stadt|city|town|suburb|.*_city"),
    ("country", r"land|country.*"),
    ("company", r"firma|company.*|organi[sz]ation"),
    ("segment", r"segment|.*_segment"),
)
_TEXT = r"(.*_)?(text|comment|message|kommentar|beschreibung|description|nachricht|verbatim|freitext|review)"
_RATING = r"(.*_)?(nps|csat|ces|score|rating|stars?|sterne|note|bewertung|zufriedenheit|satisfaction)"
_SCALES: Mapping[str, tuple[float, float]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "stars": (1, 5)}


@dataclass(frozen=True)
class Rating:
    """A column of answers: the metric it is on, and what else it holds that looks like no answer."""

    column: str
    metric: str
    not_given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """What each column seems to be; a column has one use at most, and what has none is in `rest`."""

    at: str | None = None
    subject: str | None = None
    case_id: str | None = None
    activity: str | None = None
    key: tuple[str, ...] = ()
    traits: Mapping[str, str] = field(default_factory=dict)
    ratings: tuple[Rating, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    """Further fields of the event: channel, text, amount, quantity, product, staff."""
    rest: tuple[str, ...] = ()


def plain(column: str) -> str:
    """A column's name in small letters with its words apart.

    >>> plain("CustomerID"), plain("Kunden-Nr"), plain("case:concept:name")
    ('customer_id', 'kunden_nr', 'case_concept_name')
    """
    apart = re.sub(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])|(?<=[A-Z])(?=[A-Z][a-z])", "_", column.strip())
    return re.sub(r"[^0-9a-zäöüß]+", "_", apart.lower()).strip("_")


def guess(con: DuckDBPyConnection, relation: str, columns: Sequence[str]) -> Guess:
    """What the columns of a relation seem to hold.

    Args:
        con: the connection that knows the relation.
        relation: the relation in SQL; LOOKED_AT of its rows are enough.
        columns: its columns, without those about the row.
    """
    seen = {column: [str(value) for (value,) in con.execute(f"SELECT {quoted(column)} FROM {relation} WHERE trim({quoted(column)}::VARCHAR) != '' LIMIT {_SHOWN}").fetchall()] for column in columns}
    left = list(columns)

    def taken(*patterns: str, among: Iterable[str] | None = None) -> str | None:
        allowed = set(left if among is None else among)
        for pattern in patterns:
            for column in left:
                if column in allowed and re.fullmatch(pattern, plain(column)):
                    left.remove(column)
                    return column
        return None

    at = _when(seen)
    if at is not None:
        left.remove(at)
    case = taken(_CASE)
    subject = taken(*_SUBJECTS)
    activity = taken(_ACTIVITY, among=[column for column in left if _few(con, relation, column)])
    ratings = tuple(rating for column in list(left) if (rating := _rating(column, seen[column], con, relation)) is not None)
    left = [column for column in left if column not in {rating.column for rating in ratings}]
    traits = {role: column for role, pattern in _TRAITS if (column := taken(pattern))}
    if subject is None and traits:
        subject = taken(_RECORD)
    if subject is None:
        # What is known of somebody needs somebody.
        left, traits = [column for column in columns if column in left or column in traits.values()], {}
    fields = {
        role: column
        for role, pattern in (
            ("channel", r"(.*_)?(channel|kanal)"),
            ("staff", r"org_resource|agent(_id)?|staff|resource|bearbeiter|mitarbeiter"),
            ("text", _TEXT),
            ("amount", r"(.*_)?(amount|betrag|price|preis|value|total|summe|umsatz|costs?)"),
            ("quantity", r"quantity|menge|anzahl|qty|number_of_.*"),
            ("product", r"product(_?(name|id))?|produkt|tarif|tariff|artikel"),
        )
        if (column := taken(pattern, among=None if role not in {"amount", "quantity"} else [column for column in left if _numbers(seen[column])]))
    }
    key = _key(con, relation, [column for column in columns if re.fullmatch(rf"{_RECORD}|.*_id|{_CASE}", plain(column))], at, case, subject, activity)
    return Guess(at, subject, case, activity, key, traits, ratings, fields, tuple(left))


def _when(seen: Mapping[str, list[str]]) -> str | None:
    """The column that says when it happened: named so, or the first one that holds times."""
    times = [column for column, values in seen.items() if values and _all_times(values) and not re.fullmatch(_NOT_WHEN, plain(column))]
    return next((column for column in times if re.fullmatch(_WHEN, plain(column))), times[0] if times else None)


def _all_times(values: Sequence[str]) -> bool:
    fits = time_formats(values[:200])
    return bool(fits) and not all(re.fullmatch(r"9+(\.9)?", shape(value)) for value in values[:200])


def _numbers(values: Sequence[str]) -> bool:
    return bool(values) and all(re.fullmatch(r"[-+€$£ ]*9[9.,]*[ €$£%]*", shape(value.strip())) for value in values)


def _few(con: DuckDBPyConnection, relation: str, column: str) -> bool:
    """Whether a column repeats itself, as the names of steps do."""
    rows, values = con.execute(f"SELECT count({quoted(column)}), count(DISTINCT {quoted(column)}) FROM {relation}").fetchall()[0]
    return bool(values > 1 and values <= max(2, min(500, rows // 2)))


def _rating(column: str, values: Sequence[str], con: DuckDBPyConnection, relation: str) -> Rating | None:
    """The column as answers, if its name says so and its values keep to the metric's scale. A scale up to ten is no NPS unless it is named so."""
    if not re.fullmatch(_RATING, plain(column)) or not _numbers(values):
        return None
    metric = next((metric for metric in ("nps", "csat", "ces") if metric in plain(column).split("_")), "stars")
    number = f"try_cast(replace({quoted(column)}::VARCHAR, ',', '.') AS DOUBLE)"
    low, high = con.execute(f"SELECT min({number}) FILTER ({number} != 0), max({number}) FROM {relation}").fetchall()[0]
    least, most = _SCALES[metric]
    if low is None or low < least or high > most:
        return None
    zeros = con.execute(f"SELECT DISTINCT {quoted(column)}::VARCHAR FROM {relation} WHERE {number} = 0 ORDER BY 1").fetchall() if least > 0 else []
    return Rating(column, metric, tuple(zero for (zero,) in zeros))


def _key(con: DuckDBPyConnection, relation: str, named: Sequence[str], *roles: str | None) -> tuple[str, ...]:
    """The first columns, alone or together, that tell every row from every other; nothing if there are none."""
    at, case, subject, activity = roles
    together = [(case, at), (case, activity, at), (subject, at), (subject, activity, at)]
    for columns in [*((column,) for column in named), *together]:
        if None in columns:
            continue
        names = ", ".join(quoted(column) for column in columns if column)
        rows, filled, apart = con.execute(f"SELECT count(*), count(*) FILTER ({' AND '.join(f'{quoted(column)} IS NOT NULL' for column in columns if column)}), count(DISTINCT ({names})) FROM {relation}").fetchall()[0]
        if rows and rows == filled == apart:
            return tuple(column for column in columns if column)
    return ()
