"""Lifetime value: what customers will bring within a time to come, in today's money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.contracts import first_day, number
from kundig.value.forecasts import FEWEST, chosen, forecast, spread
from kundig.value.lives import MONTH, lives
from kundig.value.purchases import purchases, summaries
from kundig.value.staying import staying

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.journal import Journal

    Numbers = NDArray[np.float64]

Level = Literal["all", "cohort", "customer"]
YEAR = 12
_SLICES = 4
_FEWEST_ENDS = 5
_FEWEST_AGAIN = 5
"""Customers who bought again, below which nobody knows how often that is."""
_ORDER = {"bought": ("cohort", "x", "recency", "age", "then", "before", "before_recency", "paid", "mean"), "lived": ("cohort", "days", "ended", "entry", "amount")}
_TYPES = {
    "group": "string", "basis": "string", "state": "string", "n": "int64", "value": "decimal(18, 4)", "low": "decimal(18, 4)", "high": "decimal(18, 4)", "model": "string",
    "against": "string", "gain": "float64", "purchases": "float64", "alive": "float64", "per_purchase": "decimal(18, 4)",
}  # fmt: skip


def lifetime_value(journal: Journal, *, level: Level = "cohort", months: int = 12, kinds: str = "order", confidence: float = 0.95) -> Estimate:
    """What will customers bring within the time to come?

    For buyers without contract (`purchases`), three ways to forecast purchases are tried on the last part of the past, of at
    most a third of all time: the BG/NBD model (Fader, Hardie and Lee 2005), each customer's own past rate, and the mean rate of
    all. The one with the smallest squared error is taken, and `gain` says by how much it beat the next. What a purchase brings
    is the Gamma-Gamma model's (Fader and Hardie 2013), or the mean where too few bought again. For customers with contract
    (`contract`) it is the amount of today times the chance of still being there, month by month, from Kaplan and Meier's curve of all
    customers' ages; beyond it the mean rate of leaving goes on. An order without an amount is worth what was paid for its case (events of
    kind `payment`).

    Both are multiplied by `costs.margin` and discounted by `costs.discount_rate` a year. The interval is how sure the
    expected value is, with the amounts as they are; what one customer will really do scatters much more. Changes of price and new
    customers are not foreseen.

    Args:
        level: a row for all, for each quarter in which customers began, or for each customer.
        months: how far to look ahead.
        kinds: which kinds of events are purchases, split by commas.
        confidence: of the intervals.

    Columns:
        group: first day of the cohort, or the customer; null for all
        basis: `purchases` or `contract`
        state: `ok`, `too few ends` where too few customers with contract have left for a curve, `too few purchases` where fewer than five customers bought again, or `no amounts` where no purchase has one
        n: customers
        value: expected margin within the time to come, discounted
        low: lower end of its interval
        high: upper end of its interval
        model: which way was taken: `BG/NBD`, `own rate`, `mean rate`; `survival` for contracts
        against: the way that came next in the trial; null where nothing could be tried
        gain: by which share the squared error was smaller than that of the next
        purchases: expected purchases, or months of contract
        alive: how likely they still buy, in the mean; for contracts, are still there at the end
        per_purchase: what a purchase, or a month of contract, is expected to be worth, before margin

    Order:
        by basis, then by group

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to,
        contracts.ends_since, costs.margin, costs.discount_rate

    Empty:
        There is nothing to answer from: nobody bought anything (`kinds`), and no contract runs.

    Example:
        >>> from kundig.journal import told
        >>> bought = [*((who, at) for who in ("ada", "ben", "cyd", "dan", "eve") for at in ("2025-01-10", "2025-05-10")), ("fay", "2025-12-01")]
        >>> journal = told([{"subject": s, "kind": "order", "occurred_at": at, "amount": 30} for s, at in bought] + [("gil", "visit", "2026-01-31")])
        >>> lifetime_value(journal, level="all").execute()[["basis", "n", "model", "purchases"]].round(2).to_dict("records")
        [{'basis': 'purchases', 'n': 6, 'model': 'mean rate', 'purchases': 5.5}]

    Raises:
        ArgumentError: `months` is below 1.
    """
    least(months=months)
    costs = journal.settings.costs
    asked = _Asked(level, months, costs.margin, costs.discount_rate, z_value(confidence))
    bought, whole = _lived(journal, months, kinds)
    tables = {"bought": bought, "lived": whole}
    # In an order of their own, sums are the same whatever the engine did; who is who costs memory where nobody asks for it.
    ordered = {name: table.order_by("customer_id") if level == "customer" else table.drop("customer_id").order_by(*_ORDER[name]) for name, table in tables.items()}
    return Estimate(ordered, _TYPES, lambda bought, lived: _answer(bought, lived, asked))


def behind(journal: Journal, *, level: Level = "cohort", months: int = 12, kinds: str = "order") -> ir.Table:
    """Customers who bought, and those with a contract.

    Keys: group, basis
    Counts: n
    """
    import ibis  # noqa: PLC0415 -- slow import

    bought, whole = _lived(journal, months, kinds)
    parts = {"purchases": bought, "contract": whole.filter(whole.ended == 0)}

    def group(table: ir.Table) -> ir.StringValue:
        return ibis.null("string") if level == "all" else table.customer_id if level == "customer" else table.cohort

    return ibis.union(*(table.select("customer_id", group=group(table), basis=ibis.literal(basis), n=ibis.literal(1, "int64")) for basis, table in parts.items()))


def _lived(journal: Journal, months: int, kinds: str) -> tuple[ir.Table, ir.Table]:
    """What was bought and how long contracts ran, a row a customer, each with its cohort."""
    bought = summaries(purchases(journal, [kind.strip() for kind in kinds.split(",")]), round(months * MONTH))
    bought = bought.mutate(cohort=first_day(number(bought["first"].cast("timestamp"), "quarter"), "quarter").cast("string"))
    whole = lives(journal)
    whole = whole.select("customer_id", "ended", "entry", "days", "amount", cohort=first_day(number(whole.start, "quarter"), "quarter").cast("string"))
    return bought, whole


@dataclass(frozen=True)
class _Asked:
    level: Level
    months: int
    margin: float
    rate: float
    z: float

    def worth(self, month: Any) -> Any:
        """What money of so many months to come is worth today."""
        return (1 + self.rate) ** (-month / YEAR)

    def groups(self, table: pa.Table) -> tuple[Any, Any]:
        """The groups, and for each row the number of its own."""
        import numpy as np  # noqa: PLC0415 -- slow import

        if self.level == "all":
            return [None], np.zeros(table.num_rows, dtype=np.int64)
        if self.level == "customer":
            return table["customer_id"], np.arange(table.num_rows)
        coded = table["cohort"].combine_chunks().dictionary_encode()
        names = coded.dictionary.to_pylist()
        order = np.argsort(np.argsort(names))
        return sorted(names), order[coded.indices.to_numpy(zero_copy_only=False)]


def _answer(bought: pa.Table, lived: pa.Table, asked: _Asked) -> dict[str, Any]:
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    schema = ibis.schema(_TYPES).to_pyarrow()
    parts = [part for part in (_contracts(lived, asked), _purchases(bought, asked)) if part]
    whole = pa.concat_tables([schema.empty_table(), *(pa.table([_column(part[field.name], field.type, len(part["n"])) for field in schema], schema=schema) for part in parts)])
    return {name: whole[name] for name in _TYPES}


def _column(values: Any, type_: Any, size: int) -> Any:
    """A column of the answer: one value for all rows, or one for each; money to the hundredth of a cent. What is not a number is not known."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    if values is None or isinstance(values, str | float):
        return pa.array([values], type_).take(pa.array(np.zeros(size, dtype=np.int64)))
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if pa.types.is_decimal(type_):
        return pa.array(np.round(np.asarray(values, dtype=np.float64), 4), from_pandas=True).cast(type_)
    return pa.array(values, type=type_, from_pandas=True)


def _purchases(bought: pa.Table, asked: _Asked) -> dict[str, Any] | None:
    import numpy as np  # noqa: PLC0415 -- slow import

    if not bought.num_rows:
        return None
    x, recency, age = (bought[name].to_numpy().astype(np.float64) for name in ("x", "recency", "age"))
    seen = ~np.isnan(np.asarray(bought["before"].to_numpy(zero_copy_only=False), dtype=np.float64))
    x_then, recency_then, age_then, then = (np.asarray(bought[name].to_numpy(zero_copy_only=False), dtype=np.float64)[seen] for name in ("before", "before_recency", "before_age", "then"))
    time = asked.months * MONTH
    if (x > 0).sum() < _FEWEST_AGAIN:
        names, group = asked.groups(bought)
        n, spent = np.bincount(group, minlength=len(names)), _spent(bought, x)
        told = {"group": names, "basis": "purchases", "n": n, "per_purchase": np.bincount(group, weights=spent, minlength=len(names)) / n}
        return told | {"state": "no amounts" if np.isnan(spent).all() else "too few purchases"} | dict.fromkeys(("model", "against", "gain", "purchases", "alive", "value", "low", "high"))
    of = chosen((x_then, recency_then, age_then), then, horizon=float(bought["held"][0].as_py()), now=(x, recency, age))
    # Customers with one history have one forecast.
    keys, place = np.unique((x * 1e5 + recency) * 1e5 + age, return_inverse=True)
    first = np.zeros(len(keys), dtype=np.int64)
    first[place[::-1]] = np.arange(len(place))[::-1]
    alike = (x[first], recency[first], age[first])
    count, gradient = forecast(of, time, alike)
    ends = [time * slice_ / _SLICES for slice_ in range(1, _SLICES)]
    steps = np.diff(np.array([np.zeros_like(count), *(forecast(of, end, alike)[0] if of.fitted is None else of.fitted.expected(end, *alike) for end in ends), count]), axis=0)
    today = sum(step * asked.worth(asked.months * (slice_ + 0.5) / _SLICES) for slice_, step in enumerate(steps))
    discount = np.divide(today, count, out=np.ones_like(count), where=count > 0)
    spent = _spent(bought, x)
    weight = spent * discount[place] * asked.margin
    names, group = asked.groups(bought)
    size = len(names)
    value = np.bincount(group, weights=weight * count[place], minlength=size)
    if asked.level == "customer":
        error = np.sqrt(np.maximum(np.einsum("in,ij,jn->n", gradient, of.fitted.covariance, gradient), 0))[place] * weight if of.fitted else gradient[0][place] * weight
    else:
        error = np.array([spread(of, gradient, np.bincount(place[group == one], weights=weight[group == one], minlength=len(keys))) for one in range(size)])
    n = np.bincount(group, minlength=size)
    total = np.bincount(group, weights=count[place], minlength=size)
    alive = np.bincount(group, weights=of.fitted.alive(*alike)[place], minlength=size) / n if of.fitted else np.full(size, np.nan)
    mean = np.bincount(group, weights=spent, minlength=size) / n
    return {
        "group": names, "basis": "purchases", "state": "no amounts" if np.isnan(spent).all() else "ok", "n": n, "model": of.model, "against": of.against, "gain": of.gain, "purchases": total, "alive": alive, "per_purchase": mean,
        "value": value, "low": np.maximum(value - asked.z * error, 0), "high": value + asked.z * error,
    }  # fmt: skip


def _spent(bought: pa.Table, x: Numbers) -> Numbers:
    """What each customer is expected to spend at a purchase; not a number where nobody's amount is known."""
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.statistics.spending import spending  # noqa: PLC0415 -- needs it too

    paid = bought["paid"].to_numpy().astype(np.float64)
    mean = np.asarray(bought["mean"].to_numpy(zero_copy_only=False), dtype=np.float64)
    known = paid > 0
    if not known.any():
        return np.full(len(x), np.nan)
    again = known & (x > 0) & (paid > 1)
    if again.sum() < FEWEST or np.ptp(mean[again]) == 0:
        return np.full(len(x), float((mean[known] * paid[known]).sum() / paid[known].sum()))
    fitted = spending(paid[again], mean[again])
    return fitted.expected(np.where(known, paid, 0), np.where(known, mean, 0))


def _contracts(lived: pa.Table, asked: _Asked) -> dict[str, Any] | None:
    import numpy as np  # noqa: PLC0415 -- slow import

    ended, entry, days = (lived[name].to_numpy().astype(np.float64) for name in ("ended", "entry", "days"))
    here = ended == 0
    if not here.any():
        return None
    running = lived.filter(here)
    names, group = asked.groups(running)
    size = len(names)
    n = np.bincount(group, minlength=size)
    amount = np.nan_to_num(np.asarray(running["amount"].cast("float64").to_numpy(zero_copy_only=False), dtype=np.float64))
    watched = days > entry
    told = {"group": names, "basis": "contract", "n": n, "model": "survival", "against": None, "gain": None, "per_purchase": np.bincount(group, weights=amount, minlength=size) / n}
    if ended[watched].sum() < _FEWEST_ENDS:
        return told | {"state": "too few ends"} | dict.fromkeys(("purchases", "alive", "value", "low", "high"))
    ages = (days[here] / MONTH).astype(np.int64)
    of = staying(days[watched], ended[watched], entry[watched], int(ages.max()), asked.worth(np.arange(asked.months) + 0.5))
    value = np.asarray(np.bincount(group, weights=amount * of.worth[ages], minlength=size), dtype=np.float64)
    lasting, alive = (np.bincount(group, weights=sums[ages], minlength=size) for sums in (of.months, of.alive))
    error = amount * of.error()[ages] if asked.level == "customer" else of.error(_by_age(group, ages, amount, size))
    # Nobody stays less than not at all, or more than all along.
    ratio = np.exp(asked.z * np.divide(error, value, out=np.zeros_like(value), where=value > 0))
    high = np.minimum(value * ratio, np.bincount(group, weights=amount, minlength=size) * of.most)
    value, low, high = asked.margin * value, asked.margin * value / ratio, asked.margin * high
    return told | {"state": "ok", "purchases": lasting, "alive": alive / n, "value": value, "low": low, "high": high}


def _by_age(group: Any, ages: Any, amount: Numbers, size: int) -> Numbers:
    """What is paid in each group at each age."""
    import numpy as np  # noqa: PLC0415 -- slow import

    width = int(ages.max()) + 1
    return np.asarray(np.bincount(group * width + ages, weights=amount, minlength=size * width), dtype=np.float64).reshape(size, width)
