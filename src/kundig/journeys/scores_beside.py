"""Scores beside passages: how customers judge journeys that went from one department to another, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.journeys.promises_beside import KEYS
from kundig.journeys.steps import Unit

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def scores_beside(journal: Journal, passed: ir.Table, members: ir.Table, unit: Unit, metric: str) -> ir.Table:
    """One row a `group`, `source` and `target`: n, mean and variance of the scores of journeys with that passage and of the `others` of the group.

    A journey has one score, the mean of its answers; with the passage, of those given no earlier.

    Args:
        passed: passages, see `passages`.
        members: `journey` and `group` of the journeys that are compared.
        metric: which question was answered.
    """
    events = journal.events
    of = events.customer_id if unit == "customer" else events.case_id
    answers = events.filter((events.metric == metric) & events.score.notnull() & of.notnull()).select("score", answered="customer_id" if unit == "customer" else "case_id", at="occurred_at")
    through = passed.group_by([*KEYS, "journey"]).agg(first_at=passed.occurred_at.min())
    later = through.join(answers, [through.journey == answers.answered, answers.at >= through.first_at])
    after = later.group_by([*KEYS, "journey"]).agg(score=later.score.mean())
    beside = after.group_by(list(KEYS)).agg(score_n=after.count(), score=after.score.mean(), variance=after.score.var(how="sample"))
    whole = answers.join(members, answers.answered == members.journey).group_by(["group", "journey"]).agg(score=lambda table: table.score.mean())
    totals = whole.group_by("group").agg(n=whole.count(), total=whole.score.sum(), squares=(whole.score * whole.score).sum()).rename(of_group="group")
    judged = through.drop("group").join(whole, "journey")
    with_it = judged.group_by(list(KEYS)).agg(n_with=judged.count(), total_with=judged.score.sum(), squares_with=(judged.score * judged.score).sum())
    here = beside.join(with_it, [beside.source == with_it.source, beside.target == with_it.target, beside.group.identical_to(with_it.group)]).select(*beside.columns, "n_with", "total_with", "squares_with")
    both = here.join(totals, here.group.identical_to(totals.of_group))
    n, total, squares = both.n - both.n_with, both.total - both.total_with, both.squares - both.squares_with
    others = n.nullif(0).cast("float64")
    # Rounding can leave the spread of equal scores a hair below zero.
    spread = (squares - total * total / others).clip(lower=0.0) / (others - 1).nullif(0.0)
    return both.select(*KEYS, "score_n", "score", "variance", other_n=n, other_score=total / others, other_variance=spread)
