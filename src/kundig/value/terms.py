"""When contracts fall due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.contracts import changes, number
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def dues(journal: Journal) -> ir.Table:
    """Every time that a contract fell due, and the first time after the present that it will.

    A term begins with the start of a contract, and with a renewal that states a new term; it goes on again as long if nothing
    is said. Its length is the event's property `contracts.term`, else `contracts.term_months`; without either nothing falls due.

    Columns:
        contract, customer_id, product: which
        due: the day; the same day of the month, or the month's last
        present: the moment up to which something is known
    """
    import ibis  # noqa: PLC0415 -- slow import

    rules = journal.settings.contracts
    changed = changes(journal)
    stated = changed.properties.get(rules.term, None).try_cast("int64")
    stated = ibis.ifelse((stated > 0) & (stated <= 240), stated, ibis.null("int64"))  # noqa: PLR2004 -- as in the settings
    usual = ibis.literal(rules.term_months, "int64") if rules.term_months else ibis.null("int64")
    anchors = changed.mutate(stated=stated, term=ibis.coalesce(stated, usual))
    anchors = anchors.filter((anchors.outcome == "started") | ((anchors.outcome == "renewed") & anchors.stated.notnull()) | (anchors.outcome == "ended"))
    anchors = anchors.mutate(next=anchors.local_at.lead().over(group_by="contract", order_by=[anchors.local_at, anchors.event_id]))
    running = anchors.filter((anchors.outcome != "ended") & anchors.term.notnull()).cross_join(present(journal))
    begun, now = number(running.local_at, "month"), number(running.present, "month")
    stop = ibis.ifelse(running.next.isnull(), now, ibis.least(number(running.next, "month"), now))
    # One more than is over, so that the coming one is among them.
    times = ((stop - begun) / running.term).floor().cast("int64") + 2
    each = running.mutate(times=times).filter(times > 1)
    each = each.select("contract", "customer_id", "product", "local_at", "next", "term", "present", turn=ibis.range(1, each.times + 1).unnest())
    month = number(each.local_at, "month") + each.turn * each.term
    year = (month / 12).floor().cast("int64")
    of_year = month - year * 12 + 1
    following = ibis.date(year + ibis.ifelse(of_year == 12, 1, 0), ibis.ifelse(of_year == 12, 1, of_year + 1), 1)  # noqa: PLR2004 -- December
    last = (following.cast("timestamp") - ibis.interval(days=1)).day().cast("int64")
    due = ibis.date(year, of_year, ibis.least(each.local_at.day().cast("int64"), last))
    dated = each.mutate(due=due)
    within = dated.next.isnull() | (dated.due.cast("timestamp") <= dated.next + ibis.interval(days=rules.grace_days))
    known = dated.filter(within)
    coming = (known.due > known.present.date()).cast("int64")
    firsts = known.mutate(coming=coming, place=ibis.row_number().over(group_by=["contract", coming], order_by=known.due))
    return firsts.filter((firsts.coming == 0) | (firsts.place == 0)).select("contract", "customer_id", "product", "due", "present").distinct()
