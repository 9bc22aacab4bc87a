"""How the records of one customer came together, what was decided on them, and which pairs wait for a decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundig.identity.decisions import Decision, standing
from kundig.ingest.identifying import decisions
from kundig.store.duckdb import connection, relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kundig.store.lake import Lake

FIELDS = ("given_name", "family_name", "name", "birth_date", "email", "phone", "street", "postcode", "city", "company")
"""What two records are compared by, as people compare them."""


@dataclass(frozen=True)
class Tie:
    """One link between two subjects: the key or resemblance, and what both have."""

    subject: str
    other: str
    how: str
    value: str | None
    probability: float
    since: datetime | None


@dataclass(frozen=True)
class Decided:
    """What somebody decided at one moment: one subject against others, with the customers that they are now."""

    action: str
    subject: str
    customer_id: str
    others: Mapping[str, str]
    by: str
    at: datetime


@dataclass(frozen=True)
class Joined:
    """The subjects of one customer, the links that hold them together, and the decisions that name one of them.

    Attributes:
        customer_id: whose they are now.
        subjects: those that are one, the first first; one alone where nobody was joined.
    """

    customer_id: str
    subjects: tuple[str, ...]
    ties: tuple[Tie, ...] = ()
    decided: tuple[Decided, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """A pair that may be one: what is said of each, and whose each is now."""

    subject: str
    other: str
    probability: float
    customers: tuple[str, str]
    said: tuple[Mapping[str, str], Mapping[str, str]] = field(default=({}, {}))

    @property
    def named(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Each subject with the customer that it is now."""
        return (self.subject, self.customers[0]), (self.other, self.customers[1])

    @property
    def fields(self) -> list[tuple[str, str | None, str | None, bool]]:
        """What either says, side by side, and whether both say the same."""
        one, other = self.said
        return [(name, one.get(name), other.get(name), (one.get(name) or "").casefold() == (other.get(name) or "").casefold()) for name in FIELDS if one.get(name) or other.get(name)]


def joined(lake: Lake, name: str) -> Joined:
    """The customer that a subject or a customer's name leads to, and how its records came together.

    A name that nobody was joined under is a customer of one subject: its own.
    """
    with connection(lake.folder / ".spill") as con:
        now = f"(SELECT * FROM {relation(lake, 'identities')} WHERE until IS NULL)"
        customer = _customers(con, now, [name])[name]
        subjects = [str(row[0]) for row in con.execute(f"SELECT subject FROM {now} WHERE customer_id = ? ORDER BY subject <> customer_id, since NULLS FIRST, subject", [customer]).fetchall()] or [customer]
        con.execute("CREATE OR REPLACE TEMP TABLE members AS SELECT unnest(?::VARCHAR[]) AS subject", [subjects])
        rows = con.execute(
            f"SELECT l.subject, l.other, how, value, probability, since FROM {relation(lake, 'links')} l SEMI JOIN members a ON a.subject = l.subject SEMI JOIN members b ON b.subject = l.other ORDER BY since NULLS FIRST, how, l.subject, l.other"
        ).fetchall()
        every = list(standing(decisions(lake)).values())
        # What was decided at once is told whole, also where only a part of it names this customer.
        touched = {(one.subject, one.at) for one in every if {one.subject, one.other} & set(subjects)}
        standing_now = [one for one in every if (one.subject, one.at) in touched]
        named = sorted({each for one in standing_now for each in (one.subject, one.other)})
        whose = _customers(con, now, named)
    return Joined(customer, tuple(subjects), tuple(Tie(*row) for row in rows), tuple(_together(standing_now, whose)))


def waiting(lake: Lake, *, most: int = 100) -> list[Waiting]:
    """The pairs in the grey zone that nobody decided on, the most probable first."""
    with connection(lake.folder / ".spill") as con:
        pairs = con.execute(f"SELECT subject, other, probability FROM {relation(lake, 'review')} ORDER BY probability DESC, subject, other").fetchall()
        known = standing(decisions(lake))
        pairs = [row for row in pairs if (min(row[0], row[1]), max(row[0], row[1])) not in known][:most]
        names = sorted({name for row in pairs for name in row[:2]})
        now = f"(SELECT * FROM {relation(lake, 'identities')} WHERE until IS NULL)"
        whose = _customers(con, now, names)
        con.execute("CREATE OR REPLACE TEMP TABLE members AS SELECT unnest(?::VARCHAR[]) AS subject", [names])
        newest = ", ".join(f"arg_max({name}, known_at) FILTER ({name} IS NOT NULL)" for name in FIELDS)
        said = {row[0]: {name: str(value) for name, value in zip(FIELDS, row[1:], strict=True) if value} for row in con.execute(f"SELECT t.subject, {newest} FROM {relation(lake, 'traits')} t SEMI JOIN members m ON m.subject = t.subject GROUP BY t.subject").fetchall()}
    return [Waiting(one, other, chance, (whose[one], whose[other]), (said.get(one, {}), said.get(other, {}))) for one, other, chance in pairs]


def _customers(con: Any, now: str, names: list[str]) -> dict[str, str]:
    """Whose each subject is; one that is with nobody is its own."""
    found = dict(con.execute(f"SELECT subject, customer_id FROM {now} WHERE list_contains(?::VARCHAR[], subject)", [names]).fetchall())
    return {name: str(found.get(name, name)) for name in names}


def _together(made: list[Decision], whose: dict[str, str]) -> list[Decided]:
    """Decisions of one person at one moment on one subject are told as one, the newest first."""
    groups: dict[tuple[str, str, str, datetime], list[str]] = {}
    for one in made:
        groups.setdefault((one.action, one.subject, one.by, one.at), []).append(one.other)
    return [
        Decided(action, subject, whose[subject], {other: whose[other] for other in sorted(others)}, by, at)
        for (action, subject, by, at), others in sorted(groups.items(), key=lambda item: (item[0][3], item[0][1]), reverse=True)
    ]
