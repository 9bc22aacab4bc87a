"""A draft of a target journey: the rules that most journeys keep."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.journeys.obligations import present
from kundig.journeys.steps import Level, Unit, steps
from kundig.settings.journeys import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.journal import Journal

TYPES = {"rule": "string", "template": "string", "n": "int64", "kept": "int64", "share": "float64", "low": "float64", "high": "float64", "support": "float64"}
TEMPLATES = ("init", "end", "exactly", "response", "precedence")
_DAY = 86400.0


def target_draft(  # noqa: PLR0913 -- what makes a draft
    journal: Journal,
    *,
    starts: str | None = None,
    unit: Unit = "case",
    level: Level = "kind",
    kept: float = 0.9,
    support: float = 0.1,
    most: int = 30,
    confidence: float = 0.95,
) -> Estimate:
    """What do most journeys keep to: which rules could a target journey begin with, for a person to edit?

    Candidates are begin, end, exactly once, response and precedence of the `most` frequent steps. A rule is drafted if the
    lower end of the interval of the share of journeys that keep it is at least `kept`, and it concerns at least the share
    `support` of all journeys. Journeys count, not activations: response(A, B) is kept by a journey if its last A has a B after
    it, precedence(A, B) if its first B has an A before it. A response gets a deadline: nine in ten journeys that keep it had
    the first B at most that long after the first A, in whole days. Of an exactly-once step that always comes, response and
    precedence say in which order.

    What most do is not what ought to be: the draft says what happens, and a person says what is right. Rules were chosen among
    many, so their shares on new journeys will be a little lower.

    Args:
        starts: only journeys in which this step occurs; all if it is left out.
        unit: what one journey is, the customer's whole life or one case.
        level: what the rules name: kinds of events, touchpoints, stages or departments.
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
        init, end, exactly, response, precedence; the best kept first, then the most journeys, then by rule

    Example:
        >>> from kundig.journal import told
        >>> journal = told([
        ...     {"subject": "ada", "case_id": str(n), "kind": kind, "occurred_at": f"2026-03-0{day}"}
        ...     for n in range(40) for kind, day in (("order", 1), ("delivery", 3))
        ... ])
        >>> [row["rule"] for row in target_draft(journal).to_pyarrow().to_pylist()]
        ['init(order)', 'end(delivery)', 'exactly(delivery)', 'exactly(order)', 'response(order, delivery) within 2 days', 'precedence(order, delivery)']
    """
    import ibis  # noqa: PLC0415 -- slow import

    for name, value in (("kept", kept), ("support", support)):
        if not 0 < value <= 1:
            raise ArgumentError(f"--{name} expects a share between 0 and 1 such as 0.9, found {value}")
    table = steps(journal, unit, level)
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
        days=(within / _DAY).quantile(0.9, where=pairs.other_last >= pairs["last"]),
    )
    total = ends.agg(n=ends.count()).cross_join(present(journal)).select("n")
    tables = {"single": single.order_by("step"), "double": double.order_by("step", "other"), "total": total}
    return Estimate(tables, TYPES, lambda **found: _finished(**found, kept=kept, support=support, confidence=confidence))


def _finished(single: pa.Table, double: pa.Table, total: pa.Table, *, kept: float, support: float, confidence: float) -> Mapping[str, list[Any]]:  # noqa: PLR0913 -- the reduced tables
    from scipy.stats import binomtest  # noqa: PLC0415 -- slow import

    [journeys] = total["n"].to_pylist() or [0]
    of = {row["step"]: row for row in single.to_pylist()}
    candidates: list[tuple[Rule, int, int]] = []
    for step, row in of.items():
        candidates += [(Rule(template="init", step=step), journeys, row["begins"]), (Rule(template="end", step=step), journeys, row["ends"])]
        candidates.append((Rule(template="exactly", step=step), journeys, row["once"]))
    for row in double.to_pylist():
        within = ceil(row["days"]) if row["days"] is not None and row["days"] > 0 else None
        length = f"{within} day{'s' if within != 1 else ''}" if within else None
        candidates.append((Rule(template="response", step=row["step"], other=row["other"], within=length), of[row["step"]]["n"], row["responded"]))
        candidates.append((Rule(template="precedence", step=row["step"], other=row["other"]), of[row["other"]]["n"], row["preceded"]))
    drafted = []
    for rule, n, times in candidates:
        if not n or n < support * journeys or times < kept * n:
            continue
        interval = binomtest(times, n).proportion_ci(confidence, method="wilson")
        if interval.low >= kept:
            drafted.append({"rule": str(rule), "template": rule.template, "n": n, "kept": times, "share": times / n, "low": interval.low, "high": interval.high, "support": n / journeys})
    drafted.sort(key=lambda row: (TEMPLATES.index(row["template"]), -row["share"], -row["n"], row["rule"]))
    return {name: [row[name] for row in drafted] for name in TYPES}
