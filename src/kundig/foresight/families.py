"""Families of kinds: what signals count, whatever a source calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.foresight.snapshots import DAY

if TYPE_CHECKING:
    import ibis.expr.types as ir

FAMILIES: dict[str, tuple[str, ...]] = {
    "usage": ("usage",),
    "visits": ("visit", "self_service"),
    "orders": ("order",),
    "contacts": ("call", "message_in", "inquiry", "case_opened", "complaint", "visit_onsite"),
    "letters": ("message_out", "letter", "campaign"),
    "answers": ("feedback", "post"),
}
SINGLE = {"complaints": "complaint", "calls": "call", "cases": "case_opened", "returns": "return", "payments": "payment"}
WINDOWS = (30, 90, 365)
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "stars": (1, 5)}


def counted(cells: ir.Table) -> ir.Table:
    """One row a customer and snapshot: counts in windows, last and first ages, sums.

    Counted a kind first and put together then: most cells meet a handful of figures instead of sixty.
    """

    def within(days: int, of: Any) -> Any:
        return of.sum(where=cells.newest < days * DAY)

    kinds = cells.group_by(["customer_id", "snapshot", "kind"]).agg(
        n=cells.n.sum(),
        **{f"in_{days}": _none(within(days, cells.n)) for days in WINDOWS},
        last=cells.newest.min(),
        first=cells.oldest.max(),
        quantity_30=within(30, cells.quantity),
        quantity_90=within(90, cells.quantity),
        spent=within(365, cells.spent),
        **{f"credits_{days}": _none(within(days, cells.credits)) for days in (90, 180, 365)},
        failed=_none(within(365, cells.failed)),
        scores=within(365, cells.scores),
        scored=_none(within(365, cells.scored)),
        low=_none(within(365, cells.low)),
        loyal=cells.loyal.sum(),
        asked=_none(cells.asked.sum()),
    )
    return kinds.group_by(["customer_id", "snapshot"]).agg(**_put_together(kinds))


def _put_together(kinds: ir.Table) -> dict[str, Any]:
    found: dict[str, Any] = {"n": kinds.n.sum(), "last_event": kinds["last"].min(), "first_event": kinds["first"].max()}
    found |= {f"events_{days}d": kinds[f"in_{days}"].sum() for days in WINDOWS}
    for name, of in FAMILIES.items():
        there = kinds.kind.isin(of)
        found |= {f"{name}_{days}d": _none(kinds[f"in_{days}"].sum(where=there)) for days in WINDOWS}
        found[f"last_{name}"] = kinds["last"].min(where=there)
    for name, kind in SINGLE.items():
        found |= {f"{name}_{days}d": _none(kinds[f"in_{days}"].sum(where=kinds.kind == kind)) for days in WINDOWS}
    usage, order = kinds.kind == "usage", kinds.kind == "order"
    return found | {
        "first_usage": kinds["first"].max(where=usage),
        "quantity_30d": kinds.quantity_30.sum(where=usage),
        "quantity_90d": kinds.quantity_90.sum(where=usage),
        "first_order": kinds["first"].max(where=order),
        "orders_all": _none(kinds.n.sum(where=order)),
        "spent_365d": kinds.spent.cast("float64").sum(where=order),
        "failed_payments_365d": _none(kinds.failed.sum(where=kinds.kind == "payment")),
        **{f"credits_{days}d": kinds[f"credits_{days}"].sum() for days in (90, 180, 365)},
        "score_365d": kinds.scores.sum() / kinds.scored.sum().nullif(0),
        "low_scores_365d": kinds.low.sum(),
        "loyal": kinds.loyal.sum(),
        "asked": kinds.asked.sum(),
    }


def _none(count: Any) -> Any:
    """A count of nothing is zero."""
    return count.fill_null(0)


def graded(events: ir.Table) -> ir.FloatingValue:
    """A score as a share of its scale, 1 the best; null for what customers are not asked."""
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.cases(*((events.metric == name, (events.score - low) / (high - low)) for name, (low, high) in SCALES.items()), else_=ibis.null("float64"))
