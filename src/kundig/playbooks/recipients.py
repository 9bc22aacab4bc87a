"""To whom one writes: address, language, consents, and what a letter may name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kundig.identity import customers, identified
from kundig.identity.golden import PLAIN
from kundig.settings.languages import LANGUAGES

if TYPE_CHECKING:
    from kundig.journal import Journal

TONGUES = ("language", "locale", "sprache")
"""Properties by which sources say which language somebody speaks."""


@dataclass(frozen=True)
class Recipient:
    """One customer, as one writes to it.

    Attributes:
        customer: its id.
        language: `de` or `en`: what a source says, else that of the newest text, else the company's.
        fields: of the golden record, those that are known.
        consents: the newest word on each, of whatever source.
    """

    customer: str
    language: str
    fields: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str | None:
        """The address."""
        return self.fields.get("email")

    @property
    def values(self) -> dict[str, str]:
        """What a text may name of the customer; the name is that of the person, else of the company, else the id."""
        given = " ".join(self.fields[name] for name in ("given_name", "family_name") if self.fields.get(name))
        return {**self.fields, "customer": self.customer, "name": given or self.fields.get("name") or self.fields.get("company") or self.customer}


def recipients(journal: Journal, asked: Collection[str]) -> dict[str, Recipient]:
    """The customers of these ids, as they are known at the journal's moment.

    >>> from kundig.journal import told
    >>> recipients(told([("ada", "shop", "2026-03-01")]), ["ada"])["ada"].language
    'en'
    """
    known = journal.traits if journal.at is None else journal.traits.filter(journal.traits.known_at <= journal.at)
    said = identified(known, journal.identities, journal.at)
    said = said.filter(said.customer_id.isin(sorted(asked)))
    golden = {row["customer_id"]: row for row in customers(said, journal.settings.identity.precedence).to_pyarrow().to_pylist()}
    more = said.filter(said.consents.notnull() | said.properties.notnull()).select("customer_id", "known_at", "source", "subject", "consents", "properties").to_pyarrow().to_pylist()
    consents: dict[str, dict[str, str]] = {}
    tongues: dict[str, str] = _written(journal, asked)
    for row in sorted(more, key=lambda row: (row["known_at"], row["source"], row["subject"])):
        consents.setdefault(row["customer_id"], {}).update(dict(row["consents"] or []))
        spoken = {name.casefold(): value for name, value in row["properties"] or []}
        tongue = next((spoken[name] for name in TONGUES if spoken.get(name)), None)
        if tongue:
            tongues[row["customer_id"]] = tongue
    return {customer: _recipient(customer, golden.get(customer) or {}, consents.get(customer) or {}, tongues.get(customer), journal.settings.company.language) for customer in asked}


def _written(journal: Journal, asked: Collection[str]) -> dict[str, str]:
    """The language of each customer's newest text."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.known
    spoken = events.filter(events.customer_id.isin(sorted(asked)) & events.text.notnull() & events.language.notnull() & ~events.kind.isin(["message_out", "letter"]))
    newest = spoken.group_by("customer_id").agg(newest=ibis.struct({"at": spoken.occurred_at, "language": spoken.language}).max()).to_pyarrow().to_pylist()
    return {row["customer_id"]: row["newest"]["language"] for row in newest}


def _recipient(customer: str, golden: Mapping[str, Any], consents: Mapping[str, str], tongue: str | None, home: str) -> Recipient:
    language = (tongue or "").strip().casefold()[:2]
    fields = {name: str(golden[name]) for name in PLAIN if golden.get(name)}
    return Recipient(customer, language if language in LANGUAGES else home, fields, {name: value for name, value in consents.items() if value is not None})
