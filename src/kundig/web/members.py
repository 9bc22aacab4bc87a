"""Customers behind a row of an answer that names them one by one, or that has another answer which does.

An address such as `/customers/?in=journeys.violations&rule=…&state=violated` means the customers in the rows of that
answer in which these columns have these values. So a sum and the list behind it come from one computation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kundig.analysis import Analysis, analyses
from kundig.errors import ArgumentError
from kundig.web import words

if TYPE_CHECKING:
    import pyarrow as pa

IN = "in"
PREFIX = "where."
"""Before a column in an address: arguments and columns may have one name."""


@dataclass(frozen=True)
class Members:
    """Which rows of which answer name the customers.

    Attributes:
        analysis: one with a column `customer_id`.
        arguments: with which it is asked.
        where: columns with the value, as text, that their rows have.
    """

    analysis: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)

    def query(self) -> dict[str, Any]:
        """As an address has it."""
        return {IN: self.analysis, **self.arguments, **{f"{PREFIX}{name}": value for name, value in self.where.items()}}


def _violations(arguments: Mapping[str, Any], row: Mapping[str, Any]) -> Members | None:
    """A rule's violations; the count is of journeys and cases, so it is told only where customers are counted."""
    kept = {name: arguments[name] for name in ("journey", "unit", "level", "rules") if arguments.get(name) is not None}
    return Members("journeys.violations", kept, {"rule": str(row["rule"])}) if row.get("violated") else None


def _engagement(arguments: Mapping[str, Any], row: Mapping[str, Any]) -> Members | None:
    kept = {"days": arguments["days"]} if "days" in arguments else {}
    return Members("value.engagement_members", kept, {"segment": str(row["segment"])}) if row.get("segment") else None


COMPANIONS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Members | None]] = {
    "journeys.deviations": _violations,
    "value.engagement": _engagement,
}
"""Answers of sums, and where their customers are named."""


def of_row(name: str, arguments: Mapping[str, Any], row: Mapping[str, Any]) -> Members | None:
    """Where the customers behind a row of an answer are named; None where no answer names them."""
    return COMPANIONS[name](arguments, row) if name in COMPANIONS else None


def of_answer(of: Analysis, arguments: Mapping[str, Any]) -> Members | None:
    """All customers that an answer names."""
    if "customer_id" not in of.columns:
        return None
    defaults = {argument.name: argument.default for argument in of.arguments}
    return Members(of.name, {name: value for name, value in arguments.items() if value is not None and defaults.get(name) != value})


def asked(given: Mapping[str, str]) -> Members | None:
    """The members that an address means; None where it means none.

    Raises:
        ArgumentError: there is no such answer, it names nobody, or has no such argument or column.
    """
    name = given.get(IN)
    if not name:
        return None
    known = {one for one, of in analyses().items() if "customer_id" in of.columns}
    if name not in known:
        raise ArgumentError(_("“%(name)s” is no answer that names customers.") % {"name": name})
    of = analyses()[name]
    takes = {argument.name for argument in of.arguments}
    where = {key.removeprefix(PREFIX): value for key, value in given.items() if key.startswith(PREFIX)}
    unknown = sorted(set(where) - set(of.columns))
    if unknown:
        raise ArgumentError(_("“%(name)s” has no column “%(column)s”.") % {"name": name, "column": unknown[0]})
    return Members(name, of.values({key: value for key, value in given.items() if key in takes}), where)


def found(members: Members, answer: pa.Table) -> pa.Table:
    """One row a customer with `n`, the rows that name it."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    rows = answer
    for name, value in members.where.items():
        rows = rows.filter(pc.fill_null(pc.equal(pc.cast(rows[name], "string"), value), fill_value=False))
    rows = rows.filter(pc.is_valid(rows["customer_id"]))
    return rows.group_by("customer_id").aggregate([("customer_id", "count")]).rename_columns(["customer_id", "n"])


def told(members: Members) -> list[tuple[str, tuple[str, ...]]]:
    """The members in words: one chip for the answer, one for each column."""
    whole = (IN, *members.arguments, *(f"{PREFIX}{name}" for name in members.where))
    chips: list[tuple[str, tuple[str, ...]]] = [(str(_("In the answer “%(name)s”") % {"name": members.analysis}), whole)]
    return [*chips, *((f"{words.column(name)}: {words.value(value)}", (f"{PREFIX}{name}",)) for name, value in members.where.items())]
