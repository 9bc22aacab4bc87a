"""Whether a source was heard: what did not come is known only once its source told of what happened later.

A stream of events has a watermark: up to which moment of what happened it has told. Source: Akidau et al. (2015), The
Dataflow Model, VLDB 8(12). Here it is that of the source that would tell of what is expected. While that is silent, nobody
can say that a customer is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.playbooks.conditions.condition import later
from kundig.playbooks.meant import known_versions

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

STEP = 300
"""Seconds to which watermarks are rounded: a source counts as heard by what happened in a later five minutes."""


def heard(asked: ir.Table, journal: Journal, expected: ir.Table) -> ir.Table:
    """`asked` with `due_at`: its `decided_at`, or as much later as a source was heard past its `deadline`; null while none was.

    The sources that count are those which have told of what is expected. Before any has, all of them do.

    Args:
        asked: rows with `deadline`, and `decided_at`, before which nothing is decided anyway.
        expected: versions of the events that are expected, with `source` and `known_at`.
    """
    import ibis  # noqa: PLC0415 -- slow import

    tellers = expected.group_by("source").agg(first_at=expected.known_at.min())
    rows = known_versions(journal).select("source", "known_at", bucket=lambda table: bucket(table.occurred_at))
    known = rows.group_by(["source", "bucket"]).agg(known_at=rows.known_at.min())
    told = known.left_join(tellers, "source")
    marks = told.group_by("bucket").agg(any_at=told.known_at.min(), teller_at=later(told.known_at, told.first_at).min())
    moments = asked.select(bucket=bucket(asked.deadline)).distinct()
    never = ibis.null("timestamp('UTC')")
    # Stores differ in how finely they type a moment.
    typed = {"bucket": "int64", "any_at": "timestamp('UTC')", "teller_at": "timestamp('UTC')"}
    both = marks.cast(typed).union(moments.mutate(any_at=never, teller_at=never).cast(typed))
    one = both.group_by("bucket").agg(any_at=both.any_at.min(), teller_at=both.teller_at.min())
    after = ibis.window(order_by="bucket", following=(1, None))
    past = one.select("bucket", any_at=one.any_at.min().over(after), teller_at=one.teller_at.min().over(after))
    joined = asked.mutate(bucket=bucket(asked.deadline)).join(past, "bucket")
    whole = joined.cross_join(tellers.agg(teller_from=tellers.first_at.min()))
    by_any = later(whole.decided_at, whole.any_at)
    before_any_teller = by_any.notnull() & (whole.teller_from.isnull() | (by_any < whole.teller_from))
    return whole.select(*asked.columns, due_at=ibis.ifelse(before_any_teller, by_any, later(whole.decided_at, whole.teller_at)))


def bucket(at: Any) -> Any:
    """The five minutes in which a moment lies."""
    return (at.epoch_seconds() / STEP).floor().cast("int64")
