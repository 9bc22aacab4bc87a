"""The loyalty penalty: what customers pay more for having stayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics.ranks import van_elteren
from kundig.value.price_draws import DRAWN, FEWEST, YEAR, Priced, figures, medians
from kundig.value.prices import prices
from kundig.value.tenures import cut, tenures

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.journal import Journal

    Numbers = NDArray[np.float64]

DRAWS = 499
_TYPES = {
    "product": "string", "tenure": "string", "state": "string", "n": "int64", "difference": "float64", "low": "float64", "high": "float64", "verdict": "string", "percent": "float64",
    "percent_low": "float64", "percent_high": "float64", "above": "int64", "share_above": "float64", "a_year": "decimal(18, 4)", "a_year_low": "decimal(18, 4)",
    "a_year_high": "decimal(18, 4)", "new": "int64", "unmatched": "int64", "raw_difference": "float64", "trend": "float64", "trend_low": "float64", "trend_high": "float64",
    "p": "float64",
}  # fmt: skip


def loyalty_penalty(  # noqa: PLR0913 -- what can be asked of prices
    journal: Journal, *, new: int = 12, bands: str = "24, 36", match: str | None = None, margin: float = 1.0, floor: int = 10, confidence: float = 0.95
) -> Estimate:
    """What do loyal customers pay more than new ones for the same?

    Running contracts for the same product in the same month are compared: those that began up to `new` months ago, and
    older ones by tenure. Only contracts that agree in everything under `match` are compared with each other; in each such
    stratum the difference is the median price of the older less the median price of the new ones, and strata are put together
    by their older contracts. Older contracts without at least three new ones alike are counted as unmatched. The interval is a
    bootstrap over contracts, with the percentiles of 499 draws (of more than 20,000 different contracts with prices to a thousandth); the test is van Elteren's of ranks within strata.

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
        product: the product; null for contracts that name none, which are compared with each other
        tenure: months since the contract's start; `all` for all that are not new
        state: `ok`, or `too few contracts`
        n: older contracts that were matched
        difference: what the older pay more per month, matched
        low: lower end of its interval
        high: upper end of its interval
        verdict: `penalty`, `tenure discount`, `explained`, or `no difference shown`; null if there are too few
        percent: the same in per cent of what new customers pay
        percent_low: lower end of its interval
        percent_high: upper end of its interval
        above: matched contracts that cost more than the new price
        share_above: as a share of `n`
        a_year: what these pay above the new price in a year; what ending it would cost before anybody stays for it
        a_year_low: lower end of its interval
        a_year_high: upper end of its interval
        new: new contracts that they were matched with
        unmatched: older contracts without enough new ones alike
        raw_difference: median price of all older less that of all new contracts, unmatched
        trend: by how much the price rises a month for each year of tenure, matched; only for `all`
        trend_low: lower end of its interval
        trend_high: upper end of its interval
        p: how often chance gives such a difference, corrected for all rows

    Order:
        by product, then tenure from short to long, `all` last

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to,
        contracts.match

    Empty:
        There is nothing to answer from: no contract for a product runs at a known amount.

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
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    edges = cut(new, bands)
    rows = _priced(journal, match)
    counted = rows.group_by(["product", "alike", "price", "months"]).agg(n=lambda table: table.count())
    asked = _Asked(new, edges, margin, max(floor, 2), confidence)
    return Estimate({"priced": counted.order_by(ibis.asc("product", nulls_first=False), "alike", "price", "months")}, _TYPES, lambda priced: _answer(priced, asked))


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

    products, named = _numbered(priced["product"])
    alike, _ = _numbered(priced["alike"])
    price = np.asarray(priced["price"].cast("float64").to_numpy(), dtype=np.float64)
    months, n = priced["months"].to_numpy().astype(np.int64), priced["n"].to_numpy().astype(np.int64)
    rows: list[dict[str, Any]] = []
    for place, product in enumerate(named):
        chosen = products == place
        rng = np.random.default_rng([11, place])
        rows += list(_product(product, Priced(alike[chosen], price[chosen], months[chosen], n[chosen]), asked, rng))
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


def _numbered(column: Any) -> tuple[Any, list[Any]]:
    """For each row the number of its value, and the values in the order in which they come."""
    coded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()


def _product(product: str | None, of: Priced, asked: _Asked, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """The rows of one product."""
    import numpy as np  # noqa: PLC0415 -- slow import

    bands = tenures(asked.new, asked.edges)
    seen = dict(figures(of, of.n[None, :].astype(np.float64), bands, asked.new))
    coarse = of.coarser()
    # As many draws at a time as fit into memory.
    at_a_time = max(1, int(DRAWN // len(coarse.n)))
    drawn: dict[str, list[Numbers]] = {}
    for begin in range(0, DRAWS, at_a_time):
        weights = rng.poisson(coarse.n, (min(at_a_time, DRAWS - begin), len(coarse.n))).astype(np.float64)
        for name, found in figures(coarse, weights, bands, asked.new):
            drawn.setdefault(name, []).append(found)
    for name, low, high in bands:
        old = (of.months > low) & ((of.months <= high) if high else True)
        if of.n[old].sum():
            yield _row(product, name, old, of, seen.get(name), np.concatenate(drawn[name], axis=1) if name in drawn else None, asked)


def _row(product: str | None, name: str, old: Any, of: Priced, seen: Numbers | None, drawn: Numbers | None, asked: _Asked) -> dict[str, Any]:  # noqa: PLR0913 -- a row of what was drawn
    import numpy as np  # noqa: PLC0415 -- slow import

    fresh = of.months <= asked.new
    row: dict[str, Any] = dict.fromkeys(_TYPES)
    parts = [part for part in of.strata(fresh) if of.n[part][old[part]].sum()]
    count, new = (int(sum(of.n[part][side[part]].sum() for part in parts)) for side in (old, fresh))
    row |= {"product": product, "tenure": name, "n": count, "new": new, "unmatched": int(of.n[old].sum()) - count, "state": "ok"}
    whole = of.n[None, :].astype(np.float64)
    if of.n[fresh].sum():
        row["raw_difference"] = float(medians(of.price[old], whole[:, old])[0] - medians(of.price[fresh], whole[:, fresh])[0])
    if count < asked.floor or new < asked.floor or seen is None or drawn is None:
        return row | {"state": "too few contracts"}
    tail = 50 * (1 - asked.confidence)

    def told(figures: Numbers, draws: Numbers) -> tuple[float, float, float]:
        known = draws[np.isfinite(draws)]
        return (float(figures[0]), float(np.percentile(known, tail)), float(np.percentile(known, 100 - tail))) if len(known) else (float(figures[0]), np.nan, np.nan)

    def percent(figures: Numbers) -> Numbers:
        return np.asarray(np.divide(100 * figures[0], figures[1], out=np.full_like(figures[1], np.nan), where=figures[1] > 0))

    above = 0
    for part in parts:
        reference = medians(of.price[part[fresh[part]]], whole[:, part[fresh[part]]])[0]
        above += int(of.n[part][old[part] & (of.price[part] > reference + 0.005)].sum())
    row["difference"], row["low"], row["high"] = told(seen[0], drawn[0])
    row["percent"], row["percent_low"], row["percent_high"] = told(percent(seen), percent(drawn))
    row["above"], row["share_above"] = above, above / count
    row["a_year"], row["a_year_low"], row["a_year_high"] = (Decimal(f"{YEAR * count * value:.4f}") for value in told(seen[2], drawn[2]))
    sides = [(part[old[part]], part[fresh[part]]) for part in parts]
    row["p"] = van_elteren([(of.price[one], of.n[one], of.price[other], of.n[other]) for one, other in sides])
    row["_base"] = float(seen[1][0])
    if name == "all":
        row["trend"], row["trend_low"], row["trend_high"] = told(seen[3], drawn[3])
    return row


def behind(journal: Journal, *, new: int = 12, bands: str = "24, 36", match: str | None = None) -> ir.Table:
    """Whose older contracts were matched and whose were not, and whose new ones they were matched with.

    Keys: product, tenure
    Counts: n, new, unmatched
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = _priced(journal, match)
    fresh = rows.months <= new
    held = [(name, fresh | ((rows.months > low) & (rows.months <= high) if high else rows.months > low)) for name, low, high in tenures(new, cut(new, bands))]
    banded = rows.mutate(older=(~fresh).cast("int64"), tenure=ibis.array([ibis.ifelse(inside, ibis.literal(name), ibis.null("string")) for name, inside in held]).unnest())
    banded = banded.filter(banded.tenure.notnull())
    stratum = ibis.window(group_by=["product", "alike", "tenure"])
    alike = banded.mutate(olders=banded.older.sum().over(stratum), newer=(1 - banded.older).sum().over(stratum))
    matched = ((alike.olders > 0) & (alike.newer >= FEWEST)).cast("int64")
    return alike.select("product", "tenure", "customer_id", n=alike.older * matched, new=(1 - alike.older) * matched, unmatched=alike.older * (1 - matched))


def _priced(journal: Journal, match: str | None) -> ir.Table:
    """What running contracts cost, and what they are compared within."""
    names = [name.strip() for name in match.split(",") if name.strip()] if match is not None else list(journal.settings.contracts.match)
    return prices(journal, names)
