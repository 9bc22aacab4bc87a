"""Deviations: where journeys leave the target journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import RULES, accepted, asked, members, named, obligations
from kundig.conformance.parts import Part, parts_of
from kundig.conformance.steps import Level, Stretch
from kundig.estimates import Estimate
from kundig.statistics import wilson, z_value
from kundig.statistics.shares import wilson_share

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings.journeys import Target

KINDS = ("missing", "late", "too early", "out of order", "repeated", "forbidden")
COUNTS = ("n", "journeys", "fulfilled", "violated", "accepted", "pending", *(kind.replace(" ", "_") for kind in KINDS))
TYPES = {"rule": "string", "group": "string", **dict.fromkeys(COUNTS, "int64"), **dict.fromkeys(("share", "low", "high"), "float64")}


def deviations(  # noqa: PLR0913 -- what can be asked of a target journey
    journal: Journal,
    *,
    journey: str | None = None,
    rules: str = RULES,
    unit: Stretch = "case",
    level: Level = "kind",
    ended_after: str = "90 days",
    pause: str = "1 day",
    where: str | None = None,
    by: str | None = None,
    confidence: float = 0.95,
) -> ir.Table | Estimate:
    """Which rules of the target journey are kept, which are broken, and how?

    Rules are DECLARE constraints over the steps A and B of one journey. existence(A, n): A comes at least n times, once
    if n is left out. absence(A, n): fewer than n times, not at all if n is left out. exactly(A, n): n times, neither
    more nor fewer. init(A): the journey begins with A. end(A): it ends with A. response(A, B): after each A comes a B.
    precedence(A, B): before each B came an A. succession(A, B): both of these. chain_response(A, B): the very next event
    after each A is a B. responded_existence(A, B): where A comes, B comes as well, before or after.
    not_coexistence(A, B): not both of them. Rules that relate two steps are activated by each event that asks for the
    other; not_coexistence by each journey with one of the two; all others by each journey.

    `within 3 days` sets a deadline, counted from the activating event, or for existence and exactly from the journey's
    first event. A day is 24 hours. `within 2 business days` or `within 8 business hours` counts the opening hours of the
    company's calendar in kundig.yaml alone; a business day is the mean length of its open days. precedence then asks for an A at most that long before, responded_existence for a B
    that near on either side. On the deadline is in time.

    An activation is fulfilled or violated once no later event can change it, and pending until then. What did not come
    is violated at its deadline; without a deadline when the journey has ended, that is when nothing has happened in it
    for `ended_after`. With `ended_after` of 0 days every journey counts as ended, which is how DECLARE reads rules
    without deadlines on a finished log. Now is the moment of `--as-of`, or the latest at which anything became known. An event that becomes known later
    and was in time takes the violation back. Events at the same instant have no order, and get the benefit of the doubt.

    Kinds of deviation: missing, the other step did not come. late, it came after the deadline. too early, the step came
    before the one that had to precede it. out of order, the other step came, but at the wrong place: before the first A
    and not after it, not at once, or not at the begin or end. repeated, more often than allowed. forbidden, what must
    not come came.

    A target journey of kundig.yaml (`journeys:`) is asked for by its name. It says which step a journey must hold to be
    meant (`starts`), which step ends it (`ends`), and which deviations are accepted. Accepted ones are counted among the
    violated, and once more by themselves; the share leaves them out on both sides.

    Args:
        journey: a target journey of kundig.yaml; it brings its own rules, unit, level and end. None to go by the arguments that follow.
        rules: DECLARE constraints with `;` between them, such as `response(order, delivery) within 3 days`; steps whose names hold commas or brackets stand in quotes.
        unit: what one journey is: the customer's whole life, one case, or a session, which a longer pause ends.
        level: what the rules name: kinds of events, touchpoints, stages or departments.
        ended_after: a journey in which nothing happened for that long has ended.
        pause: how long a pause a session may have, such as `30 minutes` or `7 days`.
        where: only journeys with these attributes, with commas between them, such as `segment=gold, channel=web`; a journey has those of its first event that has any.
        by: what to split by, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event); a journey has that of its first event that has one.
        confidence: of the intervals.

    Columns:
        rule: as it is written
        group: the value of `by`; null where there is none, or without `by`
        n: activations
        journeys: journeys in which it was activated
        fulfilled: activations that were fulfilled
        violated: activations that were violated
        accepted: violations that the target journey accepts
        pending: activations that can still go either way
        missing: violations of this kind
        late: violations of this kind
        too_early: violations of this kind
        out_of_order: violations of this kind
        repeated: violations of this kind
        forbidden: violations of this kind
        share: fulfilled, as a share of fulfilled and violated without the accepted ones; null while none is either
        low: lower end of the share's interval, after Wilson
        high: upper end of the share's interval

    Order:
        as the rules are written, then by group, null last

    Example:
        >>> from kundig.journal import told
        >>> journal = told([
        ...     {"subject": "ada", "kind": "order", "case_id": "1", "occurred_at": "2026-03-01"},
        ...     {"subject": "ada", "kind": "delivery", "case_id": "1", "occurred_at": "2026-03-03"},
        ...     {"subject": "ben", "kind": "order", "case_id": "2", "occurred_at": "2026-03-01"},
        ...     {"subject": "cyd", "kind": "order", "case_id": "3", "occurred_at": "2026-03-05"},
        ... ])
        >>> asked = deviations(journal, rules="response(order, delivery) within 3 days")
        >>> asked.select("n", "fulfilled", "violated", "pending", "missing", "share").to_pyarrow().to_pylist()
        [{'n': 3, 'fulfilled': 1, 'violated': 1, 'pending': 1, 'missing': 1, 'share': 0.5}]
    """
    of = asked(journal, journey, rules, unit, level, ended_after, pause)
    z = z_value(confidence)
    parts = parts_of(journal)
    if parts == 1:
        return _figures(_counted(journal, of, where, by), of, z)
    # One part after the other, so that what the engine holds, in memory and on disk, does not grow with the journal.
    counted = {f"part_{number}": _counted(journal, of, where, by, (number, parts)) for number in range(parts)}
    return Estimate(counted, TYPES, lambda **tables: _summed(list(tables.values()), of, z))


def _counted(journal: Journal, of: Target, where: str | None, by: str | None, part: Part | None = None) -> ir.Table:
    """For each rule, `asked` by its number, and each group, the COUNTS of its activations."""
    import ibis  # noqa: PLC0415 -- slow import

    found, parts = _grouped(journal, of, where, by, part)
    counted = found.group_by(["number", "group"]).agg(
        n=found.count(),
        journeys=found.journey.nunique(),
        **{state: (found.state == state).cast("int64").sum() for state in ("fulfilled", "violated", "pending")},
        accepted=found.accepted.sum(),
        **{kind.replace(" ", "_"): (found.deviation == kind).cast("int64").sum().fill_null(0) for kind in KINDS},
    )
    # A rule that was never activated has its row as well, unless there is no journey at all.
    numbers = parts.select("group", asked=ibis.literal(list(range(len(of.rules))), "array<int64>").unnest())
    same = [numbers.asked == counted.number] if by is None else [numbers.asked == counted.number, numbers.group.identical_to(counted.group)]
    joined = numbers.left_join(counted, same)
    return joined.select("asked", "group", **{name: joined[name].fill_null(0) for name in COUNTS})


def _figures(known: ir.Table, of: Target, z: float) -> ir.Table:
    """The answer from the counts of all journeys."""
    import ibis  # noqa: PLC0415 -- slow import

    whole = known.mutate(decided=(known.fulfilled + known.violated - known.accepted).nullif(0).cast("float64"))
    low, high = wilson(whole.fulfilled, whole.decided, z)
    return whole.order_by("asked", ibis.asc("group", nulls_first=False)).select(
        rule=named(whole.asked, of.rules),
        group="group",
        **{name: whole[name] for name in COUNTS},
        share=whole.fulfilled / whole.decided,
        low=low,
        high=high,
    )


def _summed(parts: list[pa.Table], of: Target, z: float) -> dict[str, Any]:
    """The answer from the counts of each part of the journeys."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    whole = pa.concat_tables(parts).group_by(["asked", "group"]).aggregate([(name, "sum") for name in COUNTS])
    whole = whole.rename_columns(["asked", "group", *COUNTS]).sort_by([("asked", "ascending"), ("group", "ascending")])
    rows = whole.to_pylist()
    decided = [row["fulfilled"] + row["violated"] - row["accepted"] for row in rows]
    ends = [wilson_share(row["fulfilled"], n, z) if n else (None, None) for row, n in zip(rows, decided, strict=True)]
    return {
        "rule": [str(of.rules[row["asked"]]) for row in rows],
        "group": whole["group"],
        **{name: whole[name] for name in COUNTS},
        "share": [row["fulfilled"] / n if n else None for row, n in zip(rows, decided, strict=True)],
        "low": [low for low, _ in ends],
        "high": [high for _, high in ends],
    }


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, journey: str | None = None, rules: str = RULES, unit: Stretch = "case", level: Level = "kind", ended_after: str = "90 days", pause: str = "1 day", where: str | None = None, by: str | None = None
) -> ir.Table:
    """Who activated each rule, and what became of it.

    Keys: rule, group
    Counts: n, fulfilled, violated, accepted, pending, missing, late, too_early, out_of_order, repeated, forbidden
    """
    of = asked(journal, journey, rules, unit, level, ended_after, pause)
    found, _ = _grouped(journal, of, where, by)
    marks = {state: found.state == state for state in ("fulfilled", "violated", "pending")} | {kind.replace(" ", "_"): (found.deviation == kind) for kind in KINDS}
    counts = {name: mark.cast("int64").fill_null(0) for name, mark in marks.items()}
    return found.select("group", "customer_id", "accepted", rule=named(found.number, of.rules), n=found.number.notnull().cast("int64"), **counts)


def _grouped(journal: Journal, of: Target, where: str | None, by: str | None, part: Part | None = None) -> tuple[ir.Table, ir.Table]:
    """One row an activation with its group, and whether it is accepted; and every group that there is."""
    import ibis  # noqa: PLC0415 -- slow import

    found = obligations(journal, of, where, part)
    found = found.mutate(accepted=accepted(found, of).cast("int64"))
    meant = members(journal, of, where, by, part)
    if by is None:
        parts = meant.limit(1).select(group=ibis.null("string"))
        found = found.mutate(group=ibis.null("string"))
    else:
        groups = meant.select("journey", "group").distinct()
        found, parts = found.join(groups, "journey"), groups.select("group").distinct()
    return found, parts
