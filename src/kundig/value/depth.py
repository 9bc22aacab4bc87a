"""How deep each customer's relationship is, whether it would recommend, and, of who was not asked that, whether it is satisfied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

BY_COMPANY = ("contract", "invoice", "invoice_correction", "payment", "message_out", "letter", "campaign")
"""Kinds that the company does by itself."""
FEATURES = ("recency", "frequency", "breadth", "tenure", "answers")
PROMOTER, DETRACTOR = 9, 6
RATINGS = ("csat", "stars")
SATISFIED, DISSATISFIED = 4, 2
"""Answers from 1 to 5 from which on, and up to which, a customer is the one or the other: the two upper and the two lower ones."""


def depths(journal: Journal, days: int) -> ir.Table:
    """One row a customer that did anything.

    Columns:
        customer_id
        recency: days since it last did anything
        frequency: days on which it did anything within the last `days`
        breadth: touchpoints that it met within that time
        tenure: days since its first event
        answers: answers it gave within that time
        recommends: `promoter`, `passive`, `detractor`, or `not asked`, by its latest NPS answer
        satisfied: `satisfied`, `neutral`, or `dissatisfied`, by its latest answer about satisfaction or in stars; null without one
        depth: the mean of its five ranks among all, from 0 to 1; who is alike shares a rank
        segment: `engaged` or `distant`, at a depth of one half, and whether it would recommend; of who was not asked, whether it is satisfied
    """
    import ibis  # noqa: PLC0415 -- slow import

    # What employees say of their work makes none of them a customer.
    events = journal.lived.filter(journal.lived.kind.notin(list(BY_COMPANY))).cross_join(present(journal))
    recent = events.local_at > events.present - ibis.interval(days=days)
    nps = (events.metric == "nps") & events.score.notnull()
    said = ibis.struct({"at": events.local_at, "score": events.score})
    rated = events.metric.isin(list(RATINGS)) & events.score.notnull()
    now = events.present.max().epoch_seconds()
    rows = events.group_by("customer_id").agg(
        recency=((now - events.local_at.max().epoch_seconds()) / 86400).floor().cast("int64"), frequency=events.local_at.date().nunique(where=recent),
        breadth=events.touchpoint.nunique(where=recent), tenure=((now - events.local_at.min().epoch_seconds()) / 86400).floor().cast("int64"),
        answers=(recent & events.score.notnull()).cast("int64").sum(), answer=said.max(where=nps), rating=said.max(where=rated),
    )  # fmt: skip
    score = rows.answer["score"]
    recommends = ibis.cases((score >= PROMOTER, "promoter"), (score <= DETRACTOR, "detractor"), (score.notnull(), "passive"), else_="not asked")
    rating = rows.rating["score"]
    # To be satisfied is not to recommend: it has names of its own, and only who was not asked to recommend is told by it.
    satisfied = ibis.cases((rating >= SATISFIED, "satisfied"), (rating <= DISSATISFIED, "dissatisfied"), (rating.notnull(), "neutral"), else_=ibis.null("string"))
    ranks = [_rank(ibis, name) for name in FEATURES]
    ranked = rows.mutate(recommends=recommends, satisfied=satisfied, depth=(sum(ranks[1:], ranks[0]) / len(FEATURES)).round(6))
    word = ibis.ifelse(ranked.recommends == "not asked", ranked.satisfied.fill_null("not asked"), ranked.recommends + "s")
    segment = ibis.ifelse(ranked.depth >= 0.5, "engaged ", "distant ") + word  # noqa: PLR2004 -- as the docstring says
    return ranked.mutate(segment=segment).drop("answer", "rating")


def _rank(ibis: Any, name: str) -> Any:
    """The place of a customer among all, from 0 to 1; those who are alike share the middle of their places."""
    up, down = (ibis.percent_rank().over(order_by=order) for order in (ibis.asc(name), ibis.desc(name)))
    rank = (up + 1.0 - down) / 2.0
    return 1.0 - rank if name == "recency" else rank
