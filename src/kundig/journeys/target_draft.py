"""A draft of a target journey: the rules that most journeys keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.conformance.obligations import present
from kundig.conformance.steps import Level, Stretch, steps
from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.journeys.drafting import TYPES, drafted

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

def target_draft(  # noqa: PLR0913 -- what makes a draft
    journal: Journal,
    *,
    starts: str | None = None,
    unit: Stretch = "case",
    level: Level = "kind",
    pause: str = "1 day",
    where: str | None = None,
    kept: float = 0.9,
    support: float = 0.1,
    most: int = 30,
    confidence: float = 0.95,
) -> Estimate:
    """What do most journeys keep to: which rules could a target journey begin with, for a person to edit?

    Candidates are all kinds of rules over the `most` frequent steps. A rule is drafted if the
    lower end of the interval of the share of journeys that keep it is at least `kept`, and it concerns at least the share
    `support` of all journeys. Journeys count, not activations: response(A, B) is kept by a journey if its last A has a B after
    it, precedence(A, B) if its first B has an A before it, chain_response(A, B) if a B comes at once after each A. A response gets a deadline: nine in ten journeys that keep it had
    the first B at most that long after the first A, in whole days. Of an exactly-once step that always comes, response and
    precedence say in which order; where most keep both, succession stands for the two.

    What follows from a stronger rule is left out. existence(A) is drafted where A may come several times, absence(A, 2) of
    a step that need not come and is not repeated, responded_existence(A, B) where the order is open and B is not owed anyway.
    not_coexistence(A, B) concerns the journeys with the rarer step, and asks in addition that the two meet for sure less than half as often as chance
    would have it: of two steps that are merely rare it is not drafted.

    What most do is not what ought to be: the draft says what happens, and a person says what is right. Rules were chosen among
    many, so their shares on new journeys will be a little lower.

    Args:
        starts: only journeys in which this step occurs; all if it is left out.
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what the rules name: kinds of events, touchpoints, stages or departments.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        kept: how many journeys keep a rule, at least.
        support: how many journeys it concerns, at least.
        most: steps that are considered.
        confidence: of the intervals.

    Columns:
        rule: as it is written under `rules:` of a target journey
        template: the kind of rule
        n: journeys that it concerns
        kept: journeys that keep it
        share: kept as a share of n
        low: lower end of the share's interval, after Wilson
        high: upper end of the share's interval
        support: n as a share of all journeys

    Order:
        by template, in the order in which `journeys.deviations` would be asked: begin and end, how often, in which order, together or not; the best kept first, then the most journeys, then by rule

    Example:
        >>> from kundig.journal import told
        >>> journal = told([
        ...     {"subject": "ada", "case_id": str(n), "kind": kind, "occurred_at": f"2026-03-0{day}"}
        ...     for n in range(40) for kind, day in (("order", 1), ("delivery", 3))
        ... ])
        >>> [row["rule"] for row in target_draft(journal).to_pyarrow().to_pylist()]
        ['init(order)', 'end(delivery)', 'exactly(delivery)', 'exactly(order)', 'response(order, delivery) within 2 days', 'chain_response(order, delivery)']
    """
    import ibis  # noqa: PLC0415 -- slow import

    for name, value in (("kept", kept), ("support", support)):
        if not 0 < value <= 1:
            raise ArgumentError(f"--{name} expects a share between 0 and 1 such as 0.9, found {value}")
    table = steps(journal, unit, level, where=where, pause=pause)
    if starts is not None:
        table = table.mutate(meant=(table.step == starts).any().over(ibis.window(group_by="journey"))).filter(lambda marked: marked.meant)
    of_step = table.group_by(["journey", "step"]).agg(first=table.occurred_at.min(), last=table.occurred_at.max(), times=table.count())
    known = of_step.group_by("step").agg(journeys=of_step.count()).order_by(ibis.desc("journeys"), "step").limit(most)
    held = of_step.semi_join(known, "step")
    ends = of_step.group_by("journey").agg(begins=of_step["first"].min(), ends=of_step["last"].max())
    placed = held.join(ends, "journey")
    single = placed.group_by("step").agg(
        n=placed.count(),
        once=(placed.times == 1).cast("int64").sum(),
        begins=(placed["first"] == placed.begins).cast("int64").sum(),
        ends=(placed["last"] == placed.ends).cast("int64").sum(),
    )
    other = held.select("journey", other="step", other_first="first", other_last="last")
    pairs = held.join(other, "journey").filter(lambda row: row.step != row.other)
    within = (pairs.other_first.epoch_seconds() - pairs["first"].epoch_seconds()).cast("float64")
    double = pairs.group_by(["step", "other"]).agg(
        responded=(pairs.other_last >= pairs["last"]).cast("int64").sum(),
        preceded=(pairs["first"] <= pairs.other_first).cast("int64").sum(),
        both=((pairs.other_last >= pairs["last"]) & (pairs["first"] <= pairs.other_first)).cast("int64").sum(),
        together=pairs.count(),
        days=(within / 86400.0).quantile(0.9, where=pairs.other_last >= pairs["last"]),
    )
    total = ends.agg(n=ends.count()).cross_join(present(journal)).select("n")
    chained = _chained(table, held)
    tables = {"single": single.order_by("step"), "double": double.order_by("step", "other"), "chained": chained.order_by("step", "other"), "total": total}
    return Estimate(tables, TYPES, lambda **found: drafted(**found, kept=kept, support=support, confidence=confidence))


def _chained(table: ir.Table, held: ir.Table) -> ir.Table:
    """For each pair of steps the journeys in which the other one comes at once after each of the step: at its instant or at the next."""
    import ibis  # noqa: PLC0415 -- slow import

    # At one instant several events of a step are one.
    moments = table.group_by(["journey", "step", "occurred_at"]).agg(events=table.count())
    from_next = ibis.window(group_by="journey", order_by="occurred_at", range=(ibis.interval(microseconds=1), None))
    asking = moments.mutate(next_at=moments.occurred_at.min().over(from_next)).semi_join(held, "step")
    here = moments.semi_join(held, "step").select("journey", other="step", at="occurred_at")
    met = [asking.join(here, [asking.journey == here.journey, asking[when] == here.at]).select("journey", "step", "occurred_at", "events", "other") for when in ("occurred_at", "next_at")]
    followed = met[0].union(met[1]).filter(lambda row: row.step != row.other).distinct()
    each = followed.group_by(["journey", "step", "other"]).agg(times=followed.events.sum())
    whole = each.join(held.select("journey", "step", of="times"), ["journey", "step"])
    return whole.group_by(["step", "other"]).agg(chained=(whole.times == whole.of).cast("int64").sum())
