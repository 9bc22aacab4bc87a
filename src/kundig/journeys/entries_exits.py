"""Where journeys begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import present
from kundig.conformance.steps import Level, Stretch, chosen
from kundig.statistics import wilson, z_value
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

BACK = {"open": "int64", "returned": "int64", "returned_share": "float64", "returned_low": "float64", "returned_high": "float64", "next": "string", "next_n": "int64"}
"""What sessions alone can tell: a whole life and a case have nothing after them."""


def entries_exits(  # noqa: PLR0913 -- what can be asked of journeys
    journal: Journal,
    *,
    unit: Stretch = "customer",
    level: Level = "touchpoint",
    pause: str = "1 day",
    where: str | None = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> ir.Table:
    """Where do journeys begin, where do they end, and who comes back after a pause, with what?

    An entry is the first step of a journey, an exit its last one so far: a customer who has only just come has an
    exit as well. Shares are of all journeys, with Wilson's interval.

    With `unit` of `session` an exit is the last step before a pause longer than `pause`, such as `30 days`, and it is known
    what came after it: the first step of the customer's next session. An exit after which the pause is not over yet is open,
    and no part of the share of those who returned. Now is the moment of `--as-of`, or the latest at which anything became known.
    Who has not returned so far may still do so.

    Args:
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what a step is named by.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only events with these attributes, with commas between them, such as `segment=gold, channel=web`.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        confidence: of the intervals.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        end: `entry` or `exit`
        step: where it is
        n: how many journeys begin or end there
        share: as a share of all journeys of the group
        low: lower end of the share's interval
        high: upper end of the share's interval
        open: exits of sessions after which the pause is not over yet; null for entries, customers and cases, as all that follow
        returned: exits of sessions after which the customer came back
        returned_share: as a share of the exits that are not open; null if all are
        returned_low: lower end of that share's interval
        returned_high: upper end of that share's interval
        next: the step with which most of them came back; null if nobody did
        next_n: how many came back with it

    Order:
        by group, null last; entries before exits, the most frequent first, then by step

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ada", "help", "2026-05-01")])
        >>> entries_exits(journal).select("end", "step", "n", "share").to_pyarrow().to_pylist()
        [{'end': 'entry', 'step': 'shop', 'n': 1, 'share': 1.0}, {'end': 'exit', 'step': 'help', 'n': 1, 'share': 1.0}]
        >>> asked = entries_exits(journal, unit="session", pause="30 days")
        >>> asked.filter(asked.end == "exit").select("step", "n", "open", "returned", "next").to_pyarrow().to_pylist()
        [{'step': 'help', 'n': 1, 'open': 1, 'returned': 0, 'next': None}, {'step': 'pay', 'n': 1, 'open': 0, 'returned': 1, 'next': 'help'}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    z = z_value(confidence)
    ends, journeys = _ended(journal, unit, level, pause, where, by)
    counted = ends.group_by(["group", "end", "step"]).agg(n=ends.count())
    total = counted.mutate(all=counted.n.sum().over(group_by=["group", "end"]))
    low, high = wilson(total.n, total["all"], z)
    shared = total.select("group", "end", "step", "n", share=total.n / total["all"], low=low, high=high)
    order = ("end", ibis.desc("n"), "step") if by is None else (ibis.asc("group", nulls_first=False), "end", ibis.desc("n"), "step")
    if unit != "session":
        return shared.mutate(**{name: ibis.null(type_) for name, type_ in BACK.items()}).order_by(*order)
    seconds = round(span(pause).total_seconds())
    return _joined(shared, _returns(journeys, journal, seconds), z).order_by(*order)


def behind(journal: Journal, *, unit: Stretch = "customer", level: Level = "touchpoint", pause: str = "1 day", where: str | None = None, by: str | None = None) -> ir.Table:  # noqa: PLR0913 -- as asked
    """Whose journeys begin and end where.

    Keys: group, end, step
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    ends, _ = _ended(journal, unit, level, pause, where, by)
    return ends.mutate(n=ibis.literal(1, "int64"))


def _ended(journal: Journal, unit: Stretch, level: Level, pause: str, where: str | None, by: str | None) -> tuple[ir.Table, ir.Table]:  # noqa: PLR0913 -- as asked
    """Two rows a journey, one for each end; and one row a journey."""
    import ibis  # noqa: PLC0415 -- slow import

    table = chosen(journal, unit, level, pause, where, by)
    pair = ibis.struct({"at": table.occurred_at, "step": table.step})
    parted = {"group": table.group.max()} if by is not None else {}
    journeys = table.group_by("journey").agg(entry=pair.min()["step"], exit=pair.max()["step"], customer_id=table.customer_id.max(), first_at=table.occurred_at.min(), last_at=table.occurred_at.max(), **parted)
    journeys = journeys.mutate(group=journeys.group if by is not None else ibis.null("string"))
    ends = journeys.select("group", "customer_id", end=ibis.literal("entry"), step="entry").union(journeys.select("group", "customer_id", end=ibis.literal("exit"), step="exit"))
    return ends, journeys


def _returns(sessions: ir.Table, journal: Journal, seconds: int) -> ir.Table:
    """For each group and exit: how many are open, how many came back, and with which step most of them."""
    import ibis  # noqa: PLC0415 -- slow import

    following = ibis.window(group_by="customer_id", order_by="first_at")
    known = sessions.cross_join(present(journal)).mutate(after=lambda table: table.entry.lead().over(following))
    back = known.after.notnull()
    still = ~back & (known.last_at + ibis.interval(seconds=seconds) > known.present)
    counted = known.group_by(["group", "exit"]).agg(open=still.cast("int64").sum(), returned=back.cast("int64").sum())
    nexts = known.filter(back).group_by(["group", "exit", "after"]).agg(next_n=lambda table: table.count())
    most = nexts.mutate(place=ibis.row_number().over(group_by=["group", "exit"], order_by=[ibis.desc("next_n"), "after"])).filter(lambda table: table.place == 0)
    same = [counted.exit == most.exit, counted.group.identical_to(most.group)]
    return counted.left_join(most, same).select("group", "exit", "open", "returned", "next_n", next="after")


def _joined(shared: ir.Table, returns: ir.Table, z: float) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    same: list[Any] = [shared.end == "exit", shared.step == returns.exit, shared.group.identical_to(returns.group)]
    both = shared.left_join(returns, same)
    over = (both.n - both.open).nullif(0).cast("float64")
    low, high = wilson(both.returned, over, z)
    known = both.select(*shared.columns, "open", "returned", "next", returned_share=both.returned / over, returned_low=low, returned_high=high, next_n=ibis.ifelse(both.end == "exit", both.next_n.fill_null(0), ibis.null("int64")))
    return known.select(*shared.columns, *BACK)
