"""Customers who said whether they would recommend, and what became of them within a time after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.contracts import number, periods
from kundig.value.present import present
from kundig.value.trials import losses, spent

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def answered(journal: Journal, days: int) -> ir.Table:
    """One row a customer: its latest NPS answer whose `days` afterwards are over, and what followed.

    Columns:
        customer_id, score: whose, the answer from 0 to 10
        kept: of customers with a running contract and without notice as they answered, 1.0 without notice or end within the time, else 0.0; null for others
        again: of customers without a contract who had bought before, 1.0 if they bought again within the time, else 0.0; null for others
        spent: of customers who had spent before, what they spent a month within the time; null for others
        tenure, age: months since the first contract or event, years since the year of birth, as they answered; null where not known
        product, segment: of the contract with the highest amount then, of the customer
    """
    import ibis  # noqa: PLC0415 -- slow import

    span = ibis.interval(days=days)
    events = journal.events.filter(journal.events.customer_id.notnull())
    told = events.filter((events.metric == "nps") & events.score.notnull()).cross_join(present(journal))
    told = told.filter(told.local_at + span <= told.present)
    last = told.group_by("customer_id").agg(answer=ibis.struct({"at": told.local_at, "score": told.score}).max())
    said = last.select("customer_id", at=last.answer["at"], score=last.answer["score"], until=last.answer["at"] + span)

    runs = periods(journal)
    runs = said.select("customer_id", "at").inner_join(runs, "customer_id")
    runs = runs.filter((runs.since <= runs["at"]) & (runs.until.isnull() | (runs.until > runs["at"])))
    best = ibis.struct({"amount": runs.amount, "product": runs["product"].fill_null("")}).max()
    held = runs.group_by(held_of=runs.customer_id).agg(best=best, begun=runs.first_at.min(), newest=runs.first_at.max())
    held = held.select("held_of", "begun", "newest", product=held.best["product"].nullif(""))

    gone = said.inner_join(losses(journal), [("customer_id", "lost_id")]).left_join(held.select(newest_of="held_of", newest="newest"), [("customer_id", "newest_of")])
    gone = gone.group_by(lost_of=gone.customer_id).agg(
        before=((gone.lost_at < gone["at"]) & (gone.lost_at >= gone.newest)).any(), within=((gone.lost_at >= gone["at"]) & (gone.lost_at < gone.until)).any()
    )
    bought = events.filter(events.kind == "order").select(bought_of="customer_id", bought_at="local_at")
    orders = said.inner_join(bought, [("customer_id", "bought_of")])
    orders = orders.group_by(order_of=orders.customer_id).agg(had=(orders.bought_at <= orders["at"]).any(), again=((orders.bought_at > orders["at"]) & (orders.bought_at <= orders.until)).any())
    paid = said.inner_join(spent(journal), [("customer_id", "spent_id")])
    paid = paid.group_by(paid_of=paid.customer_id).agg(
        had_spent=(paid.spent_at <= paid["at"]).any(), money=paid.spent.sum(where=(paid.spent_at > paid["at"]) & (paid.spent_at <= paid.until)).cast("float64").fill_null(0.0)
    )
    came = events.group_by(came_of=events.customer_id).agg(came=events.local_at.min())
    people = journal.customers
    traits = people.select(trait_of="customer_id", segment="segment", born=people.birth_date.re_extract(r"([0-9]{4})", 1).try_cast("int64"))

    rows = said.left_join(held, [("customer_id", "held_of")]).left_join(gone, [("customer_id", "lost_of")]).left_join(orders, [("customer_id", "order_of")])
    rows = rows.left_join(paid, [("customer_id", "paid_of")]).left_join(came, [("customer_id", "came_of")]).left_join(traits, [("customer_id", "trait_of")])
    none = ibis.null("float64")
    has = rows.held_of.notnull()
    free = ~rows.before.fill_null(False)  # noqa: FBT003 -- Ibis' own
    lost = rows.within.fill_null(False)  # noqa: FBT003 -- Ibis takes the value by position
    return rows.select(
        "customer_id", "score",
        kept=ibis.ifelse(has & free, 1.0 - lost.cast("float64"), none),
        again=ibis.ifelse(~has & rows.had.fill_null(False), rows.again.cast("float64"), none),  # noqa: FBT003 -- Ibis takes the value by position
        spent=ibis.ifelse(rows.had_spent, rows.money * (365.25 / 12 / days), none),
        tenure=(number(rows["at"], "month") - number(ibis.coalesce(rows.begun, rows.came), "month")).cast("float64"),
        age=(rows["at"].year() - rows.born).cast("float64"), product="product", segment="segment",
    )  # fmt: skip


def today(journal: Journal, days: int) -> ir.Table:
    """One row: to how many customers an outcome applies now, and what they pay.

    Columns:
        asked: customers who ever gave an NPS answer
        kept_n, kept_money: customers with a running contract, and what they pay a month
        again_n: customers without, who bought within the last `days`
        spent_n: customers who spent anything within the last `days`
    """
    import ibis  # noqa: PLC0415 -- slow import

    now = present(journal)
    runs = periods(journal).cross_join(now)
    runs = runs.filter((runs.since <= runs.present) & (runs.until.isnull() | (runs.until > runs.present)))
    held = runs.group_by("customer_id").agg(amount=runs.amount.sum().cast("float64"))
    events = journal.events.filter(journal.events.customer_id.notnull()).cross_join(now)
    bought = events.filter((events.kind == "order") & (events.local_at > events.present - ibis.interval(days=days)))
    buyers = bought.select("customer_id").distinct().anti_join(held, "customer_id")
    paid = spent(journal).cross_join(now)
    paid = paid.filter((paid.spent_at > paid.present - ibis.interval(days=days)) & (paid.spent_at <= paid.present))
    parts = held.agg(kept_n=held.count(), kept_money=held.amount.sum()).cross_join(buyers.agg(again_n=buyers.count()))
    asked = events.agg(asked=events.customer_id.nunique(where=(events.metric == "nps") & events.score.notnull()))
    return parts.cross_join(paid.agg(spent_n=paid.spent_id.nunique())).cross_join(asked)
