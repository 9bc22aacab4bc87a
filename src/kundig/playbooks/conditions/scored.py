"""Scored: the customer gave a score, such as that of a detractor."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from kundig.errors import nearest
from kundig.events import METRICS
from kundig.playbooks.conditions.condition import Condition
from kundig.playbooks.conditions.happened import Happened
from kundig.playbooks.looks import Look
from kundig.playbooks.meant import Meant, Words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Group = Literal["detractor", "passive", "promoter"]
NPS = {"detractor": (None, 6.0), "passive": (7.0, 8.0), "promoter": (9.0, None)}
"""Source: Reichheld (2003), The One Number You Need to Grow."""


class Scored(Condition):
    """A score was given.

    Attributes:
        metric: of which question: nps, enps, csat, ces or stars.
        group: detractor, passive or promoter, of the NPS.
        at_least: the lowest score that is meant.
        at_most: the highest score that is meant.
        touchpoint: only at these.

    >>> from kundig.journal import told
    >>> answers = [{"subject": who, "kind": "feedback", "metric": "nps", "score": score, "occurred_at": "2026-03-01"} for who, score in (("ada", 9), ("ben", 6))]
    >>> Scored(metric="nps", group="detractor").matches(told(answers)).customer_id.to_pyarrow().to_pylist()
    ['ben']
    """

    metric: str
    group: Group | None = None
    at_least: float | None = None
    at_most: float | None = None
    touchpoint: Words = ()

    @model_validator(mode="after")
    def _range(self) -> Scored:
        if self.metric not in METRICS:
            raise ValueError(f"metric: found {self.metric!r}; {nearest(self.metric, METRICS)}")
        if self.group is not None and self.metric not in {"nps", "enps"}:
            raise ValueError(f"group: {self.group} is a word of the NPS, found the metric {self.metric}; write at_least or at_most")
        if (self.group is None) == (self.at_least is None and self.at_most is None):
            raise ValueError("expected either a group such as detractor, or at_least and at_most")
        low, high = METRICS[self.metric]
        for name, given in (("at_least", self.at_least), ("at_most", self.at_most)):
            if given is not None and not low <= given <= high:
                raise ValueError(f"{name}: {self.metric} goes from {low:g} to {high:g}, found {given:g}")
        return self

    @property
    def event(self) -> Meant:
        """The answers that are meant."""
        low, high = NPS[self.group] if self.group else (self.at_least, self.at_most)
        return Meant(metric=(self.metric,), at_least=low, at_most=high, touchpoint=self.touchpoint)

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        return Happened(event=self.event).matches(journal, since)

    @property
    def own(self) -> bool:
        """See Condition."""
        return True

    @property
    def looks(self) -> tuple[Look, ...]:
        """See Condition."""
        return (Look(self.event),)

    def __str__(self) -> str:
        """In short words."""
        return f"{self.event}"
