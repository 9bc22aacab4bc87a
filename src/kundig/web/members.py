"""Customers behind a row of an answer: those whom it counts, or whom an answer names one by one.

An address such as `/customers/?in=value.retention&every=month&where.period=2026-03-01&count=lost` means the customers whom
that row of that answer counts as lost: they come from the same rows as the answer, before these are summed. Of an answer
that names its customers it means those in its rows in which the columns have these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kundig.analysis import Analysis, analyses
from kundig.customers import Row, chosen, counted
from kundig.errors import ArgumentError
from kundig.web import reader, words
from kundig.web.german import german

if TYPE_CHECKING:
    import pyarrow as pa

IN, COUNT = "in", "count"
PREFIX, ASKED = "where.", "with."
"""Before a column in an address, and before an argument that the list has a word of its own for."""
OWN = frozenset({"q", "segment", "city", "product", "state", "sort", "page", "as_of", "format", IN, COUNT})
"""What the list of customers takes from an address for itself."""
NOTHING = "(none)"
"""Stands in an address for what has no value of a dimension."""
EMPLOYEES = frozenset({"enps"})
"""Answers of employees: they are nobody's to open."""


@dataclass(frozen=True)
class Members:
    """Which rows of which answer the customers are behind.

    Attributes:
        analysis: one with a column `customer_id`, or one whose rows are made of customers.
        arguments: with which it is asked; those of its default are left out.
        where: columns with the value, as text, that their rows have; None is none.
        count: which of the row's counts, where the rows are made of customers.
    """

    analysis: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, str | None] = field(default_factory=dict)
    count: str = ""

    @property
    def row(self) -> Row | None:
        """As `kundig.customers` asks for it; None where the answer names its customers."""
        return Row(self.analysis, tuple(sorted(self.arguments.items())), tuple(sorted(self.where.items())), self.count) if self.count else None

    def query(self) -> dict[str, Any]:
        """As an address has it."""
        behind = counted(self.analysis)
        first = behind.counts[0] if behind else ""
        asked = {f"{ASKED}{name}" if name in OWN else name: value for name, value in self.arguments.items()}
        return {IN: self.analysis, **asked, **{f"{PREFIX}{name}": NOTHING if value is None else value for name, value in self.where.items()}, **({COUNT: self.count} if self.count != first else {})}


def of_row(name: str, arguments: Mapping[str, Any], row: Mapping[str, Any], count: str | None = None) -> Members | None:
    """Who is behind a row of an answer; None where it is not made of customers, or of employees."""
    behind = counted(name) if name in analyses() else None
    if behind is None or arguments.get("metric") in EMPLOYEES or not set(behind.keys) <= set(row):
        return None
    if behind.only is not None and str(row[behind.only[0]]) not in behind.only[1]:
        return None
    count = count or behind.counts[0]
    if count not in behind.counts or not row.get(count):
        return None
    defaults = {argument.name: argument.default for argument in analyses()[name].arguments}
    kept = {one: arguments[one] for one in behind.takes if one in arguments and arguments[one] is not None and arguments[one] != defaults[one]}
    return Members(name, kept, {key: None if row[key] is None else str(row[key]) for key in behind.keys}, count)


def of_answer(of: Analysis, arguments: Mapping[str, Any]) -> Members | None:
    """All customers that an answer names."""
    if "customer_id" not in of.columns:
        return None
    defaults = {argument.name: argument.default for argument in of.arguments}
    return Members(of.name, {name: value for name, value in arguments.items() if value is not None and defaults.get(name) != value})


def asked(given: Mapping[str, str]) -> Members | None:
    """The members that an address means; None where it means none.

    Raises:
        ArgumentError: there is no such answer, it is made of nobody, or has no such argument, column or count.
    """
    name = given.get(IN)
    if not name:
        return None
    of = analyses().get(name)
    behind = counted(name) if of is not None else None
    if of is None or ("customer_id" not in of.columns and behind is None):
        raise ArgumentError(_("“%(name)s” is no answer that names customers.") % {"name": name})
    takes = {argument.name for argument in of.arguments}
    said = {key.removeprefix(ASKED): value for key, value in given.items() if key.removeprefix(ASKED) in takes and (key.startswith(ASKED) or key not in OWN)}
    where = {key.removeprefix(PREFIX): None if value == NOTHING else value for key, value in given.items() if key.startswith(PREFIX)}
    columns: Any = of.columns if behind is None else behind.keys
    unknown = sorted(set(where) - set(columns))
    if unknown:
        raise ArgumentError(_("“%(name)s” has no column “%(column)s”.") % {"name": name, "column": unknown[0]})
    if behind is None:
        return Members(name, of.values(said), where)
    if said.get("metric") in EMPLOYEES:
        raise ArgumentError(_("Answers of employees are shown as sums alone."))
    count = given.get(COUNT) or behind.counts[0]
    if count not in behind.counts:
        raise ArgumentError(_("“%(name)s” has no column “%(column)s”.") % {"name": name, "column": count})
    values = of.values(said)
    defaults = {argument.name: argument.default for argument in of.arguments}
    return Members(name, {one: values[one] for one in said if values[one] != defaults[one]}, where, count)


def found(members: Members, answer: pa.Table) -> pa.Table:
    """One row a customer with `n`, of an answer that names them or of everybody behind one; null is everybody who is not known."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    if members.row is not None:
        return pa.table(chosen(answer, members.row))
    rows = answer
    for name, value in members.where.items():
        rows = rows.filter(pc.is_null(rows[name]) if value is None else pc.fill_null(pc.equal(pc.cast(rows[name], "string"), value), fill_value=False))
    rows = rows.filter(pc.is_valid(rows["customer_id"]))
    return rows.group_by("customer_id").aggregate([("customer_id", "count")]).rename_columns(["customer_id", "n"])


def told(members: Members) -> list[tuple[str, tuple[str, ...]]]:
    """The members in words: one chip for the question, one for each column, one for the count."""
    names = (f"{ASKED}{name}" if name in OWN else name for name in members.arguments)
    whole = (IN, COUNT, *names, *(f"{PREFIX}{name}" for name in members.where))
    chips: list[tuple[str, tuple[str, ...]]] = [(german(analyses()[members.analysis].question) or analyses()[members.analysis].question, whole)]
    chips += [(f"{words.column(name)}: {_said(members, name, value)}", (f"{PREFIX}{name}",)) for name, value in members.where.items() if value is not None or name == "step" or (name == "group" and members.arguments.get("by"))]
    behind = counted(members.analysis)
    if behind is not None and members.count != behind.counts[0]:
        chips.append((words.column(members.count), (COUNT,)))
    return chips


def _said(members: Members, name: str, value: str | None) -> str:
    """A key's value as a reader knows it."""
    from kundig.web.shown import label, period  # noqa: PLC0415 -- it asks for addresses itself

    if value is None:
        return reader.member("", None)
    if name == "period":
        return period(date.fromisoformat(value), members.arguments.get("every") or _every(members.analysis))
    if name == "day":
        return reader.formats().day(date.fromisoformat(value))
    if name in {"group", "source", "target", "step", "touchpoint", "stage", "department"}:
        return label(name, value, {argument.name: argument.default for argument in analyses()[members.analysis].arguments} | dict(members.arguments))
    return words.value(value)


def _every(name: str) -> str | None:
    return next((argument.default for argument in analyses()[name].arguments if argument.name == "every"), None)
