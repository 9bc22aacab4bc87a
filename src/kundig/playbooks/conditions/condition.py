"""What a condition is: a frozen value that says, of a journal, for whom it came true, by what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import present
from kundig.definition import Definition
from kundig.playbooks.found import found
from kundig.playbooks.looks import Look
from kundig.playbooks.narrowed import near

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

MATCHES = {
    "customer_id": "string",
    "cause": "string",
    "key": "string",
    "at": "timestamp('UTC')",
    "due_at": "timestamp('UTC')",
    "taken_back_at": "timestamp('UTC')",
}
"""The columns of `matches`: whom it concerns; what set it off; what it was about, such as a case; when it came true; from
when on it could be known and acted upon; and since when it is known that it was not so, null while it stands."""


class Condition(Definition):
    """Something that comes true for a customer at a moment.

    What is known decides, and it decides once. A row's `due_at` is the first moment at which the journal held all that the
    row needs, so that a journal of an earlier moment gives the same rows as a later one, up to its moment. What becomes
    known later can take a row back, and never makes an old one.
    """

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """MATCHES, one row for each customer and cause, in no order.

        Args:
            journal: what was known; rows are due by its moment, or by the latest at which anything became known.
            since: only what became due after it.
        """
        raise NotImplementedError

    @property
    def own(self) -> bool:
        """Whether it hangs on a customer's own events and those of the same cases alone, so that `narrowed` journals give the same rows."""
        return False

    @property
    def looks(self) -> tuple[Look, ...]:
        """Which events such a condition looks at to know what became true at a moment, and how far back from it."""
        return ()

    @property
    def described(self) -> tuple[str, ...]:
        """Expressions over the golden record that it looks at."""
        return ()

    def __str__(self) -> str:
        """In short words, for whoever reads a list."""
        return type(self).__name__.lower()


def decided(came: ir.Table, journal: Journal, since: datetime | None) -> ir.Table:
    """Rows as MATCHES: due by the journal's moment, after `since`, of customers who are known."""
    import ibis  # noqa: PLC0415 -- slow import

    columns: dict[str, Any] = {name: came[name] if name in came.columns else ibis.null(type_) for name, type_ in MATCHES.items()}
    rows = came.select(**columns).cast(MATCHES)
    rows = rows.filter(rows.customer_id.notnull() & rows.due_at.notnull())
    if journal.at is None and near(journal):
        # Whoever asks of a few customers leaves out what is not due yet.
        pass
    elif journal.at is None:
        rows = rows.cross_join(present(journal)).filter(lambda table: table.due_at <= table.present).drop("present")
    else:
        rows = rows.filter(rows.due_at <= moment(journal.at))
    return rows if since is None else rows.filter(rows.due_at > moment(since))


def moment(at: datetime) -> Any:
    """A moment as a value of the engine."""
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.literal(at).cast("timestamp('UTC')")


def earlier(one: Any, other: Any) -> Any:
    """The earlier of two moments, of which null is never."""
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.cases((one.isnull(), other), (other.isnull(), one), (one < other, one), else_=other)


def later(one: Any, other: Any) -> Any:
    """The later of two moments, of which null is never."""
    import ibis  # noqa: PLC0415 -- slow import

    return ibis.cases((one.isnull() | other.isnull(), ibis.null("timestamp('UTC')")), (one > other, one), else_=other)


def kept(rows: ir.Table, journal: Journal) -> ir.Table:
    """The rows, found once: what asks them several times does not have the engine find them again each time."""
    import ibis  # noqa: PLC0415 -- slow import

    columns = ibis.schema(MATCHES)
    return ibis.memtable(found(rows, journal).cast(columns.to_pyarrow()), schema=columns)


def nothing() -> ir.Table:
    """MATCHES without a row."""
    import ibis  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    columns = ibis.schema(MATCHES)
    return ibis.memtable(pa.table([[] for _ in MATCHES], schema=columns.to_pyarrow()), schema=columns)
