"""What each customer holds: products of running contracts and of orders; and the features it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.contracts import periods
from kundig.value.money import at_home
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def holdings(journal: Journal) -> ir.Table:
    """One row a customer and product.

    Columns:
        customer_id, product: who holds what
        a_year: what it brings in a year: twelve times the amount of a contract, or what was ordered within the last year; null where not known
    """
    import ibis  # noqa: PLC0415 -- slow import

    now = present(journal)
    runs = periods(journal).cross_join(now)
    runs = runs.filter((runs.since <= runs.present) & (runs.until.isnull() | (runs.until > runs.present)) & runs["product"].notnull())
    held = runs.select("customer_id", "product", money=12.0 * runs.amount.cast("float64"))
    events = journal.events.cross_join(now)
    home = at_home(journal, journal.events.cross_join(now))
    ordered = events.mutate(home=home).filter((events.kind == "order") & events.customer_id.notnull() & events["product"].notnull())
    recent = (ordered.local_at > ordered.present - ibis.interval(days=365)) & (ordered.home > 0)
    bought = ordered.select("customer_id", "product", money=ibis.ifelse(recent, ordered.home.cast("float64"), ibis.null("float64")))
    both = ibis.union(held, bought)
    return both.group_by(["customer_id", "product"]).agg(a_year=both.money.sum())


def features(journal: Journal) -> ir.Table:
    """One row a customer and feature that it has used: the property `feature` of usage.

    Columns:
        customer_id, feature
    """
    events = journal.events
    used = events.mutate(feature=events.properties.get("feature", None))
    used = used.filter((used.kind == "usage") & used.feature.notnull() & used.customer_id.notnull())
    return used.select("customer_id", "feature").distinct()


def pairs(journal: Journal) -> ir.Table:
    """For each two products: how many hold the one, the other, and both.

    Columns:
        held, candidate: the products
        customers: who hold anything
        holders, owners, both: who hold the one, the other, both
        price: the mean of what the other brings in a year
    """
    held = holdings(journal)
    whole = held.agg(customers=held.customer_id.nunique())
    counted = held.group_by("product").agg(holders=held.count(), price=held.a_year.mean())
    one, other = counted.select(held="product", holders="holders"), counted.select(candidate="product", owners="holders", price="price")
    crossed = one.cross_join(other).filter(lambda table: table.held != table.candidate)
    left, right = held.select("customer_id", of_held="product"), held.select("customer_id", of_candidate="product")
    joined = left.inner_join(right, "customer_id")
    met = joined.group_by(["of_held", "of_candidate"]).agg(both=joined.count())
    found = crossed.left_join(met, [("held", "of_held"), ("candidate", "of_candidate")]).cross_join(whole)
    return found.select("held", "candidate", "customers", "holders", "owners", "price", both=found.both.fill_null(0))
