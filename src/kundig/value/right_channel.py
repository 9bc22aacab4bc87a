"""The right channel: which concerns customers can solve themselves, and which self-service only delays."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.concerns import contacts
from kundig.value.lives import MONTH

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Costs

_TYPES = {
    "concern": "string", "state": "string", "n": "int64", "difference": "float64", "low": "float64", "high": "float64", "verdict": "string", "by_self": "int64", "assisted": "int64",
    "self_service": "float64", "resolution": "float64", "resolution_low": "float64", "resolution_high": "float64", "containment": "float64", "assisted_resolution": "float64",
    "p": "float64", "assisted_cost": "float64", "point_saves_low": "decimal(18, 4)", "point_saves_high": "decimal(18, 4)",
}  # fmt: skip


def right_channel(journal: Journal, *, days: int = 7, margin: float = 0.1, floor: int = 30, confidence: float = 0.95) -> Estimate:
    """Which concerns does self-service solve as well as people do, and which does it only delay?

    A concern opened by self-service is solved there (`resolution`) if no assisted contact about the same follows within `days`, in
    any channel; that the customer did not ask anybody on the same day (`containment`) is not yet a solution. It is compared with
    concerns opened by an assisted contact that no other assisted contact follows. The interval of the difference is Newcombe's from
    Wilson's; several concerns are corrected for (Benjamini and Hochberg).

    `self-service solves as well`: the whole interval lies above less `margin`. `self-service only delays`: it lies below 0, and
    beyond the margin. Only where both sides have at least `floor` cases is anything said. Who helps himself may have had the easier case,
    and the easy cases leave first: those that remain are dearer. One point more of self-service therefore saves at most what
    `point_saves_high` says, and at least `point_saves_low`: from the marginal cost (`costs.marginal`) and both ends of the
    resolution.

    Args:
        days: within which another contact says that the concern was not solved.
        margin: the difference of shares that still counts as well.
        floor: with fewer concerns than this, by self-service or assisted, there is no figure.
        confidence: of the intervals.

    Columns:
        concern: what it was about, or `not told`
        state: `ok`, or `too few concerns`
        n: concerns whose time is over
        difference: resolution less assisted_resolution
        low: lower end of its interval
        high: upper end of its interval
        verdict: `self-service solves as well`, `self-service only delays`, or `no difference shown`; null without a figure
        by_self: opened by self-service
        assisted: opened by an assisted contact
        self_service: `by_self` as a share of `n`
        resolution: share of `by_self` solved there
        resolution_low: lower end of its interval
        resolution_high: upper end of its interval
        containment: share of `by_self` without assisted contact on the same day
        assisted_resolution: share of `assisted` without another assisted contact
        p: how often chance gives such a difference, corrected for all concerns
        assisted_cost: mean cost of an assisted contact; null where it is not known
        point_saves_low: what a month saves at least if one concern in a hundred more is opened by self-service
        point_saves_high: and at most

    Order:
        by concern

    Settings:
        company.currency, rates, costs.handling, costs.contacts, costs.contact, costs.marginal

    Empty:
        There is nothing to answer from: no known customer had a contact (kinds `call`, `complaint`, `message_in`, `case_opened`,
        `inquiry`, `visit_onsite`, `self_service`).

    Example:
        >>> from kundig.journal import told
        >>> first = [(f"c{n}", ("self_service", "call")[n % 2], "2026-03-01") for n in range(120)]
        >>> again = [(f"c{n}", "call", "2026-03-03") for n in range(0, 120, 4)]
        >>> events = [{"subject": s, "kind": k, "occurred_at": at, "properties": {"concern": "line"}} for s, k, at in first + again]
        >>> right_channel(told([*events, ("eve", "visit", "2026-05-31")])).execute()[["by_self", "resolution", "assisted_resolution", "verdict"]].to_dict("records")
        [{'by_self': 60, 'resolution': 0.5, 'assisted_resolution': 1.0, 'verdict': 'self-service only delays'}]

    Raises:
        ArgumentError: `days` is below 1, or `margin` is no share.
    """
    least(days=days, floor=floor)
    if not 0 <= margin < 1:
        raise ArgumentError(f"--margin expects a share below 1, found {margin}")
    rows = contacts(journal, days)
    first = _opened(rows, days)
    solved = (first.assisted.isnull() | (first.assisted > days)).cast("int64")
    alone = (first.assisted.isnull() | (first.assisted > 1)).cast("int64")
    counted = first.group_by(["concern", "helped_self"]).agg(n=first.count(), solved=solved.sum(), alone=alone.sum(), oldest=first.seen.max())
    cost = rows.filter((rows.helped_self == 0) & rows.cost.notnull()).group_by("concern").agg(cost=lambda table: table.cost.cast("float64").mean())
    asked = (margin, max(floor, 2), z_value(confidence), confidence, journal.settings.costs)
    return Estimate({"opened": counted.order_by("concern", "helped_self"), "costs": cost.order_by("concern")}, _TYPES, lambda opened, costs: _answer(opened, costs, *asked))


def behind(journal: Journal, *, days: int = 7) -> ir.Table:
    """Whose concerns began, and who began by helping themselves.

    Keys: concern
    Counts: n, by_self, assisted
    """
    first = _opened(contacts(journal, days), days)
    return first.select("concern", "customer_id", n=first.helped_self.notnull().cast("int64"), by_self="helped_self", assisted=1 - first.helped_self)


def _opened(rows: ir.Table, days: int) -> ir.Table:
    """Of the contacts those with which a concern began whose time is over."""
    return rows.filter((rows.before.isnull() | (rows.before > days)) & (rows.seen > days))


def _answer(opened: pa.Table, costs: pa.Table, margin: float, floor: int, z: float, confidence: float, of: Costs) -> dict[str, list[Any]]:  # noqa: PLR0913 -- what was asked
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    price = {row["concern"]: row["cost"] for row in costs.to_pylist()}
    sides: dict[str, dict[int, dict[str, Any]]] = {}
    for row in opened.to_pylist():
        sides.setdefault(row["concern"], {})[row["helped_self"]] = row
    nobody = {"n": 0, "solved": 0, "alone": 0, "oldest": 0}
    rows = [_row(concern, sides[concern].get(1, nobody), sides[concern].get(0, nobody), price.get(concern), floor, z, of) for concern in sorted(sides)]
    tested = [row for row in rows if row["p"] is not None]
    for row, p in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else [], strict=True):
        row["p"] = float(p)
        delays = p <= 1 - confidence and row["high"] < 0 and row["difference"] < -margin
        row["verdict"] = "self-service only delays" if delays else "self-service solves as well" if row["low"] > -margin else "no difference shown"
    return {name: [row[name] for row in rows] for name in _TYPES}


def _row(concern: str, own: dict[str, Any], other: dict[str, Any], cost: float | None, floor: int, z: float, of: Costs) -> dict[str, Any]:  # noqa: PLR0913 -- one row
    from scipy.stats import norm  # noqa: PLC0415 -- slow import

    n = own["n"] + other["n"]
    row: dict[str, Any] = dict.fromkeys(_TYPES) | {"concern": concern, "state": "ok", "n": n, "by_self": own["n"], "assisted": other["n"], "self_service": own["n"] / n, "assisted_cost": cost}
    if min(own["n"], other["n"]) < floor:
        return row | {"state": "too few concerns"}
    p, q = own["solved"] / own["n"], other["solved"] / other["n"]
    (low, high), (other_low, other_high) = _wilson(p, own["n"], z), _wilson(q, other["n"], z)
    both = (own["solved"] + other["solved"]) / n
    error = (both * (1 - both) * (1 / own["n"] + 1 / other["n"])) ** 0.5
    row |= {
        "resolution": p, "resolution_low": low, "resolution_high": high, "containment": own["alone"] / own["n"], "assisted_resolution": q, "difference": p - q,
        "low": p - q - ((p - low) ** 2 + (other_high - q) ** 2) ** 0.5, "high": p - q + ((high - p) ** 2 + (q - other_low) ** 2) ** 0.5,
        "p": float(2 * norm.sf(abs(p - q) / error)) if error > 0 else 1.0,
    }  # fmt: skip
    if cost is not None:
        a_month = n / max(max(own["oldest"], other["oldest"]) / MONTH, 1.0) / 100
        saves = [a_month * cost * share * end for share, end in zip(of.marginal, (low, high), strict=True)]
        row["point_saves_low"], row["point_saves_high"] = (Decimal(f"{each:.4f}") for each in saves)
    return row


def _wilson(share: float, n: float, z: float) -> tuple[float, float]:
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n)
    return centre - half, centre + half
