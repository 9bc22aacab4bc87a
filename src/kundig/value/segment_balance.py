"""Segment balance: in what members of a segment differ from others, before and after they were made comparable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.least import least
from kundig.value.segment_lift import chosen, compared
from kundig.value.segments import Outcome, belonging, people, segments

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

_TYPES = {
    "segment": "string", "confounder": "string", "state": "string", "n": "int64", "members": "float64", "others": "float64", "difference": "float64",
    "weighted_members": "float64", "weighted_others": "float64", "weighted_difference": "float64",
}  # fmt: skip


def segment_balance(  # noqa: PLR0913 -- as segment_lift
    journal: Journal, *, segment: str | None = None, outcome: Outcome = "spend", days: int = 365, confounders: str = "product, tenure, age, segment", floor: int = 30
) -> Estimate:
    """In what do members of a segment differ from others, and are both alike once weighted?

    The balance table of `segment_lift`, with the same arguments: the share of each value of each confounder among members and others, and
    the difference in standard deviations, as they are and under the overlap weights. Below 0.1 groups count as alike.

    Args:
        segment: as in `segment_lift`.
        outcome: as in `segment_lift`.
        days: as in `segment_lift`.
        confounders: as in `segment_lift`.
        floor: as in `segment_lift`.

    Columns:
        segment: its name
        confounder: a value of a confounder; numbers are cut into fifths
        state: `ok`, or `too few customers`
        n: customers compared
        members: share of members with the value
        others: share of others with it
        difference: of both, in standard deviations
        weighted_members: share of members under the weights
        weighted_others: share of others under the weights
        weighted_difference: of both, in standard deviations

    Order:
        by segment, then by confounder

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        There is nothing to answer from: of no customer the outcome is known: spend from events of kind `invoice`, `order` or `payment`,
        being kept from contracts.

    Example:
        >>> from kundig.journal import told
        >>> bought = [{"subject": f"c{n}", "kind": "invoice", "occurred_at": "2026-01-05", "amount": 20} for n in range(80)]
        >>> app = [{"subject": f"c{n}", "kind": "visit", "channel": "app", "occurred_at": "2026-01-04"} for n in range(1, 80, 2)]
        >>> held = [{"subject": f"c{n}", "kind": "contract", "occurred_at": "2025-01-05", "outcome": "started", "amount": 20, "product": "ab"[n % 8 < 3]} for n in range(80)]
        >>> table = segment_balance(told([*bought, *app, *held]), segment="app users", confounders="product").execute()
        >>> table.confounder.tolist()
        ['product: a', 'product: b']

    Raises:
        ArgumentError: there is no such segment or confounder.
    """
    least(floor=floor)
    names, columns = segments(segment), chosen(confounders)
    return Estimate({"people": people(journal, outcome, days).order_by("customer_id")}, _TYPES, lambda people: _answer(people, names, columns, max(floor, 2)))


def _answer(people: pa.Table, names: list[str], columns: list[str], floor: int) -> dict[str, list[Any]]:
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.statistics.overlap import differences, overlap_weights  # noqa: PLC0415 -- needs it too

    rows: list[tuple[Any, ...]] = []
    for name in sorted(names) if people.num_rows else []:
        y, member, of = compared(people, name, columns)
        if min(member.sum(), len(y) - member.sum()) < floor:
            rows.append((name, None, "too few customers", len(y), *(None,) * 6))
            continue
        weight = overlap_weights(member, of)
        rows += [(name, value, "ok", len(y), *differences(member, of[value], np.ones_like(y)), *differences(member, of[value], weight)) for value in sorted(of)]
    return {name: [row[place] for row in rows] for place, name in enumerate(_TYPES)}


def behind(journal: Journal, *, segment: str | None = None, outcome: Outcome = "spend", days: int = 365) -> ir.Table:
    """Who is compared, members and others.

    Keys: segment
    Counts: n
    """
    return belonging(journal, segments(segment), outcome, days).select("segment", "customer_id", "n")
