"""Two persons under one mailbox or number: who shares a personal value, and what is known of them that cannot be of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kundig.identity.normal import birth_date, day_either_way, family, given, person

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ALIKE = 0.88
"""Two given names of at least this Jaro–Winkler similarity, or of which one begins the other, can be one person's."""
TRANSPOSED = 0.85
"""A given name this similar to the other's family name stands in the wrong field."""
SLIP = 2
"""Two days of birth that differ by more slips of the keyboard are those of two persons."""
GENERATION = 15
"""Two of one given name and one mailbox are parent and child, and those are at least so many years apart; a shorter distance is a mistake in a date."""

NAMES = "different given names"
DAYS = "different days of birth"
TWINS = "different given names, one day of birth"
UNNAMED = "different days of birth, no given name"
DOUBTS = (TWINS, UNNAMED)
"""Two persons, or one of whom something false is said: the value joins nobody, but is still compared."""


def families(con: DuckDBPyConnection, personal: str, columns: Sequence[str]) -> None:
    """The table `families` (rank, value, reason): values whose subjects cannot all be one person.

    Args:
        con: the connection that sees `traits`, and the tables `subjects` and `shared`.
        personal: SQL that is true of the rows of `shared` that are asked about.
        columns: those that traits have.
    """
    con.execute("CREATE TEMP TABLE families (rank TINYINT, value VARCHAR, reason VARCHAR)")
    con.execute(f"CREATE OR REPLACE TEMP TABLE few AS SELECT rank, value, unnest(codes) AS code FROM shared WHERE {personal}")
    there = [name for name in ("given_name", "family_name", "name", "birth_date") if name in columns]
    if not {"given_name", "name", "birth_date"} & set(there):
        return
    con.execute(f"CREATE OR REPLACE TEMP TABLE texts AS SELECT DISTINCT code, {', '.join(there)} FROM traits JOIN subjects USING (subject) SEMI JOIN few USING (code) WHERE coalesce({', '.join(there)}) IS NOT NULL")
    named = _names(con, there)
    dated = f"SELECT DISTINCT code, {birth_date('birth_date')} AS day FROM texts WHERE birth_date IS NOT NULL" if "birth_date" in there else "SELECT NULL::BIGINT AS code, NULL::VARCHAR AS day WHERE false"
    con.execute(
        f"INSERT INTO families WITH named AS ({named}), dated AS (SELECT * FROM ({dated}) WHERE day IS NOT NULL), "
        "known AS MATERIALIZED (SELECT DISTINCT rank, value, given, family, day FROM few JOIN (SELECT code, given, family, day FROM named FULL JOIN dated USING (code)) USING (code)), "
        "placed AS MATERIALIZED (SELECT *, row_number() OVER (PARTITION BY rank, value) AS place FROM known QUALIFY count(*) OVER (PARTITION BY rank, value) > 1), "
        f"pairs AS (SELECT a.rank, a.value, {_other_name()} AS renamed, {_same_day()} AS same_day, a.given IS NOT NULL AND b.given IS NOT NULL AS both_named, a.day AS one, b.day AS other "
        "FROM placed a JOIN placed b ON a.rank = b.rank AND a.value = b.value AND a.place < b.place), "
        f"told AS (SELECT rank, value, CASE WHEN renamed AND coalesce(same_day, false) THEN '{TWINS}' WHEN renamed THEN '{NAMES}' "
        f"WHEN NOT same_day AND abs(date_diff('day', one::DATE, other::DATE)) >= {GENERATION} * 365.25 THEN '{DAYS}' WHEN NOT same_day AND NOT both_named THEN '{UNNAMED}' END AS reason FROM pairs) "
        f"SELECT rank, value, arg_min(reason, CASE reason WHEN '{NAMES}' THEN 1 WHEN '{DAYS}' THEN 2 WHEN '{TWINS}' THEN 3 ELSE 4 END) FROM told WHERE reason IS NOT NULL GROUP BY rank, value"
    )


def _names(con: DuckDBPyConnection, there: Sequence[str]) -> str:
    """The SELECT of code, given and family; each text is read once, however often it is told."""
    forms = {("given_name", "given"): person, ("family_name", "family"): person, ("name", "given"): given, ("name", "family"): family}
    read: dict[str, list[str]] = {"given": [], "family": []}
    joins = []
    for (column, part), form in forms.items():
        if column not in there:
            continue
        con.execute(f"CREATE OR REPLACE TEMP TABLE read_{part}_{column} AS SELECT {column} AS text, {form(column)} AS form FROM (SELECT DISTINCT {column} FROM texts WHERE {column} IS NOT NULL)")
        joins.append(f"LEFT JOIN read_{part}_{column} ON read_{part}_{column}.text = texts.{column}")
        read[part].append(f"read_{part}_{column}.form")
    told = {part: f"coalesce({', '.join(forms)})" if forms else "NULL::VARCHAR" for part, forms in read.items()}
    return f"SELECT DISTINCT code, {told['given']} AS given, {told['family']} AS family FROM texts {' '.join(joins)} WHERE {told['given']} IS NOT NULL OR {told['family']} IS NOT NULL"


def _other_name() -> str:
    """Whether the given names of a and b are two persons'; false where one is not known."""
    shared = "len(list_intersect(string_split(a.given, ' '), string_split(b.given, ' '))) > 0"
    alike = f"starts_with(a.given, b.given) OR starts_with(b.given, a.given) OR {shared} OR jaro_winkler_similarity(a.given, b.given) >= {ALIKE}"
    # Two letters in the wrong order are a slip of the keyboard, however short the name is.
    slip = "(damerau_levenshtein(a.given, b.given) = 1 AND levenshtein(a.given, b.given) = 2)"
    return f"coalesce(NOT ({alike} OR {slip} OR {transposed('a.given', 'a.family', 'b.given', 'b.family')}), false)"


def transposed(given_a: str, family_a: str, given_b: str, family_b: str) -> str:
    """SQL: whether one has the given name where the other has the family name; where all four are known, both must fit."""
    one = f"coalesce(jaro_winkler_similarity({given_a}, {family_b}) >= {TRANSPOSED}, NULL)"
    other = f"coalesce(jaro_winkler_similarity({family_a}, {given_b}) >= {TRANSPOSED}, NULL)"
    return f"(coalesce({one}, {other}, false) AND coalesce({other}, {one}, false))"


def _same_day() -> str:
    """Whether a and b have one day of birth but for slips or the order of day and month; null where one is not known."""
    return f"(damerau_levenshtein(a.day, b.day) <= {SLIP} OR {day_either_way('a.day')} = {day_either_way('b.day')})"
