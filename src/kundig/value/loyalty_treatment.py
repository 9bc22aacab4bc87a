"""The loyalty penalty beside the price: longer waits, less goodwill, offers and discounts that only the new get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError, nearest
from kundig.estimates import Estimate
from kundig.journal import dimensions
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.care import FORMS, Kinds, treated
from kundig.value.tenures import cut, tenures

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

FEWEST = 3
"""New customers without whom a stratum says nothing of what new customers get."""
_MORE_IS_WORSE = ("waiting", "resolution")
_TYPES = {
    "form": "string", "tenure": "string", "state": "string", "n": "int64", "unit": "string", "difference": "float64", "low": "float64", "high": "float64", "verdict": "string",
    "percent": "float64", "new": "int64", "unmatched": "int64", "of_older": "float64", "of_new": "float64", "p": "float64",
}  # fmt: skip


def loyalty_treatment(  # noqa: PLR0913 -- what can be asked of how customers are treated
    journal: Journal, *, new: int = 12, bands: str = "24, 36", match: str = "concern", goodwill: str = "goodwill, credit, voucher", offers: str = "offer, quote", discount: str = "discount",
    days: int = 365, margin: float = 5.0, floor: int = 30, confidence: float = 0.95,
) -> Estimate:  # fmt: skip
    """Are loyal customers kept waiting longer than new ones, given less, or left out of offers?

    The loyalty penalty beside the price, which is `loyalty_penalty`. Compared is what is done for customers of different tenure, as
    it was then. `waiting`: seconds that a call waited (its `quantity`). `resolution`: hours from opening to solution of
    a case; cases without one are left out. `goodwill`: the share of complaints followed by goodwill within 30 days. `offers`: the share of customers with a
    contract who got an offer within the last 90 days, of those who had been customers for as long. `discounts`: the share of running
    contracts with a discount. A form that the journal knows nothing of has no rows.

    Calls, cases and complaints are compared within one month and with equal values of `match`, customers and contracts within one product. The
    difference is the mean of the older less that of the new in each such stratum, put together by the older; customers in strata with fewer
    than three of the new are counted as unmatched. A customer counts once in a stratum, by its mean. The interval is Student's, with
    customers as the unit that was drawn.

    It is a `penalty` if the older wait longer, or get less, beyond `margin` per cent of what the new get with the whole interval, and after
    correction for all rows (Benjamini and Hochberg); an `advantage` likewise the other way. It goes with tenure; what else may
    differ and is not matched is not taken out.

    Args:
        new: customers of up to so many months are new.
        bands: where tenure is cut beyond that, in months.
        match: what calls, cases and complaints must agree in, split by commas: properties or dimensions of the event.
        goodwill: kinds of events that are goodwill, split by commas.
        offers: kinds of events that are offers, split by commas.
        discount: the property of contracts that says a discount.
        days: how far back calls, cases and complaints count.
        margin: per cent of what the new get, below which a difference is none.
        floor: with fewer customers than this, on either side, there is no figure.
        confidence: of the intervals.

    Columns:
        form: `waiting`, `resolution`, `goodwill`, `offers`, or `discounts`
        tenure: months since the customer's start; `all` for all that are not new
        state: `ok`, or `too few`
        n: older customers who were matched
        unit: `seconds`, `hours`, or `share`
        difference: of_older less of_new
        low: lower end of its interval
        high: upper end of its interval
        verdict: `penalty`, `advantage`, or `no difference shown`; null if there are too few
        percent: the difference in per cent of of_new
        new: new customers whom they were matched with
        unmatched: older customers without enough new ones alike
        of_older: the mean of the older
        of_new: the mean of the new, as often in each stratum as the older
        p: how often chance gives such a difference, corrected for all rows

    Order:
        by form as above, then tenure from short to long, `all` last

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        There is nothing to answer from: no customer whose tenure is known has waited, complained, opened a case, or could have got an
        offer or a discount.

    Example:
        >>> from kundig.journal import told
        >>> began = [{"subject": f"c{n}", "kind": "contract", "outcome": "started", "amount": 20, "occurred_at": "2021-05-01" if n % 2 else "2025-11-01"} for n in range(80)]
        >>> calls = [{"subject": f"c{n}", "kind": "call", "occurred_at": "2026-01-05", "quantity": 100.0 + n % 7 + 60 * (n % 2)} for n in range(80)]
        >>> table = loyalty_treatment(told([*began, *calls]), bands="36").execute()
        >>> table[["form", "tenure", "n", "percent", "verdict"]].round(0).to_dict("records")[-1]
        {'form': 'waiting', 'tenure': 'all', 'n': 40, 'percent': 58.0, 'verdict': 'penalty'}

    Raises:
        ArgumentError: `bands` are no rising months, `days` is below 1, or a name in `match` is one of the customer.
    """
    least(days=days, floor=floor)
    z_value(confidence)
    bounds = tenures(new, cut(new, bands))
    rows = treated(journal, _kinds(match, goodwill, offers, discount), days)
    return Estimate({"compared": compared(rows, new, bounds)}, _TYPES, lambda compared: _answer(compared, [name for name, _, _ in bounds], margin, max(floor, 2), confidence))


def behind(  # noqa: PLR0913 -- as asked
    journal: Journal, *, new: int = 12, bands: str = "24, 36", match: str = "concern", goodwill: str = "goodwill, credit, voucher", offers: str = "offer, quote", discount: str = "discount", days: int = 365
) -> ir.Table:
    """Older customers who were matched and who were not, and new ones whom they were matched with.

    Keys: form, tenure
    Counts: n, new, unmatched
    """
    each = paired(treated(journal, _kinds(match, goodwill, offers, discount), days), new, tenures(new, cut(new, bands)))
    older = each.older.fill_null(0)
    return each.select("form", "tenure", "customer_id", n=older.cast("int64"), new=each.newer.fill_null(0).cast("int64"), unmatched=(each.known - older).cast("int64"))


def _kinds(match: str, goodwill: str, offers: str, discount: str) -> Kinds:
    """Which events are what, as asked."""
    names = [_names(given) for given in (match, goodwill, offers)]
    for name in names[0]:
        if dimensions().get(name) in {"customer", "first event"}:
            raise ArgumentError(f"cannot match by {name!r}; {nearest(name, [*(each for each, home in dimensions().items() if home in {'event', 'catalogue'}), 'a property of the event'])}")
    return Kinds(names[1], names[2], discount, names[0])


def _names(given: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in given.split(",") if name.strip())


def paired(rows: ir.Table, new: int, bounds: list[tuple[str, int, int | None]]) -> ir.Table:
    """One row a form, band and customer: whether it is an `older` one or `newer` in a stratum that has both, and how it pulls at the difference."""
    import ibis  # noqa: PLC0415 -- slow import

    # One way through the rows, by windows: what joined a table with itself would grow past what an engine can plan.
    # A customer counts once in a stratum, however often it called; what is new stands beside every band.
    each = rows.group_by(["form", "customer_id", "stratum"]).agg(value=rows.value.mean(), months=rows.months.min())
    fresh = each.months <= new
    inside = [(name, fresh | ((each.months > low) & (each.months <= high) if high else each.months > low)) for name, low, high in bounds]
    banded = each.mutate(older=(~fresh).cast("int64"), tenure=ibis.array([ibis.ifelse(held, ibis.literal(name), ibis.null("string")) for name, held in inside]).unnest())
    banded = banded.filter(banded.tenure.notnull())
    newer = banded.older == 0
    strata = ibis.window(group_by=["form", "tenure", "stratum"])
    alike = banded.mutate(older_n=banded.older.sum().over(strata), new_n=newer.cast("int64").sum().over(strata), new_mean=banded.value.mean(where=newer).over(strata))
    used = alike.mutate(matched=(alike.older_n > 0) & (alike.new_n >= FEWEST))
    counts = used.matched & (used.older == 1)
    whole = ibis.window(group_by=["form", "tenure"])
    used = used.mutate(
        weight=counts.cast("int64").sum().over(whole).nullif(0).cast("float64"), of_new=used.new_mean.mean(where=counts).over(whole), gap=(used.value - used.new_mean).mean(where=counts).over(whole)
    )
    # Means of few scatter less around themselves than around the truth.
    small = (used.new_n / (used.new_n - 1).nullif(0)).sqrt()
    pull = ibis.ifelse(used.older == 1, used.value - used.new_mean - used.gap, -1.0 * (used.older_n / used.new_n.nullif(0)) * (used.value - used.new_mean) * small) / used.weight
    used = used.mutate(pull=ibis.ifelse(used.matched, pull, 0.0))
    return used.group_by(["form", "tenure", "customer_id"]).agg(
        pull=used.pull.sum(), known=used.older.max(), older=used.older.max(where=used.matched), newer=1 - used.older.min(where=used.matched), of_new=used.of_new.max(), gap=used.gap.max()
    )


def compared(rows: ir.Table, new: int, bounds: list[tuple[str, int, int | None]]) -> ir.Table:
    """For each form and band of tenure, the matched difference with its variance over customers.

    Columns:
        form, tenure
        n, new, unmatched: matched older customers, matched new customers, older customers without new ones alike
        of_new, gap, variance: what the new get, what the older get more, and how sure that is
    """
    by_customer = paired(rows, new, bounds)
    found = by_customer.group_by(["form", "tenure"]).agg(
        customers=by_customer.older.count(), n=by_customer.older.sum().fill_null(0), new=by_customer.newer.sum().fill_null(0), everybody=by_customer.known.sum(),
        squares=(by_customer.pull * by_customer.pull).sum(), of_new=by_customer.of_new.max(), gap=by_customer.gap.max(),
    )  # fmt: skip
    found = found.filter(found.everybody > 0)
    variance = found.squares * found.customers / (found.customers - 1).nullif(0)
    return found.select("form", "tenure", "of_new", "gap", "n", "new", unmatched=found.everybody - found.n, variance=variance).order_by("form", "tenure")


def _answer(compared: pa.Table, tenure: list[str], margin: float, floor: int, confidence: float) -> dict[str, list[Any]]:
    from scipy.stats import false_discovery_control, t  # noqa: PLC0415 -- slow import

    rows: list[dict[str, Any]] = []
    for told in sorted(compared.to_pylist(), key=lambda row: (list(FORMS).index(row["form"]), tenure.index(row["tenure"]))):
        row: dict[str, Any] = dict.fromkeys(_TYPES) | {name: told[name] for name in ("form", "tenure", "n", "new", "unmatched")} | {"state": "too few", "unit": FORMS[told["form"]]}
        rows.append(row)
        if min(row["n"], row["new"]) < floor or told["variance"] is None:
            continue
        size, error = told["gap"], told["variance"] ** 0.5
        freedom = row["n"] + row["new"] - 1
        half = float(t.ppf((1 + confidence) / 2, freedom)) * error
        row |= {
            "state": "ok", "of_new": told["of_new"], "of_older": told["of_new"] + size, "difference": size, "low": size - half, "high": size + half,
            "percent": 100 * size / told["of_new"] if told["of_new"] else None, "p": float(2 * t.sf(abs(size) / error, freedom)) if error > 0 else float(size == 0),
        }  # fmt: skip
    tested = [row for row in rows if row["p"] is not None]
    for row, p in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else [], strict=True):
        row["p"] = float(p)
        none = margin / 100 * abs(row["of_new"])
        more, less = row["low"] > none, row["high"] < -none
        worse = more if row["form"] in _MORE_IS_WORSE else less
        row["verdict"] = "no difference shown" if p > 1 - confidence or not (more or less) else "penalty" if worse else "advantage"
    return {name: [row[name] for row in rows] for name in _TYPES}
