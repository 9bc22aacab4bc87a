"""The list of all customers, each with what one wants to know before opening the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

COLUMNS = ("customer_id", "name", "email", "company", "segment", "city", "n", "sources", "first_at", "last_at", "nps", "nps_at", "open_cases", "monthly", "product", "left_at")


def directory(journal: Journal) -> ir.Table:
    """One row a customer, by name.

    Employees who answer about their work are not customers. A contract counts with the last amount that was agreed
    on and not ended; the product is that of the newest event that names one at a contract.

    Columns:
        customer_id, name, email, company, segment, city: who it is, as the sources say
        n: events
        sources: how many silos know the customer
        first_at, last_at: from when to when
        nps, nps_at: the newest answer, and when it was given
        open_cases: cases that were opened and not resolved
        monthly: what the contracts bring each month; null without a contract
        product: of the contracts
        left_at: when all contracts had been cancelled or ended; null for who stays or has none
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.lived
    answered = events.metric == "nps"
    newest = ibis.struct({"at": events.occurred_at, "score": events.score})
    lived = events.group_by("customer_id").agg(
        n=events.count(),
        sources=events.source.nunique(),
        first_at=events.occurred_at.min(),
        last_at=events.occurred_at.max(),
        answer=newest.max(where=answered & events.score.notnull()),
    )
    cases = events.filter(events.case_id.notnull() & events.kind.isin(["case_opened", "case_resolved"]))
    per_case = cases.group_by(["customer_id", "case_id"]).agg(opened=(cases.kind == "case_opened").any(), resolved=(cases.kind == "case_resolved").any())
    still = per_case.filter(per_case.opened & ~per_case.resolved)
    open_cases = still.group_by("customer_id").agg(open_cases=still.count())
    signed = events.filter(events.kind.isin(["contract", "cancellation"]))
    state = ibis.struct({
        "at": signed.occurred_at,
        "over": ((signed.kind == "cancellation") | (signed.outcome == "ended").fill_null(False)).cast("int64"),  # noqa: FBT003 -- Ibis takes the value by position
        "amount": signed.amount,
        "product": signed.product,
    })
    contract = signed.group_by(["customer_id", "case_id"]).agg(state=state.max())
    contract = contract.select("customer_id", over=contract.state["over"], at=contract.state["at"], amount=contract.state["amount"], product=contract.state["product"])
    running = contract.over == 0
    contracts = contract.group_by("customer_id").agg(
        monthly=contract.amount.sum(where=running).cast("decimal(18, 4)"),
        product=contract.product.max(where=running),
        running=running.sum(),
        ended=contract["at"].max(),
    )
    who = journal.customers
    full = who.given_name.fill_null("") + ibis.ifelse(who.given_name.notnull() & who.family_name.notnull(), " ", "") + who.family_name.fill_null("")
    who = who.select("customer_id", "email", "company", "segment", "city", name=ibis.coalesce(full.nullif(""), who["name"], who.company))
    # A unit's list holds those whom the unit met; the whole company's also those nobody met yet.
    joined = (lived.outer_join if journal.unit is None else lived.left_join)(who, lived.customer_id == who.customer_id)
    joined = joined.mutate(customer_id=ibis.coalesce(joined.customer_id, joined.customer_id_right)).drop("customer_id_right")
    joined = joined.left_join(open_cases, "customer_id").drop("customer_id_right")
    joined = joined.left_join(contracts, "customer_id").drop("customer_id_right")
    return joined.select(
        "customer_id",
        name=ibis.coalesce(joined["name"], joined.customer_id),
        email="email",
        company="company",
        segment="segment",
        city="city",
        n=joined.n.fill_null(0),
        sources=joined.sources.fill_null(0),
        first_at="first_at",
        last_at="last_at",
        nps=joined.answer["score"],
        nps_at=joined.answer["at"],
        open_cases=joined.open_cases.fill_null(0),
        monthly="monthly",
        product="product",
        left_at=ibis.ifelse(joined.running == 0, joined.ended, ibis.null("timestamp('UTC')")),
    ).order_by("name", "customer_id")
