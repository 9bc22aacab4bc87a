"""The funnel: how far journeys get through stages, and what those did who got no further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import ended, present
from kundig.conformance.steps import Level, Stretch, steps
from kundig.journeys.reaching import reaching, required_before, staged
from kundig.journeys.waiting import waited, waits
from kundig.statistics import wilson, z_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

STAGES = "visit?, order, delivery, feedback?"


def funnel(  # noqa: PLR0913 -- what can be asked of a funnel
    journal: Journal,
    *,
    stages: str = STAGES,
    unit: Stretch = "customer",
    level: Level = "kind",
    ended_after: str = "90 days",
    pause: str = "1 day",
    where: str | None = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> ir.Table:
    """How far do journeys get through these stages, how long does each take, and what do those do who get no further?

    A journey reaches a stage at its first such step at or after the moment at which it reached the required stage
    before. Other steps in between, and steps that are repeated, do not matter. A stage written with `?` is optional: it
    is reached where its step comes between the required stages around it, keeps nobody from the next stage, and several
    of them may come in any order. A step that stands twice has to come a second time, at a later moment.

    Each stage is measured against the journeys that reached the required stage before it, the first one against all
    journeys. Who has not reached it has dropped out if nothing has happened in the journey for `ended_after`, and is
    pending otherwise; now is the moment of `--as-of`, or the latest at which anything became known. What the others did
    instead is the step that came next after the required stage before, among dropped and pending ones.

    Args:
        stages: steps in their order with commas between them, optional ones with `?`, such as `visit?, order, delivery`; a name that holds a comma stands in double quotes.
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what a step is named by: kinds of events, touchpoints, stages or departments.
        ended_after: a journey in which nothing happened for that long has ended.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        confidence: of the intervals.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        stage: as it is written
        optional: whether it may be left out
        n: journeys that reached the required stage before; all journeys for the first
        reached: how many of them reached this one
        pending: how many have not, but may still do so
        dropped: how many have not, and have ended; of an optional stage those who went on without it as well
        share: reached so far, as a share of n
        low: lower end of the share's interval, after Wilson
        high: upper end of the share's interval
        overall_share: reached, as a share of the journeys that reached the first required stage
        median_seconds: half of those who reached it took at most this long from the required stage before; null for the first
        median_low_seconds: lower end of the median's interval, from order statistics; null if there are too few
        median_high_seconds: upper end of the median's interval; null if there are too few
        p90_seconds: nine in ten took at most this long
        instead: the most frequent next step of those who have not reached it; null for the first stage, and where nothing came next
        instead_n: how many of them took it
        nothing: how many of them have done nothing since

    Order:
        by group, null last; as the stages are written

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "visit", "2026-03-01"), ("ada", "order", "2026-03-02"), ("ben", "visit", "2026-03-01"), ("ben", "complaint", "2026-03-02")])
        >>> asked = funnel(journal, stages="visit, order", ended_after="0 days")
        >>> asked.select("stage", "n", "reached", "dropped", "instead").to_pyarrow().to_pylist()
        [{'stage': 'visit', 'n': 2, 'reached': 2, 'dropped': 0, 'instead': None}, {'stage': 'order', 'n': 2, 'reached': 1, 'dropped': 1, 'instead': 'complaint'}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    z = z_value(confidence)
    rows, asked, first_required = _stages(journal, stages, unit, level, ended_after, pause, where, by)
    told = rows.group_by(["group", "position"]).agg(
        **{name: rows[flag].cast("int64").sum() for name, flag in (("n", "entered"), ("reached", "reached"), ("pending", "pending"), ("firsts", "first"))},
        nothing=(rows.missed & rows.instead.isnull() & (rows.position > first_required)).cast("int64").sum(),
        **waits(rows, "seconds"),
    )
    counted = waited(told, z)
    others = rows.filter(rows.instead.notnull()).group_by(["group", "position", "instead"]).agg(instead_n=lambda table: table.count())
    top = others.mutate(place=ibis.row_number().over(group_by=["group", "position"], order_by=[ibis.desc("instead_n"), "instead"])).filter(lambda table: table.place == 0)
    most = top.select("instead", "instead_n", of="position", of_group="group")
    whole = counted.left_join(most, [counted.position == most.of, counted.group.identical_to(most.of_group)])
    n = whole.n.nullif(0).cast("float64")
    low, high = wilson(whole.reached, n, z)
    return whole.order_by(ibis.asc("group", nulls_first=False), "position").select(
        "group",
        "n",
        "reached",
        "pending",
        stage=ibis.cases(*((whole.position == position, name) for position, (name, _) in enumerate(asked))),
        optional=ibis.cases(*((whole.position == position, optional) for position, (_, optional) in enumerate(asked))),
        dropped=whole.n - whole.reached - whole.pending,
        share=whole.reached / n,
        low=low,
        high=high,
        overall_share=whole.reached / whole.firsts.nullif(0).cast("float64"),
        median_seconds="median_seconds",
        median_low_seconds="median_low_seconds",
        median_high_seconds="median_high_seconds",
        p90_seconds="p90_seconds",
        instead="instead",
        instead_n=whole.instead_n.fill_null(0),
        nothing="nothing",
    ).select(
        "group", "stage", "optional", "n", "reached", "pending", "dropped", "share", "low", "high", "overall_share",
        "median_seconds", "median_low_seconds", "median_high_seconds", "p90_seconds", "instead", "instead_n", "nothing",
    )  # fmt: skip


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, stages: str = STAGES, unit: Stretch = "customer", level: Level = "kind", ended_after: str = "90 days", pause: str = "1 day", where: str | None = None, by: str | None = None
) -> ir.Table:
    """Whose journeys could reach each stage, and whose did, may still, or dropped out.

    Keys: group, stage
    Counts: n, reached, pending, dropped
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows, asked, _ = _stages(journal, stages, unit, level, ended_after, pause, where, by)
    stage = ibis.cases(*((rows.position == position, name) for position, (name, _) in enumerate(asked)))
    counts = {"n": rows.entered, "reached": rows.reached, "pending": rows.pending, "dropped": rows.missed & ~rows.pending}
    return rows.select("group", "customer_id", stage=stage, **{name: value.cast("int64") for name, value in counts.items()})


def _stages(  # noqa: PLR0913 -- as asked
    journal: Journal, stages: str, unit: Stretch, level: Level, ended_after: str, pause: str, where: str | None, by: str | None
) -> tuple[ir.Table, list[tuple[str, bool]], int]:
    """One row a journey and stage: whether it got to the stage before and to this one; the stages; and the place of the first that is required."""
    import ibis  # noqa: PLC0415 -- slow import

    asked = staged(stages)
    quiet = ibis.interval(seconds=round(ended(ended_after).total_seconds()))
    journeys = reaching(_grouped(steps(journal, unit, level, where=where, by=by, pause=pause)).cross_join(present(journal)), asked)
    over = journeys.ends_at + quiet <= journeys.present
    first_required = next(position for position, (_, optional) in enumerate(asked) if not optional)
    parts = []
    for position, before in enumerate(required_before(asked)):
        at = journeys[f"at_{position}"]
        entered = ibis.literal(value=True) if before is None else journeys[f"at_{before}"].notnull()
        came = entered & at.notnull()
        # Whoever went on without an optional stage will not reach it any more.
        after = next((later for later in range(position + 1, len(asked)) if not asked[later][1]), None) if asked[position][1] else None
        gone = over if after is None else over | journeys[f"at_{after}"].notnull()
        parts.append(
            journeys.select(
                "group",
                "customer_id",
                position=ibis.literal(position, "int64"),
                entered=entered,
                reached=came,
                pending=entered & ~came & ~gone,
                first=journeys[f"at_{first_required}"].notnull(),
                seconds=ibis.null("float64") if before is None else ibis.ifelse(came, _between(journeys[f"at_{before}"], at), ibis.null("float64")),
                missed=entered & ~came,
                instead=ibis.null("string") if before is None else ibis.ifelse(entered & ~came, journeys[f"next_{before}"], ibis.null("string")),
            )
        )
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0], asked, first_required


def _grouped(table: ir.Table) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    return table if "group" in table.columns else table.mutate(group=ibis.null("string"))


def _between(start: Any, end: Any) -> Any:
    return (end.epoch_seconds() - start.epoch_seconds()).cast("float64")
