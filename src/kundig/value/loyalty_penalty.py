"""The loyalty penalty: what customers pay more for having stayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.statistics.ranks import van_elteren
from kundig.value.prices import prices
from kundig.value.tenures import cut, tenures

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.journal import Journal

    Numbers = NDArray[np.float64]

DRAWS = 499
YEAR = 12
_TYPES = {
    "product": "string", "tenure": "string", "state": "string", "n": "int64", "new": "int64", "unmatched": "int64", "raw_difference": "float64",
    "difference": "float64", "low": "float64", "high": "float64", "percent": "float64", "percent_low": "float64", "percent_high": "float64",
    "above": "int64", "share_above": "float64", "a_year": "decimal(18, 4)", "a_year_low": "decimal(18, 4)", "a_year_high": "decimal(18, 4)",
    "trend": "float64", "trend_low": "float64", "trend_high": "float64", "p": "float64", "verdict": "string",
}  # fmt: skip


def loyalty_penalty(  # noqa: PLR0913 -- what can be asked of prices
    journal: Journal, *, new: int = 12, bands: str = "24, 36", match: str | None = None, margin: float = 1.0, floor: int = 10, confidence: float = 0.95
) -> Estimate:
    """What do loyal customers pay more than new ones for the same?

    Running contracts for the same product in the same month are compared: those that began up to `new` months ago, and
    older ones by tenure. Only contracts that agree in everything under `match` are compared with each other; in each such
    stratum the difference is the median price of the older less the median price of the new ones, and strata are put together
    by their older contracts. Older contracts without at least three new ones alike are counted as unmatched. The interval is a
    bootstrap over contracts, with the percentiles of 499 draws; the test is van Elteren's of ranks within strata.

    It is called a `penalty` only if the whole interval lies above `margin` per cent of the new price, and it holds after
    correction for all rows compared (Benjamini and Hochberg); a `tenure discount` likewise below. `explained` means that the raw
    medians differ by more than the margin, and the matched prices do not. Prices are compared as they are; what else may go
    with tenure and is not under `match` is not taken out.

    Args:
        new: customers of up to so many months are new.
        bands: where tenure is cut beyond that, in months.
        match: what prices must agree in, split by commas: properties of contracts, or segment, city, postcode, country, account, company; that of `contracts.match` where nothing is said.
        margin: per cent of the new price below which a difference is none.
        floor: with fewer contracts matched than this, on either side, there is no figure.
        confidence: of the intervals.

    Columns:
        product: the product
        tenure: months since the contract's start; `all` for all that are not new
        state: `ok`, or `too few contracts`
        n: older contracts that were matched
        new: new contracts that they were matched with
        unmatched: older contracts without enough new ones alike
        raw_difference: median price of all older less that of all new contracts, unmatched
        difference: what the older pay more per month, matched
        low: lower end of its interval
        high: upper end of its interval
        percent: the same in per cent of what new customers pay
        percent_low: lower end of its interval
        percent_high: upper end of its interval
        above: matched contracts that cost more than the new price
        share_above: as a share of `n`
        a_year: what these pay above the new price in a year; what ending it would cost before anybody stays for it
        a_year_low: lower end of its interval
        a_year_high: upper end of its interval
        trend: by how much the price rises a month for each year of tenure, matched; only for `all`
        trend_low: lower end of its interval
        trend_high: upper end of its interval
        p: how often chance gives such a difference, corrected for all rows
        verdict: `penalty`, `tenure discount`, `explained`, or `no difference shown`; null if there are too few

    Order:
        by product, then tenure from short to long, `all` last

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to,
        contracts.match

    Example:
        >>> from kundig.journal import told
        >>> began = [(f"c{n}", "2021-05-01" if n % 2 else "2025-11-01", 24 if n % 2 else 20) for n in range(40)]
        >>> events = [{"subject": s, "kind": "contract", "occurred_at": at, "outcome": "started", "amount": a, "product": "L"} for s, at, a in began]
        >>> table = loyalty_penalty(told([*events, ("eve", "visit", "2026-01-31")]), bands="36").execute()
        >>> table[["tenure", "n", "difference", "percent", "verdict"]].round(2).to_dict("records")[-1]
        {'tenure': 'all', 'n': 20, 'difference': 4.0, 'percent': 20.0, 'verdict': 'penalty'}

    Raises:
        ArgumentError: `bands` are no rising months, or a name in `match` cannot be matched by.
    """
    edges = cut(new, bands)
    names = [name.strip() for name in match.split(",") if name.strip()] if match is not None else list(journal.settings.contracts.match)
    rows = prices(journal, names)
    counted = rows.filter(rows["product"].notnull()).group_by(["product", "alike", "price", "months"]).agg(n=lambda table: table.count())
    asked = _Asked(new, edges, margin, max(floor, 2), confidence)
    return Estimate({"priced": counted.order_by("product", "alike", "price", "months")}, _TYPES, lambda priced: _answer(priced, asked))


@dataclass(frozen=True)
class _Asked:
    new: int
    edges: tuple[int, ...]
    margin: float
    floor: int
    confidence: float


def _answer(priced: pa.Table, asked: _Asked) -> dict[str, list[Any]]:
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    products = np.asarray(priced["product"].to_pylist(), dtype=object)
    alike = np.asarray(priced["alike"].to_pylist(), dtype=object)
    price = np.array([float(value) for value in priced["price"].to_pylist()])
    months, n = priced["months"].to_numpy().astype(np.int64), priced["n"].to_numpy().astype(np.int64)
    rows: list[dict[str, Any]] = []
    for place, product in enumerate(dict.fromkeys(products)):
        chosen = products == product
        rng = np.random.default_rng([11, place])
        rows += list(_product(product, alike[chosen], price[chosen], months[chosen], n[chosen], asked, rng))
    tested = [row for row in rows if row["p"] is not None]
    corrected = false_discovery_control([row["p"] for row in tested]) if tested else []
    for row, p in zip(tested, corrected, strict=True):
        row["p"] = float(p)
        row["verdict"] = _verdict(row, asked)
    return {name: [row[name] for row in rows] for name in _TYPES}


def _verdict(row: dict[str, Any], asked: _Asked) -> str:
    sure = row["p"] <= 1 - asked.confidence
    if sure and row["percent_low"] > asked.margin:
        return "penalty"
    if sure and row["percent_high"] < -asked.margin:
        return "tenure discount"
    base = row["difference"] / row["percent"] if row["percent"] else row["_base"] / 100
    return "explained" if abs(row["raw_difference"]) > asked.margin * base and abs(row["percent"]) <= asked.margin else "no difference shown"


def _product(product: str, alike: Any, price: Numbers, months: Any, n: Any, asked: _Asked, rng: np.random.Generator) -> Iterator[dict[str, Any]]:  # noqa: PLR0913 -- the columns of one product
    """The rows of one product."""
    import numpy as np  # noqa: PLC0415 -- slow import

    fresh = months <= asked.new
    weights = np.concatenate([n[None, :], rng.poisson(n, (DRAWS, len(n)))]).astype(np.float64)
    strata = []
    for value in dict.fromkeys(alike):
        here = alike == value
        if n[here & fresh].sum() >= 3:  # noqa: PLR2004 -- fewer have no middle
            reference = medians(price[here & fresh], weights[:, here & fresh])
            strata.append((here, np.where(np.isnan(reference), reference[0], reference)))
    for name, low, high in tenures(asked.new, asked.edges):
        old = (months > low) & ((months <= high) if high else True)
        if n[old].sum():
            yield _row(product, name, old, fresh, price, months, n, weights, strata, asked)


def _row(product: str, name: str, old: Any, fresh: Any, price: Numbers, months: Any, n: Any, weights: Numbers, strata: Any, asked: _Asked) -> dict[str, Any]:  # noqa: PLR0913 -- a row of what was drawn
    import numpy as np  # noqa: PLC0415 -- slow import

    row: dict[str, Any] = dict.fromkeys(_TYPES)
    parts = [(here, reference) for here, reference in strata if n[here & old].sum()]
    matched = sum((here for here, _ in parts), np.zeros(len(n), bool))
    count, new = int(n[matched & old].sum()), int(n[matched & fresh].sum())
    row |= {"product": product, "tenure": name, "n": count, "new": new, "unmatched": int(n[old].sum()) - count, "state": "ok"}
    if n[fresh].sum():
        row["raw_difference"] = float(medians(price[old], weights[:1, old])[0] - medians(price[fresh], weights[:1, fresh])[0])
    if count < asked.floor or new < asked.floor:
        return row | {"state": "too few contracts"}
    sums, bases, over, mass = (np.zeros(len(weights)) for _ in range(4))
    for here, reference in parts:
        those = here & old
        drawn = weights[:, those].sum(axis=1)
        middle = medians(price[those], weights[:, those])
        sums += drawn * np.where(drawn > 0, middle - reference, 0)
        bases += drawn * reference
        mass += drawn
        over += (weights[:, those] * np.maximum(price[those][None, :] - reference[:, None], 0)).sum(axis=1)
        row["above"] = (row["above"] or 0) + int(n[those][price[those] > reference[0] + 0.005].sum())
    mass = np.maximum(mass, 1)
    difference, base = sums / mass, bases / mass
    percent = np.divide(100 * difference, base, out=np.full_like(base, np.nan), where=base > 0)
    a_year = YEAR * over * count / mass
    tail = 50 * (1 - asked.confidence)

    def ends(drawn: Numbers) -> tuple[float, float]:
        seen = drawn[1:][np.isfinite(drawn[1:])]
        return (float(np.percentile(seen, tail)), float(np.percentile(seen, 100 - tail))) if len(seen) else (np.nan, np.nan)

    row["difference"], (row["low"], row["high"]) = float(difference[0]), ends(difference)
    row["percent"], (row["percent_low"], row["percent_high"]) = float(percent[0]), ends(percent)
    row["share_above"] = row["above"] / count
    row["a_year"], row["a_year_low"], row["a_year_high"] = (Decimal(f"{value:.4f}") for value in (float(a_year[0]), *ends(a_year)))
    row["p"] = van_elteren([(price[here & old], n[here & old], price[here & fresh], n[here & fresh]) for here, _ in parts])
    row["_base"] = float(base[0])
    if name == "all":
        slopes = _slopes(parts, price, months, weights)
        row["trend"], (row["trend_low"], row["trend_high"]) = float(slopes[0]), ends(slopes)
    return row


def _slopes(parts: Any, price: Numbers, months: Any, weights: Numbers) -> Numbers:
    """The least-squares rise of the price per year of tenure within strata, for every draw."""
    import numpy as np  # noqa: PLC0415 -- slow import

    up, down = np.zeros(len(weights)), np.zeros(len(weights))
    for here, _ in parts:
        drawn, years, paid = weights[:, here], months[here] / YEAR, price[here]
        mass = np.maximum(drawn.sum(axis=1, keepdims=True), 1)
        away = years[None, :] - (drawn * years).sum(axis=1, keepdims=True) / mass
        up += (drawn * away * paid).sum(axis=1)
        down += (drawn * away * away).sum(axis=1)
    return np.asarray(np.divide(up, down, out=np.full_like(up, np.nan), where=down > 0))


def medians(values: Numbers, weights: Numbers) -> Numbers:
    """The weighted median of `values` for each row of `weights`; not a number where all weights of a row are 0."""
    import numpy as np  # noqa: PLC0415 -- slow import

    order = np.argsort(values, kind="stable")
    so_far = np.cumsum(weights[:, order], axis=1)
    half = so_far[:, -1:] / 2
    low = np.argmax(so_far >= half, axis=1)
    high = np.argmax(so_far > half, axis=1)
    middle = (values[order][low] + values[order][high]) / 2
    return np.where(so_far[:, -1] > 0, middle, np.nan)
