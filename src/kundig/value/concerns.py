"""Concerns: contacts of a customer about one thing, with what came before and after each, and what each costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.money import MONEY, at_home
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal
    from kundig.settings import Costs, Handling

CONTACTS = ("call", "complaint", "message_in", "case_opened", "inquiry", "visit_onsite", "self_service")
SELF = "self_service"
UNTOLD = "not told"
WINDOWS = (7, 14, 30)
DAY = 86400
LONGEST = 1e6
MOST_KNOWN = 0.5
"""From this share of a channel's contacts on, what they cost tells what the others do."""
_YES, _NO = ("yes", "ja", "true", "1", "y"), ("no", "nein", "false", "0", "n")


def contacts(journal: Journal, days: int) -> ir.Table:
    """One row a contact of a known customer.

    Contacts of one customer about one concern with at most `days` between each are one concern, which the first of them opens. Where
    nobody said what it was about, the concern is `not told`, and any other such contact may be about the same.

    Columns:
        customer_id, concern, channel: whose, about what (property `concern`), how; without a channel, the kind
        helped_self: 1 for self-service
        before, after: days since the contact before and until the next of any kind about the same, null where there is none
        assisted: days until the next that is no self-service
        seen: days until the present
        cost: of the contact: its own amount, else by the time it was handled, else that of its channel in `costs`, else the mean of its channel, where that is
            known of half of the contacts there; null where none is known
        priced: 1 where its cost is known without that mean, else 0
        episode: the number of the concern among those of the customer
        local_at: when
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    concern = events.properties.get("concern", None).fill_null(UNTOLD)
    told = events.mutate(concern=concern, home=at_home(journal, events), way=events.channel.fill_null(events.kind))
    told = told.filter(told.kind.isin(list(CONTACTS)) & told.customer_id.notnull())
    own = ibis.ifelse(told.home >= 0, told.home, ibis.null(MONEY))
    rows = told.select(
        "customer_id", "concern", "local_at", "event_id", channel="way", helped_self=(told.kind == SELF).cast("int64"), cost=ibis.coalesce(own, *_usual(told, journal.settings.costs)), at=told.local_at.epoch_seconds()
    )
    rows = _whole(rows)
    of = {"group_by": ["customer_id", "concern"], "order_by": [rows.local_at, rows.event_id]}
    next_assisted = ibis.ifelse(rows.helped_self == 0, rows["at"], ibis.null("int64")).min().over(ibis.window(**of, following=(1, None)))
    rows = rows.mutate(before=(rows["at"] - rows["at"].lag().over(**of)) / DAY, after=(rows["at"].lead().over(**of) - rows["at"]) / DAY, assisted=(next_assisted - rows["at"]) / DAY)
    opens = (rows.before.isnull() | (rows.before > days)).cast("int64")
    rows = rows.mutate(episode=opens.sum().over(ibis.window(**of, preceding=None, following=0)))
    return rows.cross_join(present(journal)).mutate(seen=lambda table: (table.present.epoch_seconds() - table["at"]) / DAY).drop("present", "at", "event_id")


def _whole(rows: ir.Table) -> ir.Table:
    """The contacts, where one of unknown cost costs what those of its channel do: a single row that cannot be counted leaves the others their figure."""
    import ibis  # noqa: PLC0415 -- slow import

    means = rows.group_by(of_channel=rows.channel).agg(mean=rows.cost.mean().cast(MONEY), known=rows.cost.count() / rows.count())
    joined = rows.left_join(means, rows.channel == means.of_channel)
    usual = ibis.ifelse(joined.known >= MOST_KNOWN, joined["mean"], ibis.null(MONEY))
    return joined.mutate(priced=joined.cost.notnull().cast("int64"), cost=ibis.coalesce(joined.cost, usual)).drop("of_channel", "mean", "known")


def _usual(told: ir.Table, costs: Costs) -> list[ir.DecimalValue]:
    """What a contact costs that has no amount of its own, the ways that `costs` settles, best first."""
    import ibis  # noqa: PLC0415 -- slow import

    ways = []
    if costs.handling:
        stated = told.properties.get("handle_seconds", None).try_cast("float64")
        # Nobody talks for eleven days: beyond that, and below zero, a time is a fault of its source.
        seconds = ibis.ifelse((stated >= 0) & (stated < LONGEST), stated, ibis.null("float64"))
        ways.append(ibis.cases(*((told.way == name, _handled(seconds, of)) for name, of in sorted(costs.handling.items())), else_=ibis.null(MONEY)))
    if costs.contacts:
        ways.append(ibis.cases(*((told.way == name, ibis.literal(cost, MONEY)) for name, cost in sorted(costs.contacts.items())), else_=ibis.null(MONEY)))
    return [*ways, ibis.literal(costs.contact, MONEY) if costs.contact is not None else ibis.null(MONEY)]


def _handled(seconds: ir.FloatingValue, of: Handling) -> ir.DecimalValue:
    """Handle time by the loaded hourly rate and concurrency, with technology and overhead."""
    import ibis  # noqa: PLC0415 -- slow import

    fixed = of.technology + of.overhead
    if not of.hourly:
        return ibis.literal(fixed, MONEY)
    time = seconds if of.minutes is None else seconds.fill_null(of.minutes * 60)
    return (time * (float(of.hourly) / 3600 / of.concurrency) + float(fixed)).cast(MONEY)


def said(journal: Journal) -> ir.Table:
    """What customers said when they were asked whether their concern was solved: answers with the property `solved`.

    Columns:
        said_id, said_at, solved: whose, when, 1 for yes and 0 for no
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    answer = events.properties.get("solved", None).lower()
    told = events.mutate(solved=ibis.cases((answer.isin(list(_YES)), 1), (answer.isin(list(_NO)), 0), else_=ibis.null("int64")))
    told = told.filter((told.kind == "feedback") & told.solved.notnull() & told.customer_id.notnull())
    return told.select(said_id="customer_id", said_at="local_at", solved="solved")
