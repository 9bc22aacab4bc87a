"""What each running contract costs now, for how long it has run, and what it must agree in with others to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.errors import ArgumentError, nearest
from kundig.journal import dimensions, split
from kundig.value.contracts import changes, number, periods
from kundig.value.present import present

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from kundig.journal import Journal

MISSING = "–"


def prices(journal: Journal, match: Sequence[str]) -> ir.Table:
    """One row a running contract whose start is known and whose amount is above 0.

    Columns:
        customer_id, contract, product: which
        price: per month, in the company's currency
        months: whole months since its start
        alike: the values of `match`, as one text; a dash where nothing is said

    Raises:
        ArgumentError: a name in `match` is a dimension of the event alone.
    """
    import ibis  # noqa: PLC0415 -- slow import

    of_customers = sorted(name for name, home in dimensions().items() if home == "customer")
    wrong = [name for name in match if dimensions().get(name, "customer") != "customer"]
    if wrong:
        raise ArgumentError(f"cannot match by {wrong[0]!r}; {nearest(wrong[0], [*of_customers, 'a property of contracts'])}")
    runs = periods(journal).cross_join(present(journal))
    now = runs.filter((runs.since <= runs.present) & (runs.until.isnull() | (runs.until > runs.present)) & runs.start_known & (runs.amount > 0))
    months = number(now.present, "month") - number(now.first_at, "month") - (now.first_at.day() > now.present.day()).cast("int64")
    rows = now.select("customer_id", "contract", "product", price="amount", months=months)
    properties = [name for name in match if name not in of_customers]
    changed = changes(journal)
    said = {}
    for name in properties:
        value = changed.properties.get(name, None)
        said[f"p_{name}"] = ibis.struct({"at": changed.local_at, "id": changed.event_id, "value": value}).max(where=value.notnull())["value"]
    if said:
        latest = changed.group_by(of=changed.contract).agg(**said)
        rows = rows.left_join(latest, rows.contract == latest.of).drop("of")
    for name in match:
        if name in of_customers:
            rows, value = split(journal, rows, name)
            rows = rows.mutate(**{f"p_{name}": value}).drop("split_value")
    alike = ibis.literal("")
    for name in match:
        alike = alike + ibis.literal("|") + rows[f"p_{name}"].fill_null(MISSING)
    return rows.select("customer_id", "contract", "product", "price", "months", alike=alike)
