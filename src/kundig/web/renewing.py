"""Contracts that fall due, each with the chance that its customer leaves: the field of the overview, and who is dearest to lose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kundig.analysis import Result
from kundig.report.figures import Dot, dot_field
from kundig.web import reader
from kundig.web.names import names
from kundig.web.revenue import both

DAYS = 120
CALL = 0.6
"""From this chance on somebody should call."""
RISKS = 6
MOST_DOTS = 400


@dataclass(frozen=True)
class Field:
    """Contracts that fall due: how many, what they bring in a year, how many of them can be placed, and the picture."""

    contracts: int
    customers: int
    yearly: Decimal
    placed: int
    doubtful: int
    doubtful_yearly: Decimal
    picture: SafeString | None


@dataclass(frozen=True)
class Risk:
    """Somebody who may leave: chance with its range, what is at stake in a year, and the first reason."""

    customer_id: str
    name: str
    probability: float
    low: float
    high: float
    at_stake: Decimal | None
    reason: str | None
    href: str | None


def renewals_field(due: Any, churn: Any, directory: Any, *, links: bool) -> Field | None:
    """The field of contracts that fall due; None while it is not known, or no contract says when it ends."""
    if not isinstance(due, Result) or not due.table.num_rows:
        return None
    rows = due.table.to_pylist()
    ids = [row["customer_id"] for row in rows]
    chances = _chances(churn, ids)
    known = names(directory, ids) if links else {}
    dots = [
        Dot(_day(row["due"]), chances[row["customer_id"]], 12 * float(row["amount"] or 0), _name(row["customer_id"], known, links=links), _file(row["customer_id"], links=links))
        for row in rows
        if row["customer_id"] in chances
    ]
    # The dearest are drawn: more dots than these cannot be told apart.
    dots = sorted(dots, key=lambda dot: (-dot.size * dot.chance, dot.day, dot.label))[:MOST_DOTS]
    doubtful = [row for row in rows if chances.get(row["customer_id"], 0.0) >= CALL]
    title = _("Renewals in the next %(days)s days") % {"days": DAYS}
    picture = both(lambda width: dot_field(dots, title=title, formats=reader.formats(), call=CALL, width=width), 1230) if dots else None
    return Field(len(rows), len(set(ids)), _yearly(rows), len(dots), len(doubtful), _yearly(doubtful), picture)


def risks(churn: Any, directory: Any, *, links: bool) -> list[Risk]:
    """Who may leave, by what is expected to be lost with them; those alone whose chance could be tested on the past."""
    if not isinstance(churn, Result):
        return []
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    table = churn.table.filter(pc.is_valid(churn.table["probability"]))
    if not table.num_rows:
        return []
    dearest = table.sort_by([("expected_loss", "descending"), ("probability", "descending"), ("customer_id", "ascending")]).slice(0, RISKS)
    rows = replace(churn, table=dearest).in_language(reader.spoken()).table.to_pylist()
    known = names(directory, [row["customer_id"] for row in rows]) if links else {}
    return [
        Risk(row["customer_id"], _name(row["customer_id"], known, links=links), row["probability"], row["low"], row["high"], row["at_stake"], row["reason_1"], _file(row["customer_id"], links=links))
        for row in rows
    ]


def at_risk(churn: Any) -> tuple[Decimal, int] | None:
    """What is expected to be lost within the horizon, and of how many customers; None where no chance could be tested."""
    if not isinstance(churn, Result):
        return None
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    losses = churn.table["expected_loss"]
    count = pc.count(losses).as_py()
    return (Decimal(pc.sum(losses).as_py()), count) if count else None


def _chances(churn: Any, ids: list[str]) -> dict[str, float]:
    if not isinstance(churn, Result):
        return {}
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    table = churn.table.select(["customer_id", "probability"])
    rows = table.filter(pc.is_in(table["customer_id"], value_set=pa.array(sorted(set(ids))))).to_pylist()
    return {row["customer_id"]: row["probability"] for row in rows if row["probability"] is not None}


def _yearly(rows: list[dict[str, Any]]) -> Decimal:
    return sum((12 * Decimal(row["amount"] or 0) for row in rows), Decimal(0))


def _name(customer_id: str, known: Mapping[str, str], *, links: bool) -> str:
    """A name is for those alone who may see customers."""
    return known.get(customer_id, customer_id) if links else str(_("a customer"))


def _file(customer_id: str, *, links: bool) -> str | None:
    return reverse("customer", args=[customer_id]) if links else None


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
