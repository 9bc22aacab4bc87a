"""What is compared when two records may be one person: which columns, in which form, and where to look for pairs.

Everything here follows from the columns and the values that are there; nothing is tuned to a set of data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING, Any, Literal

from kundig.identity.duckdb import answer
from kundig.identity.normal import birth_date, company, email, family_names, folded, person, street

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Sort = Literal["name", "names", "date", "email", "words", "code", "class"]
"""How a column is compared: names, family names of which some have more than one, days, mailboxes, free words, assigned codes, and classes that are equal or not."""

SORTS: Mapping[str, Sort] = {
    "given_name": "name",
    "family_name": "name",
    "birth_date": "date",
    "email": "email",
    "phone": "code",
    "street": "words",
    "postcode": "code",
    "city": "words",
    "country": "class",
    "company": "words",
}
"""How the columns of traits are compared. A column that is not named here is a code if its values are many, else a class."""

SHARED = 1000
"""A value in so many records, and in more than one of a hundred, that the column is warned of where it should tell persons apart."""

SEVERAL = 100
"""From so many records on whose family name has several words, is a word in common a step of its own between alike and different."""
IN_COMMON = "one of several names"
"""What that step is called in a model."""

MANY = 100_000
"""From so many records on, fewer pairs a record are looked at."""


@dataclass(frozen=True)
class Plan:
    """What is compared.

    Attributes:
        sorts: the sort of each column.
        rules: columns, alone or two together, on whose equal values records are brought together.
        pairs: how many pairs each rule brought together when it was made.
        largest: for each rule, how many records may share a value.
        warnings: a sentence for each column that helps nobody.
    """

    sorts: Mapping[str, Sort]
    rules: Sequence[tuple[str, ...]]
    pairs: Mapping[tuple[str, ...], float]
    largest: Sequence[int]
    warnings: tuple[str, ...]


def coded(con: DuckDBPyConnection, columns: Sequence[str]) -> None:
    """The table `coded` (code, subject, texts, stamp) from the view `raw`; codes go by the order of subjects, a stamp is a hash of the texts."""
    texts = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in columns)
    stamp = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in columns)
    con.execute(f"CREATE TEMP TABLE coded AS SELECT row_number() OVER (ORDER BY subject) - 1 AS code, subject, {texts or 'NULL AS nothing'}, hash({stamp or 'NULL'}) AS stamp FROM raw")


def formed(con: DuckDBPyConnection, columns: Sequence[str], into: str, of: str | None = None) -> None:
    """A table (code, subject, normal forms) of `coded`.

    Args:
        con: the connection that sees `coded`.
        columns: what is compared.
        into: the name of the table.
        of: a table with the codes that are wanted; all by default.
    """
    rows = f"(SELECT * FROM coded SEMI JOIN {of} USING (code))" if of else "coded"
    # Each text is read once, however many records have it.
    for number, name in enumerate(columns):
        con.execute(f'CREATE OR REPLACE TEMP TABLE form_{number} AS SELECT text, {_form(name, "text")} AS form FROM (SELECT DISTINCT "{name}" AS text FROM {rows} WHERE "{name}" IS NOT NULL)')
    forms = [f'f{number}.form AS "{name}"' for number, name in enumerate(columns)]
    joined = " ".join(f'LEFT JOIN form_{number} f{number} ON f{number}.text = c."{name}"' for number, name in enumerate(columns))
    con.execute(f"CREATE TEMP TABLE {into} AS SELECT code, subject, {', '.join(forms) or 'NULL AS nothing'} FROM {rows} c {joined}")


def planned(con: DuckDBPyConnection, columns: Sequence[str]) -> Plan:
    """What is to be compared, from the values in the table `records`."""
    [(count,)] = con.execute("SELECT count(*) FROM records").fetchall()
    sorts: dict[str, Sort] = {}
    warnings = []
    for name in columns:
        [(there, different, most)] = con.execute(f'SELECT coalesce(sum(n), 0), count(*), coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM records WHERE "{name}" IS NOT NULL GROUP BY "{name}")').fetchall()
        if not count:
            continue
        if not there:
            warnings.append(f"{name}: is empty in all {count:,} records; it is left out")
            continue
        if different == 1 and count > 1:
            warnings.append(f"{name}: says the same wherever it says anything ({there:,} of {count:,} records); it is left out")
            continue
        sorts[name] = SORTS.get(name, "code" if different > there / 10 else "class")
        if name == "family_name" and _of_several(con) >= SEVERAL:
            sorts[name] = "names"
        if sorts[name] in {"email", "code"} and most > max(SHARED, there / 100):
            warnings.append(f"{name}: {most:,} records share one value; that value is not used to look for pairs")
    rules, pairs, largest = _rules(con, sorts, int(count))
    return Plan(sorts, rules, pairs, largest, tuple(warnings))


def _of_several(con: DuckDBPyConnection) -> int:
    """How many records have a family name of several words: a compound, one with a name at birth, or one with "von"."""
    [(count,)] = con.execute("SELECT count(*) FROM records WHERE contains(family_name, ' ')").fetchall()
    return int(count)


def labelled_pairs(con: DuckDBPyConnection, labelled: Any, plan: Plan) -> int:
    """How many pairs keys have told to be one; their records are in the table `labelled`, in normal form, with all their labels."""
    if labelled is None:
        return 0
    con.register("told", labelled)
    forms = [f"""{_form(name, f'CAST("{name}" AS VARCHAR)')} AS "{name}\"""" for name in plan.sorts]
    nothing = [f"NULL::UBIGINT AS on_{number}" for number in range(len(plan.rules))]
    con.execute(f"CREATE TEMP TABLE labelled AS SELECT row_number() OVER (ORDER BY subject) AS code, subject, COLUMNS('^cluster(_.*)?$'), {', '.join(forms + nothing)} FROM told")
    [(pairs,)] = con.execute("SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM labelled GROUP BY cluster)").fetchall()
    return int(pairs)


def _form(name: str, text: str) -> str:
    match SORTS.get(name):
        case "name":
            return family_names(text, person(text)) if name == "family_name" else person(text)
        case "date":
            return f"replace(coalesce({birth_date(text)}, {folded(text)}), '-', '')"
        case "email":
            return email(text)
        case _ if name == "street":
            return street(text)
        case _ if name == "company":
            return company(text)
        case _:
            return folded(text)


def _rules(con: DuckDBPyConnection, sorts: Mapping[str, Sort], count: int) -> tuple[list[tuple[str, ...]], dict[tuple[str, ...], float], list[int]]:
    """Columns alone, and two together, on whose equal values pairs are looked for, and how many records may share one.

    A value that would bring too many records together is null there, so that the work grows with the records and not
    with their square: a rare surname is a reason to look, a frequent one only together with something else.
    """
    most = count * (20 if count <= MANY else 5)
    telling = [name for name, sort in sorts.items() if sort != "class"]
    candidates: list[tuple[str, ...]] = [(name,) for name in telling] + list(combinations(sorts, 2))
    rules: list[tuple[str, ...]] = []
    pairs: dict[tuple[str, ...], float] = {}
    added: list[tuple[tuple[str, ...], bool, int]] = []
    for rule in candidates:
        if any(set(other) < set(rule) and pairs[other] == whole for other, whole in _wholes(pairs, added)):
            continue
        there = " AND ".join(f'"{name}" IS NOT NULL' for name in rule)
        by = ", ".join(f'"{name}"' for name in rule)
        sizes = answer(con, f"SELECT n, count(*) * n * (n - 1) / 2 AS pairs FROM (SELECT count(*) AS n FROM records WHERE {there} GROUP BY {by}) WHERE n > 1 GROUP BY n ORDER BY n").to_pylist()
        total, largest = 0.0, 0
        for size in sizes:
            if total + size["pairs"] > most / len(rule):
                break
            total, largest = total + size["pairs"], size["n"]
        if not largest:
            continue
        whole = largest == sizes[-1]["n"]
        if whole:
            # Where no value is left out, one may still grow to what the rule has left.
            largest = max(largest, int(sqrt(2 * (most / len(rule) - total))))
        pairs[rule] = total
        added.append((rule, whole, largest))
        rules.append(rule)
    return rules, pairs, [largest for _, _, largest in added]


def _wholes(pairs: Mapping[tuple[str, ...], float], added: Sequence[tuple[tuple[str, ...], bool, int]]) -> list[tuple[tuple[str, ...], float]]:
    """Rules that leave out no value, so that a narrower rule would find nothing more."""
    return [(rule, pairs[rule]) for rule, whole, _ in added if whole]
