"""The two fact tables: what happened to customers, and what the sources say about them.

Everything kundig knows comes from these tables. Both are append-only: a correction is a further row
with the same `event_id` and a later `known_at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Column:
    """A column of a fact table: its name, its type as Ibis writes it, and its meaning."""

    name: str
    type: str
    meaning: str


EVENTS = (
    Column("event_id", "string", "unique per workspace: the sender's id, or derived from source and row key"),
    Column("occurred_at", "timestamp('UTC')", "when it happened to the customer"),
    Column("known_at", "timestamp('UTC')", "when the company could know it"),
    Column("source", "string", "the silo it comes from"),
    Column("subject", "string", "who, as that source names them, such as crm:4711"),
    Column("kind", "string", "what it is: one of KINDS, or a word of the source's own"),
    Column("touchpoint", "string", "where the customer met the company"),
    Column("channel", "string", "web, phone, email, shop, app, chat, post, social, partner, field"),
    Column("case_id", "string", "the order, ticket, application, contract or project it belongs to"),
    Column("outcome", "string", "won, lost, started, renewed, expanded, reduced, ended, resolved"),
    Column("metric", "string", "what the score measures: one of METRICS"),
    Column("score", "float64", "the answer, on the metric's scale"),
    Column("text", "string", "what the customer (or the company) wrote"),
    Column("language", "string", "language of the text, ISO 639-1"),
    Column("amount", "decimal(18, 4)", "money; for a contract the recurring amount per month after the event"),
    Column("currency", "string", "ISO 4217"),
    Column("quantity", "float64", "units, minutes, logins, points"),
    Column("product", "string", "the product or tariff"),
    Column("staff", "string", "pseudonymous reference of the employee, never a name"),
    Column("properties", "map<string, string>", "everything else; nested values as JSON text"),
)

TRAITS = (
    Column("subject", "string", "who, as that source names them"),
    Column("known_at", "timestamp('UTC')", "since when the source says so"),
    Column("source", "string", "the silo that says it"),
    Column("title", "string", "academic or other title"),
    Column("given_name", "string", "given name"),
    Column("family_name", "string", "family name"),
    Column("name", "string", "the name as one text, where the source keeps it so"),
    Column("email", "string", "e-mail address"),
    Column("phone", "string", "telephone number as the source writes it"),
    Column("birth_date", "string", "date of birth as the source writes it"),
    Column("street", "string", "street and house number"),
    Column("postcode", "string", "postal code"),
    Column("city", "string", "town"),
    Column("country", "string", "ISO 3166 code or the source's word"),
    Column("company", "string", "name of the company a person belongs to"),
    Column("account", "string", "the account the subject belongs to, in the source's own naming"),
    Column("segment", "string", "the segment the source sorts the subject into"),
    Column("consents", "map<string, string>", "consent per purpose, as the source states it"),
    Column("properties", "map<string, string>", "everything else; nested values as JSON text"),
)

KINDS: Mapping[str, str] = {
    "visit": "looked at a page, app or shop window",
    "inquiry": "asked before buying",
    "lead": "became a prospect",
    "quote": "received an offer",
    "deal": "an offer was decided, won or lost",
    "order": "ordered",
    "delivery": "received what was ordered, or its hand-over on the way",
    "return": "sent it back",
    "payment": "paid, or failed to",
    "usage": "used the product",
    "contract": "a contract began, changed, renewed or ended",
    "cancellation": "gave notice or cancelled",
    "message_in": "wrote to the company",
    "message_out": "was written to by the company",
    "call": "telephoned",
    "case_opened": "a ticket, claim or application was opened",
    "case_handover": "the case went to another department",
    "case_resolved": "the case was closed as solved",
    "complaint": "complained",
    "invitation": "was asked for an answer to the metric",
    "feedback": "answered with a score",
    "post": "wrote in public",
    "training": "was trained",
    "milestone": "a project step was reached",
    "points": "loyalty points were earned or spent",
    "visit_onsite": "was visited",
    "letter": "received a letter of the company",
}
"""Kinds that analyses understand. Any other kind is allowed and is a plain touchpoint."""

SAID_BY_COMPANY = ("letter", "message_out")
"""Kinds whose text is the company's own; every other text is a customer's."""

METRICS: Mapping[str, tuple[float, float]] = {
    "nps": (0, 10),
    "enps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "stars": (1, 5),
}
"""Metrics with a scale: the lowest and the highest answer."""

OUTCOMES = ("won", "lost", "started", "renewed", "expanded", "reduced", "ended", "resolved", "failed")
CHANNELS = ("web", "phone", "email", "shop", "app", "chat", "post", "social", "partner", "field")


def schema(columns: Iterable[Column]) -> Any:
    """The columns as an Ibis schema."""
    import ibis  # noqa: PLC0415 -- slow import: the tables are described without an engine

    return ibis.schema({column.name: column.type for column in columns})


def memtable(rows: Iterable[Mapping[str, Any] | tuple[str, str, str]]) -> ir.Table:
    """Events written as they would be told, for examples and tests.

    A row is a mapping of event columns, or the short form (subject, touchpoint, ISO time). What is
    left out is derived: `kind` is the touchpoint, `known_at` is `occurred_at`, `event_id` is the
    position in the list. Times without a zone are UTC.

    >>> memtable([("ada", "shop", "2026-03-01")]).select("subject", "touchpoint", "kind").to_pyarrow().to_pylist()
    [{'subject': 'ada', 'touchpoint': 'shop', 'kind': 'shop'}]

    Raises:
        ValueError: a row has a column that is not one of EVENTS.
    """
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    types = schema(EVENTS)
    return ibis.memtable(pa.Table.from_pylist(as_told(rows), schema=types.to_pyarrow()), schema=types)


def as_told(rows: Iterable[Mapping[str, Any] | tuple[str, str, str]]) -> list[dict[str, Any]]:
    """The rows of `memtable` with what is derived filled in."""
    return [_told(position, row) for position, row in enumerate(rows)]


def _told(position: int, row: Mapping[str, Any] | tuple[str, str, str]) -> dict[str, Any]:
    given = dict(zip(("subject", "touchpoint", "occurred_at"), row, strict=True)) if isinstance(row, tuple) else dict(row)
    unknown = given.keys() - {column.name for column in EVENTS}
    if unknown:
        raise ValueError(f"events have no column {min(unknown)!r}")
    event: dict[str, Any] = {"event_id": f"e{position}", "source": "told", **given}
    event.setdefault("touchpoint", event.get("kind"))
    event.setdefault("kind", event["touchpoint"])
    event["occurred_at"] = moment(event["occurred_at"])
    event["known_at"] = moment(event["known_at"]) if event.get("known_at") else event["occurred_at"]
    return event


def moment(value: str | datetime) -> datetime:
    """A point in time in UTC from ISO text or a datetime; without a zone it is UTC.

    >>> moment("2026-03-01").isoformat()
    '2026-03-01T00:00:00+00:00'
    """
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.replace(tzinfo=timezone.utc) if parsed.tzinfo is None else parsed.astimezone(timezone.utc)
