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


def pairs(journal: Journal, floor: int) -> ir.Table:
    """For two products each: how many hold the one, the other, and both.

    Of ten thousand products nearly all pairs are held by nobody, and no answer could name them: a pair that nobody has is there only where chance
    alone would give a customer or more that does.

    Columns:
        held, candidate: the products
        customers: who hold anything
        holders, owners, both: who hold the one, the other, both
        price: the mean of what the other brings in a year
        comparisons: pairs in all, with those that are left out, whose one is held by `floor` customers and not held by as many
    """
    import ibis  # noqa: PLC0415 -- slow import

    held = holdings(journal)
    whole = held.agg(customers=held.customer_id.nunique())
    counted = held.group_by("product").agg(holders=held.count(), price=held.a_year.mean()).cross_join(whole).select("product", "holders", "price", "customers")
    compared = (counted.holders >= floor) & (counted.customers - counted.holders >= floor)
    sizes = counted.agg(comparisons=compared.cast("int64").sum() * (counted.count() - 1))
    one = counted.select("customers", held="product", holders="holders", least=counted.customers / counted.holders)
    other = counted.select(candidate="product", owners="holders", price="price").view()
    likely = one.inner_join(other, [other.owners >= one.least, one.held != other.candidate])
    left, right = held.select("customer_id", held="product"), held.select(of="customer_id", candidate="product").view()
    met = left.inner_join(right, [left.customer_id == right.of, left.held != right.candidate])
    each = ibis.union(likely.select("held", "candidate", both=ibis.literal(0, "int64")), met.group_by(["held", "candidate"]).agg(both=met.count()))
    found = each.group_by(["held", "candidate"]).agg(both=each.both.sum())
    found = found.inner_join(one, "held").inner_join(other, "candidate").cross_join(sizes)
    return found.select("held", "candidate", "customers", "holders", "owners", "price", "both", "comparisons")
