"""Which events a figure was made of, and so which customers are behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal

from kundig.conformance.steps import Level, Unit, steps
from kundig.errors import ArgumentError
from kundig.feedback.answers import Occasion, occasion
from kundig.journal import split
from kundig.journeys.passages import UNKNOWN, passages
from kundig.journeys.variants import ARROW

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


@dataclass(frozen=True)
class Selection:
    """The events behind a figure; what is None does not narrow.

    Attributes:
        metric: answers to this question that have a score.
        occasion: answers about the relationship, or about something that happened, as `feedback.scores` tells them apart.
        by, value: a dimension of `journal.split`, and its value; None is where an event has none.
        since, until: local days, both included.
        source, target: passages from one step to the next, or, with one of both, steps where journeys begin or end.
        end: `entry` or `exit`: journeys that begin or end at `target`.
        handed: the passages are handovers between the departments `source` and `target`; one that is not known is empty.
        way: journeys that took these steps and no others, as `journeys.variants` writes them.
        unit, level: of passages, ends and ways.
    """

    metric: str | None = None
    kind: str | None = None
    occasion: Occasion | None = None
    by: str | None = None
    value: str | None = None
    since: date | None = None
    until: date | None = None
    source: str | None = None
    target: str | None = None
    end: Literal["entry", "exit"] | None = None
    handed: bool = False
    way: str | None = None
    unit: Unit = "customer"
    level: Level = "touchpoint"


def selected(journal: Journal, of: Selection) -> ir.Table:
    """The events of a selection, with `customer_id`.

    Raises:
        ArgumentError: there is no such dimension.
    """
    if of.handed:
        passed = passages(journal, of.unit)
        return _within(passed.filter((passed.source == (of.source or UNKNOWN)) & (passed.target == (of.target or UNKNOWN))), of)
    if of.way is not None:
        return _ways(journal, of, of.way)
    if of.source is not None or of.end is not None:
        return _passages(journal, of)
    events = journal.events
    if of.metric is not None:
        events = events.filter((events.metric == of.metric) & events.score.notnull())
    if of.kind is not None:
        events = events.filter(events.kind == of.kind)
    if of.occasion is not None:
        events = events.filter(occasion(journal, events) == of.occasion)
    if of.by is not None:
        events, value = split(journal, events, of.by)
        events = events.filter(value.isnull() if of.value is None else value == of.value)
    return _within(events, of)


def behind(journal: Journal, of: Selection) -> ir.Table:
    """One row a customer behind a figure, with how many events of the selection are theirs.

    Columns:
        customer_id: the customer; events of nobody known are left out
        n: events
        last_at: the newest of them

    >>> from kundig.journal import told
    >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ben", "shop", "2026-03-01")])
    >>> behind(journal, Selection(source="shop", target="pay")).select("customer_id", "n").to_pyarrow().to_pylist()
    [{'customer_id': 'ada', 'n': 1}]
    """
    events = selected(journal, of)
    known = events.filter(events.customer_id.notnull())
    return known.group_by("customer_id").agg(n=known.count(), last_at=known.occurred_at.max()).order_by("customer_id")


def quotes(journal: Journal, of: Selection, *, most: int = 40) -> ir.Table:
    """What customers said, in their words, the newest first; what the company wrote is not among it.

    Columns:
        customer_id, occurred_at, touchpoint, channel, language, metric, score, text: of the statement
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = selected(journal, of)
    spoken = events.filter(events.text.notnull() & (events.text != "") & ~events.kind.isin(["message_out", "letter"]))
    names = ("event_id", "customer_id", "occurred_at", "touchpoint", "department", "channel", "language", "metric", "score", "text")
    return spoken.select(*names).order_by(ibis.desc("occurred_at"), "event_id").limit(most)


def _within(events: ir.Table, of: Selection) -> ir.Table:
    if of.since is not None:
        events = events.filter(events.local_at >= datetime.combine(of.since, time()))
    if of.until is not None:
        events = events.filter(events.local_at <= datetime.combine(of.until, time.max))
    return events


def _ways(journal: Journal, of: Selection, way: str) -> ir.Table:
    """The last event of each journey that took a way."""
    import ibis  # noqa: PLC0415 -- slow import

    table = steps(journal, of.unit, of.level)
    # Only ways of the same length are written out.
    lengths = table.group_by("journey").agg(steps=table.count())
    alike = table.semi_join(lengths.filter(lengths.steps == way.count(ARROW) + 1), "journey")
    pair = ibis.struct({"at": alike.occurred_at, "step": alike.step})
    taken = alike.group_by("journey").agg(pairs=pair.collect(), customer_id=alike.customer_id.max(), occurred_at=alike.occurred_at.max(), local_at=alike.local_at.max())
    return _within(taken.filter(taken.pairs.sort().map(lambda one: one["step"]).join(ARROW) == way).drop("pairs"), of)


def _passages(journal: Journal, of: Selection) -> ir.Table:
    """The event that is left in each passage, or the first or last of each journey."""
    import ibis  # noqa: PLC0415 -- slow import

    table = steps(journal, of.unit, of.level)
    if of.end is not None:
        if of.target is None:
            raise ArgumentError("expected a step with `target` where journeys begin or end")
        # As `journeys.entries_exits` has it: of events at one instant the alphabetically first step begins, the last ends.
        pair = ibis.struct({"at": table.occurred_at, "step": table.step})
        ends = table.group_by("journey").agg(last=pair.min() if of.end == "entry" else pair.max(), customer_id=table.customer_id.max())
        here = ends.filter(ends["last"]["step"] == of.target)
        return here.select("customer_id", occurred_at=here["last"]["at"])
    in_order = ibis.window(group_by="journey", order_by=["occurred_at", "step"])
    paired = table.select("customer_id", "occurred_at", "local_at", "step", after=table.step.lead().over(in_order))
    passed = paired.filter((paired.step == of.source) & paired.after.notnull())
    passed = passed.filter(passed.after == of.target) if of.target is not None else passed
    return _within(passed, of)
