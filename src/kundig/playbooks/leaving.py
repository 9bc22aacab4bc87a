"""How many of those whom a playbook would have met were lost afterwards, beside how many are lost anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.playbooks.conditions.happened import occurrences
from kundig.playbooks.meant import Meant
from kundig.statistics import z_value
from kundig.statistics.shares import wilson_share

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal

FEW = 30
DAY = 86400 * 1_000_000
"""Microseconds."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Leaving:
    """Two shares of customers lost within the horizon, each with Wilson's interval of 95 %.

    The base rate is that of all customers with a contract or an order who had not been lost before, at the moments at which
    the others came in. It says what a playbook finds, and nothing of what it brings: that takes a hold-out.

    Attributes:
        state: `ok`, or `too few customers` where fewer than 30 came in whose horizon is over.
        horizon: days in which to be lost.
        n: customers who came in, each the first time, and had not been lost before; `pending` are those whose horizon is not over.
        left: of them lost within it.
        base_n: customers at risk at such a moment, the mean of all moments.
        base: the share of them that is lost within the horizon.
        times: how much oftener they were lost than customers are anyway; null where nobody else was lost.
    """

    state: str
    horizon: int
    n: int
    pending: int
    left: int
    share: float | None
    low: float | None
    high: float | None
    base_n: int
    base: float | None
    base_low: float | None
    base_high: float | None
    times: float | None


def leaving(lost: Meant, came: pa.Table, journal: Journal, horizon: int) -> Leaving:
    """How many of those who came in were lost within the horizon, and how many customers are anyway."""
    import numpy as np  # noqa: PLC0415 -- slow import

    gone = occurrences(journal, lost)
    gone = gone.filter(gone.customer_id.notnull()).group_by("customer_id").agg(lost_at=gone["at"].min()).to_pyarrow()
    events = journal.known
    bound = events.filter(events.kind.isin(["contract", "order"]) & events.customer_id.notnull())
    since = bound.group_by("customer_id").agg(first_at=bound.occurred_at.min()).to_pyarrow()
    until = journal.at or journal.history.agg(now=journal.history.known_at.max()).to_pyarrow()["now"][0].as_py()
    now = 0 if until is None else int(until.timestamp() * 1e6)
    lost_at = dict(zip(gone["customer_id"].to_pylist(), _micro(gone["lost_at"]), strict=True))
    first: dict[str, int] = {}
    for customer, due in zip(came["customer_id"].to_pylist(), _micro(came["due_at"]), strict=True):
        first.setdefault(customer, int(due))
    here = [(due, lost_at.get(customer, 2**62)) for customer, due in first.items()]
    at_risk = [(due, end) for due, end in here if end > due]
    over = [(due, end) for due, end in at_risk if due + horizon * DAY <= now]
    n, left = len(over), sum(end <= due + horizon * DAY for due, end in over)
    firsts, ends = np.array(_micro(since["first_at"])), np.array([lost_at.get(customer, 2**62) for customer in since["customer_id"].to_pylist()], dtype=np.int64)
    base_n, base = _base(firsts, ends, np.array([due for due, _ in over], dtype=np.int64), horizon * DAY)
    z = z_value(CONFIDENCE)
    low, high = wilson_share(left, n, z)
    base_low, base_high = wilson_share((base or 0.0) * base_n, base_n, z)
    few = n < FEW
    return Leaving(
        "too few customers" if few else "ok", horizon, n, len(at_risk) - n, left,
        None if few else left / n, None if few else low, None if few else high,
        base_n, base, base_low if base is not None else None, base_high if base is not None else None,
        left / n / base if base and not few else None,
    )  # fmt: skip


def _base(firsts: Any, ends: Any, moments: Any, horizon: int) -> tuple[int, float | None]:
    """How many customers were at risk at a moment, and which share of them was lost within the horizon; means over the moments."""
    import numpy as np  # noqa: PLC0415 -- slow import

    if not len(moments) or not len(firsts):
        return 0, None
    real = ends > firsts
    came, left = np.sort(firsts[real]), np.sort(ends[real])
    # To the day: of many who come in at one day the base rate is one.
    days, weights = np.unique(moments // DAY, return_counts=True)
    at = days * DAY
    there = np.searchsorted(came, at, side="right") - np.searchsorted(left, at, side="right")
    gone = np.searchsorted(left, at + horizon, side="right") - np.searchsorted(left, at, side="right")
    # Those who came only afterwards and were lost within the horizon were not at risk at the moment.
    young = real & (ends - firsts <= horizon)
    starts, stops = firsts[young], ends[young]
    gone = gone - np.array([np.count_nonzero((starts > moment) & (stops <= moment + horizon)) for moment in at])
    whole = float((there * weights).sum())
    return int(np.average(there, weights=weights)), float((gone * weights).sum() / whole) if whole else None


def _micro(column: Any) -> list[int]:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    found: list[int] = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_pylist()
    return found
