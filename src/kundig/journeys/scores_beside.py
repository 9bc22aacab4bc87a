"""Scores beside passages: how customers judge journeys that went from one department to another, and others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.conformance.steps import Stretch, steps, surely
from kundig.journeys.passages import UNKNOWN
from kundig.journeys.promises_beside import KEYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

ABOUT = timedelta(days=30)
"""For how long an answer without a case is about what the customer lived through last."""


def scores_beside(journal: Journal, passed: ir.Table, members: ir.Table, unit: Stretch, metric: str, pause: str) -> ir.Table:  # noqa: PLR0913 -- what an answer belongs to
    """One row a `group`, `source` and `target`: `journeys` with that passage; n, mean and variance of their scores, and of those of the `others` of the group.

    A journey has one score, the mean of its answers; with the passage, of those given no earlier.

    Args:
        journal: where the answers are.
        passed: passages, see `passages`.
        members: steps of the journeys that are compared, with their `group` where journeys are split.
        unit: what one journey is.
        metric: which question was answered.
        pause: how long a pause a session may have.
    """
    import ibis  # noqa: PLC0415 -- slow import

    answers = _answers(journal, unit, metric, pause)
    through = passed.group_by([*KEYS, "journey"]).agg(first_at=passed.occurred_at.min())
    # Each journey's answers are looked up once, for what came after the passage and for all of them.
    told = through.left_join(answers, through.journey == answers.answered)
    judged = told.group_by([*KEYS, "journey"]).agg(score=told.score.mean(where=told.at >= told.first_at), all=told.score.mean())
    here = judged.group_by(list(KEYS)).agg(
        journeys=judged.count(),
        score_n=judged.score.count(),
        score=judged.score.mean(),
        variance=judged.score.var(how="sample"),
        n_with=judged["all"].count(),
        total_with=judged["all"].sum(),
        squares_with=(judged["all"] * judged["all"]).sum(),
    )
    if "group" in members.columns:
        compared = answers.join(members.select("journey", "group").distinct(), answers.answered == members.journey)
    else:
        compared = answers.semi_join(members, answers.answered == members.journey).mutate(journey=answers.answered, group=ibis.null("string"))
    whole = compared.group_by(["group", "journey"]).agg(score=lambda table: table.score.mean())
    totals = whole.group_by("group").agg(n=whole.count(), total=whole.score.sum(), squares=(whole.score * whole.score).sum()).rename(of_group="group")
    both = here.left_join(totals, here.group.identical_to(totals.of_group))
    n, total, squares = both.n - both.n_with, both.total - both.total_with, both.squares - both.squares_with
    others = n.nullif(0).cast("float64")
    # Rounding can leave the spread of equal scores a hair below zero.
    spread = (squares - total * total / others).clip(lower=0.0) / (others - 1).nullif(0.0)
    return both.select(*KEYS, "journeys", "score_n", "score", "variance", other_n=n, other_score=total / others, other_variance=spread)


def _answers(journal: Journal, unit: Stretch, metric: str, pause: str) -> ir.Table:
    """`score` and `at` of each answer, with the journey that is `answered`: its own case, or else the customer's latest case or session of the time before."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    asked = surely(events.metric == metric) & events.score.notnull()
    if unit == "customer":
        return events.filter(asked & events.customer_id.notnull()).select("score", answered="customer_id", at="occurred_at")
    if unit == "session":
        # What an answer is about is what was lived through before it, not the session that it may begin.
        lived = steps(journal, unit, "department", unnamed=UNKNOWN, pause=pause).select("event_id", session="journey")
        events = events.left_join(lived, "event_id").drop("event_id_right")
        asked = surely(events.metric == metric) & events.score.notnull()
        events = events.mutate(case_id=ibis.ifelse(asked, ibis.null("string"), events.session))
    known = events.filter(asked | (events.case_id.notnull() & events.customer_id.notnull())).select("customer_id", "case_id", "score", "occurred_at", asked=asked)
    so_far = ibis.window(group_by="customer_id", order_by="occurred_at", range=(None, 0))
    latest = ibis.struct({"at": known.occurred_at, "case_id": known.case_id}).max(where=known.case_id.notnull())
    told = known.mutate(latest=latest.over(so_far)).filter(lambda table: table.asked)
    near = told.customer_id.notnull() & (told.latest["at"] + ibis.interval(seconds=round(ABOUT.total_seconds())) >= told.occurred_at)
    answered = told.case_id.coalesce(ibis.ifelse(surely(near), told.latest["case_id"], ibis.null("string")))
    return told.select("score", answered=answered, at="occurred_at").filter(lambda table: table.answered.notnull())
