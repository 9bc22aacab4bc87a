"""A rhythm: how long it usually takes until the next time, and how odd the present pause is beside it.

What is asked is the chance to find, at a moment taken at random, that the last time lies at least so long back, if nothing
has changed. Source: Cox (1962), Renewal Theory, chapter 5, on the backward recurrence time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


def rhythm(times: ir.Table, keys: list[str], until: str) -> ir.Table:
    """One row for each value of `keys`, by their own past alone: `last_at`, `pause`, `usual`, `n` and `p`, in the unit of the times.

    `n` past pauses g have the median `usual`; the present pause c runs from the last time to `until`. `p` is the share of the
    own past in which the last time lay that long back: the sum of max(g - c, 0) over the sum of g. Beyond the longest past
    pause the tail of a Pareto distribution of the second kind takes over, the predictive distribution of an exponential one:
    (1 + c / (k m))^-k with m, the mean of the pause still to come at a random moment, the sum of g² over twice the sum of g,
    and k of n / 2 for how badly m is known. `p` is the larger of the two, null with no past pause. It is too small for whoever
    comes in bursts and has had few of them.

    Args:
        times: a number `time` for each of what came; `until` is the same in all rows of a key.
        keys: whose rhythm.
        until: the column with the moment at which the present pause is looked at.
    """
    import ibis  # noqa: PLC0415 -- slow import

    in_order, whole = ibis.window(group_by=keys, order_by="time"), ibis.window(group_by=keys)
    spaced = times.mutate(gap=times.time - times.time.lag().over(in_order), pause=ibis.greatest(times[until] - times.time.max().over(whole), ibis.literal(0.0)))
    summed = spaced.group_by(keys).agg(
        last_at=spaced.time.max(),
        pause=spaced.pause.max(),
        usual=spaced.gap.median(),
        n=spaced.gap.count(),
        total=spaced.gap.sum(),
        squares=(spaced.gap * spaced.gap).sum(),
        longer=ibis.greatest(spaced.gap - spaced.pause, ibis.literal(0.0)).sum(),
    )
    total = summed.total.nullif(0.0)
    mean, certain = summed.squares / (2 * total), summed.n / 2.0
    tail = (1 + summed.pause / (certain * mean)).pow(-certain)
    return summed.mutate(p=ibis.greatest(summed.longer / total, tail)).drop("total", "squares", "longer")


BINS = 20
"""Ratios are counted in steps of 5 %."""


def among_peers(times: ir.Table, key: str, group: str, until: str, least: int) -> ir.Table:
    """One row for each value of `key` and `group` with at least `least` past pauses: as `rhythm`, but `p` is by all of the group.

    Each past pause of everybody is set beside the mean of that one's own pauses before it, and so is the present pause. `p`
    is the share of everybody's past in which the last time lay that much longer back than the own mean, with one more
    pause counted in; or the share of the own past, if that is larger. So holidays and bursts that others had count as usual.

    Args:
        times: a number `time` for each of what came; several at one time count once.
        key: whose rhythm.
        group: who is a peer of whom.
        until: the column with the moment at which the present pause is looked at.
        least: how many pauses make a mean.
    """
    import ibis  # noqa: PLC0415 -- slow import

    each = times.select(key, group, until, "time").distinct()
    keys = [key, group]
    in_order, before = ibis.window(group_by=keys, order_by="time"), ibis.window(group_by=keys, order_by="time", rows=(None, -1))
    gaps = each.mutate(gap=each.time - each.time.lag().over(in_order), pause=ibis.greatest(each[until] - each.time.max().over(ibis.window(group_by=keys)), ibis.literal(0.0)))
    known = gaps.mutate(usually=gaps.gap.mean().over(before), past=gaps.gap.count().over(before))
    own = known.group_by(keys).agg(
        last_at=known.time.max(),
        pause=known.pause.max(),
        usual=known.gap.median(),
        n=known.gap.count(),
        mean=known.gap.mean(),
        own=ibis.greatest(known.gap - known.pause, ibis.literal(0.0)).sum() / known.gap.sum(),
    )
    asked = own.filter(own.n >= least).mutate(ratio=lambda table: table.pause / table["mean"], bin=lambda table: _bin(table.pause, table["mean"]))
    past = known.filter((known.past >= least) & known.gap.notnull())
    pooled = past.mutate(bin=_bin(past.gap, past.usually)).group_by([group, "bin"]).agg(longer=lambda table: table.gap.sum(), means=lambda table: table.usually.sum(), pauses=lambda table: table.count())
    nothing = asked.select(group, "bin", longer=ibis.literal(0.0), means=ibis.literal(0.0), pauses=ibis.literal(0, "int64")).distinct()
    bins = pooled.union(nothing).group_by([group, "bin"]).agg(**{name: (lambda table, name=name: table[name].sum()) for name in ("longer", "means", "pauses")})
    from_here, whole = ibis.window(group_by=group, order_by=ibis.desc("bin"), rows=(None, 0)), ibis.window(group_by=group)
    summed = bins.mutate(longer=bins.longer.sum().over(from_here), means=bins.means.sum().over(from_here), total=bins.longer.sum().over(whole), pauses=bins.pauses.sum().over(whole))
    found = asked.join(summed, [group, "bin"]).filter(lambda table: table.pauses > 0)
    one = found.total / found.pauses
    others = (ibis.greatest(found.longer - found.ratio * found.means, ibis.literal(0.0)) + one) / (found.total + one)
    return found.select(*keys, "last_at", "pause", "usual", "n", p=ibis.greatest(found.own, others))


def _bin(pause: Any, usual: Any) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    return (ibis.greatest(pause / usual, ibis.literal(1e-9)).ln() * BINS).floor().cast("int64")
