"""A block of customers with everything that happened to them: what silos export from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from kundig.demo.cases import Cases, cases
from kundig.demo.chance import Texts, stream
from kundig.demo.contacts import Contacts, contacts
from kundig.demo.contracts import Contracts, contracts
from kundig.demo.files import arrow
from kundig.demo.letters import Letters, letters
from kundig.demo.life import Life, life
from kundig.demo.people import Doubles, People, doubles, people
from kundig.demo.period import DAYS, Days, Flags, Numbers, month

CUSTOMER, SECOND, ACCOUNT, CONTRACT = 1_000_000, 2_000_000, 5_000_000, 7_000_000
"""Where the numbers of customers, of second CRM records, of accounts and of contracts begin."""


@dataclass
class Block:
    """Customers of one block; arrays of days and rows refer to them by their position in it."""

    seed: int
    number: int
    data: Path
    people: People
    doubles: Doubles
    contracts: Contracts
    life: Life
    cases: Cases
    letters: Letters
    contacts: Contacts
    subjects: list[pa.Table] = field(default_factory=list)
    texts: list[pa.Table] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def stream(self, purpose: str) -> np.random.Generator:
        """The stream of chance for a purpose in this block."""
        return stream(self.seed, purpose, self.number)

    def file(self, silo: str, name: str) -> Path:
        """Where this block's part of an export is written."""
        stem, _, ending = name.rpartition(".")
        return self.data / silo / f"{stem}-{self.number + 1:03d}.{ending}"

    def crm(self, customers: Days, days: Days, rng: np.random.Generator) -> Days:
        """The CRM number under which a customer is served on a day: half the time the second record, once there is one."""
        since = np.full(len(self.people), DAYS * 9)
        since[self.doubles.of] = self.doubles.since
        second = (days > since[customers]) & (rng.random(len(customers)) < 0.5)
        return np.where(second, SECOND, CUSTOMER) + self.people.person[customers]

    def mood(self, customers: Days, days: Days) -> Numbers:
        """How customers feel on a day."""
        return np.asarray(self.life.mood[customers, month(days)])

    def there(self, customers: Days, days: Days) -> Flags:
        """Whether the customers have a contract on a day within the period."""
        return np.asarray((days >= self.contracts.start[customers]) & (days < self.life.ended[customers]) & (days >= 0) & (days < DAYS))

    def known(self, silo: str, prefix: str, names: Any, customers: Days) -> None:
        """Note who is behind the subjects of a silo; a name that is empty is nobody's."""
        texts = arrow(names).cast(pa.string())
        table = pa.table({"subject": texts, "person": pa.array(self.people.person[customers])}).filter(texts.is_valid())
        unique = table.group_by(["subject", "person"]).aggregate([]).sort_by([("subject", "ascending"), ("person", "ascending")])
        subjects = pa.array([prefix] * unique.num_rows)
        self.subjects.append(
            pa.table({
                "subject": pa.compute.binary_join_element_wise(subjects, unique["subject"].combine_chunks(), ":"),
                "person": unique["person"],
                "silo": pa.array([silo] * unique.num_rows),
            })
        )  # fmt: skip

    def wrote(self, silo: str, written: Any, themes: Any, good: Any, english: Any) -> None:
        """Note what the texts of a silo are about, in which mood and language; rows without text are left out."""
        texts = arrow(written)
        moods, languages = np.where(good, "good", "bad").astype(object), np.where(english, "en", "de").astype(object)
        table = pa.table({"silo": pa.array([silo] * len(texts)), "text": texts, "theme": arrow(themes), "mood": arrow(moods), "language": arrow(languages)})
        self.texts.append(table.filter(texts.is_valid()))

    def break_rows(self, silo: str, rows: int) -> None:
        """Note rows that cannot be read and must be set aside."""
        self.broken[silo] = self.broken.get(silo, 0) + rows

    def count(self, silo: str, rows: int) -> None:
        """Note how many rows were written."""
        self.rows[silo] = self.rows.get(silo, 0) + rows


def block(seed: int, number: int, first: int, n: int, data: Path) -> Block:
    """Simulate n customers from the number `first` on."""
    who = people(seed, number, first, n)
    bought = contracts(who, seed, number)
    lived = life(who, bought, seed, number)
    sent = letters(who, bought, lived, seed, number)
    tickets = cases(bought, lived, seed, number)
    return Block(seed, number, data, who, doubles(who, seed, number), bought, lived, tickets, sent, contacts(who, bought, lived, sent, tickets, seed, number))


def english(people: People, customers: Days) -> Texts:
    """The language of each customer."""
    return np.where(people.english[customers], "en", "de").astype(object)
