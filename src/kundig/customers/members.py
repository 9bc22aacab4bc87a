"""The customers that a row of an answer counts: the same rows as the answer, before they are summed.

Beside an analysis whose rows are made of customers stands, in the same file, a function `behind`. It takes the journal and
those of the analysis' arguments that matter to it, and gives a row for each customer in each row of the answer. Its
docstring names two lists: `Keys:`, the columns of the answer that tell its rows apart, and `Counts:`, those that are sums
over these customers, the one that a row is mostly about before others; `Only:` a key and its values, where rows that
have another are made of something else. Both come from one intermediate table, so that they cannot disagree.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kundig.analysis import analyses
from kundig.errors import ArgumentError, nearest
from kundig.estimates import Estimate

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal


@dataclass(frozen=True)
class Behind:
    """Who is behind the rows of an analysis.

    Attributes:
        function: gives `keys`, `customer_id` (null: nobody known) and `counts`, summed or not.
        keys: columns of the analysis by which its rows are told apart, as text or days.
        counts: columns of the analysis that are sums over customers.
        takes: the arguments of the analysis that it goes by.
        only: a key and its values, where only rows that have one of them are made of customers.
        estimated: whether the rows take statistics; they are computed all at once then, and kept.
    """

    function: Callable[..., Any]
    keys: tuple[str, ...]
    counts: tuple[str, ...]
    takes: tuple[str, ...]
    only: tuple[str, tuple[str, ...]] | None = None
    estimated: bool = False

    def of(self, journal: Journal, arguments: Mapping[str, Any]) -> ir.Table | Estimate:
        """The rows before they are summed; `arguments` may have more than matters."""
        found: ir.Table | Estimate = self.function(journal, **{name: arguments[name] for name in self.takes if name in arguments})
        return found


@dataclass(frozen=True)
class Row:
    """A row of an answer.

    Attributes:
        analysis: of which.
        arguments: how it was asked.
        where: the row's keys, as text; None where the row has none.
        count: which of its counts; customers who add nothing to it are not behind it.
    """

    analysis: str
    arguments: tuple[tuple[str, Any], ...] = ()
    where: tuple[tuple[str, str | None], ...] = ()
    count: str = "n"


@lru_cache(maxsize=256)
def counted(name: str) -> Behind | None:
    """Who is behind the rows of an analysis; None where they are not made of customers.

    >>> counted("value.retention").counts
    ('n', 'lost')
    >>> counted("journeys.consistency") is None
    True
    """
    function = analyses()[name].function
    module = function.__module__
    # A module of several analyses could not say whose it is.
    found = getattr(sys.modules[module], "behind", None) if module.rpartition(".")[2] == function.__name__ else None
    if found is None:
        return None
    said = dict(re.findall(r"^(Keys|Counts|Only):(.*)$", inspect.getdoc(found) or "", re.MULTILINE))
    key, _, values = said.get("Only", "").partition(":")
    return Behind(found, _listed(said["Keys"]), _listed(said["Counts"]), tuple(inspect.signature(found).parameters)[1:], (key.strip(), _listed(values)) if key else None, inspect.signature(found).return_annotation == Estimate.__name__)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def members(journal: Journal, of: Row) -> ir.Table | Estimate:
    """One row a customer behind a row of an answer, with how much of the count is theirs.

    Columns:
        customer_id: the customer; null is everybody who is not known
        n: their part of the count

    Raises:
        ArgumentError: the answer is not made of customers, or has no such key or count.

    >>> from kundig.journal import told
    >>> journal = told([{"subject": name, "kind": "feedback", "occurred_at": "2026-03-01", "metric": "stars", "score": 1.0, "product": "box"} for name in ("ada", "ben")])
    >>> members(journal, Row("feedback.ratings_guard", where=(("group", "box"),))).to_pyarrow().to_pylist()
    [{'customer_id': 'ada', 'n': 1}, {'customer_id': 'ben', 'n': 1}]
    """
    behind = _behind(of)
    rows = behind.of(journal, analyses()[of.analysis].values(dict(of.arguments)))
    if isinstance(rows, Estimate):
        return Estimate(rows.tables, {"customer_id": "string", "n": "int64"}, lambda **tables: chosen(rows.finished(tables), of), rows.shared)
    for name, value in of.where:
        rows = rows.filter(rows[name].isnull() if value is None else rows[name].cast("string") == value)
    own = rows.filter(rows[of.count] > 0)
    return own.group_by("customer_id").agg(n=own[of.count].sum().cast("int64")).order_by("customer_id")


def everybody(journal: Journal, of: Row) -> ir.Table | Estimate:
    """Who is behind every row of the answer that a row is of, before they are summed: what `chosen` takes; for rows that take statistics.

    Raises:
        ArgumentError: the answer is not made of customers.
    """
    return _behind(of).of(journal, analyses()[of.analysis].values(dict(of.arguments)))


def chosen(rows: pa.Table, of: Row) -> dict[str, Any]:
    """Of everybody those behind one row, as `members` has them."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    for name, value in of.where:
        here = pc.is_null(rows[name]) if value is None else pc.fill_null(pc.equal(pc.cast(rows[name], "string"), value), fill_value=False)
        rows = rows.filter(here)
    rows = rows.filter(pc.greater(rows[of.count], 0))
    summed = rows.group_by("customer_id").aggregate([(of.count, "sum")]).sort_by("customer_id")
    return {"customer_id": summed["customer_id"], "n": summed[f"{of.count}_sum"]}


def _behind(of: Row) -> Behind:
    """Who is behind an analysis; refused where a row asks for what there is not."""
    behind = counted(of.analysis) if of.analysis in analyses() else None
    if behind is None:
        raise ArgumentError(f"the rows of {of.analysis!r} are not made of customers")
    for name, known in (*((name, behind.keys) for name, _ in of.where), (of.count, behind.counts)):
        if name not in known:
            raise ArgumentError(f"{of.analysis} counts nobody by {name!r}; {nearest(name, known)}")
    return behind
