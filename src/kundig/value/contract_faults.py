"""Contract faults: rows that cannot be counted, or hardly be meant; and any other money that cannot be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.value.concerns import CONTACTS
from kundig.value.contracts import changes
from kundig.value.money import at_home

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

NEGATIVE, FOREIGN = "negative amount", "currency without rate"
_DONE = {
    FOREIGN: "amount not counted: give the currency under `rates` in kundig.yaml",
    NEGATIVE: "amount not counted: the one before goes on",
    "ends before it starts": "end not counted: the contract runs from its start",
    "started twice": "counted as a change of the running contract",
    "overlaps another": "both counted",
    "no start": "counted from its first row, which may be later than its start",
}
_DONE_OF_CONTACTS = "amount not counted: the contact costs what is settled for it, or what others of its channel do"


def contract_faults(journal: Journal) -> ir.Table:
    """Which rows of contracts can hardly be meant, and what is done with them?

    `currency without rate`: an amount in a currency that `rates` in kundig.yaml does not hold; of orders, invoices and all other
    events as well, for no figure of money can count it. `negative amount`: below 0, of a contract, or of a contact, whose amount
    is its cost; orders, invoices and payments are corrected by such.
    `ends before it starts`: an end without a running contract before it, and a start after it. `started twice`: a start of a
    contract that runs. `overlaps another`: a start while the customer has another contract for the same product. `no start`:
    the first row of a contract is a change. All figures of contracts treat these rows as `done` says, and count the rest.

    Columns:
        fault: what is wrong
        customer_id: whose
        contract: of which contract; of other money, its case
        product: for what
        occurred_at: when, on the company's clock
        kind: of which kind the row is
        stated: the amount as it came, with its currency; null where none is said
        done: what is done with it
        n: 1, the row
        told_by: from which source it came
        event_id: which

    Order:
        by fault, then occurred_at, then event_id

    Settings:
        company.currency, rates, contracts.end, contracts.moved_to

    Empty:
        No row is at fault: every contract and every amount can be counted.

    Example:
        >>> from kundig.journal import told
        >>> contract = {"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 20, "currency": "USD"}
        >>> contract_faults(told([contract])).select("fault", "customer_id").to_pyarrow().to_pylist()
        [{'fault': 'currency without rate', 'customer_id': 'ada'}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    changed = changes(journal)
    order = ibis.window(group_by="contract", order_by=[changed.local_at, changed.outcome == "ended", changed.event_id])
    rows = changed.mutate(
        before=changed.alive.lag().over(order), place=ibis.row_number().over(order),
        later_start=changed.local_at.max(where=changed.outcome == "started").over(group_by="contract"),
    )  # fmt: skip
    before = rows.before.fill_null(False)  # noqa: FBT003 -- Ibis' own
    runs = rows.filter(rows.alive).select(
        other="contract", other_customer="customer_id", other_product="product", from_="first_at", to="follows", at=rows.local_at,
    )  # fmt: skip
    starts = rows.filter((rows.outcome == "started") & ~before)
    both = starts.inner_join(
        runs,
        [starts.customer_id == runs.other_customer, starts["product"] == runs.other_product, starts.contract != runs.other, starts.local_at >= runs.at],
    )
    both = both.filter(both.to.isnull() | (both.to > both.local_at))

    def named(table: Any, fault: Any) -> Any:
        return table.select("event_id", "customer_id", "contract", "product", occurred_at="local_at", fault=fault)

    others = _others(journal)
    found = ibis.union(
        named(rows.filter(rows.fault.notnull()), rows.fault),
        named(rows.filter((rows.outcome == "ended") & ~before & (rows.later_start > rows.local_at)), ibis.literal("ends before it starts")),
        named(rows.filter((rows.outcome == "started") & before), ibis.literal("started twice")),
        named(both, ibis.literal("overlaps another")).distinct(),
        named(rows.filter(~rows.start_known & (rows.place == 0)), ibis.literal("no start")),
        named(others, others.fault),
    )
    events = journal.known
    stated = events.amount.cast("decimal(18, 2)").cast("string") + ibis.coalesce(" " + events.currency, "")
    said = events.select(said_id="event_id", kind="kind", stated=stated, told_by="source")
    found = found.inner_join(said, found.event_id == said.said_id)
    of_contact = (found.fault == NEGATIVE) & (found.kind != "contract")
    done = ibis.cases((of_contact, _DONE_OF_CONTACTS), *((found.fault == name, words) for name, words in _DONE.items()))
    told = found.mutate(done=done, n=ibis.literal(1, "int64")).order_by("fault", "occurred_at", "event_id")
    return told.select("fault", "customer_id", "contract", "product", "occurred_at", "kind", "stated", "done", "n", "told_by", "event_id")


def _others(journal: Journal) -> ir.Table:
    """Events beside contracts with an amount that is worth nothing known at home, and contacts that cost less than nothing."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.known
    told = events.mutate(home=at_home(journal, events)).filter(events.amount.notnull() & events.customer_id.notnull() & (events.kind != "contract"))
    fault = ibis.cases((told.home.isnull(), FOREIGN), ((told.home < 0) & told.kind.isin(list(CONTACTS)), NEGATIVE), else_=ibis.null("string"))
    rows = told.select("event_id", "customer_id", "product", "local_at", contract="case_id", fault=fault)
    return rows.filter(rows.fault.notnull())
