"""Effort: what customers had to do until a matter was settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import present
from kundig.conformance.sessions import sessions
from kundig.conformance.steps import only
from kundig.errors import ArgumentError
from kundig.journal import split
from kundig.least import least
from kundig.statistics import student_t, wilson, z_value
from kundig.statistics.ordered import in_order, quantile
from kundig.statistics.periods import Period, following, period_of
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

CONTACTS = "inquiry, call, complaint, message_in, case_opened, self_service"
ANSWERS = "message_out, case_handover, case_resolved, visit_onsite"


def effort(  # noqa: PLR0913 -- what can be asked of effort
    journal: Journal,
    *,
    where: str | None = None,
    by: str | None = None,
    every: Period | None = None,
    concern: str = "properties.concern",
    contacts: str = CONTACTS,
    answers: str = ANSWERS,
    pause: str = "14 days",
    floor: int = 5,
    confidence: float = 0.95,
) -> ir.Table:
    """How much must customers do until a matter is settled, who carries it, and is it getting easier?

    A matter is what one customer and the company have to do with each other about one concern: the contacts that the
    customer makes and the answers of the company, until nothing has happened for `pause`. It belongs to the group and the
    period of its first contact. One in which something happened more recently is open, and counted apart; now is the moment
    of `--as-of`, or the latest at which anything became known.

    Each contact after the first is a repeat. A switch is a contact in another channel than the contact before it. Told again
    is a contact with another department than the contact before it, as the touchpoint catalogue says: there the customer has
    to explain it anew. Waiting is the time in which it was the company's turn: from each contact to the next event of the
    matter, as long as an answer came after it. The customer's share is contacts as a share of contacts and answers: what of
    the work lies with the customer.

    What customers do where no source sees it, such as filling in forms or looking for the right number, is not in it.

    Args:
        where: only contacts and answers with these attributes, with commas between them, such as `segment=gold, channel=web`.
        by: what to split by, such as channel, department, segment or properties.NAME, as it was at the first contact.
        every: the length of a period, on the company's clock; none for all time together.
        concern: what tells the matters of a customer apart; events without one belong together.
        contacts: kinds of events by which the customer makes an effort, with commas between them.
        answers: kinds of events by which the company does its part, with commas between them.
        pause: when nothing has happened for that long, a matter is closed.
        floor: with fewer closed matters than this there are no figures.
        confidence: of the intervals, and of calling something a change.

    Columns:
        group: the value of `by`; null where there is none, or without `by`
        period: first day of the period; null without `every`
        state: `ok`, or `too few matters`
        n: closed matters
        customers: customers who had them
        open: matters that are not closed yet; in no other figure
        contacts: contacts of a matter, the mean
        low: lower end of that mean's interval, after Student
        high: upper end of that mean's interval
        once: matters closed with one contact, as a share
        once_low: lower end of that share's interval, after Wilson
        once_high: upper end of that share's interval
        switches: switches of the channel, the mean
        told_again: contacts at which it had to be explained anew, the mean
        waiting_seconds: half of the matters waited at most this long
        total_seconds: half of the matters took at most this long from the first contact to the last event
        customer_share: contacts as a share of contacts and answers
        change: contacts less those of the same group in the period just before
        change_low: lower end of the difference's interval
        change_high: upper end of the difference's interval
        verdict: `easier`, `harder`, or `may be chance`; null if nothing was compared

    Order:
        by period, then by group, null last

    Example:
        >>> from kundig.journal import told
        >>> days = [("call", "phone", "01"), ("message_in", "email", "03"), ("case_resolved", "email", "04")]
        >>> journal = told([{"subject": "ada", "kind": kind, "channel": channel, "occurred_at": f"2026-03-{day}"} for kind, channel, day in days])
        >>> asked = effort(journal.as_of("2026-04-01"), floor=1)
        >>> asked.select("n", "contacts", "switches", "waiting_seconds", "customer_share").execute().round(2).to_dict("records")
        [{'n': 1, 'contacts': 2.0, 'switches': 1.0, 'waiting_seconds': 259200.0, 'customer_share': 0.67}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    timed = _timed(journal, where, by, every, concern, contacts, answers, pause)
    closed = timed.filter(~timed.open)
    number = {name: closed[name].cast("float64") for name in ("contacts", "switches", "told_again")}
    summed = closed.group_by(["group", "period"]).agg(
        n=closed.count(),
        customers=closed.customer_id.nunique(),
        mean=number["contacts"].mean(),
        variance=number["contacts"].var(how="sample"),
        onces=(closed.contacts == 1).cast("int64").sum(),
        switches=number["switches"].mean(),
        told_again=number["told_again"].mean(),
        waited=in_order(closed.waiting),
        lasted=in_order(closed.total),
        customer_share=closed.contacts.sum() / (closed.contacts + closed.answers).sum().cast("float64"),
    )
    rows = timed.group_by(["group", "period"]).agg(open=timed.open.cast("int64").sum())
    same = [rows.group.identical_to(summed.group), rows.period.identical_to(summed.period)]
    whole = rows.left_join(summed, same).drop("group_right", "period_right")
    n = whole.n.fill_null(0)
    enough = n >= max(floor, 1)
    count = n.nullif(0).cast("float64")
    half = student_t(whole.n, z) * (whole.variance / count).sqrt()
    low, high = wilson(whole.onces, count, z)
    shown = {
        "contacts": whole["mean"], "low": whole["mean"] - half, "high": whole["mean"] + half, "once": whole.onces / count, "once_low": low, "once_high": high,
        "switches": whole.switches, "told_again": whole.told_again, "waiting_seconds": quantile(whole.waited, 0.5), "total_seconds": quantile(whole.lasted, 0.5), "customer_share": whole.customer_share,
        "error": whole.variance / count,
    }  # fmt: skip
    figures = whole.select(
        "group",
        "period",
        "open",
        state=ibis.ifelse(enough, "ok", "too few matters"),
        n=n,
        customers=whole.customers.fill_null(0),
        **{name: ibis.ifelse(enough, value, ibis.null("float64")) for name, value in shown.items()},
    )
    if every:
        before = figures.select("group", follows=following(figures.period, every), before="contacts", before_error="error")
        compared = figures.left_join(before, [figures.period == before.follows, figures.group.identical_to(before.group)]).drop("group_right", "follows")
    else:
        compared = figures.mutate(before=ibis.null("float64"), before_error=ibis.null("float64"))
    change = compared.contacts - compared.before
    spread = z * (compared.error + compared.before_error).sqrt()
    tested = compared.mutate(change=change, change_low=change - spread, change_high=change + spread)
    verdict = ibis.cases((tested.change_high < 0, "easier"), (tested.change_low > 0, "harder"), (tested.change_low.notnull(), "may be chance"), else_=ibis.null("string"))
    return tested.select(
        "group", "period", "state", "n", "customers", "open", "contacts", "low", "high", "once", "once_low", "once_high", "switches", "told_again",
        "waiting_seconds", "total_seconds", "customer_share", "change", "change_low", "change_high", verdict=verdict,
    ).order_by(ibis.asc("period", nulls_first=False), ibis.asc("group", nulls_first=False))  # fmt: skip


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, where: str | None = None, by: str | None = None, every: Period | None = None, concern: str = "properties.concern", contacts: str = CONTACTS, answers: str = ANSWERS, pause: str = "14 days"
) -> ir.Table:
    """Whose matters are closed, and whose are open.

    Keys: group, period
    Counts: n, open
    """
    rows = _timed(journal, where, by, every, concern, contacts, answers, pause)
    return rows.select("group", "period", "customer_id", n=(~rows.open).cast("int64"), open=rows.open.cast("int64"))


def _timed(journal: Journal, where: str | None, by: str | None, every: Period | None, concern: str, contacts: str, answers: str, pause: str) -> ir.Table:  # noqa: PLR0913 -- what makes a matter
    """One row a matter, with the period in which it began."""
    import ibis  # noqa: PLC0415 -- slow import

    matters = _matters(journal, where, by, concern, _kinds(contacts, "contacts"), _kinds(answers, "answers"), pause)
    return matters.mutate(period=period_of(matters.began, every) if every else ibis.null("date"))


def _matters(journal: Journal, where: str | None, by: str | None, concern: str, contacts: list[str], answers: list[str], pause: str) -> ir.Table:  # noqa: PLR0913 -- what makes a matter
    """One row a matter with at least one contact."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events.filter(lambda table: table.customer_id.notnull() & table.kind.isin([*contacts, *answers]))
    events, about = split(journal, only(journal, events, where), concern)
    events = events.mutate(about=about.fill_null(""))
    group: Any = ibis.null("string")
    if by is not None:
        events, group = split(journal, events, by)
    named = events.select("customer_id", "about", "event_id", "occurred_at", "local_at", "channel", "department", group=group, contact=events.kind.isin(contacts))
    keys = ["customer_id", "about", "session"]
    held = sessions(named, ["customer_id", "about"], pause)
    order = ["occurred_at", "event_id"]
    second = held.occurred_at.epoch_seconds()
    ahead = ibis.window(group_by=keys, order_by=order, rows=(1, None))
    alike = ibis.window(group_by=[*keys, "contact"], order_by=order)
    steps = held.mutate(
        until_next=(second.lead().over(ibis.window(group_by=keys, order_by=order)) - second).cast("float64"),
        answered=held.event_id.max(where=~held.contact).over(ahead).notnull(),
        switched=(held.channel != held.channel.lag().over(alike)).fill_null(False),  # noqa: FBT003 -- Ibis takes the value by position
        moved=(held.department != held.department.lag().over(alike)).fill_null(False),  # noqa: FBT003 -- Ibis takes the value by position
    )
    event = ibis.struct({"at": steps.occurred_at, "event_id": steps.event_id, "local_at": steps.local_at, "group": steps.group})
    matters = steps.group_by(keys).agg(
        first=event.min(where=steps.contact),
        last_at=steps.occurred_at.max(),
        contacts=steps.contact.cast("int64").sum(),
        answers=(~steps.contact).cast("int64").sum(),
        switches=(steps.contact & steps.switched).cast("int64").sum(),
        told_again=(steps.contact & steps.moved).cast("int64").sum(),
        waiting=steps.until_next.sum(where=steps.contact & steps.answered).fill_null(0.0),
    )
    known = matters.filter(matters.contacts > 0).cross_join(present(journal))
    length = ibis.interval(seconds=round(span(pause).total_seconds()))
    return known.select(
        "customer_id",
        "contacts",
        "answers",
        "switches",
        "told_again",
        "waiting",
        group=known["first"]["group"],
        began=known["first"]["local_at"],
        total=(known.last_at.epoch_seconds() - known["first"]["at"].epoch_seconds()).cast("float64"),
        open=known.last_at + length > known.present,
    )


def _kinds(text: str, name: str) -> list[str]:
    kinds = [kind.strip() for kind in text.split(",") if kind.strip()]
    if not kinds:
        raise ArgumentError(f"--{name} expects kinds of events with commas between them, such as 'call, message_in', found {text!r}")
    return kinds
