"""Sessions: stretches of events with no long pause between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.errors import ArgumentError
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir


def sessions(table: ir.Table, keys: list[str], pause: str) -> ir.Table:
    """`table` with `session`: 0 for the first stretch of each key, one more after each pause longer than `pause`.

    Raises:
        ArgumentError: `pause` is no length of time.
    """
    import ibis  # noqa: PLC0415 -- slow import

    try:
        seconds = span(pause).total_seconds()
    except ValueError as error:
        raise ArgumentError(f"--pause: {error}") from None
    in_order = ibis.window(group_by=keys, order_by=["occurred_at", "event_id"])
    second = table.occurred_at.epoch_seconds()
    broken = table.mutate(_broken=((second - second.lag().over(in_order)) > seconds).fill_null(False).cast("int64"))  # noqa: FBT003 -- Ibis takes the value by position
    so_far = ibis.window(group_by=keys, order_by=["occurred_at", "event_id"], rows=(None, 0))
    return broken.mutate(session=broken._broken.sum().over(so_far)).drop("_broken")  # noqa: SLF001 -- a column
