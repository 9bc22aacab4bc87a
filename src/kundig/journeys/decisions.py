"""Decisions: what came before orders that were won, and before those that were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.steps import Level, Stretch, steps, surely
from kundig.errors import ArgumentError
from kundig.least import least
from kundig.statistics import benjamini_hochberg, wilson, z_value
from kundig.statistics.normal import two_sided
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

_UNNAMED = ""
"""What happened where no step has a name can be a decision all the same."""


def decisions(  # noqa: PLR0913 -- what can be asked of decisions
    journal: Journal,
    *,
    unit: Stretch = "case",
    level: Level = "touchpoint",
    won: str = "won",
    lost: str = "lost",
    within: str = "90 days",
    pause: str = "1 day",
    where: str | None = None,
    by: str | None = None,
    floor: int = 10,
    confidence: float = 0.95,
) -> ir.Table:
    """Which touchpoints come before an order is won, and which before it is lost?

    A decision is an event whose outcome is `won` or `lost`. What came before it are the events of its journey since the
    decision before, `within` that time, those of the same instant included. Each step counts once a decision: once among all
    that came before (`any`), once more if it was the last (`last`; of several at one instant the alphabetically last). The
    share that was won is set beside the base rate, that of all decisions of the group, and beside the decisions without this step, with the
    interval and the test of two proportions; q is corrected over all steps and groups after Benjamini and Hochberg.

    A step goes with decisions; it need not be why they went so. Who asks for an offer wants to buy already.

    Args:
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what a step is named by.
        won: the outcome that is a gain.
        lost: the outcome that is a loss.
        within: how long before the decision a step may lie.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        floor: with fewer decisions with or without the step there is no comparison.
        confidence: of the intervals, and of the verdict.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        place: `any` step before the decision, or the `last`
        step: what it is; null for decisions without anything before them
        state: `ok`, or `too few decisions`
        n: decisions with this step
        won: how many of them were won
        lost: how many were lost
        share: won, as a share of n
        low: lower end of the share's interval, after Wilson
        high: upper end of the share's interval
        base: the share of all decisions of the group that were won
        difference: the share less that of the decisions without this step
        difference_low: lower end of its interval
        difference_high: upper end of its interval
        p: the chance of a difference at least that large if the step made none
        q: the same, corrected for the number of steps
        verdict: `more often won`, `more often lost`, or `may be chance`

    Order:
        by group, null last; any before last; the most frequent first, then by step, null last

    Example:
        >>> from kundig.journal import told
        >>> def deal(n, touchpoint, outcome):
        ...     return [{"subject": "ada", "case_id": str(n), "kind": "quote", "touchpoint": touchpoint, "occurred_at": "2026-03-01"},
        ...             {"subject": "ada", "case_id": str(n), "kind": "deal", "outcome": outcome, "occurred_at": "2026-03-02"}]
        >>> journal = told([event for n in range(40) for event in deal(n, "visit" if n < 20 else "mail", "won" if n < 18 or n > 35 else "lost")])
        >>> asked = decisions(journal).filter(lambda table: table.place == "last")
        >>> asked.select("step", "n", "won", "share", "base", "verdict").to_pyarrow().to_pylist()
        [{'step': 'mail', 'n': 20, 'won': 4, 'share': 0.2, 'base': 0.55, 'verdict': 'more often lost'}, {'step': 'visit', 'n': 20, 'won': 18, 'share': 0.9, 'base': 0.55, 'verdict': 'more often won'}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    rows, ends = _decided(journal, unit, level, won, lost, within, pause, where, by)
    total = ends.group_by("group").agg(all=ends.count(), all_won=ends.won.sum()).rename(of_group="group")
    of_step = rows.group_by(["group", "place", "step"]).agg(n=rows.count(), won=rows.won.sum())
    counted = of_step.join(total, of_step.group.identical_to(total.of_group)).drop("of_group")
    n, others = counted.n.cast("float64"), (counted["all"] - counted.n).nullif(0).cast("float64")
    share, other = counted.won / n, (counted.all_won - counted.won) / others
    base = counted.all_won / counted["all"].cast("float64")
    low, high = wilson(counted.won, n, z)
    enough = (counted.n >= max(floor, 1)) & (counted["all"] - counted.n >= max(floor, 1))
    nothing = ibis.null("float64")
    pooled = (base * (1 - base) * (1 / n + 1 / others)).sqrt().nullif(0.0)
    half = z * (share * (1 - share) / n + other * (1 - other) / others).sqrt()
    compared = counted.mutate(
        state=ibis.ifelse(enough, "ok", "too few decisions"),
        lost=counted.n - counted.won,
        share=share,
        low=low,
        high=high,
        base=base,
        difference=ibis.ifelse(enough, share - other, nothing),
        difference_low=ibis.ifelse(enough, share - other - half, nothing),
        difference_high=ibis.ifelse(enough, share - other + half, nothing),
        p=ibis.ifelse(enough, two_sided((share - other) / pooled).fill_null(1.0), nothing),
    )
    judged = benjamini_hochberg(compared, "p", [], ["group", "place", "step"])
    verdict = ibis.cases((judged.q.isnull(), ibis.null("string")), (judged.q > 1 - confidence, "may be chance"), (judged["difference"] > 0, "more often won"), else_="more often lost")
    told = judged.mutate(verdict=verdict)
    return told.order_by(ibis.asc("group", nulls_first=False), "place", ibis.desc("n"), ibis.asc("step", nulls_first=False)).select(
        "group", "place", "step", "state", "n", "won", "lost", "share", "low", "high", "base", "difference", "difference_low", "difference_high", "p", "q", "verdict",
    )  # fmt: skip


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, unit: Stretch = "case", level: Level = "touchpoint", won: str = "won", lost: str = "lost", within: str = "90 days", pause: str = "1 day", where: str | None = None, by: str | None = None
) -> ir.Table:
    """Whose decisions had a step before them, and whose were won or lost.

    Keys: group, place, step
    Counts: n, won, lost
    """
    rows, _ = _decided(journal, unit, level, won, lost, within, pause, where, by)
    return rows.select("group", "place", "step", "customer_id", "won", n=rows.won.notnull().cast("int64"), lost=1 - rows.won)


def _decided(  # noqa: PLR0913 -- as asked
    journal: Journal, unit: Stretch, level: Level, won: str, lost: str, within: str, pause: str, where: str | None, by: str | None
) -> tuple[ir.Table, ir.Table]:
    """One row a decision and step before it; and one row a decision."""
    import ibis  # noqa: PLC0415 -- slow import

    try:
        seconds = round(span(within).total_seconds())
    except ValueError as wrong:
        raise ArgumentError(f"--within: {wrong}") from None
    if won == lost:
        raise ArgumentError(f"--won and --lost expect two outcomes, found {won!r} twice")
    lived = steps(journal, unit, level, where=where, by=by, unnamed=_UNNAMED, pause=pause, beside=("outcome",))
    group = ibis.null("string") if by is None else lived.group
    decided, gained = (surely(condition).cast("int64") for condition in (lived.outcome.isin([won, lost]), lived.outcome == won))
    known = lived.select("event_id", "customer_id", "occurred_at", "journey", step=lived.step.nullif(_UNNAMED), decided=decided, won=gained, group=group)
    earlier = ibis.window(group_by="journey", order_by=["occurred_at", "decided", "event_id"], rows=(None, -1))
    numbered = known.mutate(number=known.decided.sum().over(earlier).fill_null(0))
    ends = numbered.filter(numbered.decided == 1).select("group", "customer_id", "journey", "number", "won", at="occurred_at")
    touches = numbered.filter((numbered.decided == 0) & numbered.step.notnull()).select("journey", "number", "occurred_at", "step")
    before = ends.left_join(touches, [ends.journey == touches.journey, ends.number == touches.number, touches.occurred_at + ibis.interval(seconds=seconds) >= ends.at]).select("group", "customer_id", "journey", "number", "won", "occurred_at", "step")
    each = before.distinct(on=["journey", "number", "step"], keep="first").select("group", "customer_id", "won", "step", place=ibis.literal("any"))
    newest = ibis.struct({"at": before.occurred_at, "step": before.step}).max(where=before.step.notnull())
    last = before.group_by(["group", "journey", "number"]).agg(won=before.won.max(), customer_id=before.customer_id.max(), step=newest["step"]).select("group", "customer_id", "won", "step", place=ibis.literal("last"))
    return each.union(last), ends
