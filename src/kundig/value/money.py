"""Money of several currencies as money of the company's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

MONEY = "decimal(18, 4)"


def at_home(journal: Journal, events: ir.Table) -> ir.DecimalValue:
    """The amount of an event in the company's currency; null where there is none, or no rate for its currency.

    An amount without a currency is the company's own.
    """
    import ibis  # noqa: PLC0415 -- slow import

    rates = journal.settings.rates
    own = journal.settings.company.currency
    cases = [(events.currency == name, (events.amount * ibis.literal(rate, "decimal(18, 8)")).cast(MONEY)) for name, rate in sorted(rates.items()) if name != own]
    return ibis.cases((events.currency.isnull() | (events.currency == own), events.amount.cast(MONEY)), *cases, else_=ibis.null(MONEY))


def uncounted(journal: Journal) -> ir.Table:
    """One row: how many amounts of known customers no figure can count.

    Columns:
        n: without a rate for their currency; no figure of money counts them
        negative: of contracts, below 0; no figure of contracts counts them
    """
    events = journal.known
    # An end costs nothing, whatever its row says.
    events = events.filter(events.customer_id.notnull() & events.amount.notnull() & ((events.kind != "contract") | events.outcome.isnull() | (events.outcome != "ended")))
    money = events.select(foreign=at_home(journal, events).isnull().cast("int64"), negative=((events.kind == "contract") & (events.amount < 0)).cast("int64"))
    return money.agg(n=money.foreign.sum().fill_null(0), negative=money.negative.sum().fill_null(0))
