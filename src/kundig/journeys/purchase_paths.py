"""Purchase paths: what customers touched before their first purchase, and six ways to share out the credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.steps import steps
from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.journal import split
from kundig.least import least
from kundig.statistics import z_value
from kundig.statistics.markov import removal_effects

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.journal import Journal

RULES = ("first", "last", "linear", "position", "markov", "shapley")
TOUCHES = "visit, inquiry, lead, quote, call, message_in, message_out, campaign, letter"
OTHER = "other"
Row = dict[str, Any]
_BUCKETS = 2
"""Hexadecimal digits: customers are drawn anew in 256 groups, by the fingerprint of their names."""

TYPES = {
    "group": "string",
    "step": "string",
    "state": "string",
    "n": "int64",
    "without": "int64",
    "touches": "float64",
    "median_touches": "float64",
    "p90_touches": "float64",
    "one_touch": "float64",
    "median_days": "float64",
    "p90_days": "float64",
    **{f"{rule}{end}": "float64" for rule in RULES for end in ("", "_low", "_high")},
}


def purchase_paths(  # noqa: PLR0913 -- what can be asked of paths
    journal: Journal,
    *,
    purchase: str = "order",
    touches: str = TOUCHES,
    by: str = "channel",
    where: str | None = None,
    group: str | None = None,
    most: int = 12,
    floor: int = 30,
    draws: int = 200,
    confidence: float = 0.95,
) -> Estimate:
    """What do customers touch before they buy for the first time, how often, and which of it deserves the credit?

    The path of a customer is every touch before the first purchase, up to and with the moment of it, in the order in which
    they occurred; of touches at one instant the alphabetically first step comes first. A customer with touches and no purchase has a path that has not led to one so
    far. Purchases without any touch before them are counted in `without`, and share in no credit. Steps beyond the `most`
    frequent stand together as `other`.

    Credit is given side by side, as shares that add up to 1: to the first touch; to the last; to all alike (linear); 40 %
    each to the first and the last and the rest to those between (position); by the removal effect in a Markov chain of
    order 1 over all paths, those without a purchase included (Anderl and others, 2016); and by the Shapley value of the game
    in which a set of steps earns the purchases that needed no others, which shares each purchase alike among its different
    steps (Zhao, Mahboobi and Bagheri, 2018). Intervals are percentiles of `draws` samples of customers drawn anew, in
    256 groups.

    What each cannot say: first and last know nothing of what lies between. Linear and position share out by a rule that
    nobody has measured. Shapley looks at purchases alone: a step that everybody touches, buyers and others, earns as much
    as one that only buyers touch. Markov compares with the others, and knows only the step just before. None of them says
    what would have been bought without a touch: credit goes with a step, and only an experiment shows what it causes. Touches
    that no source sees are in none of them.

    Args:
        purchase: the kind of event that is the purchase.
        touches: kinds of events that are touches, with commas between them.
        by: what a step is, such as channel, touchpoint, source or properties.NAME; touches without it are `unknown`.
        where: only customers with these attributes, with commas between them, such as `segment=gold, channel=web`; a customer has those of the first event that has any.
        group: what to split customers by, such as segment, product, properties.NAME or cohort (the quarter of the customer's first event); a customer has that of the first event that has one.
        most: how many steps are told apart.
        floor: with fewer purchases than this there are no figures.
        draws: samples for the intervals.
        confidence: of the intervals.

    Columns:
        group: the value of `group`; null where there is none, or without `group`
        step: the value of `by`; null for all steps together
        state: `ok`, or `too few purchases`
        n: first purchases whose path holds this step
        without: first purchases without any touch before them; null but for all steps together
        touches: touches of this step on a path that led to a purchase and holds it, the mean
        median_touches: half of these paths have at most so many
        p90_touches: nine in ten have at most so many
        one_touch: paths with one such touch only, as a share
        median_days: half of these paths took at most so many days from the first such touch to the purchase
        p90_days: nine in ten took at most so many days
        first: share of the credit by the first touch; null for all steps together, as all that follow
        first_low: lower end of its interval
        first_high: upper end of its interval
        last: share by the last touch
        last_low: lower end of its interval
        last_high: upper end of its interval
        linear: share if all touches count alike
        linear_low: lower end of its interval
        linear_high: upper end of its interval
        position: share if the first and the last touch count 40 % each
        position_low: lower end of its interval
        position_high: upper end of its interval
        markov: share by the removal effect
        markov_low: lower end of its interval
        markov_high: upper end of its interval
        shapley: share by the Shapley value
        shapley_low: lower end of its interval
        shapley_high: upper end of its interval

    Order:
        by group, null last; all steps together, then the most frequent first, then by step

    Example:
        >>> from kundig.journal import told
        >>> days = [("visit", "web", 1), ("call", "phone", 2), ("order", "web", 3)]
        >>> journal = told([{"subject": "ada", "kind": kind, "channel": channel, "occurred_at": f"2026-03-0{day}"} for kind, channel, day in days])
        >>> purchase_paths(journal, floor=1).execute()[["step", "n", "touches", "median_days", "first", "last"]].to_dict("records")
        [{'step': None, 'n': 1, 'touches': 2.0, 'median_days': 2.0, 'first': nan, 'last': nan}, {'step': 'phone', 'n': 1, 'touches': 1.0, 'median_days': 1.0, 'first': 0.0, 'last': 1.0}, {'step': 'web', 'n': 1, 'touches': 1.0, 'median_days': 2.0, 'first': 1.0, 'last': 0.0}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    if most < 1 or draws < 1:
        raise ArgumentError(f"--most and --draws expect 1 or more, found {most} and {draws}")
    z_value(confidence)
    each, bought = _before(journal, purchase, touches, by, where, group, most)
    in_order, whole = ibis.window(group_by="customer_id", order_by=["occurred_at", "step", "event_id"]), ibis.window(group_by="customer_id")
    same = ibis.window(group_by=["customer_id", "step"], order_by=["occurred_at", "event_id"])
    path = each.mutate(
        group=each.customer_id.hexdigest("md5").substr(0, _BUCKETS),
        place=ibis.row_number().over(in_order),
        length=each.count().over(whole),
        following=each.step.lead().over(in_order),
        again=ibis.row_number().over(same),
    )
    won = path.bought_at.notnull()
    ends = path.length - 1
    position = ibis.cases((path.length == 1, 1.0), (path.length == 2, 0.5), ((path.place == 0) | (path.place == ends), 0.4), else_=0.2 / (path.length - 2).nullif(0))  # noqa: PLR2004 -- the only, the two, the outer ones
    valued = path.mutate(won=won, position=position, different=(path.again == 0).cast("int64").sum().over(whole))
    credit = valued.group_by(["part", "group", "step"]).agg(
        starts=(valued.place == 0).cast("int64").sum(),
        goals=(valued.following.isnull() & valued.won).cast("int64").sum(),
        ends=(valued.following.isnull() & ~valued.won).cast("int64").sum(),
        first=((valued.place == 0) & valued.won).cast("int64").sum(),
        linear=(1.0 / valued.length).sum(where=valued.won).fill_null(0.0),
        position=valued.position.sum(where=valued.won).fill_null(0.0),
        shapley=(1.0 / valued.different).sum(where=valued.won & (valued.again == 0)).fill_null(0.0),
    )
    passages = valued.filter(valued.following.notnull()).group_by(["part", "group", "step", "following"]).agg(n=lambda table: table.count())
    buyers = valued.filter(valued.won)
    second = buyers.occurred_at.epoch_seconds()
    lengths = buyers.mutate(second=second, bought=buyers.bought_at.epoch_seconds())
    of_step = lengths.group_by(["part", "customer_id", "step"]).agg(touches=lengths.count(), days=(lengths.bought.max() - lengths.second.min()) / 86400.0)
    of_all = lengths.group_by(["part", "customer_id"]).agg(touches=lengths.count(), days=(lengths.bought.max() - lengths.second.min()) / 86400.0)
    both = of_step.union(of_all.select("part", "customer_id", "touches", "days", step=ibis.null("string")).select("part", "customer_id", "step", "touches", "days"))
    spread = both.group_by(["part", "step"]).agg(
        n=both.count(),
        mean=both.touches.mean(),
        touches=both.touches.cast("float64").quantile([0.5, 0.9]),
        days=both.days.cast("float64").quantile([0.5, 0.9]),
        ones=(both.touches == 1).cast("int64").sum(),
    )
    purchases = bought.group_by("part").agg(n=bought.count())
    tables = {
        "credit": credit.order_by("part", "group", "step"),
        "passages": passages.order_by("part", "group", "step", "following"),
        "spread": spread.order_by("part", "step"),
        "purchases": purchases.order_by("part"),
    }
    return Estimate(tables, TYPES, lambda **found: _finished(**found, floor=floor, draws=draws, confidence=confidence))


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, purchase: str = "order", touches: str = TOUCHES, by: str = "channel", where: str | None = None, group: str | None = None, most: int = 12
) -> ir.Table:
    """Who bought after a step, after any of them, or without one.

    Keys: group, step
    Counts: n, without
    """
    import ibis  # noqa: PLC0415 -- slow import

    each, bought = _before(journal, purchase, touches, by, where, group, most)
    met = each.filter(each.bought_at.notnull()).select("part", "customer_id", "step").distinct()
    every = met.select("part", "customer_id").distinct()
    one, none = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    alone = bought.anti_join(every, ["customer_id", bought.part.identical_to(every.part)]).select("customer_id", group="part", step=ibis.null("string"), n=none, without=one)
    after = met.select("customer_id", group="part", step="step", n=one, without=none)
    return after.union(every.select("customer_id", group="part", step=ibis.null("string"), n=one, without=none), alone)


def _before(journal: Journal, purchase: str, touches: str, by: str, where: str | None, group: str | None, most: int) -> tuple[ir.Table, ir.Table]:  # noqa: PLR0913 -- as asked
    """One row a touch of whoever has not bought or before the first purchase; and one row a buyer."""
    import ibis  # noqa: PLC0415 -- slow import

    kinds = [kind.strip() for kind in touches.split(",") if kind.strip()]
    if not kinds:
        raise ArgumentError(f"--touches expects kinds of events with commas between them, such as 'visit, call', found {touches!r}")
    events = journal.events.filter(lambda table: table.customer_id.notnull())
    if where is None and group is None:
        events = events.mutate(part=ibis.null("string"))
    else:
        meant = steps(journal, "customer", "kind", where=where, by=group, unnamed="")
        parts = meant.select("customer_id", part=ibis.null("string") if group is None else meant.group).distinct()
        events = events.join(parts, "customer_id")
    bought = events.filter(events.kind == purchase).group_by(["part", "customer_id"]).agg(bought_at=lambda table: table.occurred_at.min())
    touched, step = split(journal, events.filter(events.kind.isin(kinds)), by)
    named = touched.select("part", "customer_id", "event_id", "occurred_at", step=step.fill_null("unknown"))
    before = named.left_join(bought.drop("part"), "customer_id").drop("customer_id_right")
    before = before.filter(before.bought_at.isnull() | (before.occurred_at <= before.bought_at))
    counted = before.group_by("step").agg(count=before.count())
    known = counted.order_by(ibis.desc("count"), "step").limit(most).select(known="step")
    each = before.left_join(known, before.step == known.known).mutate(step=lambda table: table.known.fill_null(OTHER)).drop("known")
    return each, bought


def _finished(credit: pa.Table, passages: pa.Table, spread: pa.Table, purchases: pa.Table, *, floor: int, draws: int, confidence: float) -> Mapping[str, list[Any]]:  # noqa: PLR0913 -- the reduced tables
    tables = [table.to_pylist() for table in (credit, passages, spread, purchases)]
    answer: dict[str, list[Any]] = {name: [] for name in TYPES}
    for part in sorted({row["part"] for rows in tables for row in rows}, key=lambda part: (part is None, part or "")):
        found = _of_part(*([row for row in rows if row["part"] == part] for rows in tables), floor=floor, draws=draws, confidence=confidence)
        for row in found:
            for name, values in answer.items():
                values.append(row.get(name) if name != "group" else part)
    return answer


def _of_part(credit: list[Row], passages: list[Row], spread: list[Row], purchases: list[Row], *, floor: int, draws: int, confidence: float) -> list[Row]:  # noqa: PLR0913 -- the reduced tables, and a line for each of their figures
    import numpy as np  # noqa: PLC0415 -- slow import

    rows = {row["step"]: row for row in spread}
    steps = sorted({row["step"] for row in credit}, key=lambda step: (-rows[step]["n"] if step in rows else 0, step))
    groups = sorted({row["group"] for row in credit})
    total = sum(row["n"] for row in purchases)
    place, of = {step: number for number, step in enumerate(steps)}, {group: number for number, group in enumerate(groups)}
    columns = ("starts", "goals", "ends", "first", "linear", "position", "shapley")
    parts = {name: np.zeros((len(groups), len(steps))) for name in columns}
    for row in credit:
        for name in columns:
            parts[name][of[row["group"]], place[row["step"]]] = row[name]
    moves = np.zeros((len(groups), len(steps), len(steps)))
    for row in passages:
        moves[of[row["group"]], place[row["step"]], place[row["following"]]] = row["n"]

    paths = rows[None]["n"] if None in rows else 0
    enough = paths >= max(floor, 1)
    shares = _shares(parts, moves, np.ones(len(groups))) if enough else {}
    rng = np.random.default_rng(20_260_301)
    drawn = [_shares(parts, moves, weights) for weights in rng.multinomial(len(groups), np.full(len(groups), 1 / len(groups)), size=draws)] if enough and len(groups) > 1 else []
    tails = [100 * (1 - confidence) / 2, 100 * (1 + confidence) / 2]
    answer: list[Row] = []
    for step in [None, *steps]:
        known = rows.get(step)
        figures: dict[str, Any] = dict.fromkeys(TYPES)
        figures |= {"step": step, "state": "ok" if enough else "too few purchases", "n": known["n"] if known else 0, "without": total - paths if step is None else None}
        if known and enough:
            figures |= {"touches": known["mean"], "one_touch": known["ones"] / known["n"]}
            figures |= {f"{name}_{what}": known[what][place_] for what in ("touches", "days") for place_, name in enumerate(("median", "p90"))}
        if step is not None and enough:
            for rule in RULES:
                figures[rule] = shares[rule][place[step]]
                values = [one[rule][place[step]] for one in drawn if np.isfinite(one[rule][place[step]])]
                if values:
                    figures[f"{rule}_low"], figures[f"{rule}_high"] = np.percentile(values, tails)
        answer.append(figures)
    return answer


def _shares(parts: Mapping[str, NDArray[np.float64]], moves: NDArray[np.float64], weights: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """The credit of each step by each rule, with the groups of customers weighted."""
    import numpy as np  # noqa: PLC0415 -- slow import

    summed = {name: weights @ part for name, part in parts.items()}
    effects = removal_effects(np.tensordot(weights, moves, axes=1), summed["starts"], summed["goals"], summed["ends"])
    # Whoever is followed by the purchase was the last touch.
    credit = {"first": summed["first"], "last": summed["goals"], "linear": summed["linear"], "position": summed["position"], "markov": effects, "shapley": summed["shapley"]}
    with np.errstate(invalid="ignore", divide="ignore"):
        return {rule: value / value.sum() for rule, value in credit.items()}
