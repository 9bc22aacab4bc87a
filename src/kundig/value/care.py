"""How customers are treated beside the price: waits, solutions, goodwill, offers and discounts, each with the customer's tenure then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.journal import dimensions, split
from kundig.value.contracts import changes, number, periods
from kundig.value.present import present
from kundig.value.prices import MISSING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

WITHIN = 30
"""Days after a complaint in which goodwill answers it."""
RECENT = 90
"""Days in which an offer counts; who has been a customer for less is not asked about."""
NO_DISCOUNT = ("", "0", "0.0", "0,0", "0 %", "0%", "no", "nein", "none", "keine", "false", MISSING)
FORMS = {"waiting": "seconds", "resolution": "hours", "goodwill": "share", "offers": "share", "discounts": "share"}
"""What is compared, with the unit of it."""


@dataclass(frozen=True)
class Kinds:
    """Which events are what: kinds that are goodwill, kinds that are offers, the property that says a discount; what waits agree in."""

    goodwill: tuple[str, ...]
    offers: tuple[str, ...]
    discount: str
    match: tuple[str, ...]


def treated(journal: Journal, kinds: Kinds, days: int) -> ir.Table:
    """One row a thing that was done for a customer whose start is known.

    Columns:
        form: one of FORMS
        customer_id, value: whose, how much in the unit of the form
        months: whole months since the customer's start, as it happened
        stratum: what it is compared within
    """
    import ibis  # noqa: PLC0415 -- slow import

    starts = _starts(journal)
    events = journal.events.filter(journal.events.customer_id.notnull()).cross_join(present(journal))
    events = events.filter(events.local_at > events.present - ibis.interval(days=days))
    parts = [_waits(journal, events, kinds), _solutions(journal, events, kinds), _goodwill(journal, events, kinds), _offers(journal, events, kinds, starts), _discounts(journal, kinds)]
    # What was computed and what was stored differ in how finely time is told.
    rows = ibis.union(*(part.select("form", "customer_id", "value", "stratum", at=part["at"].cast("timestamp")) for part in parts))
    told = rows.inner_join(starts, rows.customer_id == starts.start_of)
    months = number(told["at"], "month") - number(told.start, "month") - (told.start.day() > told["at"].day()).cast("int64")
    return told.filter(told["at"] >= told.start).select("form", "customer_id", "value", "stratum", months=months)


def _starts(journal: Journal) -> ir.Table:
    """Since when each customer is one: its first contract, or its first order where it never had a contract."""
    import ibis  # noqa: PLC0415 -- slow import

    runs = periods(journal)
    held = runs.group_by(start_of=runs.customer_id).agg(start=runs.first_at.min(), known=runs.start_known.all())
    events = journal.events
    orders = events.filter((events.kind == "order") & events.customer_id.notnull())
    bought = orders.group_by(start_of=orders.customer_id).agg(start=orders.local_at.min()).anti_join(held, "start_of")
    return ibis.union(*(table.select("start_of", start=table.start.cast("timestamp")) for table in (held.filter(held.known), bought)))


def _stratum(journal: Journal, rows: ir.Table, match: tuple[str, ...]) -> ir.Table:
    """The month, and the values of `match`: dimensions or properties of the event, as one text."""
    import ibis  # noqa: PLC0415 -- slow import

    stratum = number(rows.local_at, "month").cast("string")
    for name in match:
        rows, value = split(journal, rows, name if name in dimensions() else f"properties.{name}")
        stratum = stratum + ibis.literal("|") + value.fill_null(MISSING)
    return rows.mutate(stratum=stratum)


def _waits(journal: Journal, events: ir.Table, kinds: Kinds) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    calls = _stratum(journal, events.filter((events.kind == "call") & (events.quantity >= 0)), kinds.match)
    return calls.select("customer_id", "stratum", form=ibis.literal("waiting"), at="local_at", value="quantity")


def _solutions(journal: Journal, events: ir.Table, kinds: Kinds) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    opened = _stratum(journal, events.filter((events.kind == "case_opened") & events.case_id.notnull()), kinds.match)
    done = journal.events.filter(journal.events.kind == "case_resolved").select(done_case="case_id", done_at="local_at")
    solved = opened.inner_join(done, [opened.case_id == done.done_case, done.done_at >= opened.local_at])
    first = solved.group_by(["customer_id", "stratum", "local_at", "event_id"]).agg(done_at=solved.done_at.min())
    hours = (first.done_at.epoch_seconds() - first.local_at.epoch_seconds()) / 3600.0
    return first.select("customer_id", "stratum", form=ibis.literal("resolution"), at="local_at", value=hours.cast("float64"))


def _goodwill(journal: Journal, events: ir.Table, kinds: Kinds) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    span = ibis.interval(days=WITHIN)
    complaints = _stratum(journal, events.filter((events.kind == "complaint") & (events.local_at + span <= events.present)), kinds.match)
    given = journal.events.filter(journal.events.kind.isin(list(kinds.goodwill))).select(given_to="customer_id", given_at="local_at")
    answered = complaints.inner_join(given, [complaints.customer_id == given.given_to, given.given_at >= complaints.local_at])
    answered = answered.filter(answered.given_at <= answered.local_at + span).select(answered_id="event_id").distinct()
    joined = complaints.left_join(answered, [("event_id", "answered_id")])
    # Where nobody ever was given anything, nobody was left out.
    known = given.agg(ever=given.count())
    joined = joined.cross_join(known).filter(lambda table: table.ever > 0)
    return joined.select("customer_id", "stratum", form=ibis.literal("goodwill"), at="local_at", value=joined.answered_id.notnull().cast("float64"))


def _held(journal: Journal) -> ir.Table:
    """The running contracts now, with the moment that is now."""
    runs = periods(journal).cross_join(present(journal))
    return runs.filter((runs.since <= runs.present) & (runs.until.isnull() | (runs.until > runs.present)))


def _offers(journal: Journal, events: ir.Table, kinds: Kinds, starts: ir.Table) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    span = ibis.interval(days=RECENT)
    now = present(journal)
    offered = events.filter(events.kind.isin(list(kinds.offers)) & (events.local_at > events.present - span)).select(offered_id="customer_id").distinct()
    known = offered.agg(ever=offered.count())
    held = _held(journal)
    best = held.group_by("customer_id").agg(stratum=ibis.struct({"amount": held.amount, "product": held["product"].fill_null(MISSING)}).max())
    customers = best.inner_join(starts, best.customer_id == starts.start_of).cross_join(now).cross_join(known)
    customers = customers.filter((customers.start <= customers.present - span) & (customers.ever > 0))
    joined = customers.left_join(offered, [("customer_id", "offered_id")])
    return joined.select("customer_id", stratum=joined.stratum["product"], form=ibis.literal("offers"), at="present", value=joined.offered_id.notnull().cast("float64"))


def _discounts(journal: Journal, kinds: Kinds) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    changed = changes(journal)
    value: Any = changed.properties.get(kinds.discount, None)
    said = changed.group_by(of=changed.contract).agg(discount=ibis.struct({"at": changed.local_at, "id": changed.event_id, "value": value}).max(where=value.notnull())["value"])
    held = _held(journal)
    held = held.group_by(["customer_id", "contract"]).agg(stratum=held["product"].max().fill_null(MISSING), present=held.present.max())
    joined = held.left_join(said, held.contract == said.of)
    has = joined.discount.notnull() & joined.discount.lower().notin(list(NO_DISCOUNT))
    known = said.agg(ever=said.discount.count())
    joined = joined.mutate(has=has.cast("float64")).cross_join(known).filter(lambda table: table.ever > 0)
    return joined.select("customer_id", "stratum", form=ibis.literal("discounts"), at="present", value="has")
