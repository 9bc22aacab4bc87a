"""What each customer paid as a period began and as it ended: the closed cohort and all that came in besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kundig.errors import ArgumentError, nearest
from kundig.journal import split
from kundig.value.contracts import first_day, raised, standing
from kundig.value.money import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Every = Literal["month", "quarter", "year"]
BY = ("cohort", "product", "segment", "account", "company", "city", "postcode", "country")


def movements(journal: Journal, every: Every, by: str | None) -> ir.Table:
    """One row a customer and period that is over, in which it was a customer as the period began or ended.

    By product, a row is a customer's contracts of one product, so that a change of product is an end and a start.

    Columns:
        customer_id: whose
        group: the value of `by`; null without, or where there is none
        period: the first day
        opening, closing: the amount per month as the period begins, and as the next one does; null where there is no contract
        price: what price rises of the company added within it
        new: whether there was no contract at any earlier beginning of a period

    Raises:
        ArgumentError: `by` is none of BY.
    """
    import ibis  # noqa: PLC0415 -- slow import

    if by is not None and by not in BY:
        raise ArgumentError(f"cannot split by {by!r}; {nearest(by, BY)}")
    keys = ["customer_id", "product"] if by == "product" else ["customer_id"]
    state, rises = standing(journal, every), raised(journal, every)
    at = state.group_by([*keys, "number"]).agg(amount=state.amount.sum().cast(MONEY), last=state["last"].max())
    at = at.mutate(first=at.number.min().over(group_by=keys))
    none = ibis.null(MONEY)
    openings = at.select(*keys, "number", "first", "last", opening="amount", closing=none, price=none)
    closings = at.select(*keys, "first", "last", number=at.number - 1, opening=none, closing="amount", price=none)
    risen = rises.group_by([*keys, "number"]).agg(price=rises.price.sum().cast(MONEY))
    prices = risen.select(*keys, "number", first=ibis.null("int64"), last=ibis.null("int64"), opening=none, closing=none, price="price")
    columns = [*keys, "number", "first", "last", "opening", "closing", "price"]
    parts = ibis.union(openings.select(columns), closings.select(columns), prices.select(columns))
    whole = parts.group_by([*keys, "number"]).agg(
        opening=parts.opening.max(), closing=parts.closing.max(), price=parts.price.max().fill_null(ibis.literal(0).cast(MONEY)), first=parts["first"].max(), last=parts["last"].max(),
    )  # fmt: skip
    whole = whole.filter(whole["last"].notnull() & (whole.number < whole["last"]))
    if by == "product":
        group = whole["product"]
    elif by == "cohort":
        # Who began in a period is there for the first time as the next one begins.
        group = first_day(whole["first"] - 1, every).cast("string")
    elif by is not None:
        whole, group = split(journal, whole, by)
    else:
        group = ibis.null("string")
    return whole.select("customer_id", "opening", "closing", "price", group=group, period=first_day(whole.number, every), new=whole.number < whole["first"])
