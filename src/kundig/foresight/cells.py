"""Cells: events that every window of every snapshot counts alike, grouped before they are repeated for each snapshot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.foresight.families import graded
from kundig.foresight.snapshots import DAY, numbers, ranged, spread

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.foresight.snapshots import Which
    from kundig.journal import Journal

EDGES = (0, 30, 90, 180, 365)
"""Days at which a window of the signals ends."""
LOW = 0.4
OUTAGE_EVENTS = 20
"""A source is silent if at its usual rate that many events would have come: by chance once in 500 million."""
OUTAGE_DAYS = 2
USUAL_DAYS = 90


def cells(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """What happened to each customer by each snapshot, in cells of one source and kind that no edge of a window cuts.

    `newest` and `oldest` are the ages in seconds of a cell's events, on the clock of their source: one that stopped
    delivering has its clock stopped, and its customers are as old as its last event. Otherwise a broken export would
    look like customers who fall silent together. `n` counts the events, `credits`, `failed`, `scored`, `asked` and `low`
    some of them; `quantity`, `spent`, `scores` and `loyal`, of the answers to NPS, are sums.
    """
    step = round(every.total_seconds())
    events = _celled(ranged(journal, snapshots, every), snapshots, step)
    # Another look, at fewer columns: of rows that are asked for twice the engine keeps all that anybody wants.
    stopped = lags(_celled(ranged(journal, snapshots, every, _clocks), snapshots, step), step)
    held = _grouped(events, stopped) if len(numbers(snapshots)) > 1 else _single(events)
    rows = spread(held, journal, snapshots, every)
    rows = rows.filter(rows.nearest >= rows.snapshot * step)
    timed = rows.left_join(stopped, ["source", "snapshot"], rname="{name}_stopped")
    back = timed.snapshot * step + timed.lag.fill_null(0)
    return timed.select(
        "customer_id", "snapshot", "kind", "n", "quantity", "spent", "credits", "failed", "scores", "scored", "low", "loyal", "asked", newest=timed.nearest - back, oldest=timed.farthest - back
    )


def _clocks(versions: ir.Table) -> ir.Table:
    """What the clocks of sources go by."""
    return versions.select("source", "subject", "occurred_at", "known_at", "known_until")


def _celled(events: ir.Table, snapshots: Which, step: int) -> ir.Table:
    """The events with the number of their cell."""
    import ibis  # noqa: PLC0415 -- slow import

    first, *others = numbers(snapshots)
    if others:
        # Each edge of each snapshot lies where one of these goes up by one; their sum is another between any two edges.
        cell = sum(((events.ago - edge * DAY) // step for edge in EDGES), ibis.literal(0, "int64")).cast("int64")
    else:
        cell = sum(((events.ago >= first * step + edge * DAY).cast("int64") for edge in EDGES), ibis.literal(0, "int64"))
    return events.mutate(cell=cell)


def _grouped(events: ir.Table, stopped: ir.Table) -> ir.Table:
    """One row a cell."""
    import ibis  # noqa: PLC0415 -- slow import

    shifted = stopped.filter(stopped.lag > 0).select("source").distinct()
    marked = events.left_join(shifted, "source", rname="{name}_shifted")
    # Where a clock stands still its edges lie elsewhere: such events stay apart.
    marked = marked.mutate(place=ibis.ifelse(marked.source_shifted.notnull(), marked.ago, marked.cell))
    money, share, loyalty = marked.amount, graded(marked), marked.metric == "nps"
    return marked.group_by(["subject", "source", "kind", "snapshot_first", "snapshot_end", "place"]).agg(
        n=marked.count(), nearest=marked.ago.min(), farthest=marked.ago.max(), quantity=marked.quantity.sum(), spent=money.sum(),
        credits=marked.count(where=money < 0), failed=marked.count(where=marked.outcome == "failed"),
        scores=share.sum(), scored=share.count(), low=marked.count(where=share < LOW), loyal=share.sum(where=loyalty), asked=share.count(where=loyalty),
    )  # fmt: skip


def _single(events: ir.Table) -> ir.Table:
    """One row an event: those of one snapshot alone are not repeated, and to group them first would only cost."""
    import ibis  # noqa: PLC0415 -- slow import

    def whether(condition: ir.BooleanValue) -> ir.Value:
        return condition.fill_null(False).cast("int32")  # noqa: FBT003 -- Ibis takes the value by position

    money, share, loyalty = events.amount, graded(events), events.metric == "nps"
    return events.select(
        "subject", "source", "kind", "snapshot_first", "snapshot_end", n=ibis.literal(1, "int32"), nearest=events.ago, farthest=events.ago, quantity=events.quantity, spent=money,
        credits=whether(money < 0), failed=whether(events.outcome == "failed"), scores=share, scored=whether(share.notnull()), low=whether(share < LOW),
        loyal=ibis.ifelse(loyalty, share, ibis.null("float64")), asked=whether(loyalty & share.notnull()),
    )  # fmt: skip


def lags(events: ir.Table, step: int) -> ir.Table:
    """By how many seconds each source was silent at each snapshot, longer than chance allows: `source`, `snapshot`, `lag`."""
    import ibis  # noqa: PLC0415 -- slow import

    held = events.group_by(["source", "snapshot_first", "snapshot_end", "cell"]).agg(n=events.count(), nearest=events.ago.min())
    each = held.mutate(snapshot=ibis.range(held.snapshot_first, held.snapshot_end).unnest())
    past = each.mutate(age=each.nearest - each.snapshot * step).filter(lambda table: table.age >= 0)
    last = past.group_by(["source", "snapshot"]).agg(gap=past.age.min(), n=past.n.sum(where=past.age < USUAL_DAYS * DAY).fill_null(0))
    missing = last.gap * last.n / ibis.greatest(USUAL_DAYS * DAY - last.gap, ibis.literal(DAY))
    silent = (missing >= OUTAGE_EVENTS) & (last.gap >= OUTAGE_DAYS * DAY)
    # A source of which nothing came for the whole usual time has no rate any more; it has ended, or is long broken.
    return last.select("source", "snapshot", lag=ibis.ifelse(silent | ((last.n == 0) & (last.gap >= USUAL_DAYS * DAY)), last.gap, 0))
