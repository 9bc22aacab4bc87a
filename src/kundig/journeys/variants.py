"""Variants: the whole ways customers take, and how many take each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.steps import Level, Stretch, chosen
from kundig.journeys.codes import coded, codes

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
    by: str | None = None,
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
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        most: how many variants to list one by one, in each group.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        rank: 1 for the most frequent; null for `other`
        variant: the steps, with arrows between them
        steps: how many steps it has; null for `other`
        variants: how many different variants stand in this row
        n: how many journeys take it
        share: as a share of all journeys of the group
        cumulative_share: the share of this row and all before it in the group

    Order:
        by group, null last; the most frequent first; of equally frequent ones the shorter, then that of the alphabetically first journey; `other` last

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"), ("ben", "shop", "2026-03-01")])
        >>> variants(journal, most=1).select("variant", "n", "share").to_pyarrow().to_pylist()
        [{'variant': 'shop', 'n': 1, 'share': 0.5}, {'variant': 'other', 'n': 1, 'share': 0.5}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    ranked, steps, known, _ = _ranked(journal, unit, level, pause, where, by)
    parts = [] if by is None else ["group"]
    listed = ranked.filter(ranked["rank"] <= most)
    # The few that are written out are put in order by themselves: what is in order of all is not kept for them.
    written = _placed(steps.semi_join(listed, steps.journey == listed.example), []).join(known, "code")
    told = written.group_by("journey").agg(pairs=ibis.struct({"place": written.place, "step": written.step}).collect())
    texts = told.select("journey", variant=told.pairs.sort().map(lambda pair: pair["step"]).join(ARROW))
    joined = ranked.left_join(texts, (ranked.example == texts.journey) & (ranked["rank"] <= most))
    among = joined["rank"] <= most
    named = joined.select(
        "n",
        *parts,
        rank=ibis.ifelse(among, joined["rank"], ibis.null("int64")),
        variant=ibis.ifelse(among, joined.variant, OTHER),
        steps=ibis.ifelse(among, joined.steps, ibis.null("int64")),
        variants=1,
    )
    grouped = named.group_by([*parts, "rank", "variant", "steps"]).agg(variants=named.variants.sum(), n=named.n.sum())
    # `other` is there even when nothing is left for it.
    sums = {"n": grouped.n.sum(), "others": grouped["rank"].isnull().sum()}
    total = grouped.group_by(parts).agg(**sums) if parts else grouped.agg(**sums)
    nothing = total.filter(total.n.notnull() & (total.others == 0))
    empty = nothing.select(*parts, rank=ibis.null("int64"), variant=ibis.literal(OTHER), steps=ibis.null("int64"), variants=ibis.literal(0, "int64"), n=ibis.literal(0, "int64"))
    whole = grouped.cast({"variants": "int64", "n": "int64", "steps": "int64"}).union(empty)
    shared = whole.mutate(share=whole.n / whole.n.sum().over(group_by=parts))
    running = ibis.cumulative_window(group_by=parts, order_by=shared.rank.fill_null(most + 1))
    last = shared.rank.fill_null(most + 1)
    return (
        shared.mutate(cumulative_share=shared.share.sum().over(running), last=last, **({} if parts else {"group": ibis.null("string")}))
        .order_by(*(ibis.asc(part, nulls_first=False) for part in parts), "last")
        .select("group", "rank", "variant", "steps", "variants", "n", "share", "cumulative_share")
    )


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, unit: Stretch = "customer", level: Level = "touchpoint", pause: str = "1 day", where: str | None = None, by: str | None = None, most: int = 20
) -> ir.Table:
    """Who took each way, by its rank; without one, all other ways.

    Keys: group, rank
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    ranked, _, _, ways = _ranked(journal, unit, level, pause, where, by)
    own = ["steps", "one", "two"]
    of = ranked.filter(ranked["rank"] <= most).select(**{f"of_{name}": ranked[name] for name in own}, rank=ranked["rank"].cast("string"), **({"of_group": ranked.group} if by is not None else {}))
    same = [ways[name] == of[f"of_{name}"] for name in own] + ([ways.group.identical_to(of.of_group)] if by is not None else [])
    return ways.left_join(of, same).select("rank", "customer_id", group="group" if by is not None else ibis.null("string"), n=ibis.literal(1, "int64"))


def _ranked(journal: Journal, unit: Stretch, level: Level, pause: str, where: str | None, by: str | None) -> tuple[ir.Table, ir.Table, ir.Table, ir.Table]:  # noqa: PLR0913 -- as asked
    """Ways by their rank; the steps of each journey, as numbers; the steps of these numbers; and the way of each journey."""
    import ibis  # noqa: PLC0415 -- slow import

    parts = [] if by is None else ["group"]
    known = codes(journal, level)
    steps = coded(chosen(journal, unit, level, pause, where, by).select("journey", "customer_id", "occurred_at", "step", *parts), known)
    placed = _placed(steps, ["customer_id", *parts])
    # A way is told from another by two sums of hashes of 64 bits: millions of long ones would not fit into memory as they are.
    mark = placed.place.cast("int64") * 2**31 + placed.code
    marked = placed.select("journey", "customer_id", *parts, one=mark.hash().cast("decimal(38, 0)"), two=(mark + 2**62).hash().cast("decimal(38, 0)"))
    ways = marked.group_by("journey").agg(steps=marked.count(), one=marked.one.sum(), two=marked.two.sum(), customer_id=marked.customer_id.max(), **{part: marked[part].max() for part in parts})
    counted = ways.group_by([*parts, "steps", "one", "two"]).agg(n=ways.count(), example=ways.journey.min())
    order = [ibis.desc("n"), "steps", "example"]
    ranked = counted.select(*parts, "n", "steps", "one", "two", "example", rank=ibis.row_number().over(group_by=parts, order_by=order) + 1)
    return ranked, steps, known, ways


def _placed(steps: ir.Table, beside: list[str]) -> ir.Table:
    """The steps of each journey with their place in it."""
    import ibis  # noqa: PLC0415 -- slow import

    return steps.select("journey", "code", *beside, place=ibis.row_number().over(group_by="journey", order_by=["occurred_at", "code"]))
