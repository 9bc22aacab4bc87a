"""Where journeys begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.journeys.steps import Level, Stretch, chosen
from kundig.statistics import wilson, z_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def entries_exits(  # noqa: PLR0913 -- what can be asked of journeys
    journal: Journal,
    *,
    unit: Stretch = "customer",
    level: Level = "touchpoint",
    pause: str = "1 day",
    where: str | None = None,
    confidence: float = 0.95,
) -> ir.Table:
    """Where do journeys begin, and where do they end?

    An entry is the first step of a journey, an exit its last one so far: a customer who has only just come has an
    exit as well. Shares are of all journeys, with Wilson's interval.

    Args:
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what a step is named by.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only events with these attributes, with commas between them, such as `segment=gold, channel=web`.
        confidence: of the intervals.

    Columns:
        end: `entry` or `exit`
        step: where it is
        n: how many journeys begin or end there
        share: as a share of all journeys
        low: lower end of the share's interval
        high: upper end of the share's interval

    Order:
        entries before exits, the most frequent first, then by step

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02")])
        >>> entries_exits(journal).select("end", "step", "n", "share").to_pyarrow().to_pylist()
        [{'end': 'entry', 'step': 'shop', 'n': 1, 'share': 1.0}, {'end': 'exit', 'step': 'pay', 'n': 1, 'share': 1.0}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    table = chosen(journal, unit, level, pause, where)
    pair = ibis.struct({"at": table.occurred_at, "step": table.step})
    journeys = table.group_by("journey").agg(entry=pair.min()["step"], exit=pair.max()["step"])
    ends = journeys.select(end=ibis.literal("entry"), step="entry").union(journeys.select(end=ibis.literal("exit"), step="exit"))
    counted = ends.group_by(["end", "step"]).agg(n=ends.count())
    total = counted.mutate(all=counted.n.sum().over(group_by="end"))
    low, high = wilson(total.n, total["all"], z_value(confidence))
    return total.select("end", "step", "n", share=total.n / total["all"], low=low, high=high).order_by("end", ibis.desc("n"), "step")
