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
from kundig.identity.tables import IDENTITIES
from kundig.settings import Settings
from kundig.texts.readings import READINGS
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
class Extract:
    """Which part of what happened: from a moment on, before another, and without some kinds of events; None is open.

    `unit` is a department: what happened at its touchpoints, and nothing else. That is what its people may see.
    """

    since: datetime | None = None
    until: datetime | None = None
    without: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True)
class Journal:
    """Events joined with identities and the catalogue; `history` holds every version of every event.

    Attributes:
        at: the moment whose knowledge this is; None for all that is known.
        settings: what the company settles and answers go by.
        readings: what was read of texts, by the hash of the text; see `texts.readings`. Without it nothing was read yet.
        unit: the department whose touchpoints alone are in it; None for the whole company.
        identities: which subjects are one customer, since when; None where nothing is linked.
        entire: the history of which `history` is a part; None where it is all of it.
        size: how many rows the whole history has, so that large ones are looked at in parts; None where the store does not say.
    """

    history: ir.Table
    traits: ir.Table
    touchpoints: ir.Table
    at: datetime | None = None
    settings: Settings = field(default_factory=Settings)
    readings: ir.Table = field(default_factory=lambda: unread())  # noqa: PLW0108 -- it stands below
    unit: str | None = None
    identities: ir.Table | None = None
    entire: ir.Table | None = None
    size: int | None = None

    def as_of(self, at: datetime | str) -> Journal:
        """What was known at a moment: by `known_at`, with every correction that came later left out.

        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "help", "2026-03-05")])
        >>> int(journal.as_of("2026-03-02").events.count().execute())
        1
        """
        return replace(self, at=moment(at))

    def only(self, extract: Extract) -> Journal:
        """A part of what happened; what was known is settled by `as_of`.

        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "help", "2026-03-05"), ("ada", "usage", "2026-03-05")])
        >>> journal.only(Extract(since=moment("2026-03-02"), without=("usage",))).events.touchpoint.execute().tolist()
        ['help']

        >>> from kundig.touchpoints import Touchpoint
        >>> catalogue = {"shop": Touchpoint(department="sales"), "help": Touchpoint(department="service")}
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "help", "2026-03-05")], touchpoints=catalogue)
        >>> journal.only(Extract(unit="sales")).events.touchpoint.execute().tolist()
        ['shop']
        """
        history = self.history
        if extract.since is not None:
            history = history.filter(history.occurred_at >= extract.since)
        if extract.until is not None:
            history = history.filter(history.occurred_at < extract.until)
        if extract.without:
            history = history.filter(history.kind.isnull() | history.kind.notin(extract.without))
        entire = self.entire if self.entire is not None else self.history
        if extract.unit is not None:
            theirs = self.touchpoints.filter(self.touchpoints.department == extract.unit)
            history, entire = history.semi_join(theirs, "touchpoint"), entire.semi_join(theirs, "touchpoint")
        return replace(self, history=history, unit=extract.unit or self.unit, entire=entire)

    @cached_property
    def known(self) -> ir.Table:
        """EVENTS with customer_id and local_at, one row an event; in no order. For what needs nothing of the catalogue."""
        return self._holding(self.history)

    def _holding(self, versions: ir.Table) -> ir.Table:
        """Of each event the version that was known, with its customer."""
        if self.at is None:
            known = versions.filter(versions.known_until.isnull())
        else:
            until = versions.known_until
            known = versions.filter((versions.known_at <= self.at) & (until.isnull() | (until > self.at)))
        return identified(known, self.identities, self.at)

    @cached_property
    def events(self) -> ir.Table:
        """EVENTS with customer_id, stage, department and local_at, one row an event; in no order."""
        catalogue = self.touchpoints.select("touchpoint", "stage", "department")
        joined = self.known.left_join(catalogue, "touchpoint")
        return joined.select(*(column.name for column in EVENTS), *DERIVED)

    @cached_property
    def lived(self) -> ir.Table:
        """`events` of customers: without what employees answer about their work, and without their own trainings.

        >>> answer = {"subject": "staff:7", "kind": "feedback", "metric": "enps", "score": 9, "occurred_at": "2026-03-01"}
        >>> told([answer, ("ada", "shop", "2026-03-01")]).lived.customer_id.execute().tolist()
        ['ada']
        """
        events = self.events
        of_work = (events.metric == "enps").fill_null(False) | (events.staff.notnull() & (events.kind == "training").fill_null(False))  # noqa: FBT003 -- Ibis takes the value by position
        return events.filter(events.customer_id.notnull() & ~of_work)

    @cached_property
    def cohorts(self) -> ir.Table:
        """One row a customer: `cohort`, the quarter of the first event, on the company's clock, such as 2026-Q1; of a part as well that of the whole."""
        entire = self._holding(self.history if self.entire is None else self.entire)
        first = entire.filter(entire.customer_id.notnull()).group_by("customer_id").agg(first=lambda table: table.local_at.min())
        return first.select("customer_id", cohort=first["first"].year().cast("string") + "-Q" + first["first"].quarter().cast("string"))

    @cached_property
    def customers(self) -> ir.Table:
        """One row a customer: what is held to be true of it, by the precedence of its sources, as known at `at`."""
        said = self.traits if self.at is None else self.traits.filter(self.traits.known_at <= self.at)
        return customers(identified(said, self.identities, self.at), self.settings.identity.precedence)


def journal(  # noqa: PLR0913 -- the tables of a store
    history: ir.Table,
    traits: ir.Table,
    touchpoints: ir.Table,
    identities: ir.Table | None = None,
    settings: Settings | None = None,
    readings: ir.Table | None = None,
) -> Journal:
    """The journal over tables of a store: events with their versions, traits, the catalogue, who is who, and what was read of texts."""
    return Journal(history, traits, touchpoints, settings=settings or Settings(), readings=unread() if readings is None else readings, identities=identities)


def unread() -> ir.Table:
    """Readings of no text."""
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    columns = schema(READINGS)
    return ibis.memtable(pa.table([[] for _ in READINGS], schema=columns.to_pyarrow()), schema=columns)


def told(  # noqa: PLR0913 -- what a story may be told of
    events: Iterable[Mapping[str, Any] | tuple[str, str, str]],
    traits: Iterable[Mapping[str, Any]] = (),
    touchpoints: Catalogue | None = None,
    settings: Settings | None = None,
    readings: ir.Table | None = None,
    identities: Iterable[Mapping[str, Any]] = (),
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
    settled = settings or Settings()
    catalogue = touchpoints if touchpoints is not None else settled.touchpoints
    return Journal(
        history,
        ibis.memtable(said, schema=schema(TRAITS)),
        _catalogue(catalogue),
        settings=settled.model_copy(update={"touchpoints": catalogue}),
        readings=unread() if readings is None else readings,
        identities=_linked(identities),
    )


def _linked(identities: Iterable[Mapping[str, Any]]) -> ir.Table | None:
    """Who is who as it would be told: subject, customer_id and, where it was not always so, since and until."""
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    names = [column.name for column in IDENTITIES]
    rows = [{**dict.fromkeys(names), "how": "told", **row, **{name: moment(row[name]) for name in ("since", "until") if row.get(name)}} for row in identities]
    if not rows:
        return None
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema(IDENTITIES).to_pyarrow()), schema=schema(IDENTITIES))


def _versions() -> Any:
    return schema((*EVENTS, Column("known_until", "timestamp('UTC')", ""), Column("local_at", "timestamp", "")))


def unbound() -> Journal:
    """A journal without data or engine, to look at what an analysis would compute."""
    import ibis  # noqa: PLC0415 -- slow import

    return Journal(
        ibis.table(_versions(), name="history"),
        ibis.table(schema(TRAITS), name="traits"),
        ibis.table(dict.fromkeys(_CATALOGUE, "string"), name="touchpoints"),
        readings=ibis.table(schema(READINGS), name="readings"),
        identities=ibis.table(schema(IDENTITIES), name="identities"),
    )


_CATALOGUE = ("touchpoint", "stage", "department", "owner", "title")


def _catalogue(catalogue: Catalogue) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.memtable(catalogue_rows(catalogue), schema=ibis.schema(dict.fromkeys(_CATALOGUE, "string")))


def dimensions() -> dict[str, str]:
    """What answers can be split by, with where it comes from: the event, the catalogue, the customer, or the customer's first event."""
    of_events = ("source", "kind", "touchpoint", "channel", "outcome", "metric", "language", "currency", "product", "staff")
    of_customers = ("segment", "account", "company", "city", "postcode", "country")
    return dict.fromkeys(of_events, "event") | dict.fromkeys(("stage", "department"), "catalogue") | dict.fromkeys(of_customers, "customer") | {"cohort": "first event"}


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
    if home not in {"customer", "first event"}:
        return events, events[by]
    of = (journal.cohorts if by == "cohort" else journal.customers).select(split_customer="customer_id", split_value=by)
    joined = events.left_join(of, events.customer_id == of.split_customer).drop("split_customer")
    return joined, joined.split_value
