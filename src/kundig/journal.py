"""The journal: all events of all customers in one place, as they were known at a moment.

Analyses see the journal and nothing else: events with `customer_id`, the customers, and the touchpoint catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError, nearest
from kundig.events import EVENTS, TRAITS, Column, as_told, moment, schema
from kundig.identity import customers, identified
from kundig.settings import Settings
from kundig.touchpoints import Catalogue
from kundig.touchpoints import rows as catalogue_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

DERIVED = {
    "customer_id": "string",
    "stage": "string",
    "department": "string",
    "local_at": "timestamp",
}
"""What the journal adds to an event: whose it is, what the catalogue says, and the time on the company's clock."""


@dataclass(frozen=True)
class Journal:
    """Events joined with identities and the catalogue; `history` holds every version of every event.

    Attributes:
        at: the moment whose knowledge this is; None for all that is known.
        settings: what the company settles and answers go by.
    """

    history: ir.Table
    traits: ir.Table
    touchpoints: ir.Table
    at: datetime | None = None
    settings: Settings = field(default_factory=Settings)

    def as_of(self, at: datetime | str) -> Journal:
        """What was known at a moment: by `known_at`, with every correction that came later left out.

        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "help", "2026-03-05")])
        >>> int(journal.as_of("2026-03-02").events.count().execute())
        1
        """
        return replace(self, at=moment(at))

    @cached_property
    def known(self) -> ir.Table:
        """EVENTS with customer_id and local_at, one row an event; in no order. For what needs nothing of the catalogue."""
        versions = self.history
        if self.at is None:
            known = versions.filter(versions.known_until.isnull())
        else:
            until = versions.known_until
            known = versions.filter((versions.known_at <= self.at) & (until.isnull() | (until > self.at)))
        return identified(known)

    @cached_property
    def events(self) -> ir.Table:
        """EVENTS with customer_id, stage, department and local_at, one row an event; in no order."""
        catalogue = self.touchpoints.select("touchpoint", "stage", "department")
        joined = self.known.left_join(catalogue, "touchpoint")
        return joined.select(*(column.name for column in EVENTS), *DERIVED)

    @cached_property
    def customers(self) -> ir.Table:
        """One row a customer: the newest that its sources say of it, as known at `at`."""
        said = self.traits if self.at is None else self.traits.filter(self.traits.known_at <= self.at)
        return customers(said)


def journal(history: ir.Table, traits: ir.Table, touchpoints: ir.Table, settings: Settings | None = None) -> Journal:
    """The journal over tables of a store: events with their versions, traits, and the catalogue."""
    return Journal(history, traits, touchpoints, settings=settings or Settings())


def told(
    events: Iterable[Mapping[str, Any] | tuple[str, str, str]],
    traits: Iterable[Mapping[str, Any]] = (),
    touchpoints: Catalogue | None = None,
    settings: Settings | None = None,
) -> Journal:
    """A journal of events as they would be told, for examples and tests; see `events.memtable`.

    Rows with one `event_id` are versions of one event: each holds until the next is known. A row told twice counts once.

    >>> told([("ada", "shop", "2026-03-01")]).events.customer_id.execute().tolist()
    ['ada']
    """
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    versions: dict[str, list[dict[str, Any]]] = {}
    for event in as_told(events):
        of = versions.setdefault(event["event_id"], [])
        if event not in of:
            of.append(event)
    rows = []
    for of in versions.values():
        of.sort(key=lambda event: event["known_at"])
        untils = [*(event["known_at"] for event in of[1:]), None]
        rows += [{**event, "known_until": until, "local_at": event["occurred_at"].replace(tzinfo=None)} for event, until in zip(of, untils, strict=True)]
    history = ibis.memtable(pa.Table.from_pylist(rows, schema=_versions().to_pyarrow()), schema=_versions())
    names = [column.name for column in TRAITS]
    said = [{**dict.fromkeys(names), "source": "told", **row, "known_at": moment(row["known_at"])} for row in traits]
    return Journal(history, ibis.memtable(said, schema=schema(TRAITS)), _catalogue(touchpoints or {}), settings=settings or Settings())


def _versions() -> Any:
    return schema((*EVENTS, Column("known_until", "timestamp('UTC')", ""), Column("local_at", "timestamp", "")))


def unbound() -> Journal:
    """A journal without data or engine, to look at what an analysis would compute."""
    import ibis  # noqa: PLC0415 -- slow import

    return Journal(
        ibis.table(_versions(), name="history"),
        ibis.table(schema(TRAITS), name="traits"),
        ibis.table(dict.fromkeys(_CATALOGUE, "string"), name="touchpoints"),
    )


_CATALOGUE = ("touchpoint", "stage", "department", "owner", "title")


def _catalogue(catalogue: Catalogue) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.memtable(catalogue_rows(catalogue), schema=ibis.schema(dict.fromkeys(_CATALOGUE, "string")))


def dimensions() -> dict[str, str]:
    """What answers can be split by, with where it comes from: the event, the catalogue, or the customer."""
    of_events = ("source", "kind", "touchpoint", "channel", "outcome", "metric", "language", "currency", "product", "staff")
    of_customers = ("segment", "account", "company", "city", "postcode", "country")
    return dict.fromkeys(of_events, "event") | dict.fromkeys(("stage", "department"), "catalogue") | dict.fromkeys(of_customers, "customer")


def split(journal: Journal, events: ir.Table, by: str) -> tuple[ir.Table, ir.StringValue]:
    """Events and the value of a dimension for each, null where it has none.

    Args:
        by: one of `dimensions()`, or `properties.NAME` for a property of the event.

    Raises:
        ArgumentError: there is no such dimension; names the nearest.
    """
    if by.startswith("properties."):
        return events, events.properties.get(by.removeprefix("properties."), None)
    home = dimensions().get(by)
    if home is None:
        raise ArgumentError(f"cannot split by {by!r}; {nearest(by, [*dimensions(), 'properties.NAME'], most=30)}")
    if home != "customer":
        return events, events[by]
    of = journal.customers.select(split_customer="customer_id", split_value=by)
    joined = events.left_join(of, events.customer_id == of.split_customer).drop("split_customer")
    return joined, joined.split_value
