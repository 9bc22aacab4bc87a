"""A source as configuration states it: where its rows are, and which events and traits they become."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from kundig.definition import Definition, Zone
from kundig.events import CHANNELS, METRICS, OUTCOMES, TRAITS
from kundig.sources.formats import TIME_NAMES
from kundig.sources.readers import Read


class Computed(Definition):
    """A value computed from the row by a SQL scalar expression."""

    sql: str


Value = str | Computed
"""A column's name, a text with `{column}` in it, or `{sql: expression}`."""

Word = str | Computed
"""As Value; but a word of the field's own vocabulary stands for itself: every kind and touchpoint, `web`, `csat`, `EUR`."""


def _spelled(value: Any) -> Any:
    """A number of YAML as its text, without exponent; yes and no are no numbers."""
    return f"{Decimal(str(value)):f}" if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) else value


Number = Annotated[Value, BeforeValidator(_spelled)]
"""As Value; or one number for every row."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict | str) else value


def _properties(value: Any) -> Any:
    return {name: name for name in value} if isinstance(value, list | tuple) else value


Properties = Annotated[dict[str, Value], BeforeValidator(_properties)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class EventMapping(Definition):
    """Which event a row becomes, if `when` is true of it."""

    kind: Word
    at: Value
    subject: Value | None = None
    when: str | None = None
    key: Names = ()
    known_at: Value | None = None
    touchpoint: Word | None = None
    channel: Word | None = None
    case_id: Value | None = None
    outcome: Word | None = None
    metric: Word | None = None
    score: Number | None = None
    text: Value | None = None
    language: Word | None = None
    amount: Number | None = None
    currency: Word | None = None
    quantity: Number | None = None
    product: Value | None = None
    staff: Value | None = None
    event_id: Value | None = None
    properties: Properties = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_metric(self) -> EventMapping:
        if isinstance(self.metric, str) and re.fullmatch(r"[a-z]+", self.metric) and self.score is None:
            raise ValueError(f"`metric: {self.metric}` needs a `score:`")
        if self.score is not None and self.metric is None:
            raise ValueError(f"a `score:` needs a `metric:`, one of {', '.join(METRICS)}")
        return self


class TraitMapping(Definition):
    """What a row says about its subject."""

    subject: Value
    when: str | None = None
    known_at: Value | None = None
    title: Value | None = None
    given_name: Value | None = None
    family_name: Value | None = None
    name: Value | None = None
    email: Value | None = None
    phone: Value | None = None
    birth_date: Value | None = None
    street: Value | None = None
    postcode: Value | None = None
    city: Value | None = None
    country: Value | None = None
    company: Value | None = None
    account: Value | None = None
    segment: Value | None = None
    consents: Properties = Field(default_factory=dict)
    properties: Properties = Field(default_factory=dict)


class Lookup(Definition):
    """Another file whose columns are joined to each row, as `name.column`; at most one row may match."""

    read: Read
    on: Annotated[dict[str, str], BeforeValidator(lambda value: {value: value} if isinstance(value, str) else value)]


class Source(Definition):
    """One silo: how it is read, what it looks up, and the events and traits its rows become."""

    read: Read
    key: Names = ()
    lookup: dict[str, Lookup] = Field(default_factory=dict)
    formats: dict[str, str] = Field(default_factory=dict)
    events: Annotated[tuple[EventMapping, ...], BeforeValidator(_listed)] = ()
    traits: Annotated[tuple[TraitMapping, ...], BeforeValidator(_listed)] = ()
    zone: Zone | None = None

    @model_validator(mode="after")
    def _something(self) -> Source:
        if not self.events and not self.traits:
            raise ValueError("a source needs `events:` or `traits:`, or both")
        return self


TRAIT_FIELDS = {column.name for column in TRAITS} - {"source"}
NUMBERS: dict[str, Literal["DOUBLE", "DECIMAL(18, 4)"]] = {"score": "DOUBLE", "quantity": "DOUBLE", "amount": "DECIMAL(18, 4)"}
TIMES = ("at", "known_at")
VOCABULARY = {
    "kind": r"[^{}]+",
    "touchpoint": r"[^{}]+",
    "channel": "|".join(CHANNELS),
    "outcome": "|".join(OUTCOMES),
    "metric": "|".join(METRICS),
    "language": r"[a-z]{2}",
    "currency": r"[A-Z]{3}",
}
"""Which plain words of a field stand for themselves; any other names a column."""
FORMAT_NAMES = (*TIME_NAMES, ".", ",")
