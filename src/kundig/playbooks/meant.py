"""Which events are meant: by what they are, where they were met, and what stands in them."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from kundig.definition import Definition
from kundig.events import EVENTS
from kundig.playbooks.expression import checked, held, named

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One word or several, of which one must be there; none is no condition."""

OF_CATALOGUE = ("stage", "department")
COLUMNS = {column.name: column.type for column in EVENTS} | dict.fromkeys(OF_CATALOGUE, "string")
_WORDS = ("kind", "touchpoint", "channel", "outcome", "metric", "product", "source", "stage", "department")


class Meant(Definition):
    """Events for which all that is stated holds.

    Attributes:
        kind: what they are, one word or a list of which one must fit; so are `touchpoint`, `channel`, `outcome`, `metric`, `product`, `source`, `stage` and `department`.
        at_least: the lowest score.
        at_most: the highest score.
        properties: properties by name, each with the text it must have.
        where: an expression over the columns of events such as `amount > 100`, for all else.
    """

    kind: Words = ()
    touchpoint: Words = ()
    channel: Words = ()
    outcome: Words = ()
    metric: Words = ()
    product: Words = ()
    source: Words = ()
    stage: Words = ()
    department: Words = ()
    at_least: float | None = None
    at_most: float | None = None
    properties: dict[str, str] = Field(default_factory=dict)
    where: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A word alone is a kind of event."""
        return {"kind": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _something(self) -> Meant:
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("expected which events are meant, such as `kind: order`, found nothing")
        if self.where is not None:
            checked(self.where, COLUMNS)
        return self

    def among(self, rows: ir.Table, touchpoints: ir.Table) -> ir.Table:
        """Of rows with the columns of events, those that are meant."""
        if self.of_catalogue:
            rows = placed(rows, touchpoints)
        return rows.filter(self.fits(rows))

    @property
    def of_catalogue(self) -> bool:
        """Whether it needs the stage or the department of what happened."""
        return any(name in self.columns for name in OF_CATALOGUE)

    @property
    def columns(self) -> frozenset[str]:
        """What it looks at of an event."""
        stated = {name for name in (*_WORDS, "properties") if getattr(self, name)}
        if self.at_least is not None or self.at_most is not None:
            stated.add("score")
        return frozenset(stated | (named(self.where, COLUMNS) if self.where is not None else set()))

    def fits(self, rows: ir.Table) -> Any:
        """Whether each row is meant; of `stage` and `department` they have to tell where they are asked for."""
        parts = [_one_of(rows[name], words) for name in _WORDS if (words := getattr(self, name))]
        if self.at_least is not None:
            parts.append(rows.score >= self.at_least)
        if self.at_most is not None:
            parts.append(rows.score <= self.at_most)
        parts += [rows.properties.get(name, None) == text for name, text in self.properties.items()]
        if self.where is not None:
            parts.append(held(self.where, rows))
        return reduce(and_, parts)

    def versions(self, journal: Journal) -> ir.Table:
        """Every version of these events that was known by the journal's moment: what `known_versions` has of them."""
        return self.among(known_versions(journal), journal.touchpoints)

    def __str__(self) -> str:
        """In short words, for whoever reads a list."""
        stated = self.model_dump(exclude_defaults=True)
        return ", ".join(f"{name} {' or '.join(value) if isinstance(value, tuple) else value}" for name, value in stated.items())


def placed(rows: ir.Table, touchpoints: ir.Table) -> ir.Table:
    """The rows with the stage and department of their touchpoint."""
    return rows.left_join(touchpoints.select(touchpoint_named="touchpoint", stage="stage", department="department"), rows.touchpoint == touchpoints.touchpoint).drop("touchpoint_named")


def _one_of(column: Any, words: tuple[str, ...]) -> Any:
    return column == words[0] if len(words) == 1 else column.isin(words)


def known_versions(journal: Journal) -> ir.Table:
    """Every version of every event that was known by the journal's moment, with `customer_id`; `known_until` is null while it stands."""
    import ibis  # noqa: PLC0415 -- slow import

    from kundig.identity import identified  # noqa: PLC0415 -- stands beside the slow ones

    history = journal.history
    if journal.at is not None:
        moment = ibis.literal(journal.at).cast("timestamp('UTC')")
        history = history.filter(history.known_at <= moment)
        history = history.mutate(known_until=ibis.ifelse(history.known_until <= moment, history.known_until, ibis.null("timestamp('UTC')")))
    return identified(history, journal.identities, journal.at)
