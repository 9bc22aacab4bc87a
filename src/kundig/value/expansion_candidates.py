"""Expansion candidates: for each customer, the products it lacks that go together with what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.statistics.shares import wilson_share
from kundig.value.columns import finite, money
from kundig.value.holdings import holdings, pairs
from kundig.value.lacking import Links, lacking, ranges, sets
from kundig.value.together import TOGETHER, together

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal

_TYPES = {
    "customer_id": "string", "candidate": "string", "because": "string", "n": "int64", "share": "float64", "low": "float64", "high": "float64", "lift": "float64", "lift_low": "float64",
    "lift_high": "float64", "price": "decimal(18, 4)", "expected": "decimal(18, 4)", "expected_low": "decimal(18, 4)", "expected_high": "decimal(18, 4)",
}  # fmt: skip


def expansion_candidates(journal: Journal, *, most: int = 1, floor: int = 30, confidence: float = 0.95) -> Estimate:
    """Which customer could use which further product, and what would that bring?

    Only pairs of products that go together, as `whitespace` tells of every pair: the lift lies above 1 with its whole interval, after all
    pairs are corrected for. For each product that a customer lacks, the share of holders of what it has who have that product too; of several products
    it holds that go together with it, the one with the highest share counts. The
    expected value is that share times what the product brings a year. It says how alike customers stand, not
    that they would buy if asked.

    Args:
        most: how many candidates a customer has at most.
        floor: with fewer holders, or fewer others, than this a product says nothing of another.
        confidence: of the intervals.

    Columns:
        customer_id: who
        candidate: the product that it lacks
        because: the product that it holds
        n: holders of that product
        share: of these, who have the candidate
        low: lower end of its interval
        high: upper end of its interval
        lift: that share by the share of all other customers; null where none of these has it
        lift_low: lower end of its interval, above 1
        lift_high: upper end of its interval; null where that has none
        price: what the candidate brings a year, in the mean; null where not known
        expected: share times price
        expected_low: with the lower end of the share
        expected_high: with the upper end

    Order:
        by expected from high to low, then by customer and candidate

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        Nobody lacks a product that goes together with one it has, as far as at least `floor` holders and `floor` others show; what is known of
        each pair of products, `whitespace` tells.

    Example:
        >>> from kundig.journal import told
        >>> orders = [{"subject": f"c{n:03}", "kind": "order", "product": p, "occurred_at": "2026-01-05", "amount": 10} for n in range(120) for p in ("Watch" if n % 2 else "Case", *(["Strap"] if n % 4 == 1 else []))]
        >>> expansion_candidates(told(orders)).execute()[["customer_id", "candidate", "because", "share"]].to_dict("records")[0]
        {'customer_id': 'c003', 'candidate': 'Strap', 'because': 'Watch', 'share': 0.5}

    Raises:
        ArgumentError: `most` is below 1.
    """
    least(most=most, floor=floor)
    z, floor = z_value(confidence), max(floor, 2)
    held = holdings(journal).select("customer_id", "product").order_by("customer_id", "product")
    tables = {"pairs": pairs(journal, floor).order_by("held", "candidate"), "held": held}
    return Estimate(tables, _TYPES, lambda pairs, held: _answer(pairs, held, most, floor, z))


def _answer(pairs: pa.Table, held: pa.Table, most: int, floor: int, z: float) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    found = together(pairs, floor, z)
    names = pa.array(sorted(held["product"].unique().to_pylist()), "string")
    shown = np.flatnonzero(found.verdict == TOGETHER)
    shown = shown[np.argsort(_numbered(pairs["held"].take(pa.array(shown)), names), kind="stable")]
    told = pairs.take(pa.array(shown))
    share, holders, price = found.share[shown], np.asarray(told["holders"].to_numpy(), dtype=np.int64), np.asarray(told["price"].to_numpy(), dtype=np.float64)
    links = Links(_numbered(told["held"], names), _numbered(told["candidate"], names), share, holders, share * price)
    customers = held["customer_id"].combine_chunks().dictionary_encode()
    product = _numbered(held["product"], names)
    whose = sets(customers.indices.to_numpy(), product)
    of, link = lacking(links, whose, product, most)
    # For each customer the rows of its set; what is worth most comes first, whoever it is.
    low, high = (np.searchsorted(of, whose.of, side) for side in ("left", "right"))
    who, rows = ranges(np.arange(len(whose.of)), low, high - low)
    order = np.lexsort((links.candidate[link[rows]], who, -links.worth[link[rows]]))
    who, chosen = who[order], link[rows[order]]
    ends = np.array([wilson_share(both, n, z) for both, n in zip(told["both"].to_pylist(), holders, strict=True)]).reshape(-1, 2).T
    figures = {"share": share, "low": ends[0], "high": ends[1], "lift": found.lift[shown], "lift_low": found.low[shown], "lift_high": found.high[shown]}
    worth = {"price": price, "expected": share * price, "expected_low": ends[0] * price, "expected_high": ends[1] * price}
    columns = {"candidate": told["candidate"], "because": told["held"], "n": told["holders"], **{name: finite(values) for name, values in figures.items()}, **{name: money(values) for name, values in worth.items()}}
    return {"customer_id": customers.dictionary.take(pa.array(who)), **{name: values.take(pa.array(chosen)) for name, values in columns.items()}}


def _numbered(products: pa.ChunkedArray, names: pa.Array) -> Any:
    """Each product's place among the names."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    return pc.index_in(products, names).to_numpy().astype("int64")
