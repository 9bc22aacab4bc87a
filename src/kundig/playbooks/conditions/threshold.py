"""Threshold: a figure of a customer crossed a value, entered or left a band, or moved by more than that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator, model_validator

from kundig.analysis import analyses, analysis
from kundig.errors import ArgumentError, nearest
from kundig.foresight.signals import NAMES, known
from kundig.playbooks.conditions.condition import Condition, decided, nothing
from kundig.playbooks.conditions.moments import moments, read_at
from kundig.settings.lengths import Clock
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Band = tuple[float | None, float | None]


class Threshold(Condition):
    """A figure was on the other side when it was read before, and is not now.

    Figures are read at fixed moments, `every` so often since a Monday in 1970: what the journal as of that moment gives. The
    match is dated at the moment of reading, and is not taken back: it was so. A customer's first figure crosses nothing.

    Attributes:
        figure: one of the signals such as `days_since_usage`, or a column of an analysis that has a row for each customer, such as `foresight.health.score`.
        above: greater than this; crossing it from below.
        below: less than this; crossing it from above.
        enters: a band, from and to, both included, that the figure comes into; null is open.
        leaves: a band that the figure goes out of.
        changes_by: at least so much more than when it was read before, or less if it is negative.
        with: arguments of the analysis.
        every: how often it is read.

    >>> from kundig.journal import told
    >>> journal = told([("ben", "usage", "2026-03-01"), ("ben", "usage", "2026-03-02"), ("ada", "usage", "2026-04-01")])
    >>> rested = Threshold(figure="days_since_usage", above=20.0)
    >>> [(row["customer_id"], str(row["at"].date())) for row in rested.matches(journal).to_pyarrow().to_pylist()]
    [('ben', '2026-03-23')]
    """

    figure: str
    above: float | None = None
    below: float | None = None
    enters: Band | None = None
    leaves: Band | None = None
    changes_by: float | None = None
    arguments: dict[str, Any] = Field(default_factory=dict, alias="with")
    every: Clock = "7 days"

    @field_validator("figure")
    @classmethod
    def _known(cls, figure: str) -> str:
        room, _, column = figure.rpartition(".")
        if not room:
            if figure not in NAMES:
                raise ValueError(f"found {figure!r}; {nearest(figure, NAMES)}, or a column of an analysis such as foresight.health.score")
            return figure
        try:
            columns = analysis(room).columns
        except ArgumentError as error:
            raise ValueError(f"found {figure!r}: {error}") from None
        if "customer_id" not in columns:
            raise ValueError(f"found {figure!r}: {room} has no row for each customer, as a threshold needs it")
        if column not in columns:
            raise ValueError(f"found {figure!r}: {nearest(column, columns)}")
        return figure

    @model_validator(mode="after")
    def _one(self) -> Threshold:
        given = [name for name in ("above", "below", "enters", "leaves", "changes_by") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"expected one of above, below, enters, leaves and changes_by, found {' and '.join(given) or 'none'}")
        if span(self.every) < timedelta(hours=1):
            raise ValueError(f"every: expected at least 1 hour, found {self.every!r}")
        if self.arguments:
            if "." not in self.figure:
                raise ValueError(f"with: signals take no arguments, found {', '.join(self.arguments)}")
            try:
                analysis(self.figure.rpartition(".")[0]).values(self.arguments)
            except ArgumentError as error:
                raise ValueError(f"with: {error}") from None
        return self

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        import ibis  # noqa: PLC0415 -- slow import

        at = moments(journal, span(self.every), since)
        if len(at) < 2:  # noqa: PLR2004 -- a figure, and the one before
            return nothing()
        found = self.figures(journal, at)
        in_order = ibis.window(group_by="customer_id", order_by="moment")
        if self.changes_by is not None:
            moved = found.value - found.value.lag().over(in_order)
            crossed = moved >= self.changes_by if self.changes_by > 0 else moved <= self.changes_by
            rows = found.mutate(crossed=crossed)
        else:
            held = found.mutate(holds=self._holds(found.value))
            rows = held.mutate(crossed=held.holds & ~held.holds.lag().over(in_order))
        rows = rows.filter(rows.crossed)
        cause = ibis.literal(f"{self.figure}@") + rows.moment.cast("timestamp").strftime("%Y-%m-%dT%H:%M")
        return decided(rows.select("customer_id", cause=cause, at="moment", due_at="moment"), journal, since)

    def figures(self, journal: Journal, at: list[datetime]) -> ir.Table:
        """`customer_id`, `moment` and `value`, at each moment."""
        room, _, column = self.figure.rpartition(".")
        if not room:
            # One pass over the history for all moments.
            every = span(self.every)
            table = known(journal.as_of(at[-1]), len(at), every)
            return table.select("customer_id", moment="at", value=table[self.figure].cast("float64"))
        asked = analyses()[analysis(room).name]
        table = read_at(journal, at, lambda then: asked.function(then, **asked.values(self.arguments)))
        return table.filter(table.customer_id.notnull()).select("customer_id", "moment", value=table[column].cast("float64"))

    def _holds(self, value: Any) -> Any:
        if self.above is not None:
            return value > self.above
        if self.below is not None:
            return value < self.below
        low, high = self.enters or self.leaves or (None, None)
        inside = value.notnull()
        if low is not None:
            inside &= value >= low
        if high is not None:
            inside &= value <= high
        return inside if self.enters is not None else ~inside & value.notnull()

    def __str__(self) -> str:
        """In short words."""
        name, value = next((name, getattr(self, name)) for name in ("above", "below", "enters", "leaves", "changes_by") if getattr(self, name) is not None)
        return f"{self.figure} {name.replace('_', ' ')} {value}"
