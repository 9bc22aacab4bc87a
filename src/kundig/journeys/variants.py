"""Variants: the whole ways customers take, and how many take each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.journeys.codes import coded, codes
from kundig.journeys.steps import Level, Unit, steps

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

ARROW = " → "
OTHER = "other"


def variants(journal: Journal, *, unit: Unit = "customer", level: Level = "touchpoint", most: int = 20) -> ir.Table:
    """Which whole ways do customers take, and which share of them takes each?

    A variant is the sequence of all steps of a journey, in the order in which they occurred; of events at the same
    instant the alphabetically first step comes first. Variants beyond the first `most` stand together in the row
    `other`, which is always there, so that the shares add up to 1.

    Args:
        unit: what one journey is, the customer's whole life or one case.
        level: what a step is named by.
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
        most frequent first; of equally frequent ones the shorter, then that of the alphabetically first journey; `other` last

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ben", "shop", "2026-03-01")])
        >>> variants(journal, most=1).select("variant", "n", "share").to_pyarrow().to_pylist()
        [{'variant': 'shop', 'n': 1, 'share': 0.5}, {'variant': 'other', 'n': 1, 'share': 0.5}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    known = codes(journal, level)
    named_ = coded(steps(journal, unit, level).select("journey", "occurred_at", "step"), known)
    placed = named_.select("journey", "code", place=ibis.row_number().over(group_by="journey", order_by=["occurred_at", "code"]))
    # A way is told from another by two sums of hashes of 64 bits: millions of long ones would not fit into memory as they are.
    mark = placed.place.cast("int64") * 2**31 + placed.code
    marked = placed.select("journey", one=mark.hash().cast("decimal(38, 0)"), two=(mark + 2**62).hash().cast("decimal(38, 0)"))
    ways = marked.group_by("journey").agg(steps=marked.count(), one=marked.one.sum(), two=marked.two.sum())
    counted = ways.group_by(["steps", "one", "two"]).agg(n=ways.count(), example=ways.journey.min())
    order = [ibis.desc("n"), "steps", "example"]
    ranked = counted.select("n", "steps", "example", rank=ibis.row_number().over(order_by=order) + 1)
    listed = ranked.filter(ranked["rank"] <= most)
    written = placed.semi_join(listed, placed.journey == listed.example).join(known, "code")
    told = written.group_by("journey").agg(pairs=ibis.struct({"place": written.place, "step": written.step}).collect())
    texts = told.select("journey", variant=told.pairs.sort().map(lambda pair: pair["step"]).join(ARROW))
    joined = ranked.left_join(texts, (ranked.example == texts.journey) & (ranked["rank"] <= most))
    among = joined["rank"] <= most
    named = joined.select(
        "n",
        rank=ibis.ifelse(among, joined["rank"], ibis.null("int64")),
        variant=ibis.ifelse(among, joined.variant, OTHER),
        steps=ibis.ifelse(among, joined.steps, ibis.null("int64")),
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
