"""Who belongs to which segment, what they spend or whether they stay, and what else they differ in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from kundig.errors import ArgumentError, nearest
from kundig.value.contracts import number, periods
from kundig.value.present import present
from kundig.value.trials import losses, spent

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Outcome = Literal["spend", "retention"]
PROMOTER = 9
SEGMENTS: dict[str, Callable[[Any], Any]] = {
    "advocates": lambda events: (events.metric == "nps") & events.score.notnull(),
    "fans": lambda events: events.kind == "post",
    "app users": lambda events: events.channel == "app",
    "trained": lambda events: events.kind == "training",
}
"""By what a member is known; advocates are those whose latest answer is 9 or 10, against others who answered."""
NUMBERS, WORDS = ("tenure", "age"), ("product", "segment")


def segments(given: str | None) -> list[str]:
    """The segments asked for.

    Raises:
        ArgumentError: there is none of that name.
    """
    if given is None:
        return list(SEGMENTS)
    if given not in SEGMENTS:
        raise ArgumentError(f"--segment does not know {given!r}; {nearest(given, SEGMENTS)}")
    return [given]


def people(journal: Journal, outcome: Outcome, days: int) -> ir.Table:
    """One row a customer that the outcome is known of.

    Spend: the mean of the months with spend within the last `days`. Retention: of customers with a contract `days` ago, whether
    they were not lost since; members are who was one by then.

    Columns:
        customer_id, y: whose, the outcome
        in_NAME: for each of SEGMENTS, whether the customer belongs to it; null for who cannot
        tenure, age: months since the first contract, years since the year of birth; null where not known
        product, segment: of the contract with the highest amount, of the customer
    """
    import ibis  # noqa: PLC0415 -- slow import

    now = present(journal)
    events = journal.events.filter(journal.events.customer_id.notnull()).cross_join(now)
    span = ibis.interval(days=days)
    if outcome == "retention":
        events = events.filter(events.local_at <= events.present - span)
    answer = ibis.struct({"at": events.local_at, "score": events.score}).max(where=(events.metric == "nps") & events.score.notnull())
    marks = {f"m{place}": SEGMENTS[name](events).any() for place, name in enumerate(SEGMENTS)}
    belongs = events.group_by("customer_id").agg(answer=answer, **marks)
    belongs = belongs.select("customer_id", *(belongs[mark].fill_null(False).cast("int64").name(mark) for mark in list(marks)[1:]), m0=(belongs.answer["score"] >= PROMOTER).cast("int64"))  # noqa: FBT003 -- Ibis' own
    runs = periods(journal).cross_join(now)
    at = runs.present - span if outcome == "retention" else runs.present
    runs = runs.mutate(at=at)
    held = runs.filter((runs.since <= runs["at"]) & (runs.until.isnull() | (runs.until > runs["at"])))
    best = ibis.struct({"amount": held.amount, "product": held["product"].fill_null("")})
    contracts = held.group_by(of=held.customer_id).agg(best=best.max(), tenure=(number(held["at"], "month") - number(held.first_at, "month")).max())
    contracts = contracts.select("of", product=contracts.best["product"].nullif(""), tenure=contracts.tenure.cast("float64"))
    if outcome == "spend":
        paid = spent(journal).cross_join(now)
        recent = paid.filter((paid.spent_at > paid.present - span) & (paid.spent_at <= paid.present))
        y = recent.group_by(y_of=recent.spent_id).agg(y=recent.spent.sum().cast("float64") / number(recent.spent_at, "month").nunique())
        y = y.filter(y.y > 0)
    else:
        gone = losses(journal).cross_join(now)
        lost = gone.filter((gone.lost_at > gone.present - span) & (gone.lost_at <= gone.present)).select(gone_of="lost_id").distinct()
        joined = contracts.select(y_of="of").left_join(lost, [("y_of", "gone_of")])
        y = joined.select("y_of", y=joined.gone_of.isnull().cast("float64"))
    said = journal.customers
    year = said.birth_date.re_extract(r"([0-9]{4})", 1).try_cast("int64")
    traits = said.select(trait_of="customer_id", segment="segment", born=year)
    rows = y.left_join(belongs, [("y_of", "customer_id")]).left_join(contracts, [("y_of", "of")]).left_join(traits, [("y_of", "trait_of")]).cross_join(now)
    return rows.select(
        customer_id="y_of", y="y", **{f"in_{name.replace(' ', '_')}": rows[f"m{place}"] if not place else rows[f"m{place}"].fill_null(0) for place, name in enumerate(SEGMENTS)},
        tenure="tenure", age=(rows.present.year() - rows.born).cast("float64"), product="product", segment="segment",
    )  # fmt: skip


def belonging(journal: Journal, names: list[str], outcome: Outcome, days: int) -> ir.Table:
    """For each segment everybody whose outcome is known and who could belong to it.

    Columns:
        segment, customer_id: one row each
        n: 1
        members: 1 for who belongs
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = people(journal, outcome, days)
    parts = []
    for name in names:
        mark = rows[f"in_{name.replace(' ', '_')}"]
        parts.append(rows.filter(mark.notnull()).select("customer_id", segment=ibis.literal(name), n=mark.notnull().cast("int64"), members=mark.cast("int64")))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
