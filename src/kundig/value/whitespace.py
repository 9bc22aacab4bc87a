"""White space: products that customers do not have, though those who hold the same have them oftener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.columns import finite, money
from kundig.value.holdings import holdings, pairs
from kundig.value.together import TOGETHER, together

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

_TYPES = {
    "held": "string", "candidate": "string", "state": "string", "n": "int64", "share": "float64", "share_others": "float64", "lift": "float64", "low": "float64", "high": "float64",
    "p": "float64", "candidates": "int64", "price": "decimal(18, 4)", "expected": "decimal(18, 4)", "verdict": "string",
}  # fmt: skip


def whitespace(journal: Journal, *, floor: int = 30, confidence: float = 0.95) -> Estimate:
    """Which products do customers lack that others with the same product have?

    For each two products: the share of holders of the one who have the other, by the same share of all other customers, is the
    lift, with the interval of Katz on the logarithm, and an exact one where fewer than ten have both, or the other alone. Holders are
    those with a running contract, or who ordered it. All pairs are corrected for (Benjamini and Hochberg), also those that are left out: what
    nobody has together, where chance alone would give fewer than one such customer.

    Only what goes together is put forward, with an expected value: where the lift lies above 1 with its whole interval, after the correction. Chance
    alone lifts about half of all pairs above 1; these stay in the answer behind, with their figures and the verdict. The expected value is what the
    holders without it would bring in a year if they bought it as often as those do who hold the same: an upper bound, since who
    would buy has partly bought already. A lift goes with holding; that selling the one sells the other it does not say.

    Args:
        floor: with fewer holders, or fewer others, than this there is no figure.
        confidence: of the intervals.

    Columns:
        held: the product that customers hold
        candidate: the product that some of them lack
        state: `ok`, or `too few customers`
        n: holders of the one
        share: of these, who have the other too
        share_others: of all others, who have it
        lift: share by share_others; null where none of the others has it
        low: lower end of its interval
        high: upper end of its interval; null where that has none
        p: how often chance gives such a lift, corrected for all pairs
        candidates: holders without it
        price: what it brings a year, in the mean of its customers; null where not known
        expected: candidates times share times price, of what goes together; null for all others
        verdict: `goes together`, `goes apart`, or `no difference shown`; null without a figure

    Order:
        those that go together first, by expected from high to low; then by low from high to low, then by held and candidate

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        There is nothing to answer from: fewer than two products are held, by running contracts or by events of kind `order`.

    Example:
        >>> from kundig.journal import told
        >>> orders = [{"subject": f"c{n}", "kind": "order", "product": p, "occurred_at": "2026-01-05", "amount": 10} for n in range(120) for p in ("Watch" if n % 2 else "Case", *(["Strap"] if n % 4 == 1 else []))]
        >>> table = whitespace(told(orders)).execute()
        >>> table[["held", "candidate", "share", "candidates", "verdict"]].to_dict("records")[0]
        {'held': 'Watch', 'candidate': 'Strap', 'share': 0.5, 'candidates': 30, 'verdict': 'goes together'}

    Raises:
        ArgumentError: `floor` is below 1.
    """
    least(floor=floor)
    floor = max(floor, 2)
    return Estimate({"pairs": pairs(journal, floor).order_by("held", "candidate")}, _TYPES, lambda pairs: _answer(pairs, floor, z_value(confidence)))


def _answer(pairs: pa.Table, floor: int, z: float) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    found = together(pairs, floor, z)
    told, shown = found.verdict != None, found.verdict == TOGETHER  # noqa: E711 -- of each of an array
    lacking = pairs["holders"].to_numpy() - pairs["both"].to_numpy()
    price = pairs["price"].to_numpy()
    expected = np.where(shown, lacking * found.share * price, np.nan)
    columns = {
        "held": pairs["held"], "candidate": pairs["candidate"], "state": pa.array(np.where(told, "ok", "too few customers")), "n": pairs["holders"],
        **{name: finite(getattr(found, name)) for name in ("share", "share_others", "lift", "low", "high", "p")},
        "candidates": pa.array(lacking), "price": money(price), "expected": money(expected), "verdict": pa.array(found.verdict, "string"),
    }  # fmt: skip
    # What is not shown to go together is no candidate, whatever it might bring: it stands behind, the nearest to it first.
    order = pa.array(np.lexsort((-found.low, -np.nan_to_num(expected), ~shown)))
    return {name: column.take(order) for name, column in columns.items()}


def behind(journal: Journal) -> ir.Table:
    """Who holds the one product, beside every other one, and who does not hold that.

    Keys: held, candidate
    Counts: n, candidates
    """
    import ibis  # noqa: PLC0415 -- slow import

    of = holdings(journal)
    others = of.select(candidate="product").distinct()
    crossed = of.select("customer_id", held="product").cross_join(others).filter(lambda table: table.held != table.candidate)
    rows = crossed.left_join(of.select(owner="customer_id", owned="product"), [("customer_id", "owner"), ("candidate", "owned")])
    return rows.select("held", "candidate", "customer_id", n=ibis.literal(1, "int64"), candidates=rows.owner.isnull().cast("int64"))
