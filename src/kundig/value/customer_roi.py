"""The customer's return: what was agreed, what was reached, and what it is worth to the customer against the price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.contracts import periods
from kundig.value.holdings import features, holdings
from kundig.value.money import MONEY, at_home
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

MONTH = 30.4375 * 86400


def customer_roi(journal: Journal) -> ir.Table:
    """What did customers get for their money, and what would raise it?

    Goals are events of kind `goal`, one `case_id` each. With outcome `agreed`: the target as `quantity`, where the customer stood as property
    `baseline`, and what one unit is worth as `amount`. With outcome `measured`: what was reached, as `quantity`, and who says
    so, as property `confirmed_by`; the latest counts. The value is the way from the baseline towards the target, times the worth of a unit.

    It is given as a range: the low end counts only what the customer confirmed, the high end all that was measured; a step
    back counts in both. The price is what was paid for contracts from the first agreement on. What was not measured is `not measurable yet`,
    which is an answer. What would raise the value: features of its products that a customer does not use, and how its usage ranks among
    holders of the same product.

    Columns:
        customer_id: who
        state: `ok`, or `not measurable yet` where no goal was measured
        n: goals agreed
        measured: of these, measured
        confirmed: of these, confirmed by the customer
        reached: of these, with the target reached
        value_low: value of what the customer confirmed
        value_high: value of all that was measured
        price: paid since the first agreement
        roi_low: value_low by price, less 1
        roi_high: value_high by price, less 1
        unused: features of its products that it has not used
        usage_rank: share of holders of the same product who use it less, from 0 to 1; null where nothing is known

    Order:
        by customer

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        There is nothing to answer from: no event of kind `goal` tells what was agreed with a customer.

    Example:
        >>> from kundig.journal import told
        >>> goal = {"subject": "ada", "kind": "goal", "case_id": "g"}
        >>> agreed = {**goal, "occurred_at": "2026-01-01", "outcome": "agreed", "quantity": 100.0, "amount": 2, "properties": {"baseline": "20"}}
        >>> measured = {**goal, "occurred_at": "2026-03-01", "outcome": "measured", "quantity": 70.0, "properties": {"confirmed_by": "company"}}
        >>> customer_roi(told([agreed, measured])).select("measured", "reached", "value_low", "value_high").execute().astype(float).to_dict("records")
        [{'measured': 1.0, 'reached': 0.0, 'value_low': 0.0, 'value_high': 100.0}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    told = events.mutate(home=at_home(journal, events), baseline=events.properties.get("baseline", None).try_cast("float64"), by=events.properties.get("confirmed_by", None))
    told = told.filter((told.kind == "goal") & told.customer_id.notnull() & told.case_id.notnull())
    agreed = ibis.struct({"at": told.local_at, "target": told.quantity, "baseline": told.baseline.fill_null(0.0), "worth": told.home})
    result = ibis.struct({"at": told.local_at, "reached": told.quantity, "own": (told.by == "customer").fill_null(False)})  # noqa: FBT003 -- Ibis' own
    goals = told.group_by(["customer_id", "case_id"]).agg(
        agreed=agreed.max(where=(told.outcome == "agreed") & told.quantity.notnull()), result=result.max(where=(told.outcome == "measured") & told.quantity.notnull())
    )
    goals = goals.filter(goals.agreed["at"].notnull())
    goals = goals.select("customer_id", at=goals.agreed["at"], target=goals.agreed["target"], baseline=goals.agreed["baseline"], worth=goals.agreed["worth"].cast("float64"), reached=goals.result["reached"], own=goals.result["own"])
    forward = ibis.ifelse(goals.target >= goals.baseline, 1.0, -1.0)
    way = (goals.reached - goals.baseline) * forward
    value = way * goals.worth
    goals = goals.mutate(
        value_high=value, value_low=ibis.ifelse(goals.own | (value < 0), value, 0.0), seen=goals.reached.notnull().cast("int64"),
        sure=(goals.reached.notnull() & goals.own).cast("int64"), done=(goals.reached.notnull() & ((goals.reached - goals.target) * forward >= 0)).cast("int64"),
    )  # fmt: skip
    whole = goals.group_by("customer_id").agg(
        n=goals.count(), begun=goals["at"].min(), measured=goals.seen.sum(), confirmed=goals.sure.sum(), reached=goals.done.sum(), value_low=goals.value_low.sum(), value_high=goals.value_high.sum()
    )
    runs = periods(journal).cross_join(present(journal))
    paid = whole.select("customer_id", "begun").inner_join(runs, "customer_id")
    ends = ibis.ifelse(paid.until.isnull() | (paid.until > paid.present), paid.present, paid.until).epoch_seconds()
    months = (ends - ibis.greatest(paid.since, paid.begun).epoch_seconds()).clip(lower=0) / MONTH
    prices = paid.mutate(money=paid.amount.cast("float64") * months)
    prices = prices.group_by(of=prices.customer_id).agg(price=prices.money.sum())
    held = holdings(journal).select("customer_id", "product")
    used = features(journal)
    has = held.inner_join(used, "customer_id").select("product", "feature").distinct()
    entitled = held.inner_join(has, "product").select("customer_id", "feature").distinct()
    idle = entitled.anti_join(used, ["customer_id", "feature"])
    idle = idle.group_by(idle_of=idle.customer_id).agg(unused=idle.count())
    amount = events.filter((events.kind == "usage") & events.customer_id.notnull() & events.quantity.notnull())
    usage = amount.group_by(used_of=amount.customer_id).agg(usage=amount.quantity.sum().round(6))
    ranked = held.inner_join(usage, [("customer_id", "used_of")])
    ranked = ranked.mutate(place=ibis.percent_rank().over(ibis.window(group_by="product", order_by="usage")))
    ranks = ranked.group_by(rank_of=ranked.customer_id).agg(usage_rank=ranked.place.mean().round(6))
    rows = whole.left_join(prices, [("customer_id", "of")]).left_join(idle, [("customer_id", "idle_of")]).left_join(ranks, [("customer_id", "rank_of")])
    # By the price as it is told: engines carry different digits behind it.
    base = rows.price.cast(MONEY).cast("float64").nullif(0.0)
    some = rows.measured > 0
    none = ibis.null("float64")
    return rows.select(
        "customer_id", state=ibis.ifelse(some, "ok", "not measurable yet"), n="n", measured="measured", confirmed="confirmed", reached="reached",
        value_low=ibis.ifelse(some, rows.value_low, none).cast(MONEY), value_high=ibis.ifelse(some, rows.value_high, none).cast(MONEY), price=rows.price.cast(MONEY),
        roi_low=ibis.ifelse(some, rows.value_low / base - 1, none), roi_high=ibis.ifelse(some, rows.value_high / base - 1, none), unused=rows.unused.fill_null(0), usage_rank="usage_rank",
    ).order_by("customer_id")  # fmt: skip
