"""Variants: the whole ways customers take, and how many take each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.journeys.steps import Level, Stretch, chosen

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

ARROW = " → "
OTHER = "other"


def variants(  # noqa: PLR0913 -- what can be asked of journeys
    journal: Journal,
    *,
    unit: Stretch = "customer",
    level: Level = "touchpoint",
    pause: str = "1 day",
    where: str | None = None,
    most: int = 20,
) -> ir.Table:
    """Which whole ways do customers take, and which share of them takes each?

    A variant is the sequence of all steps of a journey, in the order in which they occurred; of events at the same
    instant the alphabetically first step comes first. Variants beyond the first `most` stand together in the row
    `other`, which is always there, so that the shares add up to 1.

    Args:
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what a step is named by.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only events with these attributes, with commas between them, such as `segment=gold, channel=web`.
        most: how many variants to list one by one.

    Columns:
        rank: 1 for the most frequent; null for `other`
        variant: the steps, with arrows between them
        steps: how many steps it has; null for `other`
        variants: how many different variants stand in this row
        n: how many journeys take it
        share: as a share of all journeys
        cumulative_share: the share of this row and all before it

    Order:
        by rank, `other` last

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ben", "shop", "2026-03-01")])
        >>> variants(journal, most=1).select("variant", "n", "share").to_pyarrow().to_pylist()
        [{'variant': 'shop', 'n': 1, 'share': 0.5}, {'variant': 'other', 'n': 1, 'share': 0.5}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    table = chosen(journal, unit, level, pause, where)
    # Spark collects in no order: collect pairs, sort the array, take the steps.
    paired = table.select("journey", pair=ibis.struct({"at": table.occurred_at, "step": table.step}))
    journeys = paired.group_by("journey").agg(pairs=paired.pair.collect())
    ways = journeys.select(variant=journeys.pairs.sort().map(lambda pair: pair["step"]).join(ARROW), steps=journeys.pairs.length())
    counted = ways.group_by("variant").agg(n=ways.count(), steps=ways.steps.max())
    ranked = counted.mutate(rank=ibis.row_number().over(order_by=[ibis.desc("n"), "variant"]) + 1, all=counted.n.sum().over())
    listed = ranked.rank <= most
    named = ranked.select(
        "n",
        "all",
        rank=ibis.ifelse(listed, ranked.rank, ibis.null("int64")),
        variant=ibis.ifelse(listed, ranked.variant, OTHER),
        steps=ibis.ifelse(listed, ranked.steps, ibis.null("int64")),
        variants=1,
    )
    grouped = named.group_by(["rank", "variant", "steps"]).agg(variants=named.variants.sum(), n=named.n.sum())
    # `other` is there even when nothing is left for it.
    nothing = grouped.agg(n=grouped.n.sum(), others=grouped["rank"].isnull().sum()).filter(lambda total: total.n.notnull() & (total.others == 0))
    empty = nothing.select(rank=ibis.null("int64"), variant=ibis.literal(OTHER), steps=ibis.null("int64"), variants=ibis.literal(0, "int64"), n=ibis.literal(0, "int64"))
    whole = grouped.cast({"variants": "int64", "n": "int64", "steps": "int64"}).union(empty)
    shared = whole.mutate(share=whole.n / whole.n.sum().over())
    running = ibis.cumulative_window(order_by=shared.rank.fill_null(most + 1))
    return (
        shared.mutate(cumulative_share=shared.share.sum().over(running))
        .select("rank", "variant", "steps", "variants", "n", "share", "cumulative_share")
        .order_by(shared.rank.fill_null(most + 1))
    )
