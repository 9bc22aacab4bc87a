"""Contracts as stretches of time with an amount, from the events that changed them: what the figures of the room count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.value.money import MONEY, at_home
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

STEP = {"month": 1, "quarter": 3, "year": 12}
_RANK = {"started": 0, "ended": 2}
"""In which order changes of one instant happen."""


def changes(journal: Journal) -> ir.Table:
    """One row a change of a contract, with what is wrong with it.

    A contract is a `case_id`; without one, the customer and the product. An amount or product that is missing stays as it was.

    Columns:
        event_id, customer_id, contract, product, outcome, local_at, properties: of the event; a customer is the one it moved to
        amount: per month from then on, in the company's currency; 0 after the end
        alive: whether the contract runs from then on
        fault: what keeps the row from being counted, null where nothing does
        delta: amount less that before
        follows: when the next change comes; null for the last
        first_at: when the contract began: its first start, or its first row where none is known
        start_known: whether a start is among its rows
    """
    import ibis  # noqa: PLC0415 -- slow import

    rules = journal.settings.contracts
    events = _moved(journal, journal.events)
    ends = events.outcome == "ended"
    kinds = events.kind == "contract"
    if rules.end == "notice":
        ends = ends | (events.kind == "cancellation")
        kinds = kinds | (events.kind == "cancellation")
    chosen = events.mutate(ends=ends.fill_null(False), home=at_home(journal, events)).filter(kinds & events.customer_id.notnull())  # noqa: FBT003 -- Ibis' own
    fault = ibis.cases(
        (chosen.ends, ibis.null("string")),
        (chosen.amount.notnull() & chosen.home.isnull(), "currency without rate"),
        (chosen.amount < 0, "negative amount"),
        else_=ibis.null("string"),
    )
    contract = ibis.coalesce(chosen.case_id, chosen.customer_id + " " + chosen.product.fill_null(""))
    rank = ibis.cases((chosen.ends, _RANK["ended"]), (chosen.outcome == "started", _RANK["started"]), else_=1)
    zero = ibis.literal(0).cast(MONEY)
    value = ibis.cases((chosen.ends, zero), (fault.notnull(), ibis.null(MONEY)), else_=chosen.home)
    mark = ibis.cases((chosen.ends, 0), (chosen.outcome.isin(["started", "renewed"]), 1), else_=ibis.null("int8"))
    rows = chosen.select(
        "event_id", "customer_id", "product", "outcome", "local_at", "properties", "ends", contract=contract, fault=fault, rank=rank, value=value, mark=mark,
    )  # fmt: skip
    order = [rows.local_at, rows["rank"], rows.event_id]
    so_far = ibis.window(group_by="contract", order_by=order, preceding=None, following=0)
    told = rows.mutate(told=rows.value.notnull().cast("int64").sum().over(so_far), named=rows["product"].notnull().cast("int64").sum().over(so_far), marked=rows.mark.notnull().cast("int64").sum().over(so_far))
    since = ibis.window(group_by=["contract", "told"], order_by=[told.local_at, told["rank"], told.event_id], preceding=None, following=0)
    carried = told.mutate(
        faults=told.fault.notnull().cast("int64").sum().over(since), over=told.ends.cast("int64").max().over(group_by=["contract", "told"]) == 1,
        amount=told.value.max().over(group_by=["contract", "told"]),
        product=told["product"].max().over(group_by=["contract", "named"]),
        running=told.mark.max().over(group_by=["contract", "marked"]).fill_null(1) == 1,
    )
    # Of a contract whose amount only a faulty row tells, nothing is known; what an end left of it is no amount.
    carried = carried.mutate(alive=carried.running & ~((carried.amount.isnull() | carried["over"]) & (carried.faults > 0)))
    by_time = {"group_by": "contract", "order_by": [carried.local_at, carried["rank"], carried.event_id]}
    started = (carried.outcome == "started").fill_null(False)  # noqa: FBT003 -- Ibis' own
    running = ibis.ifelse(carried.alive, carried.amount.fill_null(zero), zero)
    return carried.select(
        "event_id", "customer_id", "contract", "product", "outcome", "local_at", "properties", "fault", "alive",
        amount=running,
        delta=running - running.lag().over(**by_time).fill_null(zero),
        follows=carried.local_at.lead().over(**by_time),
        first_at=ibis.coalesce(carried.local_at.min(where=started).over(group_by="contract"), carried.local_at.min().over(group_by="contract")),
        start_known=started.any().over(group_by="contract"),
    )  # fmt: skip


def _moved(journal: Journal, events: ir.Table) -> ir.Table:
    """The events, where a contract that went to another customer is theirs from its start."""
    import ibis  # noqa: PLC0415 -- slow import

    named = events.mutate(to=events.properties.get(journal.settings.contracts.moved_to, None))
    going = named.filter((named.kind == "contract") & named.to.notnull() & named.case_id.notnull())
    goes = going.group_by(moved_case="case_id").agg(to=going.to.max())
    subjects = events.filter(events.subject.notnull() & events.customer_id.notnull())
    owners = subjects.group_by(owner=subjects.subject).agg(new_customer=subjects.customer_id.max())
    homes = goes.left_join(owners, goes.to == owners.owner).select("moved_case", new_customer=ibis.coalesce(owners.new_customer, goes.to))
    joined = events.left_join(homes, events.case_id == homes.moved_case)
    return joined.mutate(customer_id=ibis.coalesce(joined.new_customer, joined.customer_id)).drop("moved_case", "new_customer")


def periods(journal: Journal) -> ir.Table:
    """One row a stretch of time in which a contract runs at one amount.

    Columns:
        customer_id, contract, product, event_id, outcome, properties, amount, first_at, start_known: as in `changes`
        since: its first moment
        until: the first moment after it; null while it goes on
    """
    import ibis  # noqa: PLC0415 -- slow import

    rules = journal.settings.contracts
    changed = changes(journal)
    rows = changed.mutate(since=changed.local_at, until=changed.follows)
    if rules.pauses == "lost":
        rows = rows.mutate(alive=rows.alive & (rows.amount > 0))
    if rules.comeback_days:
        by_customer = ibis.window(group_by="customer_id", order_by=[rows.since, rows.event_id], following=(1, None))
        before = {"group_by": "contract", "order_by": [rows.since, rows.follows.isnull(), rows.event_id]}
        rows = rows.mutate(again=ibis.ifelse(rows.alive, rows.since, ibis.null("timestamp")).min().over(by_customer), was=rows.amount.lag().over(**before))
        back = ~rows.alive & (rows.again <= rows.since + ibis.interval(days=rules.comeback_days)) & rows.was.notnull()
        back = back.fill_null(False)  # noqa: FBT003 -- Ibis' own
        rows = rows.mutate(alive=rows.alive | back, amount=ibis.ifelse(back, rows.was, rows.amount), until=ibis.ifelse(back, rows.again, rows.until))
    rows = rows.filter(rows.alive & (rows.until.isnull() | (rows.until > rows.since)))
    return rows.select("customer_id", "contract", "product", "event_id", "outcome", "properties", "amount", "first_at", "start_known", "since", "until")


def number(at: ir.TimestampValue, every: str) -> ir.IntegerValue:
    """The number of the month, quarter or year in which a moment lies, counted from the year 0."""
    months = at.year().cast("int64") * 12 + at.month().cast("int64") - 1
    return (months / STEP[every]).floor().cast("int64") if STEP[every] > 1 else months


def first_day(number_: ir.IntegerValue, every: str) -> ir.DateValue:
    """The first day of the month, quarter or year of that number."""
    import ibis  # noqa: PLC0415 -- slow import

    months = number_ * STEP[every]
    year = (months / 12).floor().cast("int64")
    return ibis.date(year, months - year * 12 + 1, 1)


def bounded(journal: Journal, every: str) -> ir.Table:
    """The stretches of `periods` that run as some period begins.

    Columns:
        customer_id, product, amount: as in `periods`
        begun: the number of the period it begins in; it runs as the next one begins
        end: of the last period as which begins it still runs
        last: of the period of the present, which is not over
    """
    import ibis  # noqa: PLC0415 -- slow import

    stretches = periods(journal).cross_join(present(journal))
    last = number(stretches.present, every)
    end = ibis.ifelse(stretches.until.isnull() | (stretches.until > stretches.present), last, number(stretches.until, every))
    rows = stretches.select("customer_id", "product", "amount", begun=number(stretches.since, every), end=end, last=last)
    return rows.filter(rows.begun < rows.end)


def standing(journal: Journal, every: str) -> ir.Table:
    """What each customer pays per month as each period begins: all that happened before its first moment, nothing of it.

    Columns:
        customer_id, product: whose, for what; one row each with `number`
        number: the period, see `number`
        amount: per month, in the company's currency
        last: the period of the present, which is not over
    """
    import ibis  # noqa: PLC0415 -- slow import

    stretches = bounded(journal, every)
    each = stretches.select("customer_id", "product", "amount", "last", number=ibis.range(stretches.begun + 1, stretches.end + 1).unnest())
    return each.group_by(["customer_id", "product", "number"]).agg(amount=each.amount.sum().cast(MONEY), last=each["last"].max())


def raised(journal: Journal, every: str) -> ir.Table:
    """What price rises of the company added in each period, by customer and product.

    Columns:
        customer_id, product, number: as in `standing`
        price: what was added per month
    """
    rules = journal.settings.contracts
    changed = changes(journal)
    reason: Any = changed.properties.get(rules.reason, None)
    rises = changed.filter(reason.isin(list(rules.price_rise)) & changed.alive & (changed.delta > 0) & (changed.outcome != "started"))
    rises = rises.mutate(number=number(rises.local_at, every))
    return rises.group_by(["customer_id", "product", "number"]).agg(price=rises.delta.sum().cast(MONEY))


def watched(journal: Journal, every: str = "month") -> ir.Table:
    """One row: `watched`, the day since which ends are on record.

    That is what the company settled as `contracts.ends_since`, or else the first day of the month, quarter or year of the first end; null where
    nothing ended. An end before its contract's start is none.
    """
    import ibis  # noqa: PLC0415 -- slow import

    changed = changes(journal)
    first = changed.agg(first=changed.local_at.min(where=(changed.outcome == "ended") & ~(changed.start_known & (changed.local_at < changed.first_at))))
    since = journal.settings.contracts.ends_since
    return first.select(watched=first_day(number(first["first"], every), every) if since is None else ibis.literal(since, "date"))
