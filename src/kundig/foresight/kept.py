"""Forecasts as they were kept, kundig's own and those of people, beside what came."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundig.foresight.contracts import leavings

if TYPE_CHECKING:
    from datetime import datetime

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

Row = dict[str, Any]


def forecasts(journal: Journal) -> ir.Table:
    """The log: events of the kind `forecast`, with the span in days and the interval in their properties; `made_by` is the person, null for kundig."""
    events = journal.events
    kept = events.filter((events.kind == "forecast") & events.amount.notnull())
    return kept.select(
        "event_id", "amount", made_at="occurred_at", made_by="staff",
        **{name: kept.properties.get(name, None).try_cast("int64") for name in ("from_day", "to_day")},
        **{name: kept.properties.get(name, None).try_cast("float64") for name in ("low", "high")},
    ).order_by("made_at", "from_day", "event_id")  # fmt: skip


def losses(journal: Journal) -> ir.Table:
    """What was lost when a customer's last contract ended: `left_at`, `amount` a month as it was before."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    terms = events.filter((events.kind == "contract") & events.customer_id.notnull())
    terms = terms.mutate(contract=terms.case_id.fill_null("the contract"))
    in_order = ibis.window(group_by=["customer_id", "contract"], order_by=["occurred_at", "event_id"])
    steps = terms.select("customer_id", "outcome", left_at="occurred_at", before=terms.amount.cast("float64").lag().over(in_order))
    ended = steps.filter((steps.outcome == "ended") & steps.before.notnull())
    left = leavings(journal, notice=False).select("customer_id", "left_at")
    return ended.inner_join(left, ["customer_id", "left_at"]).group_by("left_at").agg(amount=lambda table: table.before.sum()).order_by("left_at")


def kept(log: pa.Table, lost: pa.Table, at: datetime) -> list[Row]:
    """Rows of the forecasts that were kept; what happened is told once their span is over."""
    rows = []
    losses_ = list(zip(lost["left_at"].to_pylist(), lost["amount"].to_pylist(), strict=True))
    for one in log.to_pylist():
        row: Row = {"part": "kept", "made_at": one["made_at"], "made_by": one["made_by"], "from_day": one["from_day"], "to_day": one["to_day"], "basis": "a person" if one["made_by"] else "kundig", "forecast": one["amount"]}
        row |= {f"forecast_{end}": None if one[end] is None else Decimal(str(round(one[end], 2))) for end in ("low", "high")}
        if one["from_day"] is None or one["to_day"] is None:
            rows.append(row | {"state": "no span"})
            continue
        start, end = (one["made_at"] + timedelta(days=days) for days in (one["from_day"] - 1, one["to_day"]))
        if end > at:
            rows.append(row | {"state": "not over yet"})
            continue
        rows.append(row | {"state": "ok", "happened": Decimal(str(round(sum(amount for left, amount in losses_ if start < left <= end), 2)))})
    return rows
